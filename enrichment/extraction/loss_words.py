"""How strongly the words around a sum of money say that it was lost (``facts_data/money.yaml``)."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Literal, NamedTuple

from enrichment.extraction.amounts import Sum
from enrichment.extraction.forms import form
from enrichment.extraction.numerals import alternatives
from enrichment.extraction.passage import Passage
from enrichment.extraction.phrases import load

REACH_BEFORE, REACH_AFTER = 110, 60
"""Characters before and after a sum in which cues are looked for."""
HALF_WEIGHT_CHARACTERS = 60
"""The distance from a sum at which a cue weighs half."""
FORM_WEIGHT = 4.0
"""The weight of a form of words, which counts more than a single cue."""
_RESTATED = re.compile(
    r",?\s?[(\[]?(?:about|around|some|roughly|approximately|nearly|almost|or|or about)?\s?"
)
Side = Literal["before", "after"]


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
def listed(listing: str) -> re.Pattern[str]:
    """Return the pattern of the words of one list of ``money.yaml``."""
    return re.compile(rf"\b(?:{alternatives(load('money')[listing])})\b")


@cache
def context_patterns() -> dict[str, tuple[re.Pattern[str], re.Pattern[str]]]:
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
    idle = [context_patterns()[name][1] for name in contexts]
    for kind in ("loss_cues", "lost"):
        for match in _patterns(kind, side).finditer(words):
            if not any(pattern.fullmatch(match[0]) for pattern in idle):
                yield _Cue(*match.span(), cues[match[0]] if kind == "loss_cues" else FORM_WEIGHT)


def _never(words: str, side: Side) -> Iterator[_Cue]:
    """Yield the cues that a sum was never lost: it was tried for, stopped, spent or a price."""
    turns = [match.start() for match in listed("turns").finditer(words)]
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


def restates(text: str, loss: Sum, other: Sum) -> bool:
    """Whether a sum beside the loss only gives it in another currency."""
    return other.currency != loss.currency and _beside(text, loss, other)
