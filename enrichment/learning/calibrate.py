"""Small fits on held-out scores: mixing weights, temperatures, Platt scaling and thresholds."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize  # type: ignore[import-untyped]  # it publishes no types
from sklearn.linear_model import LogisticRegression

from enrichment.classify import NO_AI_CRIME
from enrichment.judging.linear import lead, softmax

Logits = NDArray[np.float64]

RIDGE = 1e-3
STEPS = 30
EVENNESS = 0.5
"""Power of 1 / cases of its code that a case weighs: 0 leaves the data's own shares, 1 evens them out.

How often each code comes in a live feed is unknown, and one that is rare in the data must not be drowned.
"""
ABSTAIN = 0.04
"""Share of crime incidents left to a person at most because no code is likely enough.

By folds, scope codes lead in 4 in 100 more, and codes at odds with other answers take 1 or 2: 10 together.
"""
SPREAD = 0.5
"""Standard deviation of a weight around the one expected.

Small, since the data hold hardly any of what the expectation is about: reports without AI, news of law and
deals.
"""
PRECISION = 0.5
"""Beta of the F measure for further codes: a wrong one costs a reader more than a missing one."""


def mix(parts: Logits, truth: Sequence[str], codes: Sequence[str]) -> Logits:
    """Return one weight for each opinion in parts (rows, codes, opinions), by conditional logit.

    Cases weigh by ``shares``. Newton's method on the weighted negative log likelihood with a small ridge
    (McFadden 1974).
    """
    wanted = np.array([codes.index(code) for code in truth])
    share = shares(truth)
    chosen = parts[np.arange(len(wanted)), wanted]
    weights = np.array([1.0, 1.0, 1.0, 0.0, 0.0])
    for _ in range(STEPS):
        chances = softmax(parts @ weights)
        mean = np.einsum("rc,rco->ro", chances, parts)
        slope = share @ (mean - chosen) + RIDGE * weights
        second = np.einsum("r,rc,rco,rcp->op", share, chances, parts, parts, optimize=True)
        second -= np.einsum("r,ro,rp->op", share, mean, mean)
        weights = weights - np.linalg.solve(second + RIDGE * np.eye(len(weights)), slope)
    return weights


def surety(probabilities: Logits, truth: Sequence[str], codes: Sequence[str]) -> list[float]:
    """Return the settings of ``linear.tempered``, from held-out probabilities (rows, codes).

    Cases weigh by ``shares``, as in ``mix``, which is too sure of the code it leads with.
    """
    right = np.array([codes[place] for place in probabilities.argmax(axis=1)]) == np.array(truth)
    model = LogisticRegression(C=1e3).fit(
        lead(probabilities), right, sample_weight=shares(truth) * len(truth)
    )
    return [*map(float, model.coef_[0]), float(model.intercept_[0])]


def shares(truth: Sequence[str]) -> NDArray[np.float64]:
    """Return the weight of each case by the number of cases of its code (``EVENNESS``); they sum to 1."""
    sizes = Counter(truth)
    weights = np.array([sizes[code] ** -EVENNESS for code in truth], dtype=np.float64)
    return np.asarray(weights / weights.sum())


def temperature(logits: Logits, truth: Sequence[str], classes: Sequence[str]) -> float:
    """Return the divisor of logits with the least negative log likelihood (Guo et al. 2017)."""
    wanted = np.array([classes.index(value) for value in truth])
    rows = np.arange(len(wanted))

    def loss(heat: float) -> float:
        return -float(np.log(softmax(logits / heat)[rows, wanted] + 1e-12).mean())

    return float(min((round(heat, 2) for heat in np.arange(0.5, 4.01, 0.05)), key=loss))


def platt(inputs: Logits, truth: Sequence[str], expected: Mapping[int, float]) -> list[float]:
    """Return a weight for each column of inputs (rows, columns), then the shift (Platt 1999).

    ``expected`` gives for some columns the weight expected before any data: a normal prior of standard
    deviation ``SPREAD``, which few rows hardly move and many do. Both answers count alike.
    """
    yes = np.array(truth) == "yes"
    share = np.where(yes, 0.5 / yes.sum(), 0.5 / (~yes).sum()) * len(yes)
    rows = np.hstack([inputs, np.ones((len(inputs), 1))])
    prior, firmness = np.zeros(rows.shape[1]), np.full(rows.shape[1], RIDGE)
    for column, weight in expected.items():
        prior[column], firmness[column] = weight, SPREAD**-2

    def loss(weights: Logits) -> tuple[float, Logits]:
        odds, apart = rows @ weights, weights - prior
        missed = share @ (np.logaddexp(0, odds) - yes * odds) + firmness @ apart**2 / 2
        slope = rows.T @ (share * (1 / (1 + np.exp(-odds)) - yes)) + firmness * apart
        return float(missed), np.asarray(slope)

    return [float(weight) for weight in minimize(loss, prior, jac=True, method="L-BFGS-B", tol=1e-10).x]


def thresholds(
    probabilities: Logits,
    weights: Logits,
    truth: Sequence[tuple[str, frozenset[str]]],
    codes: Sequence[str],
) -> dict[str, float]:
    """Return when to abstain, and when to give further codes (best F0.5 of the other codes)."""
    leading = probabilities.argmax(axis=1)
    surest = probabilities.max(axis=1)
    crime = np.array([not primary.startswith("X") for primary, _ in truth])
    steps = [round(step, 2) for step in np.arange(0.2, 0.61, 0.01)]
    abstain = max((step for step in steps if (surest[crime] < step).mean() <= ABSTAIN), default=steps[0])
    leaves = np.array([not code.startswith("X") for code in codes])
    others = np.array([[code in further for code in codes] for _, further in truth])
    candidates = leaves[None, :] & (np.arange(len(codes))[None, :] != leading[:, None])
    candidates &= np.array([codes[place] not in NO_AI_CRIME for place in leading])[:, None]

    def score(setting: tuple[float, float, float]) -> float:
        sure, rule, likely = setting
        given = candidates & ((probabilities >= sure) | ((weights >= rule) & (probabilities >= likely)))
        hits = (1 + PRECISION**2) * float((given & others).sum())
        return hits / max(float(given.sum()) + PRECISION**2 * float(others.sum()), 1.0)

    grid = [
        (a, b, c) for a in (0.1, 0.15, 0.2, 0.3) for b in (1.6, 2.0, 2.4) for c in (0.02, 0.04, 0.08, 0.15)
    ]
    sure, rule, likely = max(grid, key=score)
    return {
        "abstain_below": abstain,
        "other_from": sure,
        "other_rule": rule,
        "other_with_rule_from": likely,
    }
