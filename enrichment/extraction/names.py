"""Named AI tools, platforms and organisations in a text. Private persons are never looked for."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from enrichment.extraction import unlisted
from enrichment.extraction.agencies import owner
from enrichment.extraction.gazetteer import AS_NAMED, bears_name
from enrichment.extraction.passage import Passage
from enrichment.extraction.phrases import Hit, Scanner, load, one_per_value, scanner
from enrichment.records import Fact, Subject

_LISTS = {Subject.TOOL: "tools", Subject.PLATFORM: "platforms"}
LISTED_SCORE, FORMED_SCORE = 0.9, 0.7
_POSSESSIVE = re.compile(r"['’]s\b")


@cache
def _organisations() -> list[dict[str, Any]]:
    return [
        {"name": entry} if isinstance(entry, str) else entry
        for group in load("organisations")
        for entry in group["entries"]
    ]


@cache
def _scanner(subject: Subject) -> Scanner:
    return scanner(_organisations() if subject is Subject.ORGANISATION else load(_LISTS[subject]))


def _products(passage: Passage) -> bytearray:
    """Mark each character of a tool's or platform's name with 1, except in its maker's possessive."""
    covered = bytearray(len(passage.text))
    for hit in (hit for subject in _LISTS for hit in _scanner(subject).scan(passage)):
        if not _POSSESSIVE.search(passage.text, hit.start, hit.end):
            covered[hit.start : hit.end] = b"\1" * (hit.end - hit.start)
    return covered


def _unlisted(passage: Passage, taken: bytearray) -> Iterable[Fact]:
    """Yield names of organisations that are on no list, where no listed name stands."""
    for start, end in unlisted.spans(passage):
        if not any(taken[start:end]):
            taken[start:end] = b"\1" * (end - start)
            name = passage.text[start:end].replace("’", "'")
            yield passage.fact(Subject.ORGANISATION, name, start, end, score=FORMED_SCORE)


def _listed(passage: Passage, subject: Subject) -> Iterable[Fact]:
    covered = _products(passage) if subject is Subject.ORGANISATION else bytearray(len(passage.text))
    for hit in _scanner(subject).scan(passage):
        if not all(covered[hit.start : hit.end]) and not bears_name(passage.text, hit.start):
            yield _named(passage, subject, hit)
        covered[hit.start : hit.end] = b"\1" * (hit.end - hit.start)
    if subject is Subject.ORGANISATION:
        yield from _unlisted(passage, covered)


def _named(passage: Passage, subject: Subject, hit: Hit) -> Fact:
    """Return the fact of a listed name; another country's agency of that name keeps its own words."""
    home = _homes().get(hit.value, "") if subject is Subject.ORGANISATION else ""
    owned = owner(passage.text, hit.start, hit.end) if home else None
    if owned is None or owned[0].partition("-")[0] == home.partition("-")[0]:
        return passage.fact(subject, hit.value, hit.start, hit.end, score=LISTED_SCORE)
    _, start, end = owned
    name = passage.text[start:end].replace("’", "'")
    return passage.fact(subject, name, start, end, score=FORMED_SCORE)


@cache
def _homes() -> dict[str, str]:
    """Return the country of each listed organisation that has one."""
    return {
        listed["name"]: listed.get("country", group.get("country", ""))
        for group in load("organisations")
        for listed in ({"name": entry} if isinstance(entry, str) else entry for entry in group["entries"])
        if listed.get("country", group.get("country", AS_NAMED)) != AS_NAMED
    }


def find(passages: Sequence[Passage]) -> list[Fact]:
    """Return each named tool, platform and organisation once, by its listed name, at its first mention.

    An organisation on no list is found by words such as ``Crown Court`` or ``Ltd`` and keeps its own name.
    The maker's name inside a product's, as in "Microsoft Teams", names no organisation.
    """
    return one_per_value(
        fact
        for subject in (*_LISTS, Subject.ORGANISATION)
        for passage in passages
        for fact in _listed(passage, subject)
    )


def _slug(name: str) -> str:
    return re.sub(r"[^\w'.&=?]+", "-", name.lower().replace("’", "'")).strip("-")


@cache
def _names_by_slug() -> dict[str, str]:
    """Every listed name and alias as a slug, with its canonical name; organisations win over products."""
    known: dict[str, str] = {}
    entries: Iterable[dict[str, Any]] = [*_organisations(), *load("platforms"), *load("tools")]
    for entry in entries:
        for alias in [entry["name"], *entry.get("aliases", []), *entry.get("doubtful", [])]:
            known.setdefault(_slug(alias), entry["name"])
    for entry in load("tools"):
        if entry.get("developer"):
            known.setdefault(_slug(entry["developer"]), entry["developer"])
    return known


def developer(tool: str) -> str | None:
    """Return who makes a tool of the list, or None."""
    return next(
        (str(entry["developer"]) for entry in load("tools") if entry["name"] == tool and entry["developer"]),
        None,
    )


def organisation(name_or_slug: str) -> str | None:
    """Return the canonical name of an organisation, platform or vendor, or None where it may be a person.

    Takes names as people write them and slugs as AIID has them (``metropolitan-police-service``). An unknown
    name is accepted only where a word of it can belong to no person, such as ``university`` or ``ltd``.
    """
    slug = _slug(name_or_slug)
    if slug in _names_by_slug():
        return _names_by_slug()[slug]
    bare = _slug(re.sub(r"\([^()]{0,40}\)", "", name_or_slug)).removeprefix("the-")
    if bare in _names_by_slug():
        return _names_by_slug()[bare]
    return _titled(bare) if _is_organisation(bare) else None


def _is_organisation(slug: str) -> bool:
    rules = load("organisation_words")
    words = [word.strip(".'()") for word in slug.split("-")]
    if len(words) < 2 or any(word in rules["never"] for word in words) or len(words) > 10:
        return False
    return words[-1] in rules["last"] or any(
        re.search(rf"(?:^|-){re.escape(word)}(?:-|$)", slug) for word in rules["anywhere"]
    )


def _titled(slug: str) -> str:
    rules = load("organisation_words")
    words = slug.split("-")
    return " ".join(
        word.upper()
        if word in rules["acronyms"]
        else word
        if word in rules["small"] and place > 0
        else word[:1].upper() + word[1:]
        for place, word in enumerate(words)
    )
