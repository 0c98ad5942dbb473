"""Whether two reports state the same loss, also where they state it in different currencies."""

import math
from itertools import product
from typing import NamedTuple

from enrichment.grouping.profile import Profile
from enrichment.rates import in_dollars

SAME_WORTH = 1.12
"""How many times another a sum in another currency may be to be the same: rates move, both are rounded."""
_OTHER_WORTH = 1.5
"""From how many times another it is a different one."""
_LOSS, _OTHER_LOSS = 2.0, -1.5
_ROUND = (0.5, 0.75, 1.0)
"""How much a common sum counts by its digits before the zeros: half a million is stolen often."""
_ROUNDED, _CONVERTED = 0.5, 0.75
"""How much a common sum counts that one of two rounds, and that they state in different currencies."""
_LARGE, _LARGER, _LARGEST = 100_000.0, 0.5, 1.5
"""The US dollars from which a common sum counts more, since few lose as much: how much more for each power of
ten, and at most."""


class Loss(NamedTuple):
    """A loss in a currency and in rough US dollars, which are 0.0 where its worth is not known."""

    currency: str
    amount: float
    dollars: float

    def __str__(self) -> str:
        return f"{self.currency} {self.amount:,.15g}"

    def times(self, other: "Loss") -> float:
        """Return how many times the lesser the greater of two is worth; infinite where that is not known."""
        lesser, greater = sorted((self.dollars, other.dollars))
        return greater / lesser if lesser > 0 else math.inf


def losses(one: Profile) -> list[Loss]:
    """Return the losses of a report, by currency, the largest of each first."""
    return [
        Loss(currency, amount, in_dollars(currency, amount))
        for currency in sorted(one.losses)
        for amount in sorted(one.losses[currency], reverse=True)
    ]


def compared(one: Profile, other: Profile) -> tuple[float, str]:
    """Return what the losses of two reports speak for one event, or against it, and how to say so."""
    pairs = list(product(losses(one), losses(other)))
    common = [(mine, theirs) for mine, theirs in pairs if mine.currency == theirs.currency]
    for mine, theirs in common:
        if _near(mine.amount, theirs.amount):
            return _same(mine, theirs), f"Both state a loss of {mine}"
    if common:
        return _OTHER_LOSS, "One states a loss of {}, the other of {}".format(*common[0])
    if not pairs:
        return 0.0, ""
    mine, theirs = min(pairs, key=lambda pair: pair[0].times(pair[1]))
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
    """Return what a common sum tells more because few lose as much."""
    powers = math.log10(max(1.0, min(mine.dollars, theirs.dollars) / _LARGE))
    return min(_LARGEST, _LARGER * powers)


def _near(left: float, right: float) -> bool:
    """Return whether two amounts can be the same one: one of them the other, rounded or cut."""
    apart = abs(left - right)
    return apart <= 0.05 * max(left, right) and apart <= 0.6 * max(_unit(left), _unit(right))


def _unit(amount: float) -> float:
    """Return the value of an amount's last digit that is not zero: 100,000 of 4,300,000."""
    power = int(f"{amount:.12e}".partition("e")[2])
    return float(10.0 ** (power - _digits(amount) + 1))


def _digits(amount: float) -> int:
    """Return how many digits an amount has before its zeros: two of 4,300,000."""
    mantissa = f"{amount:.12e}".partition("e")[0]
    return len(mantissa.rstrip("0").rstrip(".").replace(".", ""))
