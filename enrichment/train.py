"""Build the models: ``python -m enrichment.train --shared DIR [--out DIR]``.

Same data, same machine, same bytes. Mixing weights and thresholds come from five folds of the training data;
gold data is never read except to refuse what is kept for testing.
"""

import argparse
import hashlib
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import sklearn
from numpy.typing import NDArray

from enrichment import embedder
from enrichment.classify import ai_rule, inputs, leaf_odds
from enrichment.embedder import Embedder
from enrichment.examples import Example
from enrichment.judging import linear
from enrichment.judging.features import LEXICON
from enrichment.judging.linear import Head, Models, softmax, tempered
from enrichment.judging.reading import Reading
from enrichment.learning import calibrate
from enrichment.learning.corpus import SETTLED, collect
from enrichment.learning.trainer import LABELS, Trainer
from enrichment.relevance import EXPECTED, OF_AI, relevance_inputs
from enrichment.typology import SOURCE, Typology

Logits = NDArray[np.float64]


def build(examples: Sequence[Example], typology: Typology, encoder: Embedder) -> Models:
    """Return models trained on these examples."""
    vectors = encoder.encode([f"{example.title}. {example.text}" for example in examples], "passage")
    trainer = Trainer(examples, vectors, typology)
    heads = {name: trainer.fit(name) for name in LABELS}
    heads |= {f"{name}-words": trainer.fit(name, dense=False) for name in LABELS}
    models = draft(trainer, vectors, encoder.fingerprint, heads)
    return replace(models, settings={**models.settings, **held_out_settings(trainer, models)})


def draft(
    trainer: Trainer, vectors: NDArray[np.float32], embedder_used: str, heads: Mapping[str, Head]
) -> Models:
    """Return models with these heads and all that needs no fitting; mixing and calibration are missing."""
    examples, typology = trainer.examples, trainer.typology
    coded = np.array([example.kind == "aiid" for example in examples])
    centre = vectors[coded].mean(axis=0) if coded.any() else vectors.mean(axis=0)
    own = [
        place
        for place, example in enumerate(examples)
        if example.kind in ("example", "told", "definition", "counts", "words")
    ]

    def centred(places: Sequence[int]) -> NDArray[np.float16]:
        rows = vectors[places] - centre
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float16)

    settings: dict[str, Any] = {
        "codes": list(typology.codes()),
        "prototypes": [examples[place].primary for place in own],
        "cases": [examples[place].primary for place in trainer.cases],
        "typology": typology.version,
        "embedder": embedder_used,
        "trained_on": _digest("\n".join(sorted(example.id for example in examples)).encode()),
        "inputs": input_digests(),
        "versions": {"numpy": np.__version__, "scikit-learn": sklearn.__version__},
    }
    return Models(
        terms=trainer.terms,
        heads=heads,
        prototypes=centred(own),
        cases=centred(trainer.cases),
        centre=centre.astype(np.float32),
        settings=settings,
        fingerprint="draft",
    )


def input_digests() -> dict[str, str]:
    """Return the digests of the typology, word lists and settled codes that models are trained with."""
    read = (SOURCE, *sorted(LEXICON.rglob("*.yaml")), SETTLED)
    return {path.relative_to(SOURCE.parent).as_posix(): _digest(path.read_bytes()) for path in read}


def held_out_settings(trainer: Trainer, draft: Models) -> dict[str, Any]:
    """Return the settings learnt from held-out folds: mixing weights, thresholds and calibration."""
    found: dict[str, Any] = {}
    codes = trainer.typology.codes()
    inside = [place for place, number in enumerate(trainer.folds) if number is not None]
    folded, readings = (
        [trainer.examples[place] for place in inside],
        [trainer.readings[place] for place in inside],
    )
    found["absent_without_ai_words"] = _absent_share(trainer.examples, trainer.readings)
    coded = [place for place, example in enumerate(folded) if example.kind == "aiid" and example.primary]
    told = [place for place, example in enumerate(folded) if example.relevant is not None]
    for dense, ending in ((True, ""), (False, "-words")):
        parts = held_out_inputs(trainer, draft, dense=dense)
        primaries = [str(folded[place].primary) for place in coded]
        mix = calibrate.mix(parts[coded], primaries, codes)
        found[f"mix{ending}"] = [round(weight, 4) for weight in mix.tolist()]
        rules = np.array([ai_rule(readings[place], codes) for place in coded])
        mixed = softmax(parts[coded] @ mix + rules)
        surety = [round(part, 4) for part in calibrate.surety(mixed, primaries, codes)]
        found[f"surety{ending}"] = surety
        if dense:
            found |= _thresholds(trainer, tempered(mixed, surety))
        names = ("relevant", "crime", "event_kind", "ai_involvement")
        logits = {name: _held_out_logits(trainer, name, dense=dense) for name in names}
        own, truth, classes = logits.pop("relevant")
        odds = own[:, classes.index("yes")] - own[:, classes.index("no")]
        opinions = np.array(
            [
                relevance_inputs(odd, leaf, readings[place])
                for odd, leaf, place in zip(odds, leaf_odds(parts[told] @ mix, codes), told, strict=True)
            ]
        )
        found[f"relevant-calibration{ending}"] = [
            round(part, 4) for part in calibrate.platt(opinions, truth, EXPECTED)
        ]
        found[f"temperature{ending}"] = {name: calibrate.temperature(*each) for name, each in logits.items()}
    return found


