"""What is most like a card or a pasted text: neighbours by meaning, and for a text by its words too."""

from collections.abc import Callable, Collection

import numpy as np
from numpy.typing import NDArray

from index.search import alike
from index.search.backend import Backend
from index.search.fusion import (
    NO_RESULTS,
    TOP,
    Answer,
    above,
    best_first,
    fuse,
    order_of,
    scores_of,
    seqs_of,
)
from index.search.hits.presenting import Presenter
from index.search.plan import Plan, plan
from index.search.query import By, Hit, Mode, Query

FLOOR = 0.35
"""Least cosine similarity of a semantic hit."""

Encode = Callable[[str], NDArray[np.float32]]


class Neighbours:
    """Finder of similar cards; without ``encode`` a text is compared by its words alone."""

    def __init__(self, backend: Backend, presenter: Presenter, encode: Encode | None) -> None:
        self._backend, self._presenter, self._encode = backend, presenter, encode

    def similar(
        self,
        near: NDArray[np.float32] | str,
        *,
        by: By = By.INCIDENT,
        limit: int = 10,
        without: Collection[str] = (),
    ) -> tuple[Hit, ...]:
        """Return the hits most similar to a unit vector or to a card, except itself and ``without``.

        Raises ``NotFound`` if the index has no vectors of that card.
        """
        left_out = {near, *without} if isinstance(near, str) else set(without)
        ranked = self._backend.nearest(near, Query(by=by), limit + len(left_out))
        order = [(card, score) for card, score in order_of(ranked) if card not in left_out][:limit]
        answer = Answer(ranked, order, frozenset(), frozenset(ranked.ids), seqs_of(ranked))
        return tuple(self._presenter.hits(order, Query(by=by), Plan({}, {}, ()), answer))

    def like(
        self, text: str, *, by: By = By.INCIDENT, limit: int = 10, without: Collection[str] = ()
    ) -> tuple[Hit, ...]:
        """Return the hits most similar to a text, except those in ``without``.

        Semantic score counts more than keyword score; without an encoder words alone count. A text without
        words has no hits.
        """
        query = Query(by=by, terms=alike.frequent_words(text), mode=Mode.KEYWORD)
        if not query.terms:
            return ()
        ranked, near = self._backend.words(query, TOP), NO_RESULTS
        vector = None if self._encode is None else alike.mean_vector(text, self._encode)
        keyword, semantic = scores_of(ranked), dict[str, float]()
        if vector is not None:
            near = above(self._backend.nearest(vector, query, TOP), FLOOR)
            far = tuple(set(keyword).difference(near.ids))
            semantic = scores_of(near)
            semantic |= scores_of(self._backend.nearest(vector, Query(by=by, ids=far), TOP)) if far else {}
        seqs = seqs_of(ranked, near)
        order = best_first(fuse(keyword, *[semantic] * alike.MEANING_COUNTS), seqs)
        order = [(card, score) for card, score in order if card not in without][:limit]
        answer = Answer(ranked, order, frozenset(ranked.ids), frozenset(near.ids), seqs, vector=vector)
        return tuple(self._presenter.hits(order, query, plan(query), answer))
