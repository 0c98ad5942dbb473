"""Sums of money as texts write them.

The forms are our own patterns because the libraries lose the scale word or read ``HK$200m`` as metres.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import Literal

from enrichment.extraction import currencies
from enrichment.extraction.numerals import alternatives, fraction, fraction_value
from enrichment.extraction.phrases import load
from enrichment.plain import HALF_WIDTH

# Atomic, so that a long run of digits is never tried again in shorter pieces.
_GROUPED = r"\d{1,3}(?:[,’'\u00a0\u202f]\d{2,3}(?!\d)|\x20\d{3}(?!\d)){1,5}(?:\.\d{1,4})?"
_DOTTED = r"\d{1,3}(?:(?:\.\d{3}(?!\d)){2,4}(?:,\d{1,2}(?!\d))?|\.\d{3},\d{1,2}(?!\d))"
_NUMBER = rf"(?>{_DOTTED}|{_GROUPED}|\d{{1,15}}(?:[.,]\d{{1,8}})?)"
_DASHED = re.compile(r"\s?(?:-|–|—|to)\s?")
_AND = re.compile(r"\sand\s")
_BETWEEN = re.compile(r"\bbetween\s(?:about\s|around\s|some\s)?$")
LETTER_SIGN_FIGURES = 3
"""The fewest figures of a sum without a scale word whose sign is one letter."""
CHANGE_CHARACTERS = 60
"""The distance before a sum within which ``rose`` makes it and the next one a change, not a range."""


@dataclass(frozen=True)
class Sum:
    """One sum as written; ``currency`` may still be a shared sign such as ``$``."""

    currency: str
    amount: Decimal
    start: int
    end: int
    scale: int = 1
    """What a scale word such as ``million`` multiplied; it is in ``amount`` already."""
    bound: Literal["", "lower", "upper"] = ""
    """Which end of a range it is, if any."""

    @property
    def value(self) -> str:
        """Return ``<ISO currency> <amount>`` in plain digits."""
        plain = format(self.amount, "f")
        return f"{self.currency} {plain.rstrip('0').rstrip('.') if '.' in plain else plain}"


def _number_words(words: str) -> Decimal:
    """Return the value of a number in words, such as ``half a`` or ``thirty-five``."""
    data = load("money")
    spoken = words.lower()
    if re.fullmatch(fraction(), spoken):
        share = fraction_value(spoken)
        return Decimal(share.numerator) / share.denominator
    if spoken in data["numbers"]:
        return Decimal(str(data["numbers"][spoken]))
    return Decimal(sum(data["tens"].get(word) or data["numbers"][word] for word in re.split(r"[- ]", spoken)))


@cache
def patterns() -> dict[str, re.Pattern[str]]:
    """Return the patterns a sum can have: sign first, words last, and numbers in words.

    In the first two a range may have one sign: ``$3-8 million``, ``Rs 10 lakh to 12 lakh``.
    """
    data = load("money")
    forms = [*data["currencies"].values(), *data["shared"]]
    symbols = alternatives(symbol for form in forms for symbol in form["symbols"])
    words = alternatives(word for form in forms for word in form["words"])
    after = alternatives(symbol for form in forms for symbol in form.get("after", []))
    scales = alternatives(data["scales"])
    scale = rf"(?P<scale>{scales})\b(?:\.(?=\s(?-i:[a-z(])))?"
    between = r"(?:(?<=\b[Bb]etween\s)(?P<between>))?"
    joined = r"(?:\s?[-–]\s?|\sto\s|(?(between)\sand\s|(?!)))"
    second = rf"(?:(?:[\s-]?(?i:(?P<own>{scales})))?{joined}(?P<second>{_NUMBER}))?"
    things = alternatives(data["coin_things"])
    units = "one|two|three|four|five|six|seven|eight|nine"
    numbers = rf"(?:{alternatives(data['tens'])})(?:[- ](?:{units}))?|{alternatives(data['numbers'])}"
    return {
        "sign_first": re.compile(
            rf"(?<![\w$£€])(?:(?<![^\W\d_]-)|(?=\W)){between}(?P<sign>{symbols})\s?(?P<first>{_NUMBER}){second}(?:[\s-]?(?i:{scale}))?(?![\w%])"
        ),
        "sign_last": re.compile(
            rf"(?<![\w.,$£€]){between}(?P<first>{_NUMBER}){second}(?=[\s-]?[^\W\d_]|[\s-]?[€£])(?:[\s-]?{scale})?[\s-]?"
            rf"(?:(?:de\s|d['’])?(?P<sign>{words})\b(?!(?<=grand)\s(?:{things})\b)|(?P<mark>{after}))(?!\s(?:of\s(?:coca|hero|meth|cann|mari)|heavier|weight))",
            re.IGNORECASE,
        ),
        "in_words": re.compile(
            rf"\b(?P<first>(?>{fraction()}|{numbers}))\s(?:(?:(?P<hundred>hundred)\s)?{scale}\s(?P<sign>{words})"
            rf"|(?P<mark>{alternatives(data['coins'])})(?!\s(?:{things})\b))\b",
            re.IGNORECASE,
        ),
    }


def _amount(number: str, currency: str, scale: str | None) -> Decimal:
    """Return a number in figures times its scale; a point or comma divides as its place and currency say."""
    whole = scale is None and currencies.usual(currency) not in load("money")["thousandths"]
    if re.fullmatch(_DOTTED, number) or (whole and re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", number)):
        plain = number.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"\d{1,15},\d{1,2}|\d{1,3},\d{4,8}", number):
        plain = number.replace(",", ".")
    else:
        plain = re.sub(r"[,’'\s]", "", number)
    return Decimal(plain) * _scale(scale)


def _scale(word: str | None) -> int:
    plain = " ".join((word or "").lower().rstrip(".").split())
    return int(load("money")["scales"].get(plain, 1))


def _sums_of(match: re.Match[str]) -> list[Sum]:
    """Return the sum that a match states, or both ends of a range; nothing where its letters are no sign."""
    parts = match.groupdict()
    sign = parts.get("sign") or parts.get("mark") or ""
    currency = currencies.signed(sign)
    if sign.lower() in load("money")["thousands"]:
        parts["scale"] = parts.get("scale") or "thousand"
    scale = _scale(parts.get("scale"))
    if "hundred" in parts:
        whole = _number_words(parts["first"]) * scale * (100 if parts["hundred"] else 1)
        rounded = whole.quantize(Decimal(1)) if scale > 1 else whole.normalize()
        return [Sum(currency, rounded, *match.span(), scale)]
    if _no_sign(sign, parts):
        return []
    own = parts["own"] or (parts["scale"] if parts["second"] else None)
    if parts["second"] is None:
        return [Sum(currency, _amount(parts["first"], currency, parts["scale"]), *match.span(), scale)]
    low = Sum(currency, _amount(parts["first"], currency, own), *match.span(), _scale(own), "lower")
    high = Sum(currency, _amount(parts["second"], currency, parts["scale"]), *match.span(), scale, "upper")
    if low.amount < high.amount and not _changed(match.string, match.start()):
        return [low, high]
    alone = _amount(parts["first"], currency, parts["own"])
    return [Sum(currency, alone, match.start(), match.end("own" if parts["own"] else "first"))]


def _no_sign(sign: str, parts: Mapping[str, str | None]) -> bool:
    """Whether letters beside a figure are not a sign of money, as in ``30 won`` or ``N95``."""
    number = parts["first"] or ""
    if parts["scale"] is not None:
        return False
    letter = len(sign) == 1 and sign.isalpha()
    return (sign == "won" and "," not in number) or (
        letter and sum(map(str.isdigit, number)) < LETTER_SIGN_FIGURES
    )


def _all_sums(text: str) -> list[Sum]:
    found: list[Sum] = []
    taken = bytearray(len(text))
    for pattern in patterns().values():
        for match in pattern.finditer(text):
            start, end = match.span()
            if not any(taken[start:end]):
                taken[start:end] = b"\1" * (end - start)
                found += _sums_of(match)
    ordered = sorted(
        (found_sum for found_sum in found if found_sum.amount > 0), key=lambda found_sum: found_sum.start
    )
    return _ranges(text, ordered)


def _ranges(text: str, sums: list[Sum]) -> list[Sum]:
    """Mark the ends of ranges that are two sums; a lower end without a scale word takes the upper's."""
    for place in range(len(sums) - 1):
        left, right = sums[place : place + 2]
        if left.bound or right.bound or left.currency != right.currency or not _joined(text, left, right):
            continue
        if left.scale == 1 and left.amount < right.amount / right.scale:
            left = replace(left, amount=left.amount * right.scale, scale=right.scale)
        if left.amount < right.amount:
            sums[place] = replace(left, bound="lower")
            sums[place + 1] = replace(right, bound="upper")
    return sums


