"""The Elasticsearch backend: the same questions and cards as the embedded index, on a cluster.

An index is called ``<alias>-<generation>``; all reads and writes go by the alias, which no two mappings or
embedders share. A document of its own, ``~state``, says which outbox number the index holds, and which cards
Elasticsearch would not take. Needs nothing beyond the Basic licence.
"""

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from collectors.errors import IndexDamaged, LibraryBusy, NotFound, WrongUse
from index.search.backend import Backend, Ranked
from index.search.cards import Card, CountingCards
from index.search.elastic.client import Body, Cluster, StateGone
from index.search.elastic.engine import Ask, ElasticEngine
from index.search.elastic.mapping import SETTINGS, WINDOW, alias, checked, document, mapping, read_mean, state
from index.search.elastic.query import SORTS, by_best_passage, compiled
from index.search.elastic.server import Server
from index.search.elastic.states import States
from index.search.fields import STATE
from index.search.lexical import vector_filters, words
from index.search.plan import plan
from index.search.query import Query, Sort, Stamp
from index.search.tree import HasValue
from index.search.unknown_words import corrections
from index.search.vectors import DECIMALS

logger = logging.getLogger(__name__)

EXACT = 10_000
"""Number of cards up to which search is exact; above it Elasticsearch's graph chooses candidates."""
CANDIDATES = 10
"""Candidates for each card wanted."""
MOST_CANDIDATES = 10_000
"""Elasticsearch's own limit."""


TRIES = 2
"""Attempts at reading a point in time that the cluster may just have dropped."""
STATE_BODY: Body = {
    "query": {"match_all": {}},
    "sort": [{"applied": {"order": "desc", "missing": "_last", "unmapped_type": "long"}}],
    "size": 1,
    "track_total_hits": True,
    "_source": ["applied", "refused"],
}
"""Search body for an index's ``~state`` document and its number of documents."""

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class _State:
    stamp: Stamp
    refused: dict[str, str]


