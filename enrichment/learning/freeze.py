"""The command that freezes the guarding cases: ``python -m enrichment.learning.freeze --shared DIR``."""

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from collectors.errors import WrongUse
from enrichment import embedder
from enrichment.judging import linear
from enrichment.judging.linear import Models
from enrichment.learning import fit
from enrichment.learning.corpus import collect
from enrichment.learning.frozen import FROZEN, digest
from enrichment.learning.lessons import QUESTIONS
from enrichment.learning.trainer import FOLDS, Trainer
from enrichment.records import Subject
from enrichment.train import unseen
from enrichment.typology import Typology

KINDS = ("starter", "near-miss")
"""The kinds of example whose texts come with the program."""


def freeze(trainer: Trainer, models: Models) -> Iterator[str]:
    """Yield the lines of ``frozen.jsonl``, one a case; models and trainer must be of the same examples."""
    said: dict[int, dict[str, list[float]]] = {}
    for question in QUESTIONS:
        name = "topic" if question is Subject.TYPOLOGY else question
        for fold in range(FOLDS):
            blind = unseen(models, trainer, name, trainer.fit(name, fold), fold)
            places = [
                place
                for place, number in enumerate(trainer.folds)
                if number == fold and trainer.examples[place].kind in KINDS
            ]
            found = fit.prepare(blind, trainer.typology, [trainer.readings[at] for at in places], question)
            for place, row in zip(places, found.prior, strict=True):
                said.setdefault(place, {})[question] = _rounded(row)
    for place, answers in sorted(said.items()):
        yield json.dumps({"digest": digest(trainer.examples[place]), "said": answers}) + "\n"


def _rounded(row: NDArray[np.float64]) -> list[float]:
    return [round(value, 3) for value in row.tolist()]


def main(arguments: Sequence[str] | None = None) -> None:
    """Freeze the cases from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, required=True, help="folder that holds data/")
    typology, models = Typology.load(), linear.load()
    examples = collect(parser.parse_args(arguments).shared, typology)
    vectors = embedder.load().encode([f"{each.title}. {each.text}" for each in examples], "passage")
    trainer = Trainer(examples, vectors, typology)
    if trainer.terms.vocabulary != models.terms.vocabulary:
        raise WrongUse("the shipped models were trained on other examples; train them first")
    FROZEN.write_text("".join(freeze(trainer, models)), "utf-8")


if __name__ == "__main__":
    main()
