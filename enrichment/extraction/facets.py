"""Facets of the typology: the victim, offender, channel, kind of content and AI capability in a text.

An entry of a list with ``not_with`` counts only in sentences with none of those words.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import chain

from enrichment.extraction.forms import Forms
from enrichment.extraction.passage import Passage
from enrichment.extraction.phrases import Hit, Scanner, load, one_per_value, scanner
from enrichment.records import Fact, Subject

LISTS = {
    Subject.CAPABILITY: "capability",
    Subject.MODALITY: "modality",
    Subject.VICTIM_TYPE: "victim_type",
    Subject.ACTOR_TYPE: "actor_type",
    Subject.CHANNEL: "channel",
}
"""The word list of each facet."""
NO_VALUE = "nothing"
"""The value of phrases that name no value and hide any value found inside them."""
LEAD_CHARACTERS = 3_000
"""Characters at the beginning of a text that are searched: the rest is often about other matters."""
NAMED_SCORE, LIKELY_SCORE = 0.7, 0.5
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
def _scanner(subject: Subject, *, otherwise: bool) -> Scanner:
    """Return the phrases of a facet, by place of the entry; ``otherwise``: those of last resort."""
    numbered = [{**entry, "name": f"{place}"} for place, entry in enumerate(load(LISTS[subject]))]
    return scanner([entry for entry in numbered if entry.get("otherwise", False) == otherwise], names=False)


@cache
def _forms() -> Forms[tuple[Subject, int]]:
    """Return the forms of all facets, keyed by facet and the entry's place in its list."""
    written = (
        ((subject, place), one)
        for subject, listed in LISTS.items()
        for place, entry in enumerate(load(listed))
        for one in entry.get("forms", ())
    )
    return Forms(written, load("words"))


@cache
def _excluding_words(subject: Subject, place: int) -> re.Pattern[str] | None:
    """Return the pattern of an entry's ``not_with`` words, or None if it has none."""
    words = load(LISTS[subject])[place].get("not_with", ())
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})\b") if words else None


def patterns() -> dict[str, re.Pattern[str]]:
    """Return the patterns of all forms, by place."""
    return {f"form {place}": pattern for place, pattern in enumerate(_forms().patterns)}


class _Lead:
    """The beginning of a field of a report, with the forms of each facet that may be found in it."""

    def __init__(self, passage: Passage) -> None:
        self.passage = passage
        self._forms: dict[tuple[Subject, bool], list[tuple[int, re.Pattern[str]]]] = {}
        for (subject, place), pattern in _forms().fitting(passage):
            otherwise = load(LISTS[subject])[place].get("otherwise", False)
            self._forms.setdefault((subject, otherwise), []).append((place, pattern))

    def facts(self, subject: Subject, *, otherwise: bool) -> Iterator[Fact]:
        """Yield each value of a facet that is named and not denied."""
        for hit, score in self._hits(subject, otherwise=otherwise):
            if not _is_denied(self.passage, hit):
                yield self.passage.fact(subject, hit.value, hit.start, hit.end, score=score)

    def _hits(self, subject: Subject, *, otherwise: bool) -> Iterator[tuple[Hit, float]]:
        """Yield the words that name a value, each with its score."""
        hits = [
            self._named(subject, int(hit.value), hit.start, hit.end)
            for hit in _scanner(subject, otherwise=otherwise).scan(self.passage)
        ]
        forms = [
            self._named(subject, place, match.start(), match.end())
            for place, pattern in self._forms.get((subject, otherwise), ())
            for match in pattern.finditer(self.passage.small)
        ]
        hidden = bytearray(len(self.passage.text))
        for hit in (*hits, *forms):
            if hit is not None and hit.value == NO_VALUE:
                hidden[hit.start : hit.end] = b"\1" * (hit.end - hit.start)
        for found, score in ((hits, NAMED_SCORE), (forms, LIKELY_SCORE)):
            yield from ((hit, score) for hit in found if hit and not any(hidden[hit.start : hit.end]))

    def _named(self, subject: Subject, place: int, start: int, end: int) -> Hit | None:
        """Return the hit of an entry, or None if its sentence has a word of ``not_with``."""
        back = _excluding_words(subject, place)
        if back is not None and back.search(self.passage.small, *self.passage.sentence(start)):
            return None
        return Hit(load(LISTS[subject])[place]["name"], start, end, self.passage.small[start:end])


def _is_denied(passage: Passage, hit: Hit) -> bool:
    before, _ = passage.around(hit.start, hit.end, 12, 0)
    return before.endswith(_DENIED)


def _facts_of(leads: Sequence[_Lead], subject: Subject, *, otherwise: bool = False) -> Iterator[Fact]:
    return chain.from_iterable(lead.facts(subject, otherwise=otherwise) for lead in leads)


@cache
def _content_made_by(capability: str) -> tuple[str, ...]:
    """Return the kinds of content that a capability makes."""
    entries = load(LISTS[Subject.CAPABILITY])
    return tuple(
        kind for entry in entries if entry["name"] == capability for kind in entry.get("modality", ())
    )


def _content(capabilities: Iterable[Fact]) -> Iterator[Fact]:
    """Yield the kinds of content that the capabilities used make, at the words that name these."""
    for fact in capabilities:
        for kind in _content_made_by(fact.value):
            yield fact.model_copy(update={"subject": Subject.MODALITY, "value": kind})


def find(passages: Sequence[Passage]) -> list[Fact]:
    """Return each value of a facet once, at the first words that name it and do not deny it.

    Where no words name any value of a facet, those that mostly imply one count. A capability that is used
    says what kind of content it makes.
    """
    leads = [_Lead(passage.lead(LEAD_CHARACTERS)) for passage in passages]
    facts: dict[Subject, list[Fact]] = {}
    for subject in LISTS:
        implied = _content(facts[Subject.CAPABILITY]) if subject is Subject.MODALITY else ()
        named = [*_facts_of(leads, subject), *implied]
        facts[subject] = named or list(_facts_of(leads, subject, otherwise=True))
    return one_per_value(chain.from_iterable(facts.values()))
