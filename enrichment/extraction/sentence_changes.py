"""Terms that a later ruling cut or raised: the one in force counts, not the one before it."""

import re
from collections.abc import Sequence
from functools import cache

from enrichment.extraction.numerals import alternatives
from enrichment.extraction.passage import Passage
from enrichment.extraction.phrases import load
from enrichment.records import Fact

BEFORE, AFTER = 120, 60
NEAR_TERMS = 8
"""Terms before and after one among which the term it took the place of is looked for."""
_LEAD = r"(?:an?\s|about\s|just\s|only\s|a\stotal\sof\s|one\sof\s)?"


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    words = {name: alternatives(load("sentence")[name]) for name in ("changed", "penalty", "higher")}
    verb = rf"\b(?:{words['changed']})\b"
    told = {name: alternatives(load("sentence")[name]) for name in ("unchanged", "formerly")}
    return {
        "to": re.compile(rf"{verb}[^.;]{{0,70}}?\b(?:to|with|(?<=replaced\s)by)\s{_LEAD}$"),
        "from": re.compile(rf"{verb}[^.;]{{0,70}}?\bfrom\s{_LEAD}$"),
        "penalty": re.compile(rf"\b(?:{words['penalty']})\b"),
        "higher": re.compile(rf"\b(?:{words['higher']})\b[^.;]{{0,40}}$"),
        "instead": re.compile(r"[^.;]{0,24}\b(?:instead|in its place)\b"),
        "unchanged": re.compile(rf"\b(?:{told['unchanged']})\b"),
        "formerly": re.compile(rf"\b(?:{told['formerly']})\b|\bin\s(?:19|20)\d\d\b"),
    }


def is_changed(passage: Passage, start: int, end: int, form: str = "to") -> bool:
    """Whether a ruling changed a term to the length at these places, or with ``from`` away from it."""
    before, after = passage.around(start, end, BEFORE, AFTER)
    told = _patterns()[form].search(before) is not None
    if form == "to" and not told:
        told = _patterns()["instead"].match(after) is not None and (
            _patterns()["higher"].search(before) is not None
        )
    if not told or _patterns()["unchanged"].search(before):
        return False
    return any(_patterns()["penalty"].search(words) for words in (before, after))


def in_force(passage: Passage, terms: Sequence[Fact]) -> list[Fact]:
    """Return the terms, in the order of the text, without those that a later ruling changed to another."""
    gone: set[int] = set()
    for place, term in enumerate(terms):
        if is_changed(passage, term.start or 0, term.end or 0):
            gone |= _replaced(passage, terms, place)
    return [term for place, term in enumerate(terms) if place not in gone]


def _replaced(passage: Passage, terms: Sequence[Fact], place: int) -> set[int]:
    """Return which term another was put in the place of: its sentence's, the last, or the next one."""
    here, _ = passage.sentence(terms[place].start or 0)
    near = range(max(0, place - NEAR_TERMS), min(len(terms), place + NEAR_TERMS))
    other = [number for number in near if terms[number].value != terms[place].value]
    earlier = [number for number in other if number < place]
    beside = {number for number in earlier if (terms[number].start or 0) >= here}
    if earlier:
        return beside or {earlier[-1]}
    following = [number for number in other if number > place]
    for number in following[:1]:
        left, right = passage.sentence(terms[number].start or 0)
        if _patterns()["formerly"].search(passage.small, left, right):
            return {number}
    return set()
