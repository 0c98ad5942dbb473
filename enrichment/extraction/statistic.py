"""Sentences that give a statistic, such as the losses of a country in a year, and tell of no single event."""

import re
from functools import cache, lru_cache

from enrichment.extraction.forms import form
from enrichment.extraction.passage import Passage
from enrichment.extraction.phrases import load

SENTENCE_CHARACTERS = 600
"""The length of the beginning of a sentence that is searched."""


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    data = load("statistic")
    return {
        kind: re.compile("|".join(form(each, data["lists"], re.NOFLAG).pattern for each in data[kind]))
        for kind in ("sure", "collective", "period", "specific")
    }


def in_statistic(passage: Passage, position: int) -> bool:
    """Whether the sentence around a position gives a statistic, by the forms of ``statistic.yaml``."""
    found = _kinds(passage, position)
    return "specific" not in found and ("sure" in found or {"collective", "period"} <= found)


def reports_statistic(title: Passage) -> bool:
    """Whether a title announces a survey or figures, so that no sum of its report is one of a new event."""
    return {"sure"} == _kinds(title, 0) & {"sure", "specific"}


def _kinds(passage: Passage, position: int) -> frozenset[str]:
    """Return the kinds of forms that the sentence around a position has."""
    left, right = passage.sentence(position)
    return _kinds_in(passage.small[left : min(right, left + SENTENCE_CHARACTERS)])


@lru_cache(maxsize=64)
def _kinds_in(sentence: str) -> frozenset[str]:
    """Return the same for a sentence in lower case; cached, as one sentence may have many sums and dates."""
    return frozenset(kind for kind, pattern in _patterns().items() if pattern.search(sentence))
