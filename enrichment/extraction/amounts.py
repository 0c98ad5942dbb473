"""Sums of money as texts write them.

The forms are our own patterns because the libraries lose the scale word or read ``HK$200m`` as metres.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from enrichment.extraction.phrases import load

# Atomic, so that a long run of digits is never tried again in shorter pieces.
_GROUPED = r"\d{1,3}(?:[,’'\u00a0\u202f]\d{2,3}(?!\d)|\x20\d{3}(?!\d)){1,5}(?:\.\d{1,4})?"
_NUMBER = rf"(?>{_GROUPED}|\d{{1,15}}(?:[.,]\d{{1,8}})?)"


@dataclass(frozen=True)
class Sum:
    """One sum as written; ``currency`` may still be a shared sign such as ``$``."""

    currency: str
    amount: Decimal
    start: int
    end: int
    range: bool = False

    @property
    def value(self) -> str:
        """Return ``<ISO currency> <amount>`` in plain digits."""
        plain = format(self.amount, "f")
        return f"{self.currency} {plain.rstrip('0').rstrip('.') if '.' in plain else plain}"


def alternatives(words: Iterable[str]) -> str:
    """Return a pattern of any of these words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


@cache
def _signs() -> dict[str, str]:
    """Every symbol and word of money with its currency, or with ``~n`` for the n-th shared sign."""
    data = load("money")
    signs = {}
    for code, forms in data["currencies"].items():
        signs.update(dict.fromkeys(forms["symbols"], code) | dict.fromkeys(forms["words"], code))
    for place, forms in enumerate(data["shared"]):
        signs.update(dict.fromkeys([*forms["symbols"], *forms["words"]], f"~{place}"))
    return signs


def _number_words(words: str) -> Decimal:
    """Return the value of a number in words, such as ``half a`` or ``thirty-five``."""
    data = load("money")
    spoken = words.lower()
    if spoken in data["numbers"]:
        return Decimal(str(data["numbers"][spoken]))
    return Decimal(sum(data["tens"].get(word) or data["numbers"][word] for word in re.split(r"[- ]", spoken)))


@cache
def patterns() -> dict[str, re.Pattern[str]]:
    """Return the patterns a sum can have: sign first, words last, and numbers in words."""
    data = load("money")
    forms = [*data["currencies"].values(), *data["shared"]]
    symbols = alternatives(symbol for form in forms for symbol in form["symbols"])
    words = alternatives(word for form in forms for word in form["words"])
    after = alternatives(symbol for form in forms for symbol in form.get("after", []))
    scale = rf"(?P<scale>{alternatives(data['scales'])})\b(?:\.(?=\s(?-i:[a-z(])))?"
    second = rf"(?:\s?(?:-|–|to)\s?(?P<second>{_NUMBER}))?"
    units = "one|two|three|four|five|six|seven|eight|nine"
    numbers = rf"(?:{alternatives(data['tens'])})(?:[- ](?:{units}))?|{alternatives(data['numbers'])}"
    return {
        "sign_first": re.compile(
            rf"(?<![\w$£€])(?:(?<![^\W\d_]-)|(?=\W))(?P<sign>{symbols})\s?(?P<first>{_NUMBER}){second}(?:[\s-]?(?i:{scale}))?(?![\w%])"
        ),
        "sign_last": re.compile(
            rf"(?<![\w.,$£€])(?P<first>{_NUMBER}){second}(?=[\s-]?[^\W\d_]|[\s-]?[€£])(?:[\s-]?{scale})?[\s-]?"
            rf"(?:(?P<sign>{words})\b|(?P<mark>{after}))(?!\s(?:of\s(?:coca|hero|meth|cann|mari)|heavier|weight))",
            re.IGNORECASE,
        ),
        "in_words": re.compile(
            rf"\b(?P<first>(?>{numbers}))\s(?:(?:(?P<hundred>hundred)\s)?{scale}\s(?P<sign>{words})"
            rf"|(?P<mark>{alternatives(data['coins'])})(?!\s(?:{alternatives(data['coin_things'])})\b))\b",
            re.IGNORECASE,
        ),
    }


