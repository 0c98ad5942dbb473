"""Whose agency it is where several countries have one of that name: ``Ireland's Department of Justice``."""

import re
from functools import cache

from babel import Locale

from enrichment.extraction.numerals import alternatives
from enrichment.extraction.phrases import load

REACH = 40
"""Characters before and behind an agency's name in which its country may stand."""


def owner(text: str, start: int, end: int) -> tuple[str, int, int] | None:
    """Return the country that says whose agency stands at a span, and the span with its name.

    None where no country stands at it, or where the agency's own name has a place in it.
    """
    name = text[start:end]
    if " " not in name or patterns()["place_first"].match(name):
        return None
    before = patterns()["before"].search(text, max(0, start - REACH), start)
    if before is not None:
        return _codes()[before["country"]], before.start("country"), end
    after = patterns()["after"].match(text, end, end + REACH)
    return None if after is None else (_codes()[after["country"]], start, after.end())


@cache
def _names() -> dict[str, str]:
    """Return the code of each country by its names."""
    data = load("places")
    doubtful = {name for rule in data["doubtful"].values() for name in rule["names"]}
    territories = Locale("en").territories.items()
    said = {name: code for code, name in territories if len(code) == 2 and code.isalpha()}
    said |= {name: code for code, names in data["names"].items() for name in names}
    return {name: code for name, code in said.items() if name not in doubtful and code not in data["never"]}


@cache
def _peoples() -> dict[str, str]:
    """Return the code of each country by what its people and things are called."""
    listings = (load("places")[listing] for listing in ("demonyms", "residents"))
    return {name: code for listing in listings for code, names in listing.items() for name in names}


@cache
def _codes() -> dict[str, str]:
    return _names() | _peoples()


@cache
def patterns() -> dict[str, re.Pattern[str]]:
    """Return the patterns of a country beside an agency, and of names that begin with one."""
    names, peoples = alternatives(_names()), alternatives(_peoples())
    short = alternatives(name for name in _names() if name.isupper() or "." in name)
    return {
        "before": re.compile(
            rf"(?<![\w-])(?P<country>(?:{names})(?=['’]s?\s)|(?:{short}|{peoples})(?=\s))(?:['’]s?)?\s$"
        ),
        "after": re.compile(rf"\s(?:of|in)\s(?:the\s)?(?P<country>{names})(?![\w-])"),
        "place_first": re.compile(rf"(?:{names}|{peoples})\b"),
    }
