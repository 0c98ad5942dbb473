"""Which words and word pairs models learn from, and how much each tells."""

from collections import Counter
from collections.abc import Iterable

import numpy as np

from enrichment.judging.features import words
from enrichment.judging.reading import Reading
from enrichment.judging.terms import Terms, words_and_pairs


def learn_terms(readings: Iterable[Reading], at_least: int = 4) -> Terms:
    """Return the terms found in at least so many readings, without names.

    A word counts as a name where no reading writes it in lower case: names of people would tell the
    model whom it has seen before, and must not be published with it.
    """
    kept: list[set[str]] = []
    common: set[str] = set()
    for reading in readings:
        common.update(
            word for word in words(reading.joined, lower=False, masked=reading.masked) if word == word.lower()
        )
        kept.append(set(words_and_pairs(reading.words)))
    frequency = Counter(term for found in kept for term in found)
    vocabulary = sorted(
        term
        for term, count in frequency.items()
        if count >= at_least and all(word in common for word in term.split(" "))
    )
    counts = np.array([frequency[term] for term in vocabulary], dtype=np.float64)
    return Terms(vocabulary, (np.log((1 + len(kept)) / (1 + counts)) + 1).astype(np.float32))
