"""Build the models: ``python -m enrichment.train --shared DIR [--out DIR]``.

Same data, same machine, same bytes. Mixing weights and thresholds come from five folds of the training data;
gold data is never read except to refuse what is kept for testing.
"""

import argparse
import hashlib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse  # type: ignore[import-untyped]  # scikit-learn's own dependency; publishes no types
import sklearn
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from enrichment import calibrate, embedder, linear
from enrichment.classify import inputs, leaf_odds
from enrichment.embedder import Embedder
from enrichment.examples import Example, collect
from enrichment.features import LEXICON, load_lexicon
from enrichment.linear import GROUP_SCALE, Head, Models, softmax
from enrichment.reading import Reading, Terms
from enrichment.typology import SOURCE, Typology

FOLDS = 5
C = 10.0
BALANCE = {"topic": 0.75, "relevant": 0.5, "crime": 0.5, "event_kind": 0.5, "ai_involvement": 0.5}
"""Power of 1 / class size that a class weighs: 0 as it comes, 1 fully balanced."""
_LABELS: dict[str, Callable[[Example], str | None]] = {
    "topic": lambda example: example.primary,
    "relevant": lambda example: example.relevant,
    "crime": lambda example: example.crime,
    "event_kind": lambda example: example.event_kind,
    "ai_involvement": lambda example: example.ai_involvement,
}

Logits = NDArray[np.float64]


class Trainer:
    """Holds the examples in the form the heads are fitted on."""

    def __init__(self, examples: Sequence[Example], vectors: NDArray[np.float32], typology: Typology) -> None:
        self.examples = list(examples)
        self.typology = typology
        self.readings = [
            Reading(example.title, example.text, vector)
            for example, vector in zip(examples, vectors, strict=True)
        ]
        self.terms = Terms.learn(self.readings)
        self._rows = self._matrix(vectors)
        self._width = self._rows.shape[1] - vectors.shape[1]

    def _matrix(self, vectors: NDArray[np.float32]) -> scipy.sparse.csr_matrix:
        found = [self.terms.weigh(reading.words) for reading in self.readings]
        ends = np.cumsum([0, *(len(places) for places, _ in found)])
        words = scipy.sparse.csr_matrix(
            (
                np.concatenate([weights for _, weights in found]),
                np.concatenate([places for places, _ in found]),
                ends,
            ),
            shape=(len(found), len(self.terms.vocabulary)),
        )
        groups = GROUP_SCALE * np.array([reading.groups for reading in self.readings])
        return scipy.sparse.hstack(
            [words, scipy.sparse.csr_matrix(groups), scipy.sparse.csr_matrix(vectors)]
        ).tocsr()

    def fit(self, name: str, without: int | None = None, *, dense: bool = True) -> Head:
        """Return a head fitted on all examples that have its label, leaving one fold out where told."""
        labels = [_LABELS[name](example) for example in self.examples]
        rows = [
            place
            for place, label in enumerate(labels)
            if label is not None and (without is None or fold(self.examples[place]) != without)
        ]
        matrix = self._rows[rows] if dense else self._rows[rows][:, : self._width]
        wanted = np.array([labels[place] for place in rows])
        model = LogisticRegression(C=C, max_iter=300)
        model.fit(matrix, wanted, sample_weight=self._weights(name, rows, wanted))
        return self._head(model, dense)

    def _weights(self, name: str, rows: Sequence[int], wanted: NDArray[np.str_]) -> NDArray[np.float64]:
        own = np.array([self.examples[place].weight for place in rows])
        sizes = {label: own[wanted == label].sum() for label in set(wanted.tolist())}
        weights = own / np.array([sizes[label] for label in wanted.tolist()]) ** BALANCE[name]
        return np.asarray(weights * len(rows) / weights.sum(), dtype=np.float64)

    def _head(self, model: Any, dense: bool) -> Head:  # noqa: ANN401 - scikit-learn publishes no types
        weights, bias = model.coef_.T, model.intercept_
        if weights.shape[1] == 1:  # two classes are fitted as one; the first is the reference
            weights, bias = np.hstack([np.zeros_like(weights), weights]), np.array([0.0, bias[0]])
        words, groups, vector = np.split(
            weights.astype(np.float16), [len(self.terms.vocabulary), self._width]
        )
        return Head(
            tuple(str(label) for label in model.classes_),
            words,
            groups,
            vector if dense else None,
            bias.astype(np.float32),
        )

    def held_out(self, name: str, *, dense: bool) -> dict[int, Head]:
        """Return for each fold the head that has not seen it."""
        return {number: self.fit(name, number, dense=dense) for number in range(FOLDS)}


def fold(example: Example) -> int | None:
    """Return the fold of a report; the typology's own words are in none, so every head has seen them."""
    if example.kind not in ("aiid", "near-miss", "starter"):
        return None
    return int(hashlib.sha256(example.id.encode()).hexdigest(), 16) % FOLDS