def _joined(text: str, left: Sum, right: Sum) -> bool:
    """Whether words or a dash join two sums to a range: ``$1m-$2m``, ``between $1m and $2m``."""
    words = text[left.end : right.start]
    before = text[max(0, left.start - 20) : left.start].lower()
    spoken = _AND.fullmatch(words) and _BETWEEN.search(before)
    return bool(spoken or _DASHED.fullmatch(words)) and not _changed(text, left.start)


def _changed(text: str, start: int) -> bool:
    """Whether a sum is the earlier value of the next one: ``rose from £5m to £8m``."""
    before = text[max(0, start - CHANGE_CHARACTERS) : start].lower()
    return _changes().search(before) is not None


@cache
def _changes() -> re.Pattern[str]:
    return re.compile(
        rf"\b(?:{alternatives(load('money')['changes'])})\s(?:[\w-]+\s){{0,4}}?from\s(?:\w+\s)?$"
    )


def _resolved(sums: Iterable[Sum], everything: str, country: str) -> list[Sum]:
    """Turn shared signs into currencies by what the whole report says; drop what stays unknown."""
    found = list(sums)
    meanings = {sign: currencies.meant(sign, everything, country) for sign in {one.currency for one in found}}
    return [replace(one, currency=code) for one in found if (code := meanings[one.currency]) is not None]


def sums(text: str, everything: str, country: str = "") -> list[Sum]:
    """Return a text's sums in order.

    ``everything`` is the whole report in lower case and ``country`` the only one it is about, or empty: they
    say which currency a shared sign such as ``$`` means.
    """
    return _resolved(_all_sums(text.translate(HALF_WIDTH)), everything, country)


def only(typed: str) -> Sum | None:
    """Return the one sum that is all of what somebody typed, in either case; None for anything else.

    A shared sign has its usual meaning: ``$`` is a US dollar.
    """
    for written in dict.fromkeys((typed, typed.upper(), typed.title())):
        found = sums(written, "")
        if len(found) == 1 and (found[0].start, found[0].end) == (0, len(written)):
            return found[0]
    return None
