"""Figures of answers out of a list: agreement beyond chance, and precision and recall a class."""

from collections import Counter
from collections.abc import Collection, Hashable, Sequence

import numpy as np

from enrichment.evaluation.figure import Figure, Rows, figure, share


def kappa(
    name: str,
    truth: Sequence[str],
    given: Sequence[str],
    data: str,
    together: Sequence[Hashable] | None = None,
) -> Figure:
    """Return Cohen's kappa of the machine with the gold (Cohen 1960): 0 is chance, 1 is full agreement."""
    classes = sorted({*truth, *given})
    one = np.array([classes.index(value) for value in truth], dtype=np.intp)
    other = np.array([classes.index(value) for value in given], dtype=np.intp)

    def measure(rows: Rows) -> float:
        agreed = float((one[rows] == other[rows]).mean())
        shares = (np.bincount(part[rows], minlength=len(classes)) / len(rows) for part in (one, other))
        chance = float(np.prod(list(shares), axis=0).sum())
        return share(agreed - chance, 1 - chance)

    return figure(name, len(truth), data, measure, together)


def macro_f1(name: str, truth: Sequence[str], given: Sequence[str], data: str, at_least: int) -> Figure:
    """Return the mean F1 over the leaves with so many gold cases; n counts those cases."""
    counts = Counter(code for code in truth if not code.startswith("X"))
    kept = sorted(code for code, count in counts.items() if count >= at_least)
    is_true = np.array([[value == code for code in kept] for value in truth], dtype=bool)
    is_given = np.array([[value == code for code in kept] for value in given], dtype=bool)

    def measure(rows: Rows) -> float:
        hit = (is_true[rows] & is_given[rows]).sum(axis=0)
        whole = is_true[rows].sum(axis=0) + is_given[rows].sum(axis=0)
        seen = whole > 0
        return float((2 * hit[seen] / whole[seen]).mean()) if seen.any() else float("nan")

    made = figure(name, len(truth) if kept else 0, data, measure)
    n = sum(counts[code] for code in kept)
    return Figure(f"{name} ({len(kept)} leaves)", made.value, made.low, made.high, n, data)


def precision_recall(
    name: str, value: str, truth: Sequence[str], given: Sequence[str], data: str
) -> list[Figure]:
    """Return how often one answer is right where given, and given where right."""
    is_true = np.array([each == value for each in truth], dtype=bool)
    is_given = np.array([each == value for each in given], dtype=bool)
    hit = is_true & is_given

    def over(whole: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Figure:
        made = figure(
            name, len(truth), data, lambda rows: share(float(hit[rows].sum()), float(whole[rows].sum()))
        )
        return Figure(name, made.value, made.low, made.high, int(whole.sum()), data)

    return [
        Figure(f"{name} {kind}", each.value, each.low, each.high, each.n, data)
        for kind, each in (("precision", over(is_given)), ("recall", over(is_true)))
    ]


def overlap_f1(
    name: str,
    truth: Sequence[Collection[str]],
    given: Sequence[Collection[str]],
    data: str,
    together: Sequence[Hashable] | None = None,
) -> Figure:
    """Return the F1 of all answers pooled over the cases (micro average)."""
    hit = np.array(
        [len({*one} & {*other}) for one, other in zip(truth, given, strict=True)], dtype=np.float64
    )
    whole = np.array(
        [len({*one}) + len({*other}) for one, other in zip(truth, given, strict=True)], dtype=np.float64
    )
    return figure(
        name,
        len(truth),
        data,
        lambda rows: share(2 * float(hit[rows].sum()), float(whole[rows].sum())),
        together,
    )
