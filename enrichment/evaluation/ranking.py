"""Figures of a ranking with graded answers."""

from collections.abc import Mapping, Sequence
from math import log2

from enrichment.evaluation.figure import share


def ndcg(ranking: Sequence[str], grades: Mapping[str, float], depth: int = 10) -> float:
    """Return one query's normalised discounted cumulative gain; what was not judged counts as 0.

    The gains are the grades, the discount log2(rank + 1) (Järvelin and Kekäläinen 2002); NaN without grades.
    """
    found = [grades.get(item, 0.0) for item in dict.fromkeys(ranking)]
    return share(_gain(found[:depth]), _gain(sorted(grades.values(), reverse=True)[:depth]))


def recall(ranking: Sequence[str], grades: Mapping[str, float], depth: int = 20) -> float:
    """Return the share of the relevant among the first ``depth``, of as many as fit; NaN without any."""
    relevant = {item for item, grade in grades.items() if grade > 0}
    found = relevant & set(list(dict.fromkeys(ranking))[:depth])
    return share(len(found), min(depth, len(relevant)))


def _gain(grades: Sequence[float]) -> float:
    return sum(grade / log2(rank + 2) for rank, grade in enumerate(grades))
