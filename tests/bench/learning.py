"""What judgements teach, and what a bad analyst costs: ``python -m tests.bench.learning [--strengths]``.

The training incidents fall into five folds. Models are built on one or two of them, people judge some of the
next three or two, and the last is the frozen guard: the models have seen none of either. Gold data is not
read. Five analysts share the judgements; one of them turns part of all labels, by chance or all to one code.
``--strengths`` tries the strengths of the prior on clean judgements. Prints a JSON line a trial with the
share of right codes and the log loss before and after.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from enrichment import embedder, train
from enrichment.evaluation.figure import figure
from enrichment.examples import Example
from enrichment.judging.linear import softmax
from enrichment.judging.reading import Reading
from enrichment.learning import fit
from enrichment.learning.check import judge
from enrichment.learning.corpus import collect
from enrichment.learning.course import STRENGTHS, Course
from enrichment.learning.lessons import Lesson
from enrichment.typology import Typology
from tests.shared import SHARED

FOLDS = 5
ANALYSTS = 5
TURNED = (0.1, 0.2)
SIZES = (100, 300, 600)
"""Judgements on the learning curve; each size is drawn ``DRAWS`` times from those of a trial."""
DRAWS = 3
TRIALS = (((1, 2, 3), 4), ((3, 4), 0), ((0, 1), 2))
"""Folds that are judged, and the one that guards."""

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

    def __init__(self, examples: Sequence[Example], judge: Sequence[int], guard: int) -> None:
        typology, encoder = Typology.load(), embedder.load()
        seen = [each for each in examples if each.kind != "aiid" or fold(each) not in (*judge, guard)]
        self.models = train.build(seen, typology, encoder)
        coded = [each for each in examples if each.kind == "aiid" and each.primary]
        self.judged = [each for each in coded if fold(each) in judge]
        self.guard = [each for each in coded if fold(each) == guard]
        self.rows, self.held = (
            fit.prepare(self.models, typology, readings(part, encoder)) for part in (self.judged, self.guard)
        )

    def course(self, places: NDArray[np.intp], turned: float = 0.0, turn: Turn = by_chance) -> Course:
        """Return the judgements at these places, this share of all of them turned by the first analyst."""
        generator = np.random.default_rng(20261122)
        own = [place for place in range(len(places)) if place % ANALYSTS == 0]
        bad = set(generator.permutation(own)[: round(turned * len(places))].tolist())
        lessons = []
        for place, each in enumerate(self.judged[number] for number in places.tolist()):
            label = turn(str(each.primary), generator) if place in bad else str(each.primary)
            name = f"analyst {place % ANALYSTS}"
            lessons.append(Lesson(each.id, each.id, name, each.title, each.text, label))
        return Course(self.rows.some(places), lessons)

    def drawn(self, size: int, draw: int) -> NDArray[np.intp]:
        """Return the places of so many judgements."""
        return np.random.default_rng(draw).permutation(len(self.judged))[:size]

    def told(self, name: str, step: NDArray[np.float64] | None, **more: object) -> None:
        """Print what a step changes on the guard, with its interval over the guard's incidents."""
        (before, loss), (after, lower) = self.scored(None), self.scored(step)
        gained = after - before
        change = figure(name, len(gained), "guard fold", lambda rows: float(gained[rows].mean()))
        row = {
            "trial": name,
            "n": len(gained),
            "right": [round(float(before.mean()), 4), round(float(after.mean()), 4)],
            "change": [round(value, 4) for value in (change.value, change.low, change.high)],
            "log loss": [round(float(loss.mean()), 4), round(float(lower.mean()), 4)],
            **more,
        }
        sys.stdout.write(json.dumps(row) + "\n")
        sys.stdout.flush()

    def scored(self, step: NDArray[np.float64] | None) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return for each guard incident whether its code is right, and the log loss of that code."""
        places = np.array([self.held.codes.index(str(each.primary)) for each in self.guard])
        said = softmax(self.held.prior if step is None else self.held.prior + self.held.rows @ step)
        right = (said.argmax(axis=1) == places).astype(np.float64)
        return right, -np.log(said[np.arange(len(places)), places])


def readings(examples: Sequence[Example], encoder: embedder.Embedder) -> list[Reading]:
    """Return examples as the models see them."""
    vectors = encoder.encode([f"{each.title}. {each.text}" for each in examples], "passage")
    return [Reading(each.title, each.text, vector) for each, vector in zip(examples, vectors, strict=True)]


def curve(trial: Trial) -> None:
    """Print what each number of judgements teaches, clean and partly turned."""
    for size in (size for size in SIZES if size <= len(trial.judged)):
        for draw in range(DRAWS):
            places = trial.drawn(size, draw)
            clean = trial.course(places)
            trial.told(f"{size} judgements", clean.step(), draw=draw, strength=clean.strength)
            for turn, turned in ((turn, turned) for turn in (by_chance, to_one_code) for turned in TURNED):
                course = trial.course(places, turned, turn)
                refused = bool(judge(course, course.rows.leading(), []).refused)
                name = f"{size} judgements, {turned:.0%} turned {turn.__name__}"
                trial.told(name, course.step(), draw=draw, strength=course.strength, refused=refused)


def main() -> None:
    """Run the trials over several choices of folds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--strengths", action="store_true", help="try strengths of the prior instead")
    chosen = parser.parse_args()
    examples = collect(SHARED.parent, Typology.load())
    for folds, guard in TRIALS:
        trial = Trial(examples, folds, guard)
        if not chosen.strengths:
            curve(trial)
            continue
        course = trial.course(np.arange(len(trial.judged)))
        for strength in STRENGTHS:
            trial.told("clean judgements", course.step(strength=strength), strength=strength)


if __name__ == "__main__":
    main()
