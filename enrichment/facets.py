"""Facets of the typology that a text names: victim, offender, channel, kind of content, AI capability."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from enrichment.phrases import Hit, Passage, Scanner, form, load, one_per_value, scanner
from enrichment.records import Fact, Subject

LISTS = {
    Subject.MODALITY: "modality",
    Subject.CAPABILITY: "capability",
    Subject.VICTIM_TYPE: "victim_type",
    Subject.ACTOR_TYPE: "actor_type",
    Subject.CHANNEL: "channel",
}
"""The word list of each facet."""
LEAD = 3_000
"""Characters at the beginning of a text that are looked at: what comes later is often of other matters."""
NAMED, LIKELY = 0.7, 0.5
_DENIED = (
    "no ",
    "not ",
    "not a ",
    "not by ",
    "never ",
    "without ",
    "without any ",
    "no sign of ",
    "rather than ",
)


@cache
def _scanner(subject: Subject) -> Scanner:
    return scanner(load(LISTS[subject]), names=False)


@cache
def _forms(subject: Subject) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (entry["name"], form(written)) for entry in load(LISTS[subject]) for written in entry.get("forms", ())
    )


def patterns() -> dict[str, re.Pattern[str]]:
    """Return the patterns that name a value, by facet and place."""
    return {
        f"{subject.value} {place}": each
        for subject in LISTS
        for place, (_, each) in enumerate(_forms(subject))
    }


@cache
def _otherwise(subject: Subject) -> Scanner:
    scanner = Scanner()
    for entry in load(LISTS[subject]):
        scanner.add(entry["name"], entry.get("otherwise", ()))
    return scanner


def _denied(passage: Passage, hit: Hit) -> bool:
    before, _ = passage.around(hit.start, hit.end, 12, 0)
    return before.endswith(_DENIED)


def _named(passage: Passage, subject: Subject) -> Iterator[Fact]:
    formed = (
        Hit(value, match.start(), match.end(), match[0])
        for value, pattern in _forms(subject)
        for match in pattern.finditer(passage.text)
    )
    for score, hits in ((NAMED, _scanner(subject).scan(passage)), (LIKELY, formed)):
        for hit in hits:
            if not _denied(passage, hit):
                yield passage.fact(subject, hit.value, hit.start, hit.end, score=score)


def _implied(passage: Passage, subject: Subject) -> Iterator[Fact]:
    for hit in _otherwise(subject).scan(passage):
        yield passage.fact(subject, hit.value, hit.start, hit.end, score=LIKELY)


def find(passages: Sequence[Passage]) -> list[Fact]:
    """Return each value of a facet once, at the first words that name it and do not deny it.

    Where no words name any value of a facet, those that mostly imply one count.
    """
    leads = [passage.lead(LEAD) for passage in passages]
    facts: list[Fact] = []
    for subject in LISTS:
        named = [fact for passage in leads for fact in _named(passage, subject)]
        facts += named or [fact for passage in leads for fact in _implied(passage, subject)]
    return one_per_value(facts)
