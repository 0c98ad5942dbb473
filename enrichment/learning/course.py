"""Lessons with the reports they are about: how strongly they may count, and what some of them teach."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from enrichment.judging.linear import softmax
from enrichment.learning import fit
from enrichment.learning.fit import Floats, Prepared
from enrichment.learning.lessons import Lesson, weights

FOLDS = 5
STRENGTHS = (0.0, 0.1, 0.3, 1.0, 3.0)
"""How strongly lessons may count against the prior, as scikit-learn counts it; 0 learns nothing."""


@dataclass(frozen=True)
class Course:
    """Lessons, and in the same order the reports they are about."""

    rows: Prepared
    lessons: Sequence[Lesson]

    @cached_property
    def folds(self) -> NDArray[np.intp]:
        """The fold of each lesson, shape (lessons,); those of one incident share theirs."""
        keys = [sha256(each.incident.encode()).hexdigest() for each in self.lessons]
        return np.array([int(key, 16) % FOLDS for key in keys], dtype=np.intp)

    @cached_property
    def strength(self) -> float:
        """The least strength that foretells lessons of unseen incidents as well as any, but for chance.

        As well means a log loss within one standard error of the least over folds (1 SE rule, Breiman et al.
        1984): it tells a better probability, which the share of right answers does only where it turns one.
        Lessons that teach nothing that others bear out thus count 0, and cost nothing.
        """
        found = [self._losses(strength) for strength in STRENGTHS]
        best = min(found, key=lambda losses: float(losses.mean()))
        missed = [losses - best for losses in found]
        chance = [float(each.std()) / np.sqrt(len(each)) for each in missed]
        fitting = [each.mean() <= error for each, error in zip(missed, chance, strict=True)]
        return STRENGTHS[fitting.index(True)]

    def step(self, places: NDArray[np.intp] | None = None, strength: float | None = None) -> Floats:
        """Return the step learnt, shape (features, codes), from all lessons or those at these places."""
        some = np.arange(len(self.lessons)) if places is None else places
        if not len(some):
            return np.zeros((self.rows.rows.shape[1], len(self.rows.codes)))
        lessons, rows = [self.lessons[place] for place in some.tolist()], self.rows.some(some)
        wanted = fit.targets(rows, lessons)
        return fit.step(rows, wanted, weights(lessons), self.strength if strength is None else strength)

    def _losses(self, strength: float) -> Floats:
        """Return the log loss of each lesson by a step learnt from the other folds, shape (lessons,)."""
        scores = self.rows.prior.copy()
        for fold in set(self.folds.tolist()) if strength else ():
            inside, outside = np.flatnonzero(self.folds == fold), np.flatnonzero(self.folds != fold)
            scores[inside] += self.rows.rows[inside] @ self.step(outside, strength)
        # A person slips now and then, so no answer is ever impossible.
        said = (1 - fit.SLIP) * softmax(scores) + fit.SLIP / len(self.rows.codes)
        return np.asarray(-np.log((said * fit.allowed(self.rows, self.lessons)).sum(axis=1)))
