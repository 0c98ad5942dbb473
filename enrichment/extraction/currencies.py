"""Which currency a sign or word of money means, where several countries write theirs alike."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from enrichment.extraction.numerals import alternatives
from enrichment.extraction.phrases import load


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


def signed(sign: str) -> str:
    """Return the currency of a sign or word of the list, or ``~n`` where several currencies share it."""
    return _signs().get(sign) or _signs()[sign.lower()]


def usual(currency: str) -> str | None:
    """Return a currency, or what a shared sign mostly stands for; None where it means nothing by itself."""
    return _default(currency) if currency.startswith("~") else currency


def meant(currency: str, everything: str, country: str = "") -> str | None:
    """Return a currency, or the meaning of a shared sign in a report, given whole and in lower case.

    ``country`` is the only country the report is about, if there is one. None for a sign that means nothing
    unless the report names a country, and names none.
    """
    return _in_report(currency, everything, country) if currency.startswith("~") else currency


def _shared(sign: str) -> Mapping[str, Any]:
    form: Mapping[str, Any] = load("money")["shared"][int(sign[1:])]
    return form


def _default(sign: str) -> str | None:
    default = _shared(sign)["default"]
    return default and str(default)


def _in_report(sign: str, everything: str, country: str) -> str | None:
    form = _shared(sign)
    for code, hints in form.get("by_hint", {}).items():
        if any(hint in everything for hint in hints) or _towns(code).search(everything):
            return str(code)
    if form.get("dollars") and not re.search(r"\b(?:us|hk|nt|nz|s|a|c)\$", everything):
        return _local_dollar(everything, country) or _default(sign)
    return _default(sign)


@cache
def _towns(currency: str) -> re.Pattern[str]:
    """Return the pattern, in lower case, of the towns of the country that a currency's first letters name."""
    towns = alternatives(load("places")["cities"].get(currency[:2], ())).lower()
    return re.compile(rf"\b(?:{towns or '(?!)'})\b")


def local_dollar(country: str) -> str | None:
    """Return the dollar of a country that writes it with a bare sign, but for the United States."""
    return next((str(code) for code in load("money")["local_dollars"] if code[:2] == country), None)


def _local_dollar(everything: str, country: str) -> str | None:
    """Return the dollar of the country that a report is about, where it never names the United States."""
    data = load("money")
    if any(hint in everything for hint in data["american"]):
        return None
    for code, rule in data["local_dollars"].items():
        if sum(everything.count(hint) for hint in rule["hints"]) >= rule["times"]:
            return str(code)
    code = local_dollar(country)
    return None if code is None or data["local_dollars"][code].get("often") else code
