"""Which sum of money in a report is the loss, and what the others are."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from enrichment.extraction.amounts import Sum, sums
from enrichment.extraction.background import is_background
from enrichment.extraction.currencies import local_dollar
from enrichment.extraction.loss_words import REACH_BEFORE, context_patterns, listed, loss_weight, restates
from enrichment.extraction.numerals import alternatives
from enrichment.extraction.passage import Passage
from enrichment.extraction.phrases import load, one_per_value
from enrichment.extraction.statistic import in_statistic, reports_statistic
from enrichment.records import Fact, Subject

LOSS_AT = 1.0
"""The least weight of the words around a sum that makes it the loss."""
CONTEXT_BEFORE, CONTEXT_AFTER = 250, 100
"""Characters before and after a sum in which the words of a context are looked for."""
STATISTIC = "statistic"
_BOUNDS = {"": "", "lower": "range", "upper": "upper"}
"""The role of a sum that is not the loss, by which end of a range it is."""


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
        if listed("corrections").match(self.passage.small, end) is None:
            return False
        _, right = self.passage.sentence(end)
        return any(end <= other.start < right for other in self.sums[place + 1 :])

    def _contexts(self, amount: Sum) -> frozenset[str]:
        """Return the contexts of ``money.yaml`` that the headline or the words near a sum speak of."""
        near = self.passage.small[max(0, amount.start - CONTEXT_BEFORE) : amount.end + CONTEXT_AFTER]
        headline = self.headline.lower()
        return frozenset(
            name
            for name, (words, _) in context_patterns().items()
            if words.search(near) or words.search(headline)
        )

    def facts(self, loss: str | None) -> Iterable[Fact]:
        """Yield each sum as a fact, given the value of the loss."""
        first = next((amount for amount in self.sums if amount.value == loss), None)
        for place, amount in enumerate(self.sums):
            role = "loss" if amount is first else _BOUNDS[amount.bound]
            if not role and self._is_statistic(amount):
                role = STATISTIC
            if not role and first is not None and restates(self.passage.text, first, amount):
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
