"""A query as a tree of terms, filters and operators, without an engine."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from collectors.records import Record


class Loss(Record):
    """The known loss is from ``least`` to ``most`` whole US dollars, both included."""

    kind: Literal["loss"] = "loss"
    least: int = 1
    most: int | None = None


class Term(Record):
    """A word or an exact phrase, wanted or not wanted."""

    kind: Literal["term"] = "term"
    text: str
    phrase: bool = False
    negated: bool = False
    """Only of the terms beside each other at the top; within a tree there is ``Not``."""
    slop: int = 0
    """Places by which the words of a phrase may be moved."""
    prefix: bool = False
    """Any word that begins so."""
    edits: int = 0
    """Letters by which a word may differ."""
    title: bool = False
    """Looked for in the title alone."""
    loss: Loss | None = None
    """Of a sum of money: a card with such a loss matches too."""
    ways: tuple[str, ...] = ()
    """Of a sum of money: other ways to write it."""
    start: int = 0
    end: int = 0


class Facet(Record):
    """A facet has any of these values."""

    kind: Literal["facet"] = "facet"
    name: str
    values: tuple[str, ...]


class Ids(Record):
    """The card has any of these ids or outside ids."""

    kind: Literal["ids"] = "ids"
    values: tuple[str, ...]


class Dates(Record):
    """The card's date is from ``since`` to ``until``, both included."""

    kind: Literal["dates"] = "dates"
    since: date | None = None
    until: date | None = None


class Not(Record):
    """The part does not hold."""

    kind: Literal["not"] = "not"
    part: "Clause"


class And(Record):
    """All of the parts hold."""

    kind: Literal["and"] = "and"
    parts: tuple["Clause", ...]


class Or(Record):
    """Any of the parts holds."""

    kind: Literal["or"] = "or"
    parts: tuple["Clause", ...]


Clause = Annotated[Term | Facet | Ids | Dates | Loss | Not | And | Or, Field(discriminator="kind")]

for _ in (Not, And, Or):
    _.model_rebuild()

NOTHING = Or(parts=())
"""Holds for no card."""
WORD = re.compile(r"[^\W_]+")
"""A word of a phrase."""


def wanted(clause: Clause) -> tuple[Term, ...]:
    """Return the terms of a clause that are not below a ``Not``, in order."""
    if isinstance(clause, Term):
        return (clause,)
    if isinstance(clause, And | Or):
        return tuple(term for part in clause.parts for term in wanted(part))
    return ()


def respelt(clause: Clause, better: Mapping[str, str]) -> Clause:
    """Return a clause with the words that ``better`` names replaced, in phrases too; near words stay."""
    match clause:
        case Term(text=text, phrase=True):
            spelt = WORD.sub(lambda word: better.get(word[0], word[0]), text)
            return clause.model_copy(update={"text": spelt})
        case Term(text=text, phrase=False, prefix=False, edits=0):
            return clause.model_copy(update={"text": better.get(text, text)})
        case Not(part=part):
            return Not(part=respelt(part, better))
        case And(parts=parts) | Or(parts=parts):
            return clause.model_copy(update={"parts": tuple(respelt(part, better) for part in parts)})
        case _:
            return clause


def joined(how: str, parts: list[Clause]) -> Clause | None:
    """Return parts as one clause, by ``or_`` or else all of them; None where there are none.

    Values of one facet of which one is enough become one filter.
    """
    if len(parts) < 2:
        return parts[0] if parts else None
    if how != "or_":
        return And(parts=tuple(parts))
    facets = [part for part in parts if isinstance(part, Facet)]
    if len(facets) == len(parts) and len({part.name for part in facets}) == 1:
        return Facet(name=facets[0].name, values=tuple(value for part in facets for value in part.values))
    return Or(parts=tuple(parts))
