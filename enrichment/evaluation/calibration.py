"""Whether a probability means what it says."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from enrichment.evaluation.figure import Figure, Rows, figure

BINS = 10


@dataclass(frozen=True)
class Bin:
    """One row of a reliability table: how often the machine was right where it was about so sure."""

    low: float
    high: float
    n: int
    score: float
    """Mean score."""
    right: float
    """Share that was right."""


def calibration_error(name: str, scores: Sequence[float], right: Sequence[bool], data: str) -> Figure:
    """Return the expected calibration error over ten equal bins (Guo et al. 2017)."""
    score, is_right = np.asarray(scores, dtype=np.float64), np.asarray(right, dtype=np.float64)
    bins = np.minimum((score * BINS).astype(int), BINS - 1)
    return figure(name, len(score), data, lambda rows: _error(score[rows], is_right[rows], bins[rows]))


def adaptive_error(name: str, scores: Sequence[float], right: Sequence[bool], data: str) -> Figure:
    """Return the calibration error over ten bins of equal size (Nguyen and O'Connor 2015)."""
    score, is_right = np.asarray(scores, dtype=np.float64), np.asarray(right, dtype=np.float64)

    def measure(rows: Rows) -> float:
        order = np.argsort(score[rows], kind="stable")
        bins = np.empty(len(rows), dtype=np.intp)
        bins[order] = np.arange(len(rows)) * BINS // len(rows)
        return _error(score[rows], is_right[rows], bins)

    return figure(name, len(score), data, measure)


def _error(score: NDArray[np.float64], right: NDArray[np.float64], bins: NDArray[np.intp]) -> float:
    gaps = np.bincount(bins, weights=score - right, minlength=BINS)
    return float(np.abs(gaps).sum() / len(score))


def reliability(scores: Sequence[float], right: Sequence[bool]) -> tuple[Bin, ...]:
    """Return the reliability table over ten equal bins, empty ones left out."""
    score, is_right = np.asarray(scores, dtype=np.float64), np.asarray(right, dtype=np.float64)
    bins = np.minimum((score * BINS).astype(int), BINS - 1)
    table = []
    for place in range(BINS):
        inside = bins == place
        if inside.any():
            means = float(score[inside].mean()), float(is_right[inside].mean())
            table.append(Bin(place / BINS, (place + 1) / BINS, int(inside.sum()), *means))
    return tuple(table)
