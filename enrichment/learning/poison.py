"""The harm done by an analyst who turns labels: real incidents judged, a tenth of the labels turned.

The shipped models have learnt from these incidents, so nothing is gained by judging them again. What new
judgements gain is measured by models without them: ``python -m tests.bench.learning``.
"""

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from enrichment.embedder import Embedder
from enrichment.evaluation import gold
from enrichment.evaluation.figure import Figure, mean
from enrichment.judging.linear import Models
from enrichment.judging.reading import Reading
from enrichment.learning import fit
from enrichment.learning.check import Guard
from enrichment.learning.course import Course
from enrichment.learning.lessons import Lesson
from enrichment.typology import Typology

JUDGED = 300
"""Incidents judged."""
ANALYSTS = 5
"""Who share the judgements; the first turns labels."""
SEED = 7
TRAIN, SNAPSHOT = "typology-train/train.jsonl", "aiid/incidents.csv"


@dataclass(frozen=True)
class Coded:
    """A text with its primary code."""

    title: str
    text: str
    code: str


def judged(folder: Path) -> list[Coded]:
    """Return every third coded training incident of a folder of gold sets, 300 at most; none where absent."""
    if not (folder / TRAIN).is_file() or not (folder / SNAPSHOT).is_file():
        return []
    with (folder / SNAPSHOT).open(encoding="utf-8", newline="") as file:
        texts = {row["incident_id"]: (row["title"], row["description"]) for row in csv.DictReader(file)}
    rows = [json.loads(line) for line in (folder / TRAIN).read_text("utf-8").splitlines() if line]
    return [Coded(*texts[row["incident_id"]], row["primary"]) for row in rows[::3][:JUDGED]]


def guarded(path: Path) -> list[Coded]:
    """Return the incidents of a typology-gold file; none where it cannot be used."""
    rows = gold.rows(path, ("title", "description", "primary"))
    if isinstance(rows, gold.Skipped):
        return []
    return [Coded(row["title"], row["description"], row["primary"]) for row in rows]


class Trial:
    """Judgements on some incidents, held against others, as one set of models sees them."""

    def __init__(
        self,
        models: Models,
        typology: Typology,
        encoder: Embedder,
        judge: Sequence[Coded],
        guard: Sequence[Coded],
        name: str,
    ) -> None:
        self._typology = typology
        self._codes = [each.code for each in judge]
        self.rows, held = (fit.prepare(models, typology, _readings(part, encoder)) for part in (judge, guard))
        self.guard = Guard(name, held, tuple(each.code for each in guard), tuple(held.leading()))

    def lessons(self, turned: float, code: str = "") -> list[Lesson]:
        """Return the judgements, this share of all turned by one analyst: by chance, or all to one code."""
        generator, n = np.random.default_rng(SEED), len(self._codes)
        bad = set(generator.permutation(np.arange(0, n, ANALYSTS))[: round(turned * n)].tolist())
        others = list(self._typology.codes())
        return [
            Lesson(
                f"rep-{place}",
                f"inc-{place}",
                f"analyst {place % ANALYSTS}",
                "",
                "",
                (code or others[int(generator.integers(len(others)))]) if place in bad else label,
            )
            for place, label in enumerate(self._codes)
        ]

    def right(self, lessons: Sequence[Lesson]) -> list[bool]:
        """Return for each guarded incident whether its code is right after these lessons."""
        given = self.guard.rows.leading(Course(self.rows, lessons).step())
        return [one == other for one, other in zip(given, self.guard.truth, strict=True)]

    def figures(self) -> list[Figure]:
        """Return the change by clean judgements, and the cost of a tenth of turned labels against it."""
        before = [one == other for one, other in zip(self.guard.present, self.guard.truth, strict=True)]
        clean, name = self.right(self.lessons(0)), self.guard.name
        chance, one = self.right(self.lessons(0.1)), self.right(self.lessons(0.1, "X-02"))
        return [
            _change("retraining: change by 300 judgements the models knew", before, clean, name),
            _change("poisoning cost, a tenth turned by chance", chance, clean, name),
            _change("poisoning cost, a tenth turned to X-02", one, clean, name),
        ]


def _change(name: str, before: Sequence[bool], after: Sequence[bool], data: str) -> Figure:
    return mean(name, [int(two) - int(one) for one, two in zip(before, after, strict=True)], data)


def _readings(texts: Sequence[Coded], encoder: Embedder) -> list[Reading]:
    vectors = encoder.encode([f"{each.title}. {each.text}" for each in texts], "passage")
    return [Reading(each.title, each.text, row) for each, row in zip(texts, vectors, strict=True)]
