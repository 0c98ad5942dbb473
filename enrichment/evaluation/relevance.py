"""Figures of a yes-or-no question answered with a probability."""

from collections.abc import Callable, Hashable, Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score

from enrichment.evaluation.figure import Figure, Measure, Rows, figure, share

Counts = tuple[float, float, float, float]
"""Hits, false alarms, misses and right refusals."""

_SHARES: dict[str, Callable[[Counts], float]] = {
    "precision": lambda count: share(count[0], count[0] + count[1]),
    "recall": lambda count: share(count[0], count[0] + count[2]),
    "F1": lambda count: share(2 * count[0], 2 * count[0] + count[1] + count[2]),
    "specificity": lambda count: share(count[3], count[3] + count[1]),
}


def relevance(
    scores: Sequence[float],
    truth: Sequence[bool],
    data: str,
    together: Sequence[Hashable] | None = None,
) -> list[Figure]:
    """Return average precision, and precision, recall, F1 and specificity at 0.5."""
    score, relevant = np.asarray(scores, dtype=np.float64), np.asarray(truth, dtype=bool)
    given = score >= 0.5

    def counted(rows: Rows) -> Counts:
        hit, is_true = given[rows], relevant[rows]
        pairs = (hit & is_true, hit & ~is_true, ~hit & is_true, ~hit & ~is_true)
        one, two, three, four = (float(pair.sum()) for pair in pairs)
        return one, two, three, four

    def measured(of: Callable[[Counts], float]) -> Measure:
        return lambda rows: of(counted(rows))

    measures: dict[str, Measure] = {
        "average precision": lambda rows: average_precision(score[rows], relevant[rows]),
        **{name: measured(of) for name, of in _SHARES.items()},
    }
    return [
        figure(f"relevance {name}", len(score), data, measure, together) for name, measure in measures.items()
    ]


def average_precision(scores: NDArray[np.float64], truth: NDArray[np.bool_]) -> float:
    """Return the sum over thresholds of precision times the step in recall; NaN where nothing is relevant.

    Equal scores are one threshold, so the order of ties does not matter.
    """
    return float(average_precision_score(truth, scores)) if truth.any() else float("nan")
