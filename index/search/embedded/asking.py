"""What one search asks of the embedded index, each pass over the matches made once."""

from collections.abc import Sequence

from index.search import fields
from index.search.embedded.snapshot import Hits, Snapshot, rounded
from index.search.lexical import HEAD, Row
from index.search.query import Sort
from index.search.tree import All, Having, Node, Unscored, level

SPARE = 32
"""Hits beyond the last one asked for, to see which tie with it."""


class Asking:
    """The ``Engine`` of ``lexical`` over one commit, for one search.

    Finding and counting are one pass over the matches; what it told is kept for the search's next question.
    ``limit`` is how many hits the search will ask for.
    """

    def __init__(self, snapshot: Snapshot, limit: int = 0) -> None:
        self._snapshot = snapshot
        self._likely = max(limit, HEAD) + SPARE
        self._totals: dict[Node, int] = {}
        self._best: dict[Node, Hits] = {}
        self.buckets, self.known, self.correction = snapshot.buckets, snapshot.known, snapshot.correction

    def count(self, node: Node) -> int:
        """Return how many cards match."""
        if node not in self._totals:
            self._hits(node, self._likely)
        return self._totals[node]

    def by_score(self, node: Node, limit: int, prior: float = 0.0) -> list[Row]:
        """Return the best as ``best_known`` orders them; so many are fetched that every tie is there."""
        if level(node):
            return self._alike(node, limit)
        last = max(limit, HEAD) if prior else limit
        fetched = last + SPARE
        while True:
            hits = self._hits(node, fetched)
            if len(hits) < fetched or rounded(hits[-1:]) < rounded(hits[last - 1 : last]):
                return self._snapshot.rows(hits, limit, prior)
            fetched *= 8

    def expect(self, nodes: Sequence[Node], typed: Sequence[str] = ()) -> None:
        """Do nothing: to look one thing up takes no longer beside others."""

    def _alike(self, node: Node, limit: int) -> list[Row]:
        """Return the first by seq of what scores alike, however many there are."""
        hits, self._totals[node] = self._snapshot.first(node, limit, "seq")
        ids = self._snapshot.ids_at([address for _, address in hits])
        one, _ = self._snapshot.first(All((node, Unscored(Having("id", tuple(ids[:1]))))), 1)
        score = next(iter(rounded(one)), 0.0)
        return [Row(each, score, int(seq)) for each, (seq, _) in zip(ids, hits, strict=True)]

    def by_field(self, node: Node, order: Sort, limit: int) -> list[Row]:
        """Return the first in an order other than relevance, ties by seq."""
        hits, self._totals[node] = self._snapshot.first(node, limit, order.value)
        ids = self._snapshot.ids_at([address for _, address in hits])
        return [Row(one, 0.0, fields.unpacked_seq(value)) for one, (value, _) in zip(ids, hits, strict=True)]

    def _hits(self, node: Node, limit: int) -> Hits:
        known = self._best.get(node, [])
        if len(known) < min(limit, self._totals.get(node, limit)):
            known, self._totals[node] = self._snapshot.first(node, limit)
            self._best[node] = known
        return known
