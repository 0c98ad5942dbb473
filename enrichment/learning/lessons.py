"""The lesson of one judgement, its weight, and the reports that must never be learnt from."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from enrichment.records import Subject

KEPT_APART = Path(__file__).with_name("kept_apart.txt")
MARGIN = 0.02
"""A release is refused where it, or one analyst's part in it, costs more than this on a frozen set."""
NEEDED = 10
"""Lessons below which nothing is learnt."""
SHARE = 0.5
"""The most one analyst's lessons may weigh of all, where there are several analysts."""
DIGITS = 16


LEARNT_HEADS = (Subject.CRIME, Subject.EVENT_KIND, Subject.AI_INVOLVEMENT)
"""Questions of which a release adds what it learnt to the shipped head of their name."""
QUESTIONS = (Subject.TYPOLOGY, *LEARNT_HEADS)
"""What lessons are about; those on relevance are about codes, which say why a report is not relevant."""
NO_CRIME = ("X-02", "X-03", "X-04")
NO_AI_CRIME = ("X-01", *NO_CRIME)
OF_LEAVES = "leaves"
RULED_OUT = {
    (Subject.RELEVANCE, "relevant"): NO_AI_CRIME,
    (Subject.RELEVANCE, "not-relevant"): (OF_LEAVES,),
    (Subject.CRIME, "yes"): NO_CRIME,
    (Subject.CRIME, "no"): (OF_LEAVES,),
    (Subject.AI_INVOLVEMENT, "absent"): (OF_LEAVES, *NO_CRIME),
}
"""The codes that cannot be right beside an answer, by the coding guide (``typology.yaml``)."""
AI_USED = ("confirmed", "alleged_by_authority", "alleged_by_victim_or_media", "inferred")


@dataclass(frozen=True)
class Lesson:
    """One report of which a person answered one question."""

    report: str
    incident: str
    """Reports of one incident teach the same thing and weigh as one together."""
    analyst: str
    title: str
    text: str
    label: str = ""
    """The right answer; empty where the person only said what it is not."""
    wrong: tuple[str, ...] = ()
    """The answers that cannot be right; empty where ``label`` is given."""
    question: Subject = Subject.TYPOLOGY


def ruled_out(subject: Subject, answer: str, codes: Iterable[str]) -> set[str]:
    """Return the codes that an answer to another question leaves no room for."""
    out = RULED_OUT.get((subject, answer), ("X-01",) if answer in AI_USED else ())
    return {code for code in codes if code in out or (OF_LEAVES in out and not code.startswith("X"))}


def weights(lessons: Sequence[Lesson]) -> NDArray[np.float64]:
    """Return the weight of each lesson, shape (lessons,): an incident 1, no analyst over half of all."""
    told = Counter(lesson.incident for lesson in lessons)
    found = np.array([1 / told[lesson.incident] for lesson in lessons], dtype=np.float64)
    analysts = np.array([lesson.analyst for lesson in lessons])
    for name in sorted(set(analysts.tolist())):
        own = analysts == name
        others = float(found[~own].sum())
        if others and found[own].sum() > others * SHARE / (1 - SHARE):
            found[own] *= others * SHARE / (1 - SHARE) / found[own].sum()
    return found


def hashed(key: str) -> str:
    """Return the digest under which an id that is kept for measuring is listed."""
    return hashlib.sha256(f"kept apart:{key}".encode()).hexdigest()[:DIGITS]


@cache
def kept_apart() -> frozenset[str]:
    """Return the digests of the ids kept for measuring, which no release may learn from."""
    lines = KEPT_APART.read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def is_kept_apart(keys: Iterable[str], more: Collection[str] = ()) -> bool:
    """Whether any of a report's ids and addresses is kept for measuring."""
    return any(key in more or hashed(key) in kept_apart() for key in keys)


def listing(keys: Iterable[str]) -> str:
    """Return the text of ``kept_apart.txt`` for these ids."""
    head = (
        "# SHA-256 digests (first 16 digits) of the ids of gold and held-out incidents: never learnt from.\n"
    )
    return head + "".join(f"{line}\n" for line in sorted(map(hashed, keys)))
