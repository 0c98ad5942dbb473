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
        1984), which tells a better probability where no leading answer turns. Strengths that leave fewer
        leading answers right than the shipped models have are out. Lessons that teach nothing that others
        bear out thus count 0, and cost nothing.
        """
        trials = [(strength, *self._trial(strength)) for strength in STRENGTHS]
        least_right = trials[0][2].mean()
        fair = [(strength, losses) for strength, losses, right in trials if right.mean() >= least_right]
        _, best = min(fair, key=lambda trial: float(trial[1].mean()))
        missed = [(strength, losses - best) for strength, losses in fair]
        return next(
            strength for strength, each in missed if each.mean() <= float(each.std()) / np.sqrt(len(each))
        )

    def step(self, places: NDArray[np.intp] | None = None, strength: float | None = None) -> Floats:
        """Return the step learnt, shape (features, codes), from all lessons or those at these places."""
        some = np.arange(len(self.lessons)) if places is None else places
        if not len(some):
            return np.zeros((self.rows.rows.shape[1], len(self.rows.codes)))
        lessons, rows = [self.lessons[place] for place in some.tolist()], self.rows.some(some)
        wanted = fit.targets(rows, lessons)
        return fit.step(rows, wanted, weights(lessons), self.strength if strength is None else strength)

    def _trial(self, strength: float) -> tuple[Floats, NDArray[np.bool_]]:
        """Return the log loss of each lesson by a step from the other folds, and whether it is right."""
        scores = self.rows.prior.copy()
        for fold in set(self.folds.tolist()) if strength else ():
            inside, outside = np.flatnonzero(self.folds == fold), np.flatnonzero(self.folds != fold)
            scores[inside] += self.rows.rows[inside] @ self.step(outside, strength)
        # A person slips now and then, so no answer is ever impossible.
        said = (1 - fit.SLIP) * softmax(scores) + fit.SLIP / len(self.rows.codes)
        allowed = fit.allowed(self.rows, self.lessons)
        right = allowed[np.arange(len(scores)), scores.argmax(axis=1)]
        return np.asarray(-np.log((said * allowed).sum(axis=1))), right
