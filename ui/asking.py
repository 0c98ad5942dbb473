"""What a person typed, made a query, and why a query can have no answer whatever the library holds."""

import re
from collections.abc import Sequence
from typing import Any

from rapidfuzz import fuzz, process

from collectors.errors import WrongUse
from enrichment.records import Concept
from enrichment.typology import Typology
from index.library import Library
from index.search.query import Query, Results

CODE_LETTERS = 2
NEAREST = 5
"""Names that are told where none is right."""
_DATES = re.compile(r"\b(?:after|before|date):", re.IGNORECASE)
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


def no_day(query: Query, typed: str) -> str:
    """Return what is wrong with dates that leave no day; where they were typed, also how to type them."""
    if query.since is None or query.until is None or query.since <= query.until:
        return ""
    said = f"No day lies from {query.since} to {query.until}."
    if not _DATES.search(typed):
        return said
    return f"{said} date:2024-05 is all of May, and before: ends the day before."


def check_codes(query: Query, typed: Sequence[str], typology: Typology) -> None:
    """Raise ``WrongUse`` with the nearest codes where one that was asked for is none, nor a name of one."""
    asked = {value for name in ("typology", "family") for value in query.filters.get(name, ())}
    for code in typed:
        if code in asked and code.upper() not in typology:
            near = ", ".join(f"{one.id} {one.label}" for one in _nearest(code, typology))
            raise WrongUse(f"the typology knows no {code!r}; nearest are {near}")


def _nearest(typed: str, typology: Typology) -> list[Concept]:
    """Return the leaves of the family that a code names, the families where it names none, or like names."""
    family, dash, _ = typed.upper().partition("-")
    if leaves := [leaf for leaf in typology.leaves() if leaf.parent == family]:
        return leaves
    if dash and len(family) == CODE_LETTERS:
        return list(typology.families())
    every = {one.id: one for one in (*typology.leaves(), *typology.families(), *typology.scopes())}
    labels = {code: one.label.lower() for code, one in every.items()}
    near = process.extract(typed.lower(), labels, scorer=fuzz.WRatio, limit=NEAREST)
    return [every[code] for _, _, code in near]
