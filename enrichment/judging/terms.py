"""The words and word pairs that models weigh."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray


def words_and_pairs(sequence: Sequence[str]) -> list[str]:
    """Return the words and the pairs of neighbouring words."""
    return [*sequence, *(f"{left} {right}" for left, right in pairwise(sequence))]


class Terms:
    """The words and word pairs a model knows, with how much each tells."""

    def __init__(self, vocabulary: Sequence[str], idf: NDArray[np.float32]) -> None:
        self.vocabulary = tuple(vocabulary)
        self.idf = idf
        self._places: Mapping[str, int] = {term: place for place, term in enumerate(self.vocabulary)}

    def place(self, term: str) -> int | None:
        """Return the row of a term, or None where it is not known."""
        return self._places.get(term)

    def weigh(self, sequence: Sequence[str]) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """Return known terms as places and unit-length weights (1 + ln count) · idf: Salton's ltc."""
        counts: dict[int, int] = {}
        for term in words_and_pairs(sequence):
            if (place := self._places.get(term)) is not None:
                counts[place] = counts.get(place, 0) + 1
        places = np.array(sorted(counts), dtype=np.intp)
        weights = (1 + np.log([counts[place] for place in places.tolist()] or [1])[: len(places)]) * self.idf[
            places
        ]
        length = float(np.linalg.norm(weights)) or 1.0
        return places, np.asarray(weights / length, dtype=np.float32)
