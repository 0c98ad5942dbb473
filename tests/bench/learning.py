"""What judgements teach, and what a bad analyst costs: ``python -m tests.bench.learning [--strengths]``.

The training incidents fall into five folds. Models are built on three of them, people judge the fourth, and
the fifth is the frozen guard: the models have seen neither. Gold data is not read. Five analysts share the
judgements; one of them turns part of all labels, by chance or all to one code. ``--strengths`` tries the
strengths of the prior on clean judgements. Prints a JSON line a trial; takes minutes.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from enrichment import embedder, train
from enrichment.evaluation.figure import figure
from enrichment.examples import Example
from enrichment.judging.reading import Reading
from enrichment.learning import fit
from enrichment.learning.corpus import collect
from enrichment.learning.course import STRENGTHS, Course
from enrichment.learning.lessons import Lesson
from enrichment.typology import Typology
from tests.shared import SHARED

FOLDS = 5
ANALYSTS = 5
TURNED = (0.0, 0.05, 0.1, 0.2)

Turn = Callable[[str, np.random.Generator], str]


def fold(example: Example) -> int:
    """Return the fold of an incident."""
    return int(sha256(example.id.encode()).hexdigest(), 16) % FOLDS


def by_chance(label: str, generator: np.random.Generator) -> str:
    """Return any other code."""
    codes = [code for code in Typology.load().codes() if code != label]
    return codes[int(generator.integers(len(codes)))]


def to_one_code(label: str, generator: np.random.Generator) -> str:
    """Return the code that says no crime was done."""
    return "X-02" if label != "X-02" else "FR-04"


class Trial:
    """Models of three folds, a fold to judge and a fold to guard."""

    def __init__(self, examples: Sequence[Example], judge: int, guard: int) -> None:
        typology, encoder = Typology.load(), embedder.load()
        seen = [each for each in examples if each.kind != "aiid" or fold(each) not in (judge, guard)]
        self.models = train.build(seen, typology, encoder)
        coded = [each for each in examples if each.kind == "aiid" and each.primary]
        self.judged = [each for each in coded if fold(each) == judge]
        self.guard = [each for each in coded if fold(each) == guard]
        self.rows, self.held = (
            fit.prepare(self.models, typology, readings(part, encoder)) for part in (self.judged, self.guard)
        )

    def lessons(self, turned: float, turn: Turn) -> list[Lesson]:
        """Return the judgements, this share of all of them turned by the first analyst."""
        generator = np.random.default_rng(20261122)
        analysts = [int(sha256(each.id.encode()).hexdigest(), 16) // 7 % ANALYSTS for each in self.judged]
        own = [place for place, name in enumerate(analysts) if name == 0]
        bad = set(generator.permutation(own)[: round(turned * len(analysts))].tolist())
        return [
            Lesson(
                each.id,
                each.id,
                f"analyst {name}",
                each.title,
                each.text,
                turn(str(each.primary), generator) if place in bad else str(each.primary),
            )
            for place, (each, name) in enumerate(zip(self.judged, analysts, strict=True))
        ]

    def right(self, lessons: Sequence[Lesson], strength: float | None = None) -> NDArray[np.float64]:
        """Return for each guard incident whether its code is right after these lessons."""
        return self.scored(self.held.leading(Course(self.rows, lessons).step(strength=strength)))

    def scored(self, given: Sequence[str]) -> NDArray[np.float64]:
        """Return for each guard incident whether this code is right."""
        pairs = zip(self.guard, given, strict=True)
        return np.array([each.primary == code for each, code in pairs], dtype=np.float64)


def readings(examples: Sequence[Example], encoder: embedder.Embedder) -> list[Reading]:
    """Return examples as the models see them."""
    vectors = encoder.encode([f"{each.title}. {each.text}" for each in examples], "passage")
    return [Reading(each.title, each.text, vector) for each, vector in zip(examples, vectors, strict=True)]


def told(name: str, before: NDArray[np.float64], after: NDArray[np.float64], **more: object) -> None:
    """Print the change of one trial with its interval over the guard's incidents."""
    gained = after - before
    change = figure(name, len(gained), "guard fold", lambda rows: float(gained[rows].mean()))
    row = {
        "trial": name,
        "n": len(gained),
        "before": round(float(before.mean()), 4),
        "after": round(float(after.mean()), 4),
        "change": [round(value, 4) for value in (change.value, change.low, change.high)],
        **more,
    }
    sys.stdout.write(json.dumps(row) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Run the trials over two choices of folds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--strengths", action="store_true", help="try strengths of the prior instead")
    chosen = parser.parse_args()
    examples = collect(SHARED.parent, Typology.load())
    trials = [Trial(examples, judge, guard) for judge, guard in ((3, 4), (0, 1))]
    shipped = np.concatenate([trial.scored(trial.held.leading()) for trial in trials])
    if chosen.strengths:
        for strength in STRENGTHS:
            after = np.concatenate([trial.right(trial.lessons(0, by_chance), strength) for trial in trials])
            told("clean judgements", shipped, after, strength=strength)
        return
    began = time.perf_counter()
    clean = np.concatenate([trial.right(trial.lessons(0, by_chance)) for trial in trials])
    told("clean judgements", shipped, clean, seconds=round(time.perf_counter() - began, 1))
    for turn in (by_chance, to_one_code):
        for turned in TURNED[1:]:
            after = np.concatenate([trial.right(trial.lessons(turned, turn)) for trial in trials])
            told(
                f"{turned:.0%} turned {turn.__name__}",
                clean,
                after,
                against_shipped=round(float((after - shipped).mean()), 4),
            )


if __name__ == "__main__":
    main()
