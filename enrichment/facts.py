"""The door to facts: money, dates, places, outcome, modality, tools and organisations, each with its span."""

from collections.abc import Sequence
from functools import cache

from collectors.records import PartialDate
from enrichment import dates, mentions, money, names, outcome, places
from enrichment.names import organisation
from enrichment.phrases import Passage, Scanner, load, one_per_value
from enrichment.records import Fact, Subject

__all__ = ["extract", "organisation"]

_FACETS = {Subject.MODALITY: "modality", Subject.CAPABILITY: "capability"}


def extract(title: str, text: str, published: PartialDate | None = None) -> list[Fact]:
    """Return what a report states, one fact per subject and value, spans in the text rather than the title.

    ``published`` is needed for dates such as "last Tuesday"; without its day they are left out. Private
    persons are never among the facts. Facts of one subject stand in the order of the text, the title's last.
    """
    passages = (Passage(text), Passage(title, "title"))
    sums = money.find(passages)
    return [
        *sums,
        *dates.find(passages, published),
        *places.find(passages, sums),
        *outcome.find(passages, sums),
        *_facets(passages),
        *names.find(passages),
        *mentions.find(passages),
    ]


@cache
def _scanner(subject: Subject) -> Scanner:
    scanner = Scanner()
    for entry in load(_FACETS[subject]):
        scanner.add(entry["name"], entry["aliases"])
    return scanner


def _facets(passages: Sequence[Passage]) -> list[Fact]:
    return one_per_value(
        passage.fact(subject, hit.value, hit.start, hit.end, score=0.7)
        for subject in _FACETS
        for passage in passages
        for hit in _scanner(subject).scan(passage)
    )
