"""Cases that guard every release, with what models say of them that have not seen them.

The shipped models have learnt from the bundled starter cases and look-alikes, so that what these models say
of them shows nothing. Kept in its place is what each fold of training says that has not seen the case, nor
one like it (``enrichment.learning.freeze``): to that a release adds its step.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from enrichment.examples import Example
from enrichment.records import Subject

FROZEN = Path(__file__).with_name("frozen.jsonl")
ALIKE = 0.8
"""Cosine from which a judged report may tell of the same event as a case, which then guards nothing."""


@dataclass(frozen=True)
class Case:
    """A bundled text, and what models that have not seen it say."""

    example: Example
    said: Mapping[str, Sequence[float]]
    """Log probabilities of the answers to each question, in the order of the models' classes."""

    def right(self, question: Subject) -> str | None:
        """Return the right answer to a question; None where it is not known."""
        answers = {
            Subject.TYPOLOGY: self.example.primary,
            Subject.CRIME: self.example.crime,
            Subject.EVENT_KIND: self.example.event_kind,
            Subject.AI_INVOLVEMENT: self.example.ai_involvement,
        }
        return answers[question]


def cases(examples: Sequence[Example]) -> list[Case]:
    """Return those of these examples that are frozen as they are worded now."""
    rows = (json.loads(line) for line in FROZEN.read_text("utf-8").splitlines())
    said = {row["digest"]: row["said"] for row in rows}
    return [Case(each, said[digest(each)]) for each in examples if digest(each) in said]


def digest(example: Example) -> str:
    """Return the digest of a case's words."""
    return hashlib.sha256(f"{example.title}\n{example.text}".encode()).hexdigest()[:16]
