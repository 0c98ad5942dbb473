"""A regularised step away from the shipped models: what judgements add to the log-odds of each code.

The shipped models are the prior. With o their log probabilities and x a report's features, a release says
softmax(o + x·W), and W is the maximum a posteriori estimate under a normal prior around zero (Chelba and
Acero 2006, adaptation of maximum entropy models). Nothing of the data behind the shipped models is needed,
few judgements move little, and none move nothing. The objective is convex: same judgements, same W.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.optimize  # type: ignore[import-untyped]  # scikit-learn's own dependency; publishes no types
import scipy.sparse  # type: ignore[import-untyped]  # the same
import threadpoolctl  # type: ignore[import-untyped]  # the same
from numpy.typing import NDArray

from enrichment.classify import Classifier
from enrichment.judging import matrix
from enrichment.judging.linear import Head, Models, softmax
from enrichment.judging.reading import Reading
from enrichment.learning.lessons import Lesson
from enrichment.records import Subject
from enrichment.typology import Typology

SLIP = 0.05
"""How often a person's label is wrong: two coders disagreed on the primary code of 4.5 % of incidents."""
STEPS = 200

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Prepared:
    """Reports as the step sees them."""

    rows: scipy.sparse.csr_matrix
    """(reports, features): weighed words, signs, vector where there is one, and 1."""
    prior: Floats
    """(reports, codes): log probabilities by the shipped models, before their surety is corrected."""
    codes: tuple[str, ...]
    surety: tuple[float, ...] = (1.0, 0.0, 0.0)
    """Settings of that correction (``linear.tempered``)."""

    def some(self, places: NDArray[np.intp]) -> "Prepared":
        """Return some of the reports."""
        return Prepared(self.rows[places], self.prior[places], self.codes, self.surety)

    def leading(self, step: Floats | None = None) -> list[str]:
        """Return the likeliest code of each report, by the shipped models or with a step added."""
        scores = self.prior if step is None else self.prior + self.rows @ step
        return [self.codes[place] for place in np.argmax(scores, axis=1)]


def prepare(
    models: Models,
    typology: Typology,
    readings: Sequence[Reading],
    question: Subject = Subject.TYPOLOGY,
) -> Prepared:
    """Return readings with what models answer to a question; all with a vector, or none."""
    if question is Subject.TYPOLOGY:
        classifier, codes = Classifier(models, typology), tuple(models.settings["codes"])
        scores = [classifier.scores(reading) for reading in readings]
        return Prepared(_rows(models, readings), _prior(scores), codes, classifier.surety(readings[0]))
    if question is Subject.EVENT_KIND:  # as ``relevance`` asks for it
        readings = [reading.foreground for reading in readings]
    head, degrees = models.head(question, readings[0]), heat(models, question, readings[0])
    scores = [head.logits(reading, models.terms) / degrees for reading in readings]
    return Prepared(_rows(models, readings), _prior(scores), head.classes)


def heat(models: Models, question: Subject, reading: Reading) -> float:
    """Return the divisor that calibrates the head of a question."""
    name = "temperature-words" if reading.vector is None else "temperature"
    return float(models.settings[name][question])


def _prior(scores: Sequence[Floats]) -> Floats:
    return np.asarray(np.log(softmax(np.array(scores)) + 1e-9))


def _rows(models: Models, readings: Sequence[Reading]) -> scipy.sparse.csr_matrix:
    seen = matrix.rows(models.terms, readings)
    scale = np.ones(seen.shape[1])
    words, signs = len(models.terms.vocabulary), matrix.sign_scales()
    scale[words : words + len(signs)] = signs
    ones = scipy.sparse.csr_matrix(np.ones((len(readings), 1)))
    return scipy.sparse.hstack([seen @ scipy.sparse.diags(scale), ones]).tocsr()


def targets(prepared: Prepared, lessons: Sequence[Lesson]) -> Floats:
    """Return the target probabilities of each report, shape (reports, codes), rows summing to 1.

    What a person allows counts for 95 %, in the shares of the shipped opinion, and that opinion for the rest.
    """
    said = np.exp(prepared.prior)
    said /= said.sum(axis=1, keepdims=True)
    right = said * allowed(prepared, lessons)
    return np.asarray((1 - SLIP) * right / right.sum(axis=1, keepdims=True) + SLIP * said)


def allowed(prepared: Prepared, lessons: Sequence[Lesson]) -> NDArray[np.bool_]:
    """Return which answers each lesson leaves, shape (lessons, codes): its label, or all not wrong."""
    rows = [
        [code == each.label if each.label else code not in each.wrong for code in prepared.codes]
        for each in lessons
    ]
    return np.array(rows, dtype=bool)


def step(prepared: Prepared, wanted: Floats, weights: Floats, strength: float) -> Floats:
    """Return W, shape (features, codes), by L-BFGS; ``strength`` is what the lessons count against the prior.

    W lies in the span of the reports (the representer theorem), so it is sought there: with X = L·Q and
    orthonormal rows of Q, W = Q'·V and both have the same norm.
    """
    # Small products: on a busy machine threads would wait for each other thirty times as long as they work.
    with threadpoolctl.threadpool_limits(1, "blas"):
        return _step(prepared, wanted, weights, strength)


def _step(prepared: Prepared, wanted: Floats, weights: Floats, strength: float) -> Floats:
    values, vectors = np.linalg.eigh((prepared.rows @ prepared.rows.T).toarray())
    kept = values > values.max() * 1e-9
    roots, vectors = np.sqrt(values[kept]), vectors[:, kept]
    rows, shape = vectors * roots, (int(kept.sum()), len(prepared.codes))

    def objective(flat: Floats) -> tuple[float, Floats]:
        said = softmax(prepared.prior + rows @ flat.reshape(shape))
        loss = -float((weights[:, None] * wanted * np.log(said + 1e-12)).sum())
        slope = rows.T @ (weights[:, None] * (said - wanted))
        return strength * loss + 0.5 * float(flat @ flat), strength * slope.ravel() + flat

    start = np.zeros(shape[0] * shape[1])
    found = scipy.optimize.minimize(objective, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS})
    return np.asarray(prepared.rows.T @ ((vectors / roots) @ found.x.reshape(shape)))


def head(models: Models, codes: Sequence[str], found: Floats, *, dense: bool) -> Head:
    """Return a step as a head, to be added to the opinion of another."""
    words, scales = len(models.terms.vocabulary), matrix.sign_scales()
    parts = np.split(found, [words, words + len(scales), len(found) - 1])
    return Head(
        tuple(codes),
        parts[0].astype(np.float16),
        (parts[1] * scales[:, None]).astype(np.float16),
        parts[2].astype(np.float16) if dense else None,
        parts[3][0].astype(np.float32),
    )


def added(one: Head, other: Head) -> Head:
    """Return the head whose scores are the sums of those of two heads of the same classes."""
    both = (one.words + other.words, one.signs + other.signs)
    dense = None if one.dense is None or other.dense is None else one.dense + other.dense
    return Head(one.classes, *both, dense, one.bias + other.bias)