def _amount(number: str, scale: str | None) -> Decimal:
    if re.fullmatch(r"\d{1,15},\d{1,2}|\d{1,3},\d{4,8}", number):
        plain = number.replace(",", ".")
    else:
        plain = re.sub(r"[,’'\s]", "", number)
    return Decimal(plain) * Decimal(load("money")["scales"].get((scale or "").lower().rstrip("."), 1))


def _usual(currency: str) -> str | None:
    """Return a currency, or what a shared sign mostly stands for."""
    default = load("money")["shared"][int(currency[1:])]["default"] if currency[0] == "~" else currency
    return default and str(default)


def _sums_of(match: re.Match[str]) -> list[Sum]:
    parts = match.groupdict()
    sign = parts.get("sign") or parts.get("mark") or ""
    currency = _signs().get(sign) or _signs()[sign.lower()]
    if "hundred" in parts:
        factor = _number_words(parts["first"])
        scale = load("money")["scales"].get((parts["scale"] or "").lower(), 1)
        whole = factor * scale * (100 if parts["hundred"] else 1)
        return [Sum(currency, whole.normalize(), *match.span())]
    dotted = parts["scale"] is None and _usual(currency) in load("money")["dotted"]
    if dotted and re.fullmatch(r"\d{1,3}\.\d{3}", parts["first"]):
        parts["first"] = parts["first"].replace(".", "")
    first = _amount(parts["first"], parts["scale"])
    # "2023 won", "30 won": a verb after a figure; a sum in won is large or has a scale word.
    if sign == "won" and parts["scale"] is None and "," not in parts["first"]:
        return []
    if parts["second"] is None:
        return [Sum(currency, first, *match.span())]
    second = _amount(parts["second"], parts["scale"])
    return [Sum(currency, amount, *match.span(), range=True) for amount in (first, second)]


def _all_sums(text: str) -> list[Sum]:
    found: list[Sum] = []
    taken = bytearray(len(text))
    for pattern in patterns().values():
        for match in pattern.finditer(text):
            start, end = match.span()
            if not any(taken[start:end]):
                taken[start:end] = b"\1" * (end - start)
                found += _sums_of(match)
    return sorted((one for one in found if one.amount > 0), key=lambda one: one.start)


def _resolved(sums: Iterable[Sum], everything: str) -> list[Sum]:
    """Turn shared signs into currencies by what the whole report says; drop what stays unknown."""
    resolved = []
    meaning: dict[str, str | None] = {}
    for one in sums:
        if one.currency not in meaning:
            shared = one.currency.startswith("~")
            meaning[one.currency] = _shared(one.currency, everything) if shared else one.currency
        currency = meaning[one.currency]
        if currency is not None:
            resolved.append(Sum(currency, one.amount, one.start, one.end, one.range))
    return resolved


def _shared(sign: str, everything: str) -> str | None:
    data = load("money")
    form: Mapping[str, Any] = data["shared"][int(sign[1:])]
    for code, hints in form.get("by_hint", {}).items():
        if any(hint in everything for hint in hints) or _towns(code).search(everything):
            return str(code)
    if "$" in form["symbols"] and not re.search(r"\b(?:us|hk|nt|nz|s|a|c)\$", everything):
        local = _local_dollar(everything, data)
        return local or form["default"]
    return form["default"] and str(form["default"])


@cache
def _towns(currency: str) -> re.Pattern[str]:
    """Return the pattern, in lower case, of the towns of the country that a currency's first letters name."""
    towns = alternatives(load("places")["cities"].get(currency[:2], ())).lower()
    return re.compile(rf"\b(?:{towns or '(?!)'})\b")


def _local_dollar(everything: str, data: Mapping[str, Any]) -> str | None:
    if any(hint in everything for hint in data["american"]):
        return None
    for code, rule in data["local_dollars"].items():
        if sum(everything.count(hint) for hint in rule["hints"]) >= rule["times"]:
            return str(code)
    return None


def sums(text: str, everything: str) -> list[Sum]:
    """Return a text's sums in order; ``everything`` is the whole report in lower case, for bare dollars."""
    return _resolved(_all_sums(text), everything)
