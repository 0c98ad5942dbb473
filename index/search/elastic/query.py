"""Compiles query trees to Elasticsearch's query language, node for node as the embedded index does."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.search import fields
from index.search.elastic.mapping import FOLDED_NAMES, MOST_LOSS, folded
from index.search.query import Sort
from index.search.tree import (
    LABEL_SCORE,
    SYNONYM_WEIGHT,
    All,
    AtLeast,
    BestOf,
    ConstantScore,
    DateRange,
    Fuzzy,
    HasLabel,
    HasValue,
    LossRange,
    MatchAll,
    Node,
    Prefix,
    Unscored,
    Words,
)
from index.search.vocabulary.analysis import clean

NOTHING: dict[str, Any] = {"match_none": {}}
_SEQ = {"seq": {"order": "asc"}}
SORTS: dict[Sort, list[dict[str, Any]]] = {
    Sort.RELEVANCE: [{"_score": {"order": "desc"}}, _SEQ],
    Sort.NEWEST: [{"when": {"order": "desc", "missing": "_last"}}, _SEQ],
    Sort.OLDEST: [{"when": {"order": "asc", "missing": "_last"}}, _SEQ],
    Sort.LOSS: [{"loss": {"order": "desc", "missing": "_last"}}, _SEQ],
}
"""Every order ends with the seq, the second of a hit's sort values; of a held state there is a third."""


def compiled(node: Node) -> dict[str, Any]:
    """Compile a tree to an Elasticsearch query; its query-string parser is never used."""
    match node:
        case MatchAll():
            return {"match_all": {}}
        case Words():
            return _words(node)
        case Prefix(text, title):
            return _constant({"prefix": {fields.WRITTEN[title]: {"value": text}}})
        case Fuzzy(text, edits, title):
            return _fuzzy(fields.WRITTEN[title], text, edits)
        case HasValue(field, values):
            return _having(field, values)
        case HasLabel(facet, values):
            return _constant(_having(facet, values), LABEL_SCORE)
        case DateRange(since, until):
            ends = {"gte": since, "lte": until}
            return _unscored({"range": {"when": {end: day.isoformat() for end, day in ends.items() if day}}})
        case LossRange(least, most):
            highest = MOST_LOSS if most is None else min(most, MOST_LOSS)
            return _unscored({"range": {"loss": {"gte": min(least, MOST_LOSS + 1), "lte": highest}}})
        case BestOf(first, others):
            less = [{"bool": {"must": compiled(other), "boost": SYNONYM_WEIGHT}} for other in others]
            return {"dis_max": {"queries": [compiled(first), *less], "tie_breaker": 0.0}}
        case All(parts, unwanted):
            return _all(parts, unwanted)
        case AtLeast(parts, at_least):
            return _some(parts, at_least)
        case Unscored(part):
            return _unscored(compiled(part))
        case ConstantScore(part, score):
            return _constant(compiled(part), score)


def _words(words: Words) -> dict[str, Any]:
    def within(name: str, boost: float) -> dict[str, Any]:
        if len(words.tokens) == 1:
            return {"term": {name: {"value": words.tokens[0], "boost": boost}}}
        phrase = {"query": " ".join(words.tokens), "slop": words.slop, "boost": boost}
        return {"match_phrase": {name: phrase}}

    if words.title:
        return within("title", 1.0)
    queries = [within(name, boost) for name, boost in fields.searched(words.slop).items()]
    return {"dis_max": {"queries": queries, "tie_breaker": fields.TIE}}


def _fuzzy(name: str, text: str, edits: int) -> dict[str, Any]:
    if not edits:
        return _constant({"term": {name: {"value": text}}})
    near = {"value": text, "fuzziness": edits, "prefix_length": 0, "transpositions": True}
    # The usual rewrite looks at the fifty nearest words alone.
    return _constant({"fuzzy": {name: {**near, "rewrite": "constant_score"}}})


def _constant(query: dict[str, Any], score: float = 1.0) -> dict[str, Any]:
    return {"constant_score": {"filter": query, "boost": score}}


def _unscored(query: dict[str, Any]) -> dict[str, Any]:
    return {"bool": {"filter": [query]}}


def _having(name: str, values: tuple[str, ...]) -> dict[str, Any]:
    cleaned = [clean(value) for value in values]
    if name in FOLDED_NAMES:
        name, cleaned = FOLDED_NAMES[name], folded(cleaned)
    return _unscored({"terms": {name: cleaned}}) if cleaned else NOTHING


def _all(parts: tuple[Node, ...], unwanted: tuple[Node, ...]) -> dict[str, Any]:
    scored = [compiled(part) for part in parts if not isinstance(part, Unscored)]
    unscored = [compiled(part.part) for part in parts if isinstance(part, Unscored)]
    clauses = {"must": scored, "filter": unscored, "must_not": [compiled(part) for part in unwanted]}
    return {"bool": {name: queries for name, queries in clauses.items() if queries}}


def _some(parts: tuple[Node, ...], at_least: int) -> dict[str, Any]:
    queries = [query for query in map(compiled, parts) if query != NOTHING]
    if len(queries) < at_least:
        return NOTHING
    if len(queries) == at_least == 1:
        return queries[0]
    return {"bool": {"should": queries, "minimum_should_match": at_least}}


def by_best_passage(vector: NDArray[np.float32], allowed: dict[str, Any]) -> dict[str, Any]:
    """Return a query that scores each allowed card by its passage nearest to ``vector``: cosine + 1."""
    script = {
        "source": "cosineSimilarity(params.near, 'passages.vector') + 1.0",
        "params": {"near": vector.tolist()},
    }
    passage = {"script_score": {"query": {"match_all": {}}, "script": script}}
    nested = {"nested": {"path": "passages", "score_mode": "max", "query": passage}}
    return {"bool": {"must": nested, "filter": allowed}}
