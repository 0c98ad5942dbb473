"""Where people come from who are pursued or brought away: it is not where the matter took place.

"Police arrested a Malaysian man" tells of the man's passport; "people from Kenya were freed" of their
homes. A victim's country does count: that is where somebody was deceived.
"""

import re
from functools import cache

from enrichment.extraction.numerals import alternatives
from enrichment.extraction.passage import Passage
from enrichment.extraction.phrases import Hit, load

BEFORE, AFTER = 70, 80
"""Characters before and behind a country in which its people are told to be pursued or brought away."""


def is_origin(passage: Passage, hit: Hit, kind: str) -> bool:
    """Whether a country is only where somebody comes from who is pursued or was brought away."""
    if kind not in ("demonym", "name"):
        return False
    before, after = passage.around(hit.start, hit.end, BEFORE, AFTER)
    if kind == "demonym":
        return patterns()["by_descent"].match(after) is not None or _is_pursued_national(before, after)
    return (
        patterns()["suspects_of"].search(before) is not None
        or patterns()["sued_in"].search(before) is not None
        or _are_pursued_people(before, after)
    )


def _is_pursued_national(before: str, after: str) -> bool:
    """Whether a people's name stands before a person who is arrested, charged or the like."""
    if patterns()["suspect_after"].match(after):
        return True
    person = patterns()["person_after"].match(after)
    if person is None:
        return False
    return (
        patterns()["pursuing"].search(before) is not None
        or patterns()["pursued"].match(after, person.end()) is not None
    )


def _are_pursued_people(before: str, after: str) -> bool:
    """Whether a country's name stands behind people who are arrested, freed or the like."""
    people = patterns()["people_of"].search(before)
    if people is None:
        return False
    return (
        patterns()["bringing"].search(before, 0, people.start()) is not None
        or patterns()["taken"].match(after) is not None
    )


@cache
def patterns() -> dict[str, re.Pattern[str]]:
    """Return the patterns of the words around somebody's country of origin."""
    data = load("origins")
    persons, suspects, pursued, pursuing, freed = (
        alternatives(data[name]) for name in ("persons", "suspects", "pursued", "pursuing", "freed")
    )
    been = r"(?:was|were|is|are|been|being)\s(?:\w{1,12}\s)?"
    aged = r"(?:,?\saged\s[\w\s]{1,14},?|,\s\d\d,|\s(?:in|from|of)\s[\w’']{1,20}(?:\s[\w’']{1,20})?)?"
    return {
        "by_descent": re.compile(rf"[\s-](?:{alternatives(data['descent'])})\b"),
        "suspect_after": re.compile(rf"(?:[\s-][\w-]{{1,14}}){{0,2}}?\s(?:{suspects})\b"),
        "person_after": re.compile(rf"(?:[\s-][\w-]{{1,14}}){{0,2}}?\s(?:{persons})\b"),
        "pursuing": re.compile(rf"\b(?:{pursuing})\s(?:[\w’'-]{{1,14}},?\s){{0,4}}$"),
        "bringing": re.compile(rf"\b(?:{freed}|{pursuing})\s(?:[\w’'-]{{1,14}},?\s){{0,4}}$"),
        "pursued": re.compile(rf"{aged}\s(?:(?:ha[sd]|have)\s)?(?:{been})?(?:{pursued})\b"),
        "suspects_of": re.compile(
            rf"\b(?:{suspects})\s(?:(?:who\s)?(?:is|are|was|were)\s)?from\s(?:the\s)?$"
        ),
        "sued_in": re.compile(
            rf"\b(?:{alternatives(data['suing'])})\s(?:[\w-]{{1,14}}\s){{0,2}}(?:{persons}),?\s(?:in|from)\s(?:the\s)?$"
        ),
        "people_of": re.compile(rf"\b(?:{persons}),?\sfrom\s(?:the\s)?$"),
        "taken": re.compile(rf"[^.;:]{{0,48}}?\s(?:{been})(?:{freed}|{pursued})\b"),
    }
