"""Which sum of money in a report is the loss, and what the others are."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Literal, NamedTuple

from enrichment.extraction.amounts import Sum, sums
from enrichment.extraction.background import is_background
from enrichment.extraction.currencies import local_dollar
from enrichment.extraction.forms import form
from enrichment.extraction.numerals import alternatives
from enrichment.extraction.phrases import Passage, load, one_per_value
from enrichment.extraction.statistic import in_statistic, reports_statistic
from enrichment.records import Fact, Subject

LOSS_AT = 1.0
"""The least weight of the words around a sum that makes it the loss."""
REACH_BEFORE, REACH_AFTER = 110, 60
CONTEXT_BEFORE, CONTEXT_AFTER = 250, 100
"""Characters before and after a sum in which the words of a context are looked for."""
HALF_WEIGHT_CHARACTERS = 60
"""The distance from a sum at which a cue weighs half."""
STATISTIC = "statistic"
FORM_WEIGHT = 4.0
"""The weight of a form of words, which counts more than a single cue."""
_BOUNDS = {"": "", "lower": "range", "upper": "upper"}
"""The role of a sum that is not the loss, by which end of a range it is."""
_RESTATED = re.compile(
    r",?\s?[(\[]?(?:about|around|some|roughly|approximately|nearly|almost|or|or about)?\s?"
)
Side = Literal["before", "after"]


def find(passages: Sequence[Passage], places: Sequence[Fact] = ()) -> list[Fact]:
    """Return the sums of a report; one of them has role ``loss``: the headline's where the text has it too,
    else the first of the text, or the exact sum that the first one rounds. A bare dollar
    sign means the dollar of the only country in ``places``.

    The loss is the money victims lost or offenders took from them, not a sum that was only tried for or
    stopped in time, a payment for goods, however unlawful, a wage, price, cost, fine or forfeit. A loss that
    is a range is given by its lower end, so that no filter or order by loss claims more than the report does.
    Both ends quote the range as the report states it; an upper end has role ``upper``, the lower end of a
    range that is not the loss ``range``. A sum right behind the loss that
    restates it in another currency has role ``equivalent``, the sums of a statistic have role ``statistic``.
    """
    everything = "\n".join(passage.text for passage in passages).lower()
    headline = " ".join(passage.text for passage in passages if passage.field == "title")
    country = _only_country(places)
    totals = any(passage.field == "title" and reports_statistic(passage) for passage in passages)
    found = [
        _Sums(passage, sums(passage.text, everything, country), headline, totals) for passage in passages
    ]
    loss = _the_loss(found)
    return one_per_value(fact for sums in found for fact in sums.facts(loss))


def _only_country(places: Sequence[Fact]) -> str:
    """Return the country of a matter, unless there are several or another with dollars is named."""
    where = {fact.value[:2] for fact in places if fact.role == "where"}
    others = {fact.value[:2] for fact in places} - where
    if len(where) != 1 or "US" in others or any(local_dollar(other) for other in others):
        return ""
    return next(iter(where))


@dataclass(frozen=True)
class _Sums:
    """The sums of one passage."""

    passage: Passage
    sums: list[Sum]
    headline: str
    totals: bool
    """Whether the headline announces a statistic, so that no sum is the loss of an event."""

    @cached_property
    def losses(self) -> list[Sum]:
        """The sums that the words around them call a loss, in order."""
        return [
            amount
            for place, amount in enumerate(self.sums)
            if amount.bound != "upper"
            and not self._is_statistic(amount)
            and not self._is_corrected(place)
            and not is_background(self.passage, amount.start)
            and loss_weight(self.passage, self.sums, place, self._contexts(amount)) >= LOSS_AT
        ]

    def _is_statistic(self, amount: Sum) -> bool:
        return self.totals or in_statistic(self.passage, amount.start)

    def _is_corrected(self, place: int) -> bool:
        """Whether the next sentence begins with words of correction and has the right sum."""
        _, end = self.passage.sentence(self.sums[place].start)
        if _words("corrections").match(self.passage.small, end) is None:
            return False
        _, right = self.passage.sentence(end)
        return any(end <= other.start < right for other in self.sums[place + 1 :])

    def _contexts(self, amount: Sum) -> frozenset[str]:
        """Return the contexts of ``money.yaml`` that the headline or the words near a sum speak of."""
        near = self.passage.small[max(0, amount.start - CONTEXT_BEFORE) : amount.end + CONTEXT_AFTER]
        headline = self.headline.lower()
        return frozenset(
            name
            for name, (words, _) in _context_patterns().items()
            if words.search(near) or words.search(headline)
        )

    def facts(self, loss: str | None) -> Iterable[Fact]:
        """Yield each sum as a fact, given the value of the loss."""
        first = next((amount for amount in self.sums if amount.value == loss), None)
        for place, amount in enumerate(self.sums):
            role = "loss" if amount is first else _BOUNDS[amount.bound]
            if not role and self._is_statistic(amount):
                role = STATISTIC
            if not role and first is not None and _restates(self.passage.text, first, amount):
                role = "equivalent"
            score = 0.9 if role in ("loss", "equivalent") else 0.6
            start, end = self._stated(place)
            yield self.passage.fact(Subject.LOSS, amount.value, start, end, score=score, role=role)

    def _stated(self, place: int) -> tuple[int, int]:
        """Return the span of a sum, of an end of a range that of the whole range."""
        last = place + (self.sums[place].bound == "lower")
        first = place - (self.sums[place].bound == "upper")
        return self.sums[first].start, self.sums[last].end


def _the_loss(found: Sequence[_Sums]) -> str | None:
    stated = {amount.value for amount in found[0].sums}
    headline = [amount for sums in found[1:] for amount in sums.losses if amount.value in stated]
    losses = [(sums.passage, amount) for sums in found for amount in sums.losses]
    if headline or not losses:
        return headline[0].value if headline else None
    passage, first = losses[0]
    return next((amount.value for _, amount in losses[1:] if _is_exact(amount, first, passage)), first.value)


def _is_exact(other: Sum, first: Sum, passage: Passage) -> bool:
    """Whether the words before a sum say that it is rounded and another can be the exact one."""
    if other.currency != first.currency or _figures(other) <= _figures(first):
        return False
    before, _ = passage.around(first.start, first.end, REACH_BEFORE, 0)
    for hedge in load("money")["hedges"]:
        if re.search(rf"\b(?:{alternatives(hedge['words'])})\s(?:an?\s)?$", before):
            share = float(other.amount / first.amount)
            return bool(hedge["least"] <= share <= hedge["most"])
    return False


def _figures(amount: Sum) -> int:
    """Return how many significant figures a sum is written with."""
    return len(amount.amount.normalize().as_tuple().digits)


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
    written = (form(cue, data["lists"], re.NOFLAG).pattern for cue in data[kind][side])
    return re.compile("|".join(written))


@cache
def _words(listing: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{alternatives(load('money')[listing])})\b")


@cache
def _context_patterns() -> dict[str, tuple[re.Pattern[str], re.Pattern[str]]]:
    """Return for each context the pattern of its words and that of the cues that do not count in it."""
    return {
        name: (
            re.compile(rf"\b(?:{alternatives(context['words'])})\b"),
            re.compile("|".join(context["cues"])),
        )
        for name, context in load("money")["contexts"].items()
    }


def loss_weight(
    passage: Passage, sums: Sequence[Sum], place: int, contexts: frozenset[str] = frozenset()
) -> float:
    """Return how strongly the words around a sum say that it is what victims lost or offenders took.

    Words beyond the next sum on either side are that sum's, unless it only restates this one. A range, given
    by its lower end, is weighed as a whole. Some cues do not count in one of the ``contexts``.
    """
    amount = sums[place]
    last = place + 1 if amount.bound == "lower" else place
    before, after = passage.around(amount.start, sums[last].end, REACH_BEFORE, REACH_AFTER)
    if amount.bound == "lower" and _is_price(before, after):
        return 0.0
    if place > 0 and not _beside(passage.text, sums[place - 1], amount):
        before = before[-max(1, amount.start - sums[place - 1].end) :]
    if last + 1 < len(sums) and not _beside(passage.text, sums[last], sums[last + 1]):
        after = after[: max(0, sums[last + 1].start - sums[last].end)]
    return _weight(before, "before", contexts) + _weight(after, "after", contexts)


def _is_price(before: str, after: str) -> bool:
    """Whether a range is what each of several buyers pays, given the words around it."""
    paying = re.search(
        rf"\b(?:{alternatives(load('money')['price_payers'])})\s(?:paid|pay|were\scharged)\s$", before
    )
    return paying is not None and re.match(r"\s(?:for|each|apiece|per)\b", after) is not None


def _weight(words: str, side: Side, contexts: frozenset[str]) -> float:
    """Return the weight of the words on one side of a sum: those for a loss less those against it."""
    never = list(_never(words, side))
    lost = [cue for cue in _lost(words, side, contexts) if not any(_overlap(cue, denial) for denial in never)]
    if side == "before":
        # The nearer words describe the sum: "tried to rob a shop before they stole £900".
        never = [denial for denial in never if not any(cue.start >= denial.end for cue in lost)]
    cues = load("money")["not_loss_cues"][side]
    against = [
        _Cue(*match.span(), cues[match[0]]) for match in _patterns("not_loss_cues", side).finditer(words)
    ]
    return _strongest(lost, words, side) - _strongest(against, words, side) - _strongest(never, words, side)


def _lost(words: str, side: Side, contexts: frozenset[str]) -> Iterator[_Cue]:
    """Yield the cues for a loss, except those that do not count in one of the contexts."""
    cues = load("money")["loss_cues"][side]
    idle = [_context_patterns()[name][1] for name in contexts]
    for kind in ("loss_cues", "lost"):
        for match in _patterns(kind, side).finditer(words):
            if not any(pattern.fullmatch(match[0]) for pattern in idle):
                yield _Cue(*match.span(), cues[match[0]] if kind == "loss_cues" else FORM_WEIGHT)


def _never(words: str, side: Side) -> Iterator[_Cue]:
    """Yield the cues that a sum was never lost: it was tried for, stopped, spent or a price."""
    turns = [match.start() for match in _words("turns").finditer(words)]
    if side == "before":
        for match in _patterns("never_lost", side).finditer(words):
            if not any(match.end() <= turn for turn in turns):
                yield _Cue(*match.span(), FORM_WEIGHT)
    else:
        led = len(words) - len(words.lstrip(" ,-"))
        begun = _patterns("never_lost", side).match(words, led)
        if begun is not None:
            yield _Cue(*begun.span(), FORM_WEIGHT)


def _overlap(one: _Cue, other: _Cue) -> bool:
    return one.start < other.end and other.start < one.end


def _strongest(cues: Iterable[_Cue], words: str, side: Side) -> float:
    """Return the weight of the strongest cue, each weighed less with its distance from the sum."""
    return max(
        (
            cue.weight
            / (1 + (len(words) - cue.end if side == "before" else cue.start) / HALF_WEIGHT_CHARACTERS)
            for cue in cues
        ),
        default=0.0,
    )


def _beside(text: str, left: Sum, right: Sum) -> bool:
    """Whether the second of two sums only restates the first."""
    return _RESTATED.fullmatch(text[left.end : right.start]) is not None


def _restates(text: str, loss: Sum, other: Sum) -> bool:
    return other.currency != loss.currency and _beside(text, loss, other)
