"""Figures of grouping reports into incidents."""

from collections.abc import Callable, Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from enrichment.evaluation.figure import Figure, Measure, Rows, figure, mean, share


def grouping(truth: Sequence[Hashable], predicted: Sequence[Hashable], data: str) -> list[Figure]:
    """Return B-cubed (Bagga and Baldwin 1998) and pairwise precision, recall and F1 over labelled reports.

    Reports of one true incident are drawn together for the intervals.
    """
    same = np.array([[one == other for other in truth] for one in truth], dtype=bool)
    joined = np.array([[one == other for other in predicted] for one in predicted], dtype=bool)
    both = (same & joined).sum(axis=1)
    precision, recall = both / joined.sum(axis=1), both / same.sum(axis=1)

    def harmonic(rows: Rows) -> float:
        p, r = float(precision[rows].mean()), float(recall[rows].mean())
        return share(2 * p * r, p + r)

    figures = [
        mean("grouping B-cubed precision", precision.tolist(), data, truth),
        mean("grouping B-cubed recall", recall.tolist(), data, truth),
        figure("grouping B-cubed F1", len(truth), data, harmonic, truth),
    ]
    for name, measure in _PAIRWISE.items():
        over = _over_pairs(same, joined, measure)
        figures.append(figure(f"grouping pairwise {name}", len(truth), data, over, truth))
    return figures


_PAIRWISE: dict[str, Callable[[float, float, float], float]] = {
    "precision": lambda hit, made, _: share(hit, made),
    "recall": lambda hit, _, true: share(hit, true),
    "F1": lambda hit, made, true: share(2 * hit, made + true),
}


def _over_pairs(
    same: NDArray[np.bool_], joined: NDArray[np.bool_], measure: Callable[[float, float, float], float]
) -> Measure:
    apart = ~np.eye(len(same), dtype=bool)  # a report drawn twice is no pair

    def measured(rows: Rows) -> float:
        chosen = np.ix_(rows, rows)
        return measure(*(float((pairs & apart)[chosen].sum()) for pairs in (same & joined, joined, same)))

    return measured
