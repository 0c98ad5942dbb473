"""Exact and interval statistics for counts, each with the source of its formula."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats  # type: ignore[import-untyped]  # publishes no types

Z95 = 1.959964
"""The normal quantile of a two-sided 95 % interval."""


@dataclass(frozen=True)
class Stratum:
    """One two-by-two table: how many of how many, in one group and in the other."""

    of: int
    all: int
    other_of: int
    other_all: int


def upper_tail(strata: Sequence[Stratum]) -> float:
    """Return the chance that the first groups hold at least so many together, if they are like the others.

    The one-sided exact conditional test of a common odds ratio of 1 over two-by-two tables (Fisher 1935 for
    one table; Gart 1970 for several): given the margins each count is hypergeometric, and their sum is the
    convolution.
    """
    distribution, least = np.ones(1), 0
    for stratum in strata:
        chances, lowest = _hypergeometric(stratum)
        distribution, least = np.convolve(distribution, chances), least + lowest
    observed = sum(stratum.of for stratum in strata)
    return float(min(1.0, distribution[max(observed - least, 0) :].sum()))


def _hypergeometric(stratum: Stratum) -> tuple[NDArray[np.float64], int]:
    """Return the chance of each possible count of the first group, and the least of these counts.

    By logarithms of factorials: ``scipy.stats.hypergeom`` takes ten times as long for tables this small, and
    trends ask for thousands.
    """
    marked, first, total = stratum.of + stratum.other_of, stratum.all, stratum.all + stratum.other_all
    lowest, highest = max(0, marked - stratum.other_all), min(marked, first)
    logs = [
        log_choose(first, count) + log_choose(total - first, marked - count)
        for count in range(lowest, highest + 1)
    ]
    return np.exp(np.asarray(logs) - log_choose(total, marked)), lowest


def log_choose(size: int, part: int) -> float:
    """Return the natural logarithm of the number of ways to choose so many of so many."""
    return math.lgamma(size + 1) - math.lgamma(part + 1) - math.lgamma(size - part + 1)


def binomial_below(needed: int, size: int, share: float) -> float:
    """Return the chance of fewer than ``needed`` of ``size``, each with the chance ``share``."""
    return float(stats.binom.cdf(needed - 1, size, share))


def rate_ratio(strata: Sequence[Stratum]) -> tuple[float, float, float]:
    """Return how many times the share in the first groups is that in the others, with a 95 % interval.

    Mantel and Haenszel 1959 pooled over strata; interval by Greenland and Robins 1985. Where one side has
    none at all, one case is added, spread over all groups by their sizes as if nothing differed, so that the
    interval stays finite and the ratio is drawn towards 1.
    """
    whole = sum(stratum.all + stratum.other_all for stratum in strata)
    none = not sum(stratum.of for stratum in strata) or not sum(stratum.other_of for stratum in strata)
    extra = 1 / whole if none and whole else 0.0
    ours = theirs = spread = 0.0
    for stratum in strata:
        total = stratum.all + stratum.other_all
        if not stratum.all or not stratum.other_all:
            continue
        of, other = stratum.of + extra * stratum.all, stratum.other_of + extra * stratum.other_all
        ours += of * stratum.other_all / total
        theirs += other * stratum.all / total
        spread += ((of + other) * stratum.all * stratum.other_all - of * other * total) / total**2
    if not ours or not theirs:
        return 1.0, 0.0, math.inf
    ratio, width = ours / theirs, Z95 * math.sqrt(max(spread, 0.0) / (ours * theirs))
    return ratio, ratio * math.exp(-width), ratio * math.exp(width)


def odds_ratio(table: Stratum) -> tuple[float, float, float]:
    """Return the odds ratio of one table with half a case added to each cell, and its 95 % interval.

    Haldane 1956 and Anscombe 1956 for the prior of a half, Woolf 1955 for the interval.
    """
    cells = (table.of, table.all - table.of, table.other_of, table.other_all - table.other_of)
    a, b, c, d = (cell + 0.5 for cell in cells)
    ratio, width = a * d / (b * c), Z95 * math.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
    return ratio, ratio * math.exp(-width), ratio * math.exp(width)


def adjusted(chances: Sequence[float]) -> list[float]:
    """Return the chances corrected for how many were looked at (Benjamini and Hochberg 1995), in order.

    Calling what stays at or below q keeps the expected share of false calls at or below q; where nothing at
    all is the case, that is the chance of any call.
    """
    return stats.false_discovery_control(chances).tolist() if len(chances) else []
