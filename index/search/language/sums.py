"""Reads the sums of money that ``loss>`` and ``loss:`` ask for, in any currency with a known rate."""

import re
from dataclasses import dataclass
from decimal import Decimal

from enrichment.extraction.amounts import sums
from enrichment.extraction.numerals import alternatives
from enrichment.extraction.phrases import load
from enrichment.rates import in_dollars
from index.search.language.syntax import Loss

MOST_DOLLARS = 10**15
DOLLARS = "USD"

_OPERATOR = re.compile(r"(>=|<=|>|<)?\s*(.*)", re.DOTALL)
_PLAIN = re.compile(r"\d{1,20}(?:\.\d{1,8})?(?:e\d{1,2})?", re.IGNORECASE)
_UNSURE = re.compile(r"\d{1,3}\.\d{3}")
"""One and a half or fifteen hundred: countries differ, so it is refused."""


@dataclass(frozen=True)
class Asked:
    """The losses that are asked for, and the currency that they were typed in."""

    loss: Loss
    currency: str


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


def loss(typed: str) -> Asked | None:
    """Return what ``>10000``, ``<=£1.5m``, ``10k..50k EUR``, ``..HK$2 million`` or ``10000`` asks for.

    A number without a currency is in that of the range's other end, or else in US dollars. None where a sum
    cannot be read or its currency has no rate.
    """
    match = _OPERATOR.fullmatch(typed.strip())
    operator, rest = (match[1], match[2]) if match else (None, typed)
    first, dots, last = (part.strip() for part in rest.partition(".."))
    ends = [_end(part) for part in (first, last) if part]
    if not ends or None in ends or (operator and dots):
        return None
    known = [end for end in ends if end is not None]
    currency = next((end.currency for end in known if end.currency), DOLLARS)
    if not in_dollars(currency, 1.0):
        return None
    sums_asked = [end.dollars(currency) for end in known]
    if dots:
        least, most = (sums_asked[0] if first else 1), (sums_asked[-1] if last else None)
    else:
        least, most = _compared(operator, sums_asked[0])
    return Asked(Loss(least=max(1, least), most=most), currency)


def _compared(operator: str | None, value: int) -> tuple[int, int | None]:
    """Return from and to which whole dollars a comparison with this value holds."""
    return {
        ">": (value + 1, None),
        ">=": (value, None),
        "<": (1, value - 1),
        "<=": (1, value),
    }.get(operator or "", (value, value))


def _end(typed: str) -> _End | None:
    typed = typed.replace("_", "")
    if _UNSURE.fullmatch(typed):
        return None
    if _PLAIN.fullmatch(typed):
        return _End(Decimal(typed))
    for text, signed in ((typed, True), (typed.upper(), True), (f"${typed}", False)):
        found = sums(text, text.lower())
        if len(found) == 1 and (found[0].start, found[0].end) == (0, len(text)):
            return _End(found[0].amount, found[0].currency if signed else "")
    return None
