"""One search's questions to Elasticsearch: the ``Engine`` of ``lexical``."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from index.search import fields
from index.search.elastic.mapping import WINDOW
from index.search.elastic.query import SORTS, compiled
from index.search.lexical import DIGITS, HEAD, MOST_BUCKETS, Row, Scored, best_known
from index.search.query import Sort
from index.search.tree import Node, Words, level
from index.search.vocabulary.analysis import unstemmed
from index.search.vocabulary.slips import SLIPS, nearest_word

Body = dict[str, Any]
Ask = Callable[[Body], Body]
"""Sends the body of a search by the alias and returns the reply."""


class ElasticEngine:
    """Answers about trees by asking Elasticsearch, and remembers totals it has heard."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._totals: dict[str, int] = {}
        self._corrections: dict[str, str] = {}

    def count(self, node: Node) -> int:
        """Return how many cards match."""
        query = compiled(node)
        if (known := self._totals.get(_name(query))) is None:
            known = self._heard(query, self._ask({"query": query, "size": 0, "track_total_hits": True}))
        return known

    def by_score(self, node: Node, limit: int, prior: float = 0.0) -> list[Row]:
        """Return the best as ``best_known`` orders them; so many are fetched that every tie is there."""
        prior = 0.0 if level(node) else prior
        last = max(limit, HEAD) if prior else limit
        fetched = last + 32
        while True:
            hits = self._hits(node, Sort.RELEVANCE, fetched)
            scores = np.round([hit["sort"][0] for hit in hits], DIGITS).tolist()
            if len(hits) < min(fetched, WINDOW) or fetched > WINDOW or scores[-1] < scores[last - 1]:
                break
            fetched *= 4
        told = (hit["fields"]["told"][0] for hit in hits)
        scored = map(Scored, scores, (hit["sort"][1] for hit in hits), told, (hit["_id"] for hit in hits))
        return [hit.named(hit.at) for hit in best_known(scored, prior)[:limit]]

    def by_field(self, node: Node, order: Sort, limit: int) -> list[Row]:
        """Return the first in an order other than relevance, ties by seq."""
        return [Row(hit["_id"], 0.0, hit["sort"][1]) for hit in self._hits(node, order, limit)]

    def buckets(self, node: Node, names: Sequence[str]) -> dict[str, dict[Any, int]]:
        """Count the values of fields over all that match."""
        query = compiled(node)
        counted = {name: {"terms": {"field": name, "size": MOST_BUCKETS}} for name in names}
        told = self._ask({"query": query, "size": 0, "track_total_hits": True, "aggs": counted})
        self._heard(query, told)
        found = told["aggregations"]
        return {name: {one["key"]: one["doc_count"] for one in found[name]["buckets"]} for name in names}

    def known(self, token: str) -> bool:
        """Return whether some card has a word, folded and stemmed."""
        return self.count(Words((token,))) > 0

    def correction(self, typed: str) -> str:
        """Return a near word that some card has in place of one that none has, or an empty string."""
        if typed not in self._corrections:
            self.expect((), (typed,))
        return self._corrections[typed]

    def expect(self, nodes: Sequence[Node], typed: Sequence[str] = ()) -> None:
        """Ask for counts and corrections in one request, those heard before left out."""
        queries = [query for query in map(compiled, nodes) if _name(query) not in self._totals]
        written = {text: next(iter(unstemmed(text)), "") for text in typed if text not in self._corrections}
        counts: Body = {f"count {place}": {"filter": query} for place, query in enumerate(queries)}
        alike: Body = {f"near {place}": _alike(word) for place, word in enumerate(written.values()) if word}
        if not (counts or alike):
            self._corrections |= dict.fromkeys(written, "")
            return
        told = self._ask({"query": {"match_all": {}}, "size": 0, "aggs": counts | alike})["aggregations"]
        for place, query in enumerate(queries):
            self._totals[_name(query)] = told[f"count {place}"]["doc_count"]
        for place, (text, word) in enumerate(written.items()):
            near = told[f"near {place}"]["near"]["buckets"] if word else ()
            self._corrections[text] = nearest_word(word, [(one["key"], one["doc_count"]) for one in near])

    def _hits(self, node: Node, order: Sort, number: int) -> list[Body]:
        """Return the first hits in an order, from one request so that no write falls between two pages."""
        query = compiled(node)
        body = {"query": query, "size": min(number, WINDOW), "sort": SORTS[order], "_source": False}
        body["docvalue_fields"] = ["told"]
        told = self._ask({**body, "track_total_hits": True})
        self._heard(query, told)
        return list(told["hits"]["hits"])

    def _heard(self, query: Body, told: Body) -> int:
        total = int(told["hits"]["total"]["value"])
        self._totals[_name(query)] = total
        return total


def _name(query: Body) -> str:
    return json.dumps(query, sort_keys=True)


def _alike(word: str) -> Body:
    """Return the aggregation over the cards with a word near to this that counts each such word."""
    alike = {"value": word, "fuzziness": SLIPS, "rewrite": "constant_score"}
    # Every card with a near word is among these, so near words are counted in full.
    length = f".{{{max(1, len(word) - SLIPS)},{len(word) + SLIPS}}}"
    near = {"terms": {"field": fields.WRITTEN[False], "include": length, "size": MOST_BUCKETS}}
    return {"filter": {"fuzzy": {fields.WRITTEN[False]: alike}}, "aggs": {"near": near}}
