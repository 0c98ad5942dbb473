"""Makes clauses of filters, each a name before a colon and its value: facets, ids, dates and losses."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from rapidfuzz import process
from rapidfuzz.distance import OSA

from index.search.language import dates, sums, words
from index.search.language.syntax import Clause, Dates, Facet, Ids, Loss, Not, joined
from index.search.query import FACETS

MOST_VALUES = 200
"""Filter values, or ids, of one query, at most."""
ALIASES = {name: name for name in FACETS} | {
    "org": "organisation",
    "organization": "organisation",
    "type": "typology",
    "event": "event_kind",
}
"""Map each name of a facet that may stand before a colon to the facet."""

FIELDS = (*ALIASES, "title", "date", "after", "before", "since", "until", "loss", "id")
"""All that may stand before a colon."""
SHORTEST_FIELD = 5
"""Letters of a name that may be a slip for a field: many a short word is one letter from one."""
NEGATED = re.compile(r"[!\-−–]+")
"""Marks before a value that leave it out."""

Note = Callable[[str, int], None]
"""Takes a line on something that is not read as it was typed, and its position in the text, from 0."""


class Filters:
    """Makes clauses of filters; ``note`` takes what cannot be used."""

    def __init__(self, note: Note) -> None:
        self._note = note

    def by_facet(self, name: str, value: str, quoted: bool, start: int) -> Clause | None:
        """Return the clause of a facet's values: any of those wanted, none of those with a minus."""
        given = _split((value,) if quoted else value.split(","))
        wanted = tuple(one for one in given if quoted or not NEGATED.match(one))
        unwanted = tuple(NEGATED.sub("", one, count=1) for one in given if one not in wanted)
        made = [Facet(name=ALIASES[name], values=wanted)] if wanted else []
        return joined("and_", [*made, *(_not(ALIASES[name], one) for one in unwanted)])

    def by_ids(self, value: str, start: int) -> Ids | None:
        """Return the clause of ids, with a note on each that is none."""
        values = _split(value.split(","))
        for one in values:
            if not words.ID.fullmatch(words.identifier(one)):
                self._note(f"{one} is no id; ids are such as aiid:147 or inc-0123456789", start)
        return Ids(values=tuple(map(words.identifier, values))) if values else None

    def by_dates(self, name: str, value: str, start: int) -> Clause | None:
        """Return the clause of a time, by ``name`` its start or end; None with a note if it is no date."""
        value = value.rstrip(",;?! ")
        if day := dates.ambiguous_day(value):
            self._note(f"{value} is read with its day first, as {day.first.day} {day.first:%B %Y}", start)
        if name == "date":
            made = dates.read_dates(value)
            if made is None:
                self._note("date: needs a date or a range such as 2024-01..2024-03; ignored", start)
            return made
        read = dates.span(value)
        if read is None or (name == "before" and read.first == date.min):
            self._note(f"{name}: needs a date such as 2024-01 or 3 May 2024; ignored", start)
            return None
        match name:
            case "after" | "since":
                return Dates(since=read.first)
            case "until":
                return Dates(until=read.last)
            case _:
                return Dates(until=read.first - timedelta(days=1))

    def by_loss(self, value: str, start: int) -> Loss | None:
        """Return the clause of a range of losses; None with a note if it is no sum."""
        asked = sums.read_range(value)
        if not value.strip(" ,"):
            return self._note("loss: needs a value; ignored", start)
        if asked is None:
            self._note("loss needs a sum such as loss>10000, loss>£1m or loss:10k..2m; ignored", start)
            return None
        self._note_range(asked, value, start)
        return asked.loss

    def _note_range(self, asked: sums.SumRange, value: str, start: int) -> None:
        """Note a range that is empty, only about what was typed, or converted."""
        least, most = asked.loss.least, asked.loss.most
        dollars = f"{sums.between(least, most)} US dollars"
        if most == 0:
            self._note("No known loss is below 1 US dollar", start)
        elif most is not None and most < least:
            self._note(f"No loss is from {least:,} to {most:,}", start)
        elif asked.single:
            rate = f"at a rough rate of {asked.currency}, " if asked.currency != sums.DOLLARS else ""
            self._note(f"loss:{value} is read as about that sum: {rate}{dollars}", start)
        elif asked.currency != sums.DOLLARS:
            self._note(f"{asked.currency} is compared at a rough rate: {dollars}", start)


def near_field(name: str) -> str:
    """Return the field that a name is a slip for; empty where there is none, or the name is short."""
    if len(name) < SHORTEST_FIELD:
        return ""
    found = process.extractOne(name, FIELDS, scorer=OSA.distance, score_cutoff=1 + len(name) // 8)
    return found[0] if found else ""


def _not(facet: str, value: str) -> Not:
    return Not(part=Facet(name=facet, values=(value,)))


def _split(given: tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip()[:200] for part in given if part.strip()))[:MOST_VALUES]
