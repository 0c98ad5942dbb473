"""``lexical.Engine`` over Elasticsearch, for one search."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from index.search import fields
from index.search.elastic.mapping import WINDOW
from index.search.elastic.query import SORTS, compiled
from index.search.lexical import DIGITS, HEAD, MOST_BUCKETS, Row, Scored, rank_with_prior
from index.search.query import Sort
from index.search.tree import Node, Words, has_constant_score
from index.search.vocabulary.analysis import unstemmed
from index.search.vocabulary.slips import SLIPS, nearest_word

Body = dict[str, Any]
Ask = Callable[[Body], Body]
"""Sends the body of a search by the alias and returns the reply."""


class ElasticEngine:
    """``lexical.Engine`` over Elasticsearch; caches the totals and corrections of one search."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._totals: dict[str, int] = {}
        self._corrections: dict[str, str] = {}

    def count(self, node: Node) -> int:
        """Return the number of matching cards."""
        query = compiled(node)
        if (total := self._totals.get(_name(query))) is None:
            total = self._cache_total(query, self._ask({"query": query, "size": 0, "track_total_hits": True}))
        return total

    def by_score(self, node: Node, limit: int, prior: float = 0.0) -> list[Row]:
        """Return the best hits in the order of ``rank_with_prior``; enough are fetched to include ties."""
        prior = 0.0 if has_constant_score(node) else prior
        last = max(limit, HEAD) if prior else limit
        fetched = last + 32
        while True:
            hits = self._hits(node, Sort.RELEVANCE, fetched)
            scores = np.round([hit["sort"][0] for hit in hits], DIGITS).tolist()
            if len(hits) < min(fetched, WINDOW) or fetched > WINDOW or scores[-1] < scores[last - 1]:
                break
            fetched *= 4
        seqs, report_counts = ([hit["sort"][1] for hit in hits], [hit["fields"]["told"][0] for hit in hits])
        scored = map(Scored, scores, seqs, report_counts, (hit["_id"] for hit in hits))
        return [hit.with_id(hit.at) for hit in rank_with_prior(scored, prior)[:limit]]

    def by_field(self, node: Node, order: Sort, limit: int) -> list[Row]:
        """Return the first hits in a sort order other than relevance, ties by seq."""
        return [Row(hit["_id"], 0.0, hit["sort"][1]) for hit in self._hits(node, order, limit)]

    def buckets(self, node: Node, names: Sequence[str]) -> dict[str, dict[Any, int]]:
        """Count field values over all matching cards."""
        query = compiled(node)
        counted = {name: {"terms": {"field": name, "size": MOST_BUCKETS}} for name in names}
        reply = self._ask({"query": query, "size": 0, "track_total_hits": True, "aggs": counted})
        self._cache_total(query, reply)
        found = reply["aggregations"]
        return {
            name: {bucket["key"]: bucket["doc_count"] for bucket in found[name]["buckets"]} for name in names
        }

    def known(self, token: str) -> bool:
        """Whether any card has this token (a folded, stemmed word)."""
        return self.count(Words((token,))) > 0

    def correction(self, typed: str) -> str:
        """Return an indexed word near to an unknown one, or an empty string."""
        if typed not in self._corrections:
            self.prefetch((), (typed,))
        return self._corrections[typed]

    def prefetch(self, nodes: Sequence[Node], typed: Sequence[str] = ()) -> None:
        """Fetch counts and corrections in one request, cached ones left out."""
        queries = [query for query in map(compiled, nodes) if _name(query) not in self._totals]
        written = {text: next(iter(unstemmed(text)), "") for text in typed if text not in self._corrections}
        counts: Body = {f"count {index}": {"filter": query} for index, query in enumerate(queries)}
        alike: Body = {f"near {index}": _alike(word) for index, word in enumerate(written.values()) if word}
        if not (counts or alike):
            self._corrections |= dict.fromkeys(written, "")
            return
        reply = self._ask({"query": {"match_all": {}}, "size": 0, "aggs": counts | alike})["aggregations"]
        for index, query in enumerate(queries):
            self._totals[_name(query)] = reply[f"count {index}"]["doc_count"]
        for index, (text, word) in enumerate(written.items()):
            buckets = reply[f"near {index}"]["near"]["buckets"] if word else ()
            near = [(bucket["key"], bucket["doc_count"]) for bucket in buckets]
            self._corrections[text] = nearest_word(word, near)

    def _hits(self, node: Node, order: Sort, number: int) -> list[Body]:
        """Return the first hits in a sort order, from one request so that no write comes between."""
        query = compiled(node)
        body = {"query": query, "size": min(number, WINDOW), "sort": SORTS[order], "_source": False}
        body["docvalue_fields"] = ["told"]
        reply = self._ask({**body, "track_total_hits": True})
        self._cache_total(query, reply)
        return list(reply["hits"]["hits"])

    def _cache_total(self, query: Body, reply: Body) -> int:
        total = int(reply["hits"]["total"]["value"])
        self._totals[_name(query)] = total
        return total


def _name(query: Body) -> str:
    return json.dumps(query, sort_keys=True)


def _alike(word: str) -> Body:
    """Return the aggregation that counts the cards of each word near to this one."""
    alike = {"value": word, "fuzziness": SLIPS, "rewrite": "constant_score"}
    # Every card with a near word is among these, so near words are counted in full.
    length = f".{{{max(1, len(word) - SLIPS)},{len(word) + SLIPS}}}"
    near = {"terms": {"field": fields.WRITTEN[False], "include": length, "size": MOST_BUCKETS}}
    return {"filter": {"fuzzy": {fields.WRITTEN[False]: alike}}, "aggs": {"near": near}}
