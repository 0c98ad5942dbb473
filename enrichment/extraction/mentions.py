"""Offences, countermeasures and earlier cases that a text names: the evidence of edges in the graph."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from enrichment.extraction.passage import Passage
from enrichment.extraction.phrases import Hit, Scanner, load, one_per_value
from enrichment.records import Fact, Subject

NAMED = "named"
"""The role of an offence that a text names without saying that anybody is pursued for it."""
SURE_SCORE, LIKELY_SCORE = 0.9, 0.7
NEGATION_REACH = 40
"""How many characters before a cue, in the same clause, a negating word still counts."""
CUE_REACH = 160
"""How many characters before an offence a cue may stand, in the same sentence."""

_COMMON, _STAGE = "common", "stage"


def find(passages: Sequence[Passage]) -> list[Fact]:
    """Return offences, countermeasures and hints at earlier cases, each value once.

    An offence carries how far the matter went (``named``, ``investigated``, ``arrested``, ``charged``,
    ``convicted``, ``cleared``), the most advanced that any sentence states. Everyday words such as "fraud"
    count only in a sentence that says somebody is pursued for it.
    """
    facts = [fact for passage in passages for fact in _facts(passage)]
    stated = sorted(facts, key=lambda fact: -_rank(fact.role) if fact.subject is Subject.OFFENCE else 0)
    return one_per_value(stated)


@cache
def stages() -> tuple[str, ...]:
    """Return the roles of an offence, from the least to the most advanced."""
    return (NAMED, *(stage["name"] for stage in load("offences")["stages"]))


def _rank(role: str) -> int:
    return stages().index(role)


@cache
def _scanner() -> Scanner:
    scanner = Scanner()
    for entry in load("offences")["offences"]:
        scanner.add(f"{Subject.OFFENCE}:{entry['name']}", entry.get("terms", ()))
        scanner.add(f"{_COMMON}:{entry['name']}", entry.get("common", ()))
    lists = {Subject.COUNTERMEASURE: load("countermeasures")["measures"], Subject.SERIES: load("series")}
    for subject, entries in lists.items():
        for entry in entries:
            scanner.add(f"{subject}:{entry['name']}", entry["aliases"])
    return scanner


@cache
def _cues() -> Scanner:
    scanner = Scanner()
    for stage in load("offences")["stages"]:
        scanner.add(stage["name"], stage["cues"])
    return scanner


@cache
def _negation(name: str) -> re.Pattern[str]:
    words = "|".join(re.escape(word) for word in load(name)["not"])
    return re.compile(rf"\b(?:{words})\b")


def _facts(passage: Passage) -> Iterator[Fact]:
    cues: list[Hit] | None = None
    for hit in _scanner().scan(passage):
        kind, _, value = hit.value.partition(":")
        if kind in (Subject.COUNTERMEASURE, Subject.SERIES):
            if kind == Subject.SERIES or not _is_negated(passage, hit, "countermeasures"):
                yield passage.fact(Subject(kind), value, hit.start, hit.end, score=LIKELY_SCORE)
            continue
        cues = list(_cues().scan(passage)) if cues is None else cues
        stage = _stage(passage, hit, cues)
        if stage != NAMED or kind != _COMMON:
            score = SURE_SCORE if stage != NAMED else LIKELY_SCORE
            yield passage.fact(Subject.OFFENCE, value, hit.start, hit.end, score=score, role=stage)


def _stage(passage: Passage, hit: Hit, cues: Sequence[Hit]) -> str:
    """Return the most advanced stage of the cues before the offence in its sentence that are not negated."""
    start, _ = passage.sentence(hit.start)
    near = (
        cue
        for cue in cues
        if max(start, hit.start - CUE_REACH) <= cue.start and cue.end <= hit.start
        if not _is_negated(passage, cue, "offences")
    )
    return max((cue.value for cue in near), key=_rank, default=NAMED)


def _is_negated(passage: Passage, cue: Hit, name: str) -> bool:
    before, _ = passage.around(cue.start, cue.end, NEGATION_REACH, 0)
    clause = re.split(r"[;,:]|\bbut\b|\band\b", before)[-1]
    return _negation(name).search(clause) is not None
