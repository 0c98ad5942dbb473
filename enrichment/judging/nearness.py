"""How near a report lies to texts whose code is known: the typology's own words, and coded reports."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from enrichment.judging.linear import Models, Scores
from enrichment.judging.reading import Reading

NEIGHBOURS = 60
"""Nearest texts that have a say. This and the next two were chosen by five folds of the training data
(``tests/bench/classify.py``), by which 100 texts are right in 1 of 200 cases fewer."""
SHARPNESS = 20.0
"""By how much the logarithm of a text's say falls as its cosine falls by 1."""
OWN_WEIGHT = 0.4
"""Say of one of the typology's own words, where a coded report has 1."""
CERTAIN = 0.9
"""Greatest share of the say that a code can have; the rest is every code's alike."""


@dataclass(frozen=True)
class Nearness:
    """A report beside the texts that models know: prototypes first, then cases."""

    models: Models
    reading: Reading

    @cached_property
    def cosines(self) -> NDArray[np.float32]:
        """Cosine to each text, float32 of shape (texts,); empty without a vector or without texts."""
        vector = self.reading.vector
        if vector is None or not len(self.models.known):
            return np.zeros(0, np.float32)
        centred = vector - self.models.centre
        return np.asarray(self.models.known @ (centred / (np.linalg.norm(centred) or 1.0)), np.float32)

    def nearest(self) -> Scores:
        """Return the cosine of the nearest of each code's own words, float64 of shape (codes,); 0: none."""
        own = self.models.known_codes[: len(self.models.prototypes)]
        found = np.full(len(self.models.settings["codes"]), -np.inf)
        if len(self.cosines):
            np.maximum.at(found, own, self.cosines[: len(own)])
        return np.where(np.isfinite(found), found, 0.0)

    def neighbours(self) -> Scores:
        """Return the log of each code's share among the nearest texts, float64 of shape (codes,).

        Texts have a say that falls with their distance (Dudani 1976); all zeros without a vector.
        """
        codes = len(self.models.settings["codes"])
        if not len(self.cosines):
            return np.zeros(codes)
        nearest = np.argsort(-self.cosines, kind="stable")[:NEIGHBOURS]
        cosines = self.cosines[nearest].astype(np.float64)
        say = np.where(nearest < len(self.models.prototypes), OWN_WEIGHT, 1.0)
        say = say * np.exp(SHARPNESS * (cosines - cosines[0]))
        share = np.bincount(self.models.known_codes[nearest], say, codes) / say.sum()
        return np.asarray(np.log(CERTAIN * share + (1 - CERTAIN) / codes))
