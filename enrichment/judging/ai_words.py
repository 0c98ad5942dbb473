"""AI capabilities and tools that a report names, whether or not it uses a word for AI."""

from collections.abc import Iterator
from functools import cache

from enrichment.extraction import facets
from enrichment.extraction.passage import Passage
from enrichment.extraction.phrases import Scanner, load, scanner
from enrichment.judging.features import Span
from enrichment.records import Subject

WITHOUT_AI = ("biometric_matching", "data_analysis_profiling", "translation")
"""Capabilities whose words, such as *fingerprint*, also name what is done without AI."""


def capabilities_and_tools(title: str, text: str) -> Iterator[Span]:
    """Yield where a report names an AI capability or tool; places count as in ``title + "\\n" + text``."""
    passages = (Passage(title, "title"), Passage(text))
    for fact in facets.find(passages):
        named = fact.subject is Subject.CAPABILITY and fact.value not in WITHOUT_AI
        if named and fact.start is not None and fact.end is not None:
            offset = 0 if fact.field == "title" else len(title) + 1
            yield fact.start + offset, fact.end + offset
    for passage, offset in zip(passages, (0, len(title) + 1), strict=True):
        for hit in _tool_scanner().scan(passage):
            yield hit.start + offset, hit.end + offset


@cache
def _tool_scanner() -> Scanner:
    return scanner(load("tools"))