def _absent_share(examples: Sequence[Example], readings: Sequence[Reading]) -> float:
    """Return the share of reports naming no AI in which AI is absent, by Laplace's rule of succession."""
    answers = [
        example.ai_involvement == "absent"
        for example, reading in zip(examples, readings, strict=True)
        if example.ai_involvement is not None and example.primary not in OF_AI and not reading.names_ai
    ]
    return round((sum(answers) + 1) / (len(answers) + 2), 4)


def held_out_inputs(trainer: Trainer, draft: Models, *, dense: bool) -> Logits:
    """Return the opinions on every report that is in a fold, by a head that has not seen it."""
    name = "topic" if dense else "topic-words"
    models = {
        number: unseen(draft, trainer, name, head, number)
        for number, head in trainer.held_out("topic", dense=dense).items()
    }
    readings = zip(trainer.folds, trainer.seen(dense=dense), strict=True)
    return np.array([inputs(models[number], reading) for number, reading in readings if number is not None])


def _held_out_logits(
    trainer: Trainer, name: str, *, dense: bool
) -> tuple[Logits, list[str], tuple[str, ...]]:
    unseen = trainer.held_out(name, dense=dense)
    classes = tuple(sorted(set().union(*(head.classes for head in unseen.values()))))
    logits, truth = [], []
    for number, example, reading in zip(
        trainer.folds, trainer.examples, trainer.seen(dense=dense), strict=True
    ):
        label = LABELS[name](example)
        if number is not None and label is not None:
            head = unseen[number]
            scores = dict(zip(head.classes, head.logits(reading, trainer.terms).tolist(), strict=True))
            logits.append([scores.get(value, -20.0) for value in classes])
            truth.append(label)
    return np.array(logits), truth, classes


def _thresholds(trainer: Trainer, probabilities: Logits) -> dict[str, float]:
    rows = [
        (example, reading)
        for example, reading in zip(trainer.examples, trainer.readings, strict=True)
        if example.kind == "aiid" and example.primary is not None
    ]
    codes = trainer.typology.codes()
    weights = np.zeros_like(probabilities)
    for row, (_, reading) in enumerate(rows):
        for code, match in reading.matches.items():
            weights[row, codes.index(code)] = match.weight
    truth = [(str(example.primary), frozenset(example.others)) for example, _ in rows]
    return calibrate.thresholds(probabilities, weights, truth, codes)


def with_head(models: Models, name: str, head: Head) -> Models:
    """Return the models with one head in place of theirs."""
    return replace(models, heads={**models.heads, name: head}, fingerprint="")


def unseen(models: Models, trainer: Trainer, name: str, head: Head, fold: int) -> Models:
    """Return models with this head, which has not seen a fold, and without the cases of that fold."""
    kept = [row for row, place in enumerate(trainer.cases) if trainer.folds[place] != fold]
    codes = models.settings["cases"]
    settings = {**models.settings, "cases": [codes[row] for row in kept]}
    return replace(with_head(models, name, head), cases=models.cases[kept], settings=settings)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the models from the command line."""
    parser = argparse.ArgumentParser(prog="python -m enrichment.train", description=__doc__)
    parser.add_argument("--shared", type=Path, required=True, help="folder that holds data/")
    parser.add_argument("--out", type=Path, default=linear.FOLDER, help="folder the models go to")
    chosen = parser.parse_args(arguments)
    typology = Typology.load()
    models = build(collect(chosen.shared, typology), typology, embedder.load())
    linear.save(models, chosen.out)
    size = sum(path.stat().st_size for path in chosen.out.iterdir())
    sys.stderr.write(f"{len(models.terms.vocabulary)} terms, {size / 1e6:.1f} MB in {chosen.out}\n")
    digest = _digest((chosen.out / linear.MANIFEST).read_bytes())
    sys.stderr.write(f'to ship these models, set SHIPPED = "{digest}" in enrichment/judging/linear.py\n')
    return 0


if __name__ == "__main__":
    sys.exit(main())
