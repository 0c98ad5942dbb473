"""Search session on the embedded index: caches hits and totals for the queries of one search."""

from collections.abc import Sequence

from index.search import fields
from index.search.embedded.snapshot import Hits, Snapshot, rounded
from index.search.lexical import HEAD, Row
from index.search.query import Sort
from index.search.tree import All, HasValue, Node, Unscored, has_constant_score

SPARE = 32
"""Hits fetched beyond the limit, to see which tie with the last one."""


class SearchSession:
    """``lexical.Engine`` over one commit, for one search.

    One pass over the matches gives hits and total; both are cached for the search's next call. ``limit`` is
    the number of hits that the search will request.
    """

    def __init__(self, snapshot: Snapshot, limit: int = 0) -> None:
        self._snapshot = snapshot
        self._likely = max(limit, HEAD) + SPARE
        self._totals: dict[Node, int] = {}
        self._best: dict[Node, Hits] = {}
        self.buckets, self.known, self.correction = snapshot.buckets, snapshot.known, snapshot.correction

    def count(self, node: Node) -> int:
        """Return the number of matching cards."""
        if node not in self._totals:
            self._hits(node, self._likely)
        return self._totals[node]

    def by_score(self, node: Node, limit: int, prior: float = 0.0) -> list[Row]:
        """Return the best hits in the order of ``rank_with_prior``; enough are fetched to include ties."""
        if has_constant_score(node):
            return self._alike(node, limit)
        last = max(limit, HEAD) if prior else limit
        fetched = last + SPARE
        while True:
            hits = self._hits(node, fetched)
            if len(hits) < fetched or rounded(hits[-1:]) < rounded(hits[last - 1 : last]):
                return self._snapshot.rows(hits, limit, prior)
            fetched *= 8

    def prefetch(self, nodes: Sequence[Node], typed: Sequence[str] = ()) -> None:
        """Do nothing: a batch is no faster than single look-ups here."""

    def _alike(self, node: Node, limit: int) -> list[Row]:
        """Return the first hits by seq of a tree whose matches all score the same."""
        hits, self._totals[node] = self._snapshot.first(node, limit, "seq")
        ids = self._snapshot.ids_at([address for _, address in hits])
        first_hit, _ = self._snapshot.first(All((node, Unscored(HasValue("id", tuple(ids[:1]))))), 1)
        score = next(iter(rounded(first_hit)), 0.0)
        return [Row(card, score, int(seq)) for card, (seq, _) in zip(ids, hits, strict=True)]

    def by_field(self, node: Node, order: Sort, limit: int) -> list[Row]:
        """Return the first hits in a sort order other than relevance, ties by seq."""
        hits, self._totals[node] = self._snapshot.first(node, limit, order.value)
        ids = self._snapshot.ids_at([address for _, address in hits])
        return [
            Row(card, 0.0, fields.unpacked_seq(value)) for card, (value, _) in zip(ids, hits, strict=True)
        ]

    def _hits(self, node: Node, limit: int) -> Hits:
        known = self._best.get(node, [])
        if len(known) < min(limit, self._totals.get(node, limit)):
            known, self._totals[node] = self._snapshot.first(node, limit)
            self._best[node] = known
        return known
