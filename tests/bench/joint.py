"""How well an incident is coded from two accounts of it: ``python -m tests.bench.joint [SHARED]``.

An account is every other sentence of a training incident, the first with the title; heads have seen neither
the incident nor one like it. Rows: each account alone, their codes pooled with all accounts weighing the same
and as shipped, and the texts joined and coded as one. No gold row is read.
"""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from enrichment.classify import inputs
from enrichment.examples import Example
from enrichment.judging.features import sentences
from enrichment.judging.linear import softmax, tempered
from enrichment.judging.pooling import SURENESS, pooled_scores
from enrichment.judging.reading import Reading
from enrichment.learning import calibrate
from enrichment.learning.trainer import FOLDS
from enrichment.records import Finding
from enrichment.train import unseen
from tests.bench.classify import Bench, found, line

SHORTEST = 60
"""Characters of an account at least."""
Floats = NDArray[np.float64]


def halves(text: str) -> tuple[str, str] | None:
    """Return every other sentence of a text, from the first and from the second on; None of a short one."""
    told = [text[start:end].strip() for start, end in sentences(text)]
    one, other = " ".join(told[::2]), " ".join(told[1::2])
    return (one, other) if min(len(one), len(other)) >= SHORTEST else None


class Trial:
    """Incidents told by two accounts, and what heads that know neither say of them."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        trainer = bench.trainer()
        heads, draft = trainer.held_out("topic", dense=True), bench.bare(trainer)
        self._models = {fold: unseen(draft, trainer, "topic", head, fold) for fold, head in heads.items()}
        self.told: list[tuple[Example, tuple[str, str]]] = []
        self.folds: list[int] = []
        for example, fold in zip(trainer.examples, trainer.folds, strict=True):
            parts = halves(example.text) if example.kind == "aiid" and example.primary else None
            if fold is not None and parts is not None:
                self.told.append((example, parts))
                self.folds.append(fold)
        self.truth = [str(example.primary) for example, _ in self.told]

    def opinions(self, texts: Sequence[tuple[str, str]]) -> Floats:
        """Return the opinions on titles and texts, in the order of the incidents."""
        vectors = self.bench.encoder.encode(
            [f"{title}. {text}".lstrip(". ") for title, text in texts], "passage"
        )
        rows = []
        for fold, (title, text), vector in zip(self.folds, texts, vectors, strict=True):
            reading = Reading(title, text, vector)
            rows.append(inputs(self._models[fold], reading))
        return np.array(rows)

    def chances(self, whole: Floats, parts: Floats) -> Floats:
        """Return probabilities, weighed and made as sure as whole texts of the other folds prove to be."""
        given = np.zeros(parts.shape[:2])
        folds, truth = np.array(self.folds), np.array(self.truth)
        for fold in range(FOLDS):
            own, use = folds == fold, folds != fold
            mix = calibrate.mix(whole[use], truth[use].tolist(), self.bench.codes)
            surety = calibrate.surety(softmax(whole[use] @ mix), truth[use].tolist(), self.bench.codes)
            given[own] = tempered(softmax(parts[own] @ mix), surety)
        return given


def pooled(trial: Trial, sides: Sequence[Floats], sureness: float) -> Floats:
    """Return the pooled probability of every code, as an incident's codes are made."""
    rows = []
    codes = list(trial.bench.codes)
    for place, (example, _) in enumerate(trial.told):
        by_code: dict[str, list[Finding]] = {}
        for number, side in enumerate(sides):
            each = replace(example, id=f"{example.id}-{number}")
            for finding in found(trial.bench, each, side[place]):
                by_code.setdefault(finding.value, []).append(finding)
        scores = pooled_scores(by_code, len(codes), (), sureness)
        rest = (1 - sum(scores.values())) / max(1, len(codes) - len(scores))
        rows.append([scores.get(code, rest) for code in codes])
    return np.array(rows)


def main(arguments: Sequence[str]) -> None:
    """Print a line a way of coding."""
    folder = Path(arguments[0]) if arguments else Path(__file__).resolve().parents[3] / "shared"
    trial = Trial(Bench(folder))
    firsts = [(example.title, one) for example, (one, _) in trial.told]
    seconds = [("", other) for _, (_, other) in trial.told]
    joined = [(example.title, f"{one} {other}") for example, (one, other) in trial.told]
    whole = trial.opinions(joined)
    first, second = (trial.chances(whole, trial.opinions(texts)) for texts in (firsts, seconds))
    rows = {"the first account alone": first, "the second alone": second}
    rows["pooled, both weighing the same"] = pooled(trial, (first, second), 0)
    rows["pooled, the surer weighing more"] = pooled(trial, (first, second), SURENESS)
    rows["texts joined and coded as one"] = trial.chances(whole, whole)
    for name, given in rows.items():
        line(name, trial.bench, trial.truth, given)


if __name__ == "__main__":
    main(sys.argv[1:])
