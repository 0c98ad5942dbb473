"""Which sum of money in a report is the loss, and what the others are."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, NamedTuple

from enrichment.extraction.amounts import Sum, sums
from enrichment.extraction.forms import form
from enrichment.extraction.numerals import alternatives
from enrichment.extraction.phrases import Passage, load, one_per_value
from enrichment.records import Fact, Subject

LOSS_AT = 1.0
"""How much the words around a sum must speak for it before it is called the loss."""
REACH_BEFORE, REACH_AFTER = 110, 60
TRADE_BEFORE, TRADE_AFTER = 250, 100
"""How many characters away from a sum that somebody made the text may say that something was sold."""
HALVED = 60
"""After how many characters a cue weighs half."""
SAID = 4.0
"""The weight of a form of words, which says more than a single cue."""
_RESTATED = re.compile(
    r",?\s?[(\[]?(?:about|around|some|roughly|approximately|nearly|almost|or|or about)?\s?"
)
Side = Literal["before", "after"]


def find(passages: Sequence[Passage]) -> list[Fact]:
    """Return the sums of a report; one of them has role ``loss``: the headline's where the text has it too,
    else the first of the text.

    The loss is what victims lost or offenders took from them. What was only tried for or stopped in time,
    what customers paid for goods, however unlawful, a wage, a price, a fine and a forfeit are none. A loss
    stated as a range is its lower end, so that no filter or order by loss claims more than the report does;
    the upper end has role ``range``, and so have both ends of a range that is no loss. A sum right behind
    the loss that only says it in another currency has role ``equivalent``.
    """
    everything = "\n".join(passage.text for passage in passages).lower()
    headline = " ".join(passage.text for passage in passages if passage.field == "title")
    found = [_Sums(passage, sums(passage.text, everything), headline) for passage in passages]
    loss = _the_loss(found)
    return one_per_value(fact for sums in found for fact in sums.facts(loss))


@dataclass(frozen=True)
class _Sums:
    """The sums of one passage."""

    passage: Passage
    sums: list[Sum]
    headline: str

    @property
    def losses(self) -> list[Sum]:
        """Return the sums that the words around them call a loss, in order."""
        return [
            one
            for place, one in enumerate(self.sums)
            if one.bound != "upper"
            and loss_weight(self.passage, self.sums, place, sold=self._sold(one)) >= LOSS_AT
        ]

    def _sold(self, one: Sum) -> bool:
        """Return whether the headline, or the words near a sum, say that somebody sold something."""
        near = self.passage.text[max(0, one.start - TRADE_BEFORE) : one.end + TRADE_AFTER]
        return any(_words("trade").search(words.lower()) for words in (near, self.headline))

    def facts(self, loss: str | None) -> Iterable[Fact]:
        """Yield each sum as a fact, given the value of the loss."""
        first = next((one for one in self.sums if one.value == loss), None)
        for one in self.sums:
            role = "loss" if one is first else "range" if one.bound else ""
            if not role and first is not None and _restates(self.passage.text, first, one):
                role = "equivalent"
            score = 0.9 if role in ("loss", "equivalent") else 0.6
            yield self.passage.fact(Subject.LOSS, one.value, one.start, one.end, score=score, role=role)


def _the_loss(found: Sequence[_Sums]) -> str | None:
    stated = {one.value for one in found[0].sums}
    headline = [one.value for sums in found[1:] for one in sums.losses if one.value in stated]
    candidates = headline or [one.value for sums in found for one in sums.losses]
    return candidates[0] if candidates else None


class _Cue(NamedTuple):
    """Words near a sum, and how much they speak for a loss."""

    start: int
    end: int
    weight: float


@cache
def _patterns(kind: str, side: Side) -> re.Pattern[str]:
    """Return the pattern of the cues or of the forms of one kind on one side of a sum."""
    data = load("money")
    if kind in ("loss_cues", "not_loss_cues"):
        return re.compile(rf"\b(?:{alternatives(data[kind][side])})\b")
    written = (form(one, data["lists"], re.NOFLAG).pattern for one in data[kind][side])
    return re.compile("|".join(written))


@cache
def _words(listing: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{alternatives(load('money')[listing])})\b")


def loss_weight(passage: Passage, sums: Sequence[Sum], place: int, *, sold: bool = False) -> float:
    """Return how strongly the words around a sum say that it is what victims lost or offenders took.

    Words beyond the next sum on either side are that sum's, unless it only restates this one. A range, given
    by its lower end, is weighed as a whole. Where something was ``sold``, what somebody made is no loss.
    """
    one = sums[place]
    last = place + 1 if one.bound == "lower" else place
    before, after = passage.around(one.start, sums[last].end, REACH_BEFORE, REACH_AFTER)
    if place > 0 and not _beside(passage.text, sums[place - 1], one):
        before = before[-max(1, one.start - sums[place - 1].end) :]
    if last + 1 < len(sums) and not _beside(passage.text, sums[last], sums[last + 1]):
        after = after[: max(0, sums[last + 1].start - sums[last].end)]
    return _weight(before, "before", sold=sold) + _weight(after, "after", sold=sold)


def _weight(words: str, side: Side, *, sold: bool) -> float:
    """Return what the words on one side of a sum say for a loss, less what they say against it."""
    never = list(_never(words, side))
    lost = [cue for cue in _lost(words, side, sold=sold) if not any(_overlap(cue, each) for each in never)]
    if side == "before":
        # What stands nearer to the sum is said of it: "tried to rob a shop before they stole £900".
        never = [each for each in never if not any(cue.start >= each.end for cue in lost)]
    cues = load("money")["not_loss_cues"][side]
    against = [
        _Cue(*match.span(), cues[match[0]]) for match in _patterns("not_loss_cues", side).finditer(words)
    ]
    return _strongest(lost, words, side) - _strongest(against, words, side) - _strongest(never, words, side)


def _lost(words: str, side: Side, *, sold: bool) -> Iterator[_Cue]:
    """Yield the words for a loss; what somebody made is none where something was ``sold``."""
    cues = load("money")["loss_cues"][side]
    for match in _patterns("loss_cues", side).finditer(words):
        if not (sold and _words("takings").fullmatch(match[0])):
            yield _Cue(*match.span(), cues[match[0]])
    for match in _patterns("lost", side).finditer(words):
        yield _Cue(*match.span(), SAID)


def _never(words: str, side: Side) -> Iterator[_Cue]:
    """Yield the words that say of a sum that it was never lost: it was tried for, stopped or a price."""
    turns = [match.start() for match in _words("turns").finditer(words)]
    if side == "before":
        for match in _patterns("never_lost", side).finditer(words):
            if not any(match.end() <= turn for turn in turns):
                yield _Cue(*match.span(), SAID)
    else:
        led = len(words) - len(words.lstrip(" ,-"))
        begun = _patterns("never_lost", side).match(words, led)
        if begun is not None:
            yield _Cue(*begun.span(), SAID)


def _overlap(one: _Cue, other: _Cue) -> bool:
    return one.start < other.end and other.start < one.end


def _strongest(cues: Iterable[_Cue], words: str, side: Side) -> float:
    """Return the weight of the strongest cue, each weighed less with its distance from the sum."""
    return max(
        (
            cue.weight / (1 + (len(words) - cue.end if side == "before" else cue.start) / HALVED)
            for cue in cues
        ),
        default=0.0,
    )


def _beside(text: str, left: Sum, right: Sum) -> bool:
    """Return whether the second of two sums only says the first in other terms."""
    return _RESTATED.fullmatch(text[left.end : right.start]) is not None


def _restates(text: str, loss: Sum, other: Sum) -> bool:
    return other.currency != loss.currency and _beside(text, loss, other)
