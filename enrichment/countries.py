"""What countries and the nations of the United Kingdom are called, for everybody who names one to people."""

from collections.abc import Mapping
from functools import cache

from babel import Locale

from enrichment.extraction.phrases import load

_NOWHERE = frozenset({"EZ", "QO", "XA", "XB", "ZZ"})
"""What the locale names besides countries and their unions."""


def name(code: str) -> str:
    """Return the English name of a country or UK nation, or the code itself."""
    return names().get(code, code)


@cache
def names() -> dict[str, str]:
    """Return the English name of every country and UK nation by its code."""
    territories = Locale("en").territories.items()
    known = {code: said for code, said in territories if code.isalpha() and code not in _NOWHERE}
    return known | dict(load("country_names"))


@cache
def spoken() -> Mapping[str, tuple[str, ...]]:
    """Return what each country and UK nation, its people and its things are called, by its code.

    Names that are more often something else, such as ``Victoria``, are left out.
    """
    places = load("places")
    codes = [code for code in names() if len(code) == 2 and code not in places["never"]]
    return {
        code: (name(code), *places["names"].get(code, ()), *places["demonyms"].get(code, ()))
        for code in dict.fromkeys((*codes, *places["names"]))
    }
