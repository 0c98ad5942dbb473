"""What a person typed, made a query, and why a query can have no answer whatever the library holds."""

import re
from typing import Any

from enrichment.typology import Typology
from index.library import Library
from index.search.query import Query, Results

_CODE = re.compile(r'"[^"]*"|(?<![\w:.,-])(-?)([A-Za-z]{1,2}-\d\d)(?![\w*~-])')
"""A phrase, which stays as it is, or what has the form of a typology code."""


def parsed(library: Library, text: str, **overrides: Any) -> Query:  # noqa: ANN401 (the fields of a Query)
    """Return what was typed as a query; a code by itself is read as ``typology:CODE``, and a note says so."""
    whole, codes = coded(text, library.typology)
    notes = tuple(f"{code} is read as typology:{code} {library.typology.label(code)}." for code in codes)
    return library.parse(whole, notes=notes, **overrides)


def coded(text: str, typology: Typology) -> tuple[str, list[str]]:
    """Return a text with each code of the typology made a filter, and the codes; within a field it stays."""
    found: dict[str, None] = {}

    def filtered(match: re.Match[str]) -> str:
        code = (match[2] or "").upper()
        if code not in typology:
            return match[0]
        found[code] = None
        return f"{match[1]}typology:{code}"

    return (text, []) if ":(" in text else (_CODE.sub(filtered, text), list(found))


def not_english(found: Results) -> str:
    """Return what to try where a question in another language than English found nothing; else nothing."""
    if not found.foreign:
        return ""
    return "Ask in English, or use names and words as a report in that language would write them."


def no_day(query: Query) -> str:
    """Return what is wrong with dates that leave no day, and how a month is asked for; else nothing."""
    if query.since is None or query.until is None or query.since <= query.until:
        return ""
    return (
        f"No day lies from {query.since} to {query.until}. date:2024-05 is May 2024, date:2024-05..2024-07 "
        "three months; before: ends the day before."
    )
