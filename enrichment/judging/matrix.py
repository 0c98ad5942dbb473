"""Many readings as the rows of one sparse matrix, which heads and steps are fitted on."""

from collections.abc import Sequence

import numpy as np
import scipy.sparse  # type: ignore[import-untyped]  # scikit-learn's own dependency; publishes no types
from numpy.typing import NDArray

from enrichment.judging.reading import Reading, group_names, rule_codes
from enrichment.judging.terms import Terms

GROUP_SCALE = 0.3
"""Scale of a word group beside unit-length words and vectors."""
RULE_SCALE = 0.2
"""Scale of the weight of a code's rules; by folds, 0.1 to 0.3 did nearly alike, the middle best."""


def rows(terms: Terms, readings: Sequence[Reading]) -> scipy.sparse.csr_matrix:
    """Return float64 rows of (readings, terms and signs and, where all readings have one, their vectors)."""
    found = [terms.weigh(reading.words) for reading in readings]
    ends = np.cumsum([0, *(len(places) for places, _ in found)])
    places, weights = (np.concatenate([pair[part] for pair in found]) for part in (0, 1))
    words = scipy.sparse.csr_matrix((weights, places, ends), shape=(len(found), len(terms.vocabulary)))
    beside = [np.array([reading.signs for reading in readings])]
    if all(reading.vector is not None for reading in readings):
        beside.append(np.array([reading.vector for reading in readings]))
    stacked = scipy.sparse.hstack([words, *(scipy.sparse.csr_matrix(part) for part in beside)])
    return stacked.tocsr().astype(np.float64)


def sign_scales() -> NDArray[np.float64]:
    """Return the scale of every sign, float64 of shape (signs,)."""
    return np.repeat([GROUP_SCALE, RULE_SCALE], [len(group_names()), len(rule_codes())])
