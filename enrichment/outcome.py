"""What became of the matter: the most advanced stage a text states, unless it takes it back."""

import re
from collections.abc import Sequence
from functools import cache

from enrichment.phrases import Hit, Passage, Scanner, load
from enrichment.records import Fact, Subject

NEGATION_REACH = 28
"""How many characters before a cue, in the same clause, a negating word still counts."""


@cache
def _scanner() -> Scanner:
    scanner = Scanner()
    for stage in load("outcome")["stages"]:
        scanner.add(stage["name"], stage["cues"])
    return scanner


@cache
def patterns() -> dict[str, re.Pattern[str]]:
    """Return the pattern of words that take a cue back."""
    words = "|".join(re.escape(word.strip()) for word in load("outcome")["not"] if word != "n't")
    return {"not": re.compile(rf"\b(?:{words})\b|n['’]t\b", re.IGNORECASE)}


def _taken_back(passage: Passage, hit: Hit) -> bool:
    before, after = passage.around(hit.start, hit.end, NEGATION_REACH, 8)
    if after.startswith((" nobody", " no one", " none")):
        return True
    clause = re.split(r"[;,:]|\bbut\b|\band\b", before)[-1]
    return patterns()["not"].search(clause) is not None


def find(passages: Sequence[Passage]) -> list[Fact]:
    """Return at most one outcome: the most advanced stage stated, at its first mention."""
    order = [stage["name"] for stage in load("outcome")["stages"]]
    best: tuple[int, Passage, Hit] | None = None
    for passage in passages:
        for hit in _scanner().scan(passage):
            rank = order.index(hit.value)
            if (best is None or rank > best[0]) and not _taken_back(passage, hit):
                best = (rank, passage, hit)
    if best is None:
        return []
    _, passage, hit = best
    return [passage.fact(Subject.OUTCOME, hit.value, hit.start, hit.end, score=0.7)]
