"""The answers to the three questions by five folds of the training data; no gold row is read.

    python -m tests.bench.answers [SHARED]

Each report is judged by heads that have not seen it; mixing and calibration are those of all folds. A row a
kind of report: agreement on crime, AI involvement and kind of event, then what relevance reaches.
"""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from sklearn.metrics import average_precision_score, cohen_kappa_score, f1_score

from enrichment.classify import Classifier
from enrichment.examples import Example
from enrichment.learning.trainer import FOLDS, LABELS
from enrichment.records import Fact, Subject
from enrichment.relevance import Relevance
from enrichment.train import held_out_settings
from tests.bench.classify import Bench

QUESTIONS = (Subject.CRIME, Subject.AI_INVOLVEMENT, Subject.EVENT_KIND)
Answered = tuple[Example, dict[Subject, Fact]]


def answered(bench: Bench) -> list[Answered]:
    """Return every report of the folds with what heads that have not seen it answer."""
    trainer = bench.trainer()
    bare = bench.bare(trainer)
    models = replace(bare, settings={**bare.settings, **held_out_settings(trainer, bare)})
    heads = {name: trainer.held_out(name, dense=True) for name in LABELS}
    judges = []
    for fold in range(FOLDS):
        own = replace(models, heads={name: unseen[fold] for name, unseen in heads.items()})
        judges.append(Relevance(own, Classifier(own, bench.typology)))
    return [
        (example, {fact.subject: fact for fact in judges[fold].facts(reading)})
        for example, fold, reading in zip(trainer.examples, trainer.folds, trainer.readings, strict=True)
        if fold is not None
    ]


def line(name: str, cases: Sequence[Answered]) -> None:
    """Print the figures of some reports."""
    figures = [f"{question} κ {_kappa(question, cases):.3f}" for question in QUESTIONS]
    told = [
        (each.relevant == "yes", facts[Subject.RELEVANCE].score) for each, facts in cases if each.relevant
    ]
    truth, scores = [yes for yes, _ in told], [score for _, score in told]
    figures.append(f"relevance AP {average_precision_score(truth, scores):.3f}")
    figures.append(f"F1 {f1_score(truth, [score >= 0.5 for score in scores]):.3f}")
    sys.stdout.write(f"{name:12} n {len(cases):5}  {'  '.join(figures)}\n")


def _kappa(question: Subject, cases: Iterable[Answered]) -> float:
    pairs = [(LABELS[question](each), facts[question].value) for each, facts in cases]
    known = [(truth, value) for truth, value in pairs if truth is not None]
    return float(cohen_kappa_score([truth for truth, _ in known], [value for _, value in known]))


def main(arguments: Sequence[str]) -> None:
    """Run it and print a line for each kind of report."""
    bench = Bench(Path(arguments[0]) if arguments else Path(__file__).resolve().parents[3] / "shared")
    cases = answered(bench)
    for kind in ("aiid", "starter"):
        line(kind, [case for case in cases if case[0].kind == kind])
    line("all", cases)


if __name__ == "__main__":
    main(sys.argv[1:])
