"""Facets of the typology that a text names: victim, offender, channel, kind of content, AI capability."""

from collections.abc import Iterator, Sequence
from functools import cache

from enrichment.phrases import Hit, Passage, Scanner, load, one_per_value, scanner
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
NAMED = 0.7
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


def _denied(passage: Passage, hit: Hit) -> bool:
    before, _ = passage.around(hit.start, hit.end, 12, 0)
    return before.endswith(_DENIED)


def _named(passage: Passage, subject: Subject) -> Iterator[Fact]:
    for hit in _scanner(subject).scan(passage):
        if not _denied(passage, hit):
            yield passage.fact(subject, hit.value, hit.start, hit.end, score=NAMED)


def find(passages: Sequence[Passage]) -> list[Fact]:
    """Return each value of a facet once, at the first words that name it and do not deny it."""
    return one_per_value(
        fact for subject in LISTS for passage in passages for fact in _named(passage, subject)
    )
