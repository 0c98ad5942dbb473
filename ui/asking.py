"""Hints about a query: unknown codes, and questions in another language than English."""

from collections.abc import Sequence

from rapidfuzz import fuzz, process

from collectors.errors import WrongUse
from enrichment.records import Concept
from enrichment.typology import Typology
from index.search.query import Query, Results

CODE_LETTERS = 2
NEAREST = 5
"""Codes named in the error message."""


def not_english(found: Results) -> str:
    """Return a hint for a question in another language that found nothing; else an empty text."""
    if not found.foreign:
        return ""
    return "Ask in English, or use names and words as a report in that language would write them."


def check_codes(query: Query, typed: Sequence[str], typology: Typology) -> None:
    """Raise ``WrongUse`` naming the nearest codes if the typology has no such code or name."""
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
