"""Whether two reports state the same loss, also where they round it or state it in different currencies."""

import math
from itertools import product
from typing import NamedTuple

from enrichment.grouping.profile import Profile
from enrichment.rates import in_dollars

SAME_WORTH = 1.12
"""How many times another a sum in another currency may be to be the same: rates move, both are rounded."""
_ROUGHLY = 1.15
"""How many times another a sum may be to be the same where one is only given as about so much."""
_OTHER_WORTH = 1.5
"""Ratio from which two sums count as different, across currencies or where one is approximate."""
_LOSS, _OTHER_LOSS = 2.0, -1.5
_ROUND = (0.5, 0.75, 1.0)
"""How much a common sum counts by its digits before the zeros: half a million is stolen often."""
_ROUNDED, _CONVERTED = 0.5, 0.75
"""How much a common sum counts that one of two rounds, and that they state in different currencies."""
_LARGE, _LARGER, _LARGEST = 100_000.0, 0.5, 1.5
"""The US dollars from which a common sum counts more, since few lose as much: how much more for each power of
ten, and at most."""


_TELLING = 5
"""Characters of a figure from which it is no other sum by chance: 48,500 and not 4.2."""
_DOLLARS = frozenset({"USD", "AUD", "CAD", "NZD", "HKD", "SGD", "TWD"})


class Loss(NamedTuple):
    """A loss in a currency and in rough US dollars, which are 0.0 where its worth is not known."""

    currency: str
    amount: float
    dollars: float
    rough: bool = False
    bare: bool = False

    def __str__(self) -> str:
        return f"{self.currency} {self.amount:,.15g}"

    def times(self, other: "Loss") -> float:
        """Return the ratio of the greater to the lesser of two; infinite where either is unknown."""
        lesser, greater = sorted((self.dollars, other.dollars))
        return greater / lesser if lesser > 0 else math.inf


def losses(one: Profile) -> list[Loss]:
    """Return the losses of a report, by currency, the largest of each first."""
    return [
        Loss(stated.currency, stated.amount, in_dollars(*stated[:2]), stated.rough, stated.bare)
        for stated in one.losses
    ]


def compared(one: Profile, other: Profile) -> tuple[float, str]:
    """Return the weight of two reports' losses for or against one event, and a sentence that states it."""
    pairs = list(product(losses(one), losses(other)))
    common = [(mine, theirs) for mine, theirs in pairs if _comparable(mine, theirs)]
    for mine, theirs in common:
        if _near(mine, theirs):
            return _same(mine, theirs), f"Both state a loss of {theirs if mine.rough else mine}"
    exact = [pair for pair in common if not _rounded(*pair)]
    if exact and _stated_by_both(one, other):
        return 0.0, ""
    if exact:
        return _OTHER_LOSS, "One states a loss of {}, the other of {}".format(*exact[0])
    if not pairs:
        return 0.0, ""
    mine, theirs = min(common or pairs, key=lambda pair: pair[0].times(pair[1]))
    if mine.times(theirs) <= SAME_WORTH:
        said = f"They state losses worth about the same, {mine} and {theirs}"
        return _CONVERTED * (_LOSS + _size(mine, theirs)), said
    if _OTHER_WORTH <= mine.times(theirs) < math.inf:
        return _OTHER_LOSS, f"One states a loss of {mine}, the other of {theirs}"
    return 0.0, ""


def _same(mine: Loss, theirs: Loss) -> float:
    if mine.amount != theirs.amount:
        return _ROUNDED * (_LOSS + _size(mine, theirs))
    return _LOSS * _ROUND[min(_digits(mine.amount), len(_ROUND)) - 1] + _size(mine, theirs)


def _size(mine: Loss, theirs: Loss) -> float:
    """Return the extra weight of a common sum for its size: few lose as much."""
    powers = math.log10(max(1.0, min(mine.dollars, theirs.dollars) / _LARGE))
    return min(_LARGEST, _LARGER * powers)


def _stated_by_both(one: Profile, other: Profile) -> bool:
    """Whether one report calls the loss what the other states too, as another sum."""
    figures = (one.stated & other.words.keys()) | (other.stated & one.words.keys())
    return any(len(figure) >= _TELLING for figure in figures)


def _comparable(mine: Loss, theirs: Loss) -> bool:
    """Whether the amounts can be in one currency: ``$`` alone stands for the dollar of many countries."""
    dollars = mine.currency in _DOLLARS and theirs.currency in _DOLLARS
    return mine.currency == theirs.currency or (dollars and (mine.bare or theirs.bare))


def _rounded(mine: Loss, theirs: Loss) -> bool:
    """Whether one of two sums is rough, or in a dollar that is guessed."""
    return mine.rough or theirs.rough or mine.currency != theirs.currency


def _near(mine: Loss, theirs: Loss) -> bool:
    """Whether two amounts can be the same one: one of them the other, rounded or cut."""
    left, right = mine.amount, theirs.amount
    if mine.rough or theirs.rough:
        return max(left, right) <= _ROUGHLY * min(left, right)
    apart = abs(left - right)
    return apart <= 0.05 * max(left, right) and apart <= 0.6 * max(_unit(left), _unit(right))


def _unit(amount: float) -> float:
    """Return the value of an amount's last digit that is not zero: 100,000 of 4,300,000."""
    power = int(f"{amount:.12e}".partition("e")[2])
    return float(10.0 ** (power - _digits(amount) + 1))


def _digits(amount: float) -> int:
    """Return the number of digits of an amount before its zeros: two of 4,300,000."""
    mantissa = f"{amount:.12e}".partition("e")[0]
    return len(mantissa.rstrip("0").rstrip(".").replace(".", ""))