def build(examples: Sequence[Example], typology: Typology, encoder: Embedder) -> Models:
    """Return models trained on these examples."""
    vectors = encoder.encode([f"{example.title}. {example.text}" for example in examples], "passage")
    trainer = Trainer(examples, vectors, typology)
    coded = np.array([example.kind == "aiid" for example in examples])
    centre = vectors[coded].mean(axis=0) if coded.any() else vectors.mean(axis=0)
    own = [
        place
        for place, example in enumerate(examples)
        if example.kind in ("example", "definition", "counts", "words")
    ]
    centred = vectors[own] - centre
    settings: dict[str, Any] = {
        "codes": list(typology.codes()),
        "prototypes": [examples[place].primary for place in own],
        "typology": typology.version,
        "embedder": encoder.fingerprint,
        "trained_on": _digest("\n".join(sorted(example.id for example in examples)).encode()),
        "inputs": input_digests(),
        "versions": {"numpy": np.__version__, "scikit-learn": sklearn.__version__},
    }
    heads = {name: trainer.fit(name) for name in _LABELS}
    heads |= {f"{name}-words": trainer.fit(name, dense=False) for name in _LABELS}
    draft = Models(
        terms=trainer.terms,
        heads=heads,
        prototypes=(centred / np.linalg.norm(centred, axis=1, keepdims=True)).astype(np.float16),
        centre=centre.astype(np.float32),
        settings=settings,
        fingerprint="draft",
    )
    settings |= _settings(trainer, draft)
    return draft


def input_digests() -> dict[str, str]:
    """Return the digests of the typology and word lists that models are trained with."""
    return {path.name: _digest(path.read_bytes()) for path in (SOURCE, *sorted(LEXICON.glob("*.yaml")))}


def _settings(trainer: Trainer, draft: Models) -> dict[str, Any]:
    """Return what is learnt from held-out folds: mixing weights, thresholds and calibration."""
    found: dict[str, Any] = {}
    codes = trainer.typology.codes()
    folded = [example for example in trainer.examples if fold(example) is not None]
    coded = [place for place, example in enumerate(folded) if example.kind == "aiid" and example.primary]
    told = [place for place, example in enumerate(folded) if example.relevant is not None]
    for dense, ending in ((True, ""), (False, "-words")):
        parts = _held_out_inputs(trainer, draft, dense=dense)
        mix = calibrate.mix(parts[coded], [str(folded[place].primary) for place in coded], codes)
        found[f"mix{ending}"] = [round(weight, 4) for weight in mix.tolist()]
        if dense:
            found |= _thresholds(trainer, softmax(parts[coded] @ mix))
        names = ("relevant", "crime", "event_kind", "ai_involvement")
        logits = {name: _held_out_logits(trainer, name, dense=dense) for name in names}
        own, truth, classes = logits.pop("relevant")
        odds = own[:, classes.index("yes")] - own[:, classes.index("no")]
        both = np.stack([odds, leaf_odds(parts[told] @ mix, codes)], axis=1)
        found[f"relevant-calibration{ending}"] = [round(part, 4) for part in calibrate.platt(both, truth)]
        found[f"temperature{ending}"] = {name: calibrate.temperature(*each) for name, each in logits.items()}
    return found


def _held_out_inputs(trainer: Trainer, draft: Models, *, dense: bool) -> Logits:
    """Return the opinions on every report that is in a fold, by a head that has not seen it."""
    rules = load_lexicon("rules")
    unseen = trainer.held_out("topic", dense=dense)
    name = "topic" if dense else "topic-words"
    parts = []
    for example, reading in zip(trainer.examples, trainer.readings, strict=True):
        if (number := fold(example)) is not None:
            models = _with_head(draft, name, unseen[number])
            seen = reading if dense else Reading(reading.title, reading.text)
            parts.append(inputs(models, seen, rules.matches(reading.hits)))
    return np.array(parts)


def _held_out_logits(
    trainer: Trainer, name: str, *, dense: bool
) -> tuple[Logits, list[str], tuple[str, ...]]:
    unseen = trainer.held_out(name, dense=dense)
    classes = tuple(sorted(set().union(*(head.classes for head in unseen.values()))))
    logits, truth = [], []
    for example, reading in zip(trainer.examples, trainer.readings, strict=True):
        number, label = fold(example), _LABELS[name](example)
        if number is not None and label is not None:
            seen = reading if dense else Reading(reading.title, reading.text)
            head = unseen[number]
            scores = dict(zip(head.classes, head.logits(seen, trainer.terms).tolist(), strict=True))
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
    rules = load_lexicon("rules")
    weights = np.zeros_like(probabilities)
    for row, (_, reading) in enumerate(rows):
        for code, match in rules.matches(reading.hits).items():
            weights[row, codes.index(code)] = match.weight
    truth = [(str(example.primary), frozenset(example.others)) for example, _ in rows]
    return calibrate.thresholds(probabilities, weights, truth, codes)


def _with_head(models: Models, name: str, head: Head) -> Models:
    return Models(
        models.terms, {**models.heads, name: head}, models.prototypes, models.centre, models.settings, ""
    )


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
    return 0


if __name__ == "__main__":
    sys.exit(main())
