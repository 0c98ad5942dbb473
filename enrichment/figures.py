"""How figures are computed from gold rows and predictions, each with a bootstrap 95 % interval."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import log2

import numpy as np
from numpy.typing import NDArray

SEED = 20261121
DRAWS = 1000
BINS = 10

Rows = NDArray[np.intp]
Measure = Callable[[Rows], float]


@dataclass(frozen=True)
class Figure:
    """A number we publish: what, on which data, over how many cases, and between which bounds."""

    name: str
    value: float
    low: float
    high: float
    n: int
    data: str


@dataclass(frozen=True)
class Coded:
    """One typology prediction: codes best first, the primary or None where it abstained, its probability."""

    truth: str
    ranked: tuple[str, ...]
    primary: str | None
    score: float


def figure(name: str, n: int, data: str, measure: Measure) -> Figure:
    """Return a measure over rows 0 to n-1 with its percentile bootstrap interval (Efron 1979, fixed seed)."""
    everything = np.arange(n, dtype=np.intp)
    generator = np.random.default_rng(SEED)
    draws = [measure(generator.integers(0, n, n)) for _ in range(DRAWS)] if n else []
    kept = [draw for draw in draws if not np.isnan(draw)]
    low, high = np.percentile(kept, [2.5, 97.5]).tolist() if kept else (float("nan"), float("nan"))
    return Figure(name, measure(everything) if n else float("nan"), low, high, n, data)


def mean(name: str, values: Sequence[float], data: str) -> Figure:
    """Return the mean of a value a case."""
    array = np.asarray(values, dtype=np.float64)
    return figure(name, len(array), data, lambda rows: float(array[rows].mean()))


def relevance(scores: Sequence[float], truth: Sequence[bool], data: str) -> list[Figure]:
    """Return average precision, and precision, recall, F1 and specificity at 0.5."""
    score, relevant = np.asarray(scores, dtype=np.float64), np.asarray(truth, dtype=bool)
    given = score >= 0.5

    def counted(rows: Rows) -> tuple[float, float, float, float]:
        hit, is_true = given[rows], relevant[rows]
        return (
            float((hit & is_true).sum()),
            float((hit & ~is_true).sum()),
            float((~hit & is_true).sum()),
            float((~hit & ~is_true).sum()),
        )

    def precision(rows: Rows) -> float:
        right, wrong, _, _ = counted(rows)
        return _share(right, right + wrong)

    def recall(rows: Rows) -> float:
        right, _, missed, _ = counted(rows)
        return _share(right, right + missed)

    def f1(rows: Rows) -> float:
        right, wrong, missed, _ = counted(rows)
        return _share(2 * right, 2 * right + wrong + missed)

    def specificity(rows: Rows) -> float:
        _, wrong, _, refused = counted(rows)
        return _share(refused, refused + wrong)

    measures: dict[str, Measure] = {
        "average precision": lambda rows: average_precision(score[rows], relevant[rows]),
        "precision": precision,
        "recall": recall,
        "F1": f1,
        "specificity": specificity,
    }
    return [figure(f"relevance {name}", len(score), data, measure) for name, measure in measures.items()]


def average_precision(scores: NDArray[np.float64], truth: NDArray[np.bool_]) -> float:
    """Return the sum over thresholds of precision times the step in recall; NaN where nothing is relevant.

    Equal scores are one threshold, so the order of ties does not matter.
    """
    if not truth.any():
        return float("nan")
    order = np.argsort(-scores, kind="stable")
    right = np.cumsum(truth[order])
    last = np.append(np.flatnonzero(np.diff(scores[order])), len(order) - 1)
    steps = np.diff(right[last], prepend=0) / truth.sum()
    return float((steps * right[last] / (last + 1)).sum())


def typology(coded: Sequence[Coded], family_of: Callable[[str], str], data: str) -> list[Figure]:
    """Return top-1, top-3 and family accuracy, coverage, accuracy where it decided, and calibration error."""
    decided = [case for case in coded if case.primary is not None]
    right = [case.ranked[:1] == (case.truth,) for case in coded]
    return [
        mean("typology top-1", right, data),
        mean("typology top-3", [case.truth in case.ranked[:3] for case in coded], data),
        mean(
            "typology family",
            [bool(case.ranked) and family_of(case.ranked[0]) == family_of(case.truth) for case in coded],
            data,
        ),
        mean("typology coverage", [case.primary is not None for case in coded], data),
        mean("typology accuracy where decided", [case.primary == case.truth for case in decided], data),
        calibration_error("typology ECE", [case.score for case in coded], right, data),
    ]


def calibration_error(name: str, scores: Sequence[float], right: Sequence[bool], data: str) -> Figure:
    """Return the expected calibration error over ten equal bins (Guo et al. 2017)."""
    score, is_right = np.asarray(scores, dtype=np.float64), np.asarray(right, dtype=np.float64)
    bins = np.minimum((score * BINS).astype(int), BINS - 1)

    def measure(rows: Rows) -> float:
        return sum(
            abs(float((score[inside] - is_right[inside]).sum()))
            for value in range(BINS)
            if len(inside := rows[bins[rows] == value])
        ) / len(rows)

    return figure(name, len(score), data, measure)


def exact(name: str, truth: Sequence[object], predicted: Sequence[object], data: str) -> Figure:
    """Return the share of predictions equal to the truth; a collection of allowed answers is a frozenset."""
    return mean(name, [one == other for one, other in zip(truth, predicted, strict=True)], data)


def grouping(truth: Sequence[Hashable], predicted: Sequence[Hashable], data: str) -> list[Figure]:
    """Return B-cubed (Bagga and Baldwin 1998) and pairwise precision, recall and F1 over labelled reports."""
    same = np.array([[one == other for other in truth] for one in truth], dtype=bool)
    joined = np.array([[one == other for other in predicted] for one in predicted], dtype=bool)
    both = (same & joined).sum(axis=1)
    precision, recall = both / joined.sum(axis=1), both / same.sum(axis=1)

    def harmonic(rows: Rows) -> float:
        p, r = float(precision[rows].mean()), float(recall[rows].mean())
        return _share(2 * p * r, p + r)

    figures = [
        mean("grouping B-cubed precision", precision.tolist(), data),
        mean("grouping B-cubed recall", recall.tolist(), data),
        figure("grouping B-cubed F1", len(truth), data, harmonic),
    ]
    for name, measure in _PAIRWISE.items():
        figures.append(
            figure(f"grouping pairwise {name}", len(truth), data, _over_pairs(same, joined, measure))
        )
    return figures


_PAIRWISE: dict[str, Callable[[float, float, float], float]] = {
    "precision": lambda hit, made, _: _share(hit, made),
    "recall": lambda hit, _, true: _share(hit, true),
    "F1": lambda hit, made, true: _share(2 * hit, made + true),
}


def _over_pairs(
    same: NDArray[np.bool_], joined: NDArray[np.bool_], measure: Callable[[float, float, float], float]
) -> Measure:
    apart = ~np.eye(len(same), dtype=bool)  # a report drawn twice is no pair

    def measured(rows: Rows) -> float:
        chosen = np.ix_(rows, rows)
        return measure(*(float((pairs & apart)[chosen].sum()) for pairs in (same & joined, joined, same)))

    return measured


def ndcg(ranking: Sequence[str], grades: Mapping[str, float], depth: int = 10) -> float:
    """Return one query's normalised discounted cumulative gain; what was not judged counts as 0.

    The gains are the grades, the discount log2(rank + 1) (Järvelin and Kekäläinen 2002); NaN without grades.
    """
    found = [grades.get(item, 0.0) for item in dict.fromkeys(ranking)]
    return _share(_gain(found[:depth]), _gain(sorted(grades.values(), reverse=True)[:depth]))


def _gain(grades: Sequence[float]) -> float:
    return sum(grade / log2(rank + 2) for rank, grade in enumerate(grades))


def _share(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")
