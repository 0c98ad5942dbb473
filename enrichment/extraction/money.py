"""Which sum of money in a report is the loss, and what the others are."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from enrichment.extraction.amounts import Sum, alternatives, sums
from enrichment.extraction.phrases import Passage, load, one_per_value
from enrichment.records import Fact, Subject

LOSS_AT = 1.0
"""How much the words around a sum must speak for it before it is called the loss."""
REACH_BEFORE, REACH_AFTER = 110, 60
_RESTATED = re.compile(
    r",?\s?[(\[]?(?:about|around|some|roughly|approximately|nearly|almost|or|or about|and|to|-|–)?\s?"
)
_JOINED = re.compile(r"\s?(?:-|–|—|and|to)\s?$")
_DASHED = re.compile(r"\s?(?:-|–|—|to)\s?$")


def find(passages: Sequence[Passage]) -> list[Fact]:
    """Return the sums of a report; one of them has role ``loss``: the headline's where the text has it too,
    else the first of the text.

    A sum in brackets right behind it in another currency has role ``equivalent``, both ends of a range have
    role ``range``.
    """
    everything = "\n".join(passage.text for passage in passages).lower()
    found = [_Sums.read(passage, everything) for passage in passages]
    loss = _the_loss(found)
    return one_per_value(fact for sums in found for fact in sums.facts(loss))


@dataclass(frozen=True)
class _Sums:
    """The sums of one passage."""

    passage: Passage
    sums: list[Sum]
    ranged: set[int]

    @classmethod
    def read(cls, passage: Passage, everything: str) -> "_Sums":
        found = sums(passage.text, everything)
        ends = {place for place, one in enumerate(found) if one.range}
        return cls(passage, found, ends | _range_pairs(passage.text, found))

    @property
    def losses(self) -> list[Sum]:
        """Return the sums that the words around them call a loss, in order."""
        return [
            one
            for place, one in enumerate(self.sums)
            if place not in self.ranged and loss_weight(self.passage, self.sums, place) >= LOSS_AT
        ]

    def facts(self, loss: str | None) -> Iterable[Fact]:
        """Yield each sum as a fact, given the value of the loss."""
        first = next((one for one in self.sums if one.value == loss), None)
        for place, one in enumerate(self.sums):
            role = "range" if place in self.ranged else "loss" if one is first else ""
            if not role and first is not None and _restates(self.passage.text, first, one):
                role = "equivalent"
            score = 0.9 if role in ("loss", "equivalent") else 0.6
            yield self.passage.fact(Subject.LOSS, one.value, one.start, one.end, score=score, role=role)


def _the_loss(found: Sequence[_Sums]) -> str | None:
    stated = {one.value for one in found[0].sums}
    headline = [one.value for sums in found[1:] for one in sums.losses if one.value in stated]
    candidates = headline or [one.value for sums in found for one in sums.losses]
    return candidates[0] if candidates else None


def _range_pairs(text: str, sums: Sequence[Sum]) -> set[int]:
    """Return the places of sums that are two ends of one range."""
    ends: set[int] = set()
    for place, (left, right) in enumerate(pairwise(sums)):
        between = text[left.end : right.start]
        lead = text[max(0, left.start - 10) : left.start].lower()
        spoken = _JOINED.match(between) and re.search(r"\b(?:between|from)\s$", lead)
        if left.currency == right.currency and (spoken or _DASHED.match(between)):
            ends |= {place, place + 1}
    return ends


@cache
def _cues() -> dict[str, list[tuple[re.Pattern[str], dict[str, float]]]]:
    data = load("money")
    return {
        side: [
            (re.compile(rf"\b(?:{alternatives(data[kind][side])})\b"), data[kind][side])
            for kind in ("loss_cues", "not_loss_cues")
        ]
        for side in ("before", "after")
    }


def _strength(
    pattern: re.Pattern[str], weights: Mapping[str, float], words: str, *, backwards: bool
) -> float:
    best = 0.0
    for match in pattern.finditer(words):
        distance = len(words) - match.end() if backwards else match.start()
        best = max(best, weights[match[0]] / (1 + distance / 60))
    return best


def loss_weight(passage: Passage, sums: Sequence[Sum], place: int) -> float:
    """Return how strongly the words around a sum say that it is what victims lost or offenders gained.

    Words beyond the next sum on either side are that sum's, unless it only restates this one.
    """
    one = sums[place]
    before, after = passage.around(one.start, one.end, REACH_BEFORE, REACH_AFTER)
    if place > 0 and not _beside(passage.text, sums[place - 1], one):
        before = before[-max(1, one.start - sums[place - 1].end) :]
    if place + 1 < len(sums) and not _beside(passage.text, one, sums[place + 1]):
        after = after[: max(0, sums[place + 1].start - one.end)]
    total = 0.0
    for side, words in (("before", before), ("after", after)):
        for (pattern, weights), sign in zip(_cues()[side], (1, -1), strict=True):
            total += sign * _strength(pattern, weights, words, backwards=side == "before")
    return total


def _beside(text: str, left: Sum, right: Sum) -> bool:
    """Return whether the second of two sums only says the first in other terms, or both are one range."""
    return _RESTATED.fullmatch(text[left.end : right.start]) is not None


def _restates(text: str, loss: Sum, other: Sum) -> bool:
    return other.currency != loss.currency and _beside(text, loss, other)
