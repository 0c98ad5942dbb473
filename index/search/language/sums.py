"""Reads the sums of money in a query, in any currency with a known rate."""

import re
from dataclasses import dataclass
from decimal import Decimal

from enrichment.extraction.amounts import only
from enrichment.extraction.numerals import alternatives
from enrichment.extraction.phrases import load
from enrichment.rates import in_dollars
from index.search.language.syntax import Loss

MOST_DOLLARS = 10**15
DOLLARS = "USD"
NEAR = 0.1
"""How far a loss may be from a sum to be about it, as a share of the sum: reports round, and rates move."""

_OPERATOR = re.compile(r"(>=|<=|>|<)?\s*(.*?)(\+)?", re.DOTALL)
_RANGE = re.compile(r"\.\.|(?<=\w)(?:\s*[-–]\s*|\sto\s)(?=\D{0,4}\d)")
_PLAIN = re.compile(r"\d{1,20}(?:\.\d{1,8})?(?:e\d{1,2})?", re.IGNORECASE)
_UNSURE = re.compile(r"\d{1,3}\.\d{3}")
"""One and a half or fifteen hundred: countries differ, so it is refused."""


@dataclass(frozen=True)
class SumRange:
    """A range of whole US dollars, both ends included, and the currency in which it was typed."""

    least: int
    most: int | None
    currency: str
    single: bool
    """Whether one sum was typed, without a comparison or a second end."""

    @property
    def loss(self) -> Loss:
        """The losses in the range; those about the sum where it is ``single``."""
        if self.single:
            return about(self.least, self.least)
        return Loss(least=max(1, self.least), most=self.most)


@dataclass(frozen=True)
class _End:
    amount: Decimal
    currency: str = ""
    """Empty where only a number was typed."""

    def dollars(self, currency: str) -> int:
        worth = in_dollars(self.currency or currency, float(self.amount))
        return min(MOST_DOLLARS, int(worth))


def units() -> str:
    """Return a pattern of the words for scales and currencies that may follow a number after a space."""
    money = load("money")
    currencies = [*money["currencies"].values(), *money["shared"]]
    return alternatives([*money["scales"], *(word for each in currencies for word in each["words"])])


def about(low: float, high: float) -> Loss:
    """Return the losses about the sums from ``low`` to ``high`` US dollars."""
    return Loss(least=max(1, round(low * (1 - NEAR))), most=round(high * (1 + NEAR)))


def read(typed: str) -> SumRange | None:
    """Return the range of ``>10000``, ``<=£1.5m``, ``10k..50k EUR``, ``1m-2m``, ``1m+`` or ``HK$2 million``.

    A number without a currency is in that of the range's other end, or else in US dollars. None where a sum
    cannot be read or its currency has no rate.
    """
    match = _OPERATOR.fullmatch(typed.strip())
    operator, rest, plus = match.groups() if match else (None, typed, None)
    first, *others = (part.strip() for part in _RANGE.split(rest))
    ends = [_end(part) for part in (first, *others) if part]
    if not ends or None in ends or len(others) > 1 or bool(operator) + bool(plus) + bool(others) > 1:
        return None
    known = [end for end in ends if end is not None]
    currency = next((end.currency for end in known if end.currency), DOLLARS)
    if not in_dollars(currency, 1.0):
        return None
    dollars = [end.dollars(currency) for end in known]
    if others:
        least, most = (dollars[0] if first else 0), (dollars[-1] if others[0] else None)
    else:
        least, most = _compared(operator or (plus and ">="), dollars[0])
    single = least == most and not others
    return SumRange(least, most, currency, single)


def _compared(operator: str | None, dollars: int) -> tuple[int, int | None]:
    """Return from and to which whole dollars a comparison with a sum holds."""
    return {
        ">": (dollars + 1, None),
        ">=": (dollars, None),
        "<": (0, max(0, dollars - 1)),
        "<=": (0, dollars),
    }.get(operator or "", (dollars, dollars))


def _end(typed: str) -> _End | None:
    typed = typed.replace("_", "")
    if _UNSURE.fullmatch(typed):
        return None
    if _PLAIN.fullmatch(typed):
        return _End(Decimal(typed))
    if found := only(typed):
        return _End(found.amount, found.currency)
    found = only(f"${typed}")
    return _End(found.amount) if found else None
