"""Plain words for codes, shared by the pages, the command line and every export."""

import tomllib
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib.resources import files

from enrichment import countries
from enrichment.typology import Typology
from index.search.query import Query

_CONCEPTS = ("offence", "countermeasure")
"""Subjects whose values are concepts of the typology."""


@cache
def _words() -> dict[str, dict[str, str]]:
    return tomllib.loads((files("index") / "wording.toml").read_text("utf-8"))


@cache
def _typology() -> Typology:
    return Typology.load()


def country(code: str) -> str:
    """Return the English name of a country or UK nation, or the code itself."""
    return countries.name(code)


def money(value: str) -> str:
    """Return ``HKD 200000000`` as ``HKD 200,000,000``; anything else unchanged."""
    currency, _, amount = value.partition(" ")
    try:
        return f"{currency} {Decimal(amount):,f}"
    except InvalidOperation:
        return value


def value(subject: str, code: str) -> str:
    """Return a value of this subject or facet in plain words."""
    if subject == "country":
        return country(code)
    if subject == "loss":
        return money(code)
    if subject == "events":
        return f"{len(code.split())} incidents in one report"
    if subject in _CONCEPTS and code in _typology():
        return _typology().label(code)
    return _words().get(subject, {}).get(code) or code.replace("_", " ")


def values(facet: str) -> dict[str, str]:
    """Return the values of a facet that have a wording of their own, with it; countries all of them."""
    return countries.names() if facet == "country" else _words().get(facet, {})


def subject(name: str) -> str:
    """Return the heading for findings of a subject."""
    return _words()["subject"].get(name) or name.replace("_", " ").capitalize()


def facet(name: str) -> str:
    """Return the heading of a facet."""
    return _words()["facet"].get(name) or name.capitalize()


def filters(query: Query) -> str:
    """Return the filters of a query in words, on one line."""
    met = [
        f"{facet(name)}: {', '.join(value(name, one) for one in of)}" for name, of in query.filters.items()
    ]
    met += [f"from {query.since}"] if query.since else []
    met += [f"to {query.until}"] if query.until else []
    met += [f"id: {', '.join(query.ids)}"] if query.ids else []
    return "; ".join(met)
