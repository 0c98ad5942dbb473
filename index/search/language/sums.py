"""Reads the sums of money in a query, in any currency with a known rate."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from enrichment.extraction import amounts
from enrichment.extraction.numerals import alternatives
from enrichment.extraction.phrases import load
from enrichment.rates import in_dollars
from index.search.language.syntax import Loss

MOST_DOLLARS = 10**15
"""US dollars: a larger sum counts as this one."""
DOLLARS = "USD"
NEAR = 0.1
"""How far a loss may be from a sum to be about it, as a share of the sum: reports round, and rates move."""

_SCALES = ((10**9, "billion", "bn"), (10**6, "million", "m"), (10**3, "thousand", "k"))
_SMALL_LETTERS = re.compile(r"[a-z]{1,3}(?=[$£€¥])")
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
            return losses_near(self.least, self.least)
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


@dataclass(frozen=True)
class StatedSum:
    """A sum, or a range of two, that stands in a text from ``start`` to ``end``."""

    start: int
    end: int
    loss: Loss
    """The losses about it."""
    ways: tuple[str, ...]
    """Other ways to write it, without its currency; none of a range."""


def sums_in(text: str) -> Iterator[StatedSum]:
    """Yield the sums of money in a text, in order; those without a known exchange rate are left out."""
    written = _SMALL_LETTERS.sub(lambda match: match[0].upper(), text)
    number = 0

    def of_one(found: amounts.Sum) -> int:
        nonlocal number
        number += found.bound != "upper"
        return number

    for _, group in groupby(amounts.sums(written, ""), of_one):
        ends = list(group)
        low, high = (in_dollars(end.currency, float(end.amount)) for end in (ends[0], ends[-1]))
        if low:
            ways = tuple(_ways(ends[0].amount)) if len(ends) == 1 else ()
            yield StatedSum(ends[0].start, ends[-1].end, losses_near(low, high), ways)


def only_sum(typed: str) -> StatedSum | None:
    """Return the sum or range that a text consists of, apart from punctuation; None for anything else."""
    found = list(sums_in(typed)) if any(map(str.isdigit, typed)) or " " in typed else []
    if len(found) != 1 or any(map(str.isalnum, typed[: found[0].start] + typed[found[0].end :])):
        return None
    return found[0]


def _ways(amount: Decimal) -> Iterator[str]:
    """Yield ``2.5 million``, ``2.5m`` and ``2,500,000``; nothing below a thousand."""
    for scale, word, letters in _SCALES:
        if amount >= scale:
            if amount * 100 % scale == 0:
                number = f"{(amount / scale).normalize():f}"
                yield f"{number} {word}"
                yield f"{number}{letters}"
            yield f"{amount.normalize():,f}"
            return


def losses_near(low: float, high: float) -> Loss:
    """Return the losses from about ``low`` to about ``high`` US dollars."""
    return Loss(least=max(1, round(low * (1 - NEAR))), most=round(high * (1 + NEAR)))


def read_range(typed: str) -> SumRange | None:
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
    """Return the lowest and the highest whole dollars for which a comparison holds."""
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
    if found := amounts.only(typed):
        return _End(found.amount, found.currency)
    found = amounts.only(f"${typed}")
    return _End(found.amount) if found else None


def between(least: int, most: int | None) -> str:
    """Return a range of sums as words; without ``most`` it has no upper end."""
    if most is None:
        return f"from {least:,}"
    return f"{least:,}" if most == least else f"{least:,} to {most:,}"