class ElasticBackend(Backend):
    """``Backend`` over one index on a cluster; safe for many threads and processes.

    ``dimensions`` are those of the passages, ``fingerprint`` names the embedder that made them. Raises what
    ``Cluster`` raises; ``rebuild`` repairs ``IndexDamaged``.
    """

    def __init__(
        self, server: Server, *, dimensions: int = 384, fingerprint: str = "", exact: int = EXACT
    ) -> None:
        self._cluster, self._dimensions, self._exact = Cluster(server), dimensions, exact
        self._alias = alias(server.prefix, dimensions, fingerprint)
        self._states = States(self._cluster, self._alias, self._stamped)

    def write(self, cards: Iterable[Card], deleted: Sequence[str], applied: int) -> bool:
        """Upsert these cards and delete the ids in ``deleted``, visible to readers at once.

        Return False, and write nothing, if the index holds a later ``applied``; of two concurrent writes each
        document of the later stays. Cards that Elasticsearch refuses are logged and named by ``refused``
        until they are written again; the others are taken. On any error the index keeps its old ``applied``,
        so that the change is written again.
        """
        before = self._state(self._alias)
        if before.stamp.applied > applied:
            return False
        written, refused = self._put(self._alias, cards, deleted, applied)
        gone = written.union(deleted)
        standing = {card: reason for card, reason in before.refused.items() if card not in gone}
        self._finish(self._alias, applied, standing | refused)
        return True

    def words(self, query: Query, limit: int, extra_ids: Sequence[str] = ()) -> Ranked:
        """Return the cards that match the query's words and filters, ranked by BM25 or the query's sort."""

        def answer(ask: Ask, stamp: Stamp | None) -> Ranked:
            return replace(words(query, plan(query), ElasticEngine(ask), limit, extra_ids), stamp=stamp)

        return self._from_state(query, answer)

    def corrections(self, query: Query) -> dict[str, str]:
        """Map the query's unknown words to near words, as ``Backend`` promises."""

        def answer(ask: Ask, stamp: Stamp | None) -> dict[str, str]:
            return corrections(plan(query), ElasticEngine(ask))

        return self._from_state(query, answer)

    def nearest(self, near: NDArray[np.float32] | str, query: Query, limit: int) -> Ranked:
        """Return the cards with the passage nearest to ``near`` that pass all of the query but its words.

        Up to ``exact`` cards the answer is exact; of more, the candidates are the nearest by Elasticsearch's
        approximate graph, their scores exact. Ties by seq; the total is the number of cards returned.
        """
        return self._from_state(query, lambda ask, _: self._nearest(ask, near, query, limit))

    def _nearest(self, ask: Ask, near: NDArray[np.float32] | str, query: Query, limit: int) -> Ranked:
        must = vector_filters(query, plan(query))
        row = self._mean(ask, near) if isinstance(near, str) else near
        vector = checked(row[None], self._dimensions)[0]
        allowed = compiled(must)
        if ElasticEngine(ask).count(must) > self._exact:
            allowed = self._candidates(ask, vector, allowed, limit)
        size = min(limit + 32, WINDOW)
        body = {"query": by_best_passage(vector, allowed), "sort": SORTS[Sort.RELEVANCE], "size": size}
        hits = ask({**body, "_source": False})["hits"]["hits"]
        rows = [(hit["_id"], round(hit["sort"][0] - 1, DECIMALS), hit["sort"][1]) for hit in hits]
        rows = sorted(rows, key=lambda row: (-row[1], row[2]))[:limit]
        ids, scores, seqs = zip(*rows, strict=True) if rows else ((), (), ())
        return Ranked(ids, scores, len(ids), seqs)

    def stamp(self) -> Stamp:
        """Return the index's current state."""
        return self._state(self._alias).stamp

    def refused(self) -> dict[str, str]:
        """Map the ids of the cards that Elasticsearch refused to its reasons."""
        return self._state(self._alias).refused

    def rebuild(self, cards: Iterable[Card], applied: int) -> Stamp:
        """Fill a new generation with these cards alone and make it current; ids must be distinct.

        ``applied`` is to be read before the cards are. Searches go on in the old generation, which is dropped
        once the alias is swapped. Raises ``IndexDamaged`` where the new index does not hold every card it
        took, and ``LibraryBusy`` where the old one was written to meanwhile; the old one then stays current.
        """
        before = self._applied()
        there = self._cluster.indexes(f"{self._alias}-*")
        number = max(map(_generation, there), default=0) + 1
        index = f"{self._alias}-{number}"
        filling = f"{index}-filling"
        self._cluster.create(index, SETTINGS, mapping(self._dimensions), filling)
        try:
            counted = CountingCards(cards)
            _, refused = self._put(filling, counted, (), applied)
            self._finish(filling, applied, refused)
            stamp = self._state(filling).stamp
            if stamp.cards != counted.number - len(refused):
                raise IndexDamaged(f"generation {number} holds {stamp.cards} of {counted.number} cards")
            if self._applied() != before:
                raise LibraryBusy("the search index was written to while it was rebuilt")
            old = {name: aliases & {self._alias} for name, aliases in there.items()}
            self._cluster.swap(self._alias, index, {**old, index: (filling,)})
        except BaseException:
            self._cluster.drop([index])
            raise
        self._cluster.drop(sorted(there))
        return stamp

    def _from_state(self, query: Query, answer: Callable[[Ask, Stamp | None], Answer]) -> Answer:
        """Return the answer at the query's ``as_of`` state, or at the newest if that is gone."""
        if query.as_of is not None:
            for _ in range(TRIES):
                state = self._states.at(query.as_of)
                try:
                    return answer(partial(self._cluster.search_state, state.name), state.stamp)
                except StateGone:
                    self._states.lost(state)
        return answer(self._ask, None)

    def _stamped(self, state: str) -> Stamp:
        return self._state_of(self._alias, self._cluster.search_state(state, STATE_BODY)).stamp

    def close(self) -> None:
        """Release every point in time and close the connections."""
        self._states.close()
        self._cluster.close()

    def _ask(self, body: Body) -> Body:
        return self._cluster.search(self._alias, body)

    def _put(
        self, name: str, cards: Iterable[Card], deleted: Sequence[str], applied: int
    ) -> tuple[set[str], dict[str, str]]:
        """Write and delete by an alias; return the ids that went in, and why the others were refused."""
        written: set[str] = set()

        def actions() -> Iterator[Body]:
            version = {"_index": name, "version": applied, "version_type": "external_gte"}
            for card in cards:
                written.add(card.id)
                yield {**version, "_id": card.id, "_source": document(card, self._dimensions)}
            for identifier in dict.fromkeys(deleted):
                if identifier not in written:
                    yield {**version, "_id": identifier, "_op_type": "delete"}

        failures = self._cluster.write(actions())
        for failure in failures:
            logger.error("Elasticsearch does not take %s: %s", failure.id, failure.reason)
        refused = {failure.id: failure.reason for failure in failures}
        return written.difference(refused), refused

    def _finish(self, name: str, applied: int, refused: Mapping[str, str]) -> None:
        try:
            self._cluster.put(name, STATE, state(applied, refused), applied)
        except WrongUse as error:
            raise IndexDamaged(f"{name} is not an index of ours: {error}") from error

    def _state(self, name: str) -> _State:
        return self._state_of(name, self._cluster.search(name, STATE_BODY))

    def _state_of(self, name: str, reply: Body) -> _State:
        hits = reply["hits"]
        hit = next(iter(hits["hits"]), None)
        if hit is None or hit["_id"] != STATE:
            raise IndexDamaged(f"{name} does not say what it holds")
        stored = hit["_source"]
        number = _generation(hit["_index"])
        stamp = Stamp(generation=number, cards=hits["total"]["value"] - 1, applied=stored["applied"])
        return _State(stamp, json.loads(stored["refused"]))

    def _applied(self) -> int | None:
        try:
            return self._state(self._alias).stamp.applied
        except IndexDamaged:
            return None

    def _mean(self, ask: Ask, card: str) -> NDArray[np.float32]:
        query = compiled(HasValue("id", (card,)))
        for hit in ask({"query": query, "size": 1, "_source": ["mean"]})["hits"]["hits"]:
            if stored := hit["_source"].get("mean"):
                return read_mean(stored)
        raise NotFound(f"the index has no vectors of {card}")

    def _candidates(self, ask: Ask, vector: NDArray[np.float32], allowed: Body, limit: int) -> Body:
        """Return a query for the cards that are nearest by the approximate graph."""
        wanted = min(limit * CANDIDATES, MOST_CANDIDATES)
        knn = {"field": "passages.vector", "query_vector": vector.tolist(), "filter": allowed}
        body = {"knn": {**knn, "k": wanted, "num_candidates": wanted}, "size": wanted, "_source": False}
        ids = tuple(hit["_id"] for hit in ask(body)["hits"]["hits"])
        return compiled(HasValue("id", ids))


def _generation(index: str) -> int:
    number = index.rpartition("-")[2]
    return int(number) if number.isdecimal() else 0
