"""A published number: its value, its bootstrap interval, and how many cases it rests on."""

import json
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

SEED = 20261121
DRAWS = 1000
TAIL = 0.025
"""Probability beyond each end of an interval."""

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
    goal: float | None = None
    """What it should reach; None where no goal is set."""
    at_most: bool = False
    """Whether the goal is a ceiling."""
    human: str = ""
    """How far two people agreed on the same question, where that was measured."""

    @property
    def met(self) -> bool | None:
        """Return whether the value reaches its goal; None without a goal."""
        if self.goal is None:
            return None
        return self.value <= self.goal if self.at_most else self.value >= self.goal


def figure(
    name: str, n: int, data: str, measure: Measure, together: Sequence[Hashable] | None = None
) -> Figure:
    """Return a measure over rows 0 to n-1 with its 95 % percentile bootstrap interval (Efron 1979).

    Rows with the same label in ``together``, such as reports of one incident, are drawn together. Where all
    draws are 0, or all are 1, the interval is the exact one of that many cases (Clopper and Pearson 1934).
    """
    if not n:
        return Figure(name, float("nan"), float("nan"), float("nan"), 0, data)
    everything = np.arange(n, dtype=np.intp)
    draws = [measure(rows) for rows in _drawn(everything, together)]
    kept = [draw for draw in draws if not np.isnan(draw)]
    low, high = np.percentile(kept, [2.5, 97.5]).tolist() if kept else (float("nan"), float("nan"))
    unseen = 1 - (TAIL ** (1 / (n if together is None else len(set(together)))))
    if low == high == 0:
        high = unseen
    elif low == high == 1:
        low = 1 - unseen
    return Figure(name, measure(everything), low, high, n, data)


def _drawn(everything: Rows, together: Sequence[Hashable] | None) -> list[Rows]:
    generator = np.random.default_rng(SEED)
    if together is None:
        return [generator.integers(0, len(everything), len(everything)) for _ in range(DRAWS)]
    blocks: dict[Hashable, list[int]] = defaultdict(list)
    for row, label in enumerate(together):
        blocks[label].append(row)
    parts = [np.array(rows, dtype=np.intp) for rows in blocks.values()]
    return [
        np.concatenate([parts[place] for place in generator.integers(0, len(parts), len(parts))])
        for _ in range(DRAWS)
    ]


def mean(name: str, values: Sequence[float], data: str, together: Sequence[Hashable] | None = None) -> Figure:
    """Return the mean of a value a case."""
    array = np.asarray(values, dtype=np.float64)
    return figure(name, len(array), data, lambda rows: float(array[rows].mean()), together)


def exact(
    name: str,
    truth: Sequence[object],
    predicted: Sequence[object],
    data: str,
    together: Sequence[Hashable] | None = None,
) -> Figure:
    """Return the share of predictions equal to the truth."""
    right = [one == other for one, other in zip(truth, predicted, strict=True)]
    return mean(name, right, data, together)


def share(part: float, whole: float) -> float:
    """Return a share, or NaN of nothing."""
    return part / whole if whole else float("nan")


def as_json(value: Mapping[str, Any]) -> str:
    """Return plain values as the text of a JSON file, the same for the same values."""
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
