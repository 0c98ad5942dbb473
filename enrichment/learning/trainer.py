"""The linear heads, fitted on examples and left-out folds of them."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.sparse.csgraph  # type: ignore[import-untyped]  # scikit-learn's own dependency; publishes no types
import threadpoolctl  # type: ignore[import-untyped]  # the same
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from enrichment.examples import Example
from enrichment.judging import matrix
from enrichment.judging.features import load_lexicon
from enrichment.judging.linear import Head
from enrichment.judging.reading import HEDGES, Reading, group_names
from enrichment.learning.vocabulary import learn_terms
from enrichment.typology import Typology

FOLDS = 5
REPORTS = ("aiid", "near-miss", "starter")
"""Kinds of example that stand for reports; the others are the typology's and our own single sentences."""
CODED = ("aiid", "starter")
"""Those that tell of one incident each."""
ALIKE = 0.8
"""Cosine from which two reports are kept in one fold, since they may tell of one event."""


@dataclass(frozen=True)
class Choice:
    """How one head is fitted; chosen by five folds of the training data (``tests/bench/classify.py``)."""

    c: float = 3.0
    """Inverse strength of the ridge."""
    balance: float = 0.5
    """Power of 1 / class size that a class weighs: 0 as it comes, 1 fully balanced."""
    scale: float = 1.0
    """Scale of words and vectors beside signs."""
    hedges: bool = False
    """Whether the head sees how firmly a text puts the use of AI, which editors' habits colour."""
    rules: bool = False
    """Whether the head sees the rules for codes, and so learns what several that hold together mean."""


CHOICES = {
    "topic": Choice(c=10.0, balance=0.9, scale=1.5, rules=True),
    "relevant": Choice(),
    "crime": Choice(),
    "event_kind": Choice(),
    "ai_involvement": Choice(hedges=True),
}
LABELS: dict[str, Callable[[Example], str | None]] = {
    "topic": lambda example: example.primary,
    "relevant": lambda example: example.relevant,
    "crime": lambda example: example.crime,
    "event_kind": lambda example: example.event_kind,
    "ai_involvement": lambda example: example.ai_involvement,
}


class Trainer:
    """Holds the examples in the form the heads are fitted on."""

    def __init__(
        self,
        examples: Sequence[Example],
        vectors: NDArray[np.float32],
        typology: Typology,
        reading: type[Reading] = Reading,
    ) -> None:
        self.examples = list(examples)
        self.typology = typology
        self.readings = [
            reading(example.title, example.text, vector)
            for example, vector in zip(examples, vectors, strict=True)
        ]
        self.terms = learn_terms(self.readings)
        self.folds = folds(self.examples, vectors)
        self.cases = [
            place for place, each in enumerate(self.examples) if each.kind in CODED and each.primary
        ]
        """Places of the coded reports among the examples."""
        self._rows = matrix.rows(self.terms, self.readings)
        self._width = self._rows.shape[1] - vectors.shape[1]
        self._plain = [_without_vector(each) for each in self.readings]

    def seen(self, *, dense: bool) -> Sequence[Reading]:
        """Return the readings, with or without their vectors."""
        return self.readings if dense else self._plain

    def fit(self, name: str, without: int | None = None, *, dense: bool = True) -> Head:
        """Return a head fitted on all examples that have its label, leaving one fold out where told."""
        labels = [LABELS[name](example) for example in self.examples]
        rows = [
            place
            for place, label in enumerate(labels)
            if label is not None and (without is None or self.folds[place] != without)
        ]
        width = self._rows.shape[1] if dense else self._width
        scale = self._scale(CHOICES[name])[:width]
        wanted = np.array([labels[place] for place in rows])
        model = LogisticRegression(C=CHOICES[name].c, max_iter=300)
        matrix = self._rows[rows][:, :width] @ scipy.sparse.diags(scale)
        # Between two products the optimiser adds short vectors, for which threads cost more than they give.
        with threadpoolctl.threadpool_limits(1, "blas"):
            model.fit(matrix, wanted, sample_weight=self._weights(name, rows, wanted))
        return self._head(model, scale, dense)

    def _scale(self, choice: Choice) -> NDArray[np.float64]:
        """Return the scale of each column for a head: words, signs, then the vector's dimensions."""
        scale = np.full(self._rows.shape[1], choice.scale)
        signs = matrix.sign_scales()
        after = len(group_names())
        if not choice.hedges:
            signs[after - len(load_lexicon(HEDGES).groups) : after] = 0
        if not choice.rules:
            signs[after:] = 0
        scale[len(self.terms.vocabulary) : self._width] = signs
        return scale

    def _weights(self, name: str, rows: Sequence[int], wanted: NDArray[np.str_]) -> NDArray[np.float64]:
        own = np.array([self.examples[place].weight for place in rows])
        sizes = {label: own[wanted == label].sum() for label in set(wanted.tolist())}
        weights = own / np.array([sizes[label] for label in wanted.tolist()]) ** CHOICES[name].balance
        return np.asarray(weights * len(rows) / weights.sum(), dtype=np.float64)

    def _head(self, model: Any, scale: NDArray[np.float64], dense: bool) -> Head:  # noqa: ANN401 - scikit-learn publishes no types
        weights, bias = model.coef_.T * scale[:, None], model.intercept_
        if weights.shape[1] == 1:  # two classes are fitted as one; the first is the reference
            weights, bias = np.hstack([np.zeros_like(weights), weights]), np.array([0.0, bias[0]])
        words, signs, vector = np.split(weights.astype(np.float16), [len(self.terms.vocabulary), self._width])
        return Head(
            tuple(str(label) for label in model.classes_),
            words,
            signs,
            vector if dense else None,
            bias.astype(np.float32),
        )

    def held_out(self, name: str, *, dense: bool) -> dict[int, Head]:
        """Return for each fold the head that has not seen it."""
        return {number: self.fit(name, number, dense=dense) for number in range(FOLDS)}


def _without_vector(reading: Reading) -> Reading:
    """Copy the reading without its vector, keeping its cached word features, which are expensive."""
    plain = replace(reading, vector=None)
    vars(plain).update({name: value for name, value in vars(reading).items() if name != "vector"})
    return plain


def folds(examples: Sequence[Example], vectors: NDArray[np.float32]) -> list[int | None]:
    """Return the fold of each report, like reports in one fold, so that no event is on both sides.

    Invented and typology texts are in none: every head may have seen them.
    """
    told = [place for place, example in enumerate(examples) if example.kind in REPORTS]
    alike = scipy.sparse.csr_matrix(vectors[told] @ vectors[told].T > ALIKE)
    _, cluster = scipy.sparse.csgraph.connected_components(alike, directed=False)
    first: dict[int, str] = {}
    found: list[int | None] = [None] * len(examples)
    for place, number in zip(told, cluster.tolist(), strict=True):
        key = first.setdefault(number, examples[place].id)
        found[place] = int(hashlib.sha256(key.encode()).hexdigest(), 16) % FOLDS
    return found
