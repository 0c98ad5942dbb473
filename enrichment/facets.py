"""Facets of the typology that a text names: victim, offender, channel, kind of content, AI capability."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any

from enrichment.phrases import Hit, Passage, Scanner, form, load, one_per_value, scanner
from enrichment.records import Fact, Subject

LISTS = {
    Subject.CAPABILITY: "capability",
    Subject.MODALITY: "modality",
    Subject.VICTIM_TYPE: "victim_type",
    Subject.ACTOR_TYPE: "actor_type",
    Subject.CHANNEL: "channel",
}
"""The word list of each facet."""
NOTHING = "nothing"
"""The value of words that name no value and hide others within them."""
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


@dataclass(frozen=True)
class _Words:
    """What names the values of a facet: phrases, and forms with words between."""

    phrases: Scanner
    forms: tuple[tuple[str, re.Pattern[str]], ...]

    @classmethod
    def of(cls, entries: Sequence[Mapping[str, Any]]) -> "_Words":
        forms = (
            (entry["name"], form(written, load("words"), re.NOFLAG))
            for entry in entries
            for written in entry.get("forms", ())
        )
        return cls(scanner(entries, names=False), tuple(forms))

    def hits(self, passage: Passage) -> Iterator[tuple[Hit, float]]:
        """Yield what names a value, with how likely it is meant."""
        hidden = bytearray(len(passage.text))
        for hit in self.phrases.scan(passage):
            if hit.value == NOTHING:
                hidden[hit.start : hit.end] = b"\1" * (hit.end - hit.start)
            else:
                yield hit, NAMED
        for value, pattern in self.forms:
            for match in pattern.finditer(passage.small):
                if not any(hidden[match.start() : match.end()]):
                    yield Hit(value, match.start(), match.end(), match[0]), LIKELY


@cache
def _words(subject: Subject, *, otherwise: bool) -> _Words:
    """Return the words that name the values of a facet, or those that do where no others are found."""
    return _Words.of([entry for entry in load(LISTS[subject]) if entry.get("otherwise", False) == otherwise])


def patterns() -> dict[str, re.Pattern[str]]:
    """Return the patterns that name a value, by facet and place."""
    return {
        f"{subject.value} {otherwise} {place}": each
        for subject in LISTS
        for otherwise in (False, True)
        for place, (_, each) in enumerate(_words(subject, otherwise=otherwise).forms)
    }


def _denied(passage: Passage, hit: Hit) -> bool:
    before, _ = passage.around(hit.start, hit.end, 12, 0)
    return before.endswith(_DENIED)


def _found(passages: Sequence[Passage], subject: Subject, *, otherwise: bool = False) -> Iterator[Fact]:
    for passage in passages:
        for hit, score in _words(subject, otherwise=otherwise).hits(passage):
            if not _denied(passage, hit):
                yield passage.fact(subject, hit.value, hit.start, hit.end, score=score)


@cache
def _made(capability: str) -> tuple[str, ...]:
    """Return the kinds of content that a capability makes."""
    entries = load(LISTS[Subject.CAPABILITY])
    return tuple(
        kind for entry in entries if entry["name"] == capability for kind in entry.get("modality", ())
    )


def _content(capabilities: Iterable[Fact]) -> Iterator[Fact]:
    """Yield the kinds of content that the capabilities used make, at the words that name these."""
    for fact in capabilities:
        for kind in _made(fact.value):
            yield fact.model_copy(update={"subject": Subject.MODALITY, "value": kind})


def find(passages: Sequence[Passage]) -> list[Fact]:
    """Return each value of a facet once, at the first words that name it and do not deny it.

    Where no words name any value of a facet, those that mostly imply one count. A capability that is used
    says what kind of content it makes.
    """
    leads = [passage.lead(LEAD) for passage in passages]
    facts: dict[Subject, list[Fact]] = {}
    for subject in LISTS:
        implied = _content(facts[Subject.CAPABILITY]) if subject is Subject.MODALITY else ()
        named = [*_found(leads, subject), *implied]
        facts[subject] = named or list(_found(leads, subject, otherwise=True))
    return one_per_value(chain.from_iterable(facts.values()))
