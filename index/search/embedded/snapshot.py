"""Snapshot of the embedded index: compiles query trees to tantivy queries and runs them."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import tantivy
from numpy.typing import NDArray
from tantivy import Occur, SchemaBuilder

from index.search import fields
from index.search.cards import HitSource
from index.search.fields import unpack_shown
from index.search.id_encoding import decode_ids
from index.search.lexical import DIGITS, HEAD, MOST_BUCKETS, Row, Scored, rank_with_prior
from index.search.query import FACETS, By, Sort, Stamp
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
from index.search.vectors import NOT_ENCODED, Extent, Near, Vectors
from index.search.vocabulary.analysis import FOLDED, PLAIN, RAW, STEMMED, unstemmed
from index.search.vocabulary.slips import nearest_word

Q = tantivy.Query
_SHARES = 10.0**DIGITS
MOST_PLACES = 10_000
FEW = 250
"""Number of values up to which single term queries are faster than one term-set query."""
Hits = list[tuple[Any, tantivy.DocAddress]]
"""Hits as (score or sort key, address)."""


@lru_cache(1)
def schema() -> tantivy.Schema:
    """Return the tantivy schema of the index."""
    builder = SchemaBuilder()
    fields.declare(builder)
    return builder.build()


def compiled(node: Node) -> Q:
    """Compile a tree to a tantivy query; tantivy's query parser is never used."""
    match node:
        case MatchAll():
            return Q.all_query()
        case Words():
            return _best_field(node)
        case Prefix(text, title):
            return Q.fuzzy_term_query(schema(), fields.WRITTEN[title], text, 0, True, True)
        case Fuzzy(text, edits, title):
            return Q.fuzzy_term_query(schema(), fields.WRITTEN[title], text, edits, True, False)
        case HasValue(field, values):
            return having(field, values)
        case HasLabel(facet, values):
            return Q.const_score_query(having(facet, values), LABEL_SCORE)
        case DateRange(since, until):
            lower, upper = (day.toordinal() if day else None for day in (since, until))
            return _unscored(Q.range_query(schema(), "when", tantivy.FieldType.Integer, lower, upper))
        case LossRange(least, most):
            ends = fields.bounds(least, most)
            return _unscored(Q.range_query(schema(), Sort.LOSS, tantivy.FieldType.Unsigned, *ends))
        case BestOf(first, others):
            less = [Q.boost_query(compiled(other), SYNONYM_WEIGHT) for other in others]
            return Q.disjunction_max_query([compiled(first), *less], 0.0)
        case All((), ()):
            return Q.all_query()
        case All((part,), ()) | AtLeast((part,), 1):
            return compiled(part)
        case All(parts, unwanted):
            musts = [(Occur.Must, compiled(part)) for part in parts]
            return Q.boolean_query(musts + [(Occur.MustNot, compiled(part)) for part in unwanted])
        case AtLeast(parts, at_least):
            shoulds = [(Occur.Should, compiled(part)) for part in parts]
            return Q.boolean_query(shoulds, minimum_number_should_match=at_least)
        case Unscored(part):
            return _unscored(compiled(part))
        case ConstantScore(part, score):
            return Q.const_score_query(compiled(part), score)


def _unscored(query: Q) -> Q:
    return Q.const_score_query(query, 0.0)


def _best_field(words: Words) -> Q:
    def within(name: str) -> Q:
        if len(words.tokens) == 1:
            return Q.term_query(schema(), name, words.tokens[0])
        return Q.phrase_query(schema(), name, list(words.tokens), words.slop)

    if words.title:
        return within("title")
    weighed = [
        within(name) if boost == 1 else Q.boost_query(within(name), boost)
        for name, boost in fields.searched(words.slop).items()
    ]
    return Q.disjunction_max_query(weighed, fields.TIE)


def having(name: str, values: Iterable[str]) -> Q:
    """Return an unscored query for cards whose field has any of these values."""
    values = [fields.clean(value) for value in values]
    if name in FACETS:
        values = [token for value in values for token in FOLDED.analyze(value)]
    if len(values) > FEW:
        return _unscored(Q.term_set_query(schema(), name, values))
    either = [(Occur.Should, Q.term_query(schema(), name, value)) for value in values]
    return _unscored(either[0][1] if len(either) == 1 else Q.boolean_query(either))


@dataclass(frozen=True)
class Snapshot:
    """Read-only view of one commit: matches of trees, and look-ups of ids, keys and display data."""

    mark: tuple[int, int, int]
    searcher: tantivy.Searcher
    vectors: dict[By, Vectors]
    stamp: Stamp
    places: dict[str, tantivy.DocAddress] = field(default_factory=dict, compare=False)
    """Cache of card addresses by id, cleared above ``MOST_PLACES`` entries."""

    def count(self, node: Node) -> int:
        """Return the number of matching cards."""
        return self.first(node, 1)[1]

    def first(self, node: Node, limit: int, order: str | None = None) -> tuple[Hits, int]:
        """Return the first hits and the total, from one pass.

        ``order`` is None for score, ``seq`` (ascending), or one of ``fields.SORTS`` (descending).
        """
        direction = tantivy.Order.Asc if order == "seq" else tantivy.Order.Desc
        found = self.searcher.search(compiled(node), limit, order_by_field=order, order=direction)
        return found.hits, int(found.count)  # type: ignore[attr-defined]  # tantivy's stub leaves it out

    def ids_at(self, addresses: list[tantivy.DocAddress]) -> list[str]:
        """Return the ids of the cards at these addresses."""
        fronts = self.searcher.fast_field_values("front", addresses)
        backs = self.searcher.fast_field_values("back", addresses)
        if None in fronts:  # ids that are not the record's own are stored as they are
            ids = [str(self.searcher.doc(address)["id"][0]) for address in addresses]
        else:
            ids = decode_ids(np.array([fronts, backs], np.int64).T)
        if len(self.places) > MOST_PLACES:
            self.places.clear()
        self.places.update(zip(ids, addresses, strict=True))
        return ids

    def shown(self, ids: Sequence[str]) -> dict[str, HitSource]:
        """Return the stored display data by id; cards without any are left out."""
        places = {card: place for card in ids if (place := self.places.get(card)) is not None}
        if len(places) < len(ids) and (others := tuple(card for card in ids if card not in places)):
            addresses = [address for _, address in self.first(HasValue("id", others), len(others))[0]]
            places |= zip(self.ids_at(addresses), addresses, strict=True)
        packed = ((card, self.searcher.doc(place)["shown"]) for card, place in places.items())
        return {card: unpack_shown(stored[0]) for card, stored in packed if stored}

    def rows(self, hits: Hits, limit: int, prior: float) -> list[Row]:
        """Return the best ``limit`` of these hits, ordered by ``rank_with_prior``.

        Only possible candidates are ordered: a hit with a single report can only move down.
        """
        addresses = [address for _, address in hits]
        falling = [-score for score in rounded(hits)]
        seqs, report_counts = self._numbers("seq", addresses), self._numbers("told", addresses)
        order = sorted(zip(falling, seqs, report_counts, range(len(hits)), strict=True))
        likely = order[:limit] + [entry for entry in order[limit:HEAD] if entry[2] > 1]
        scored = (Scored(-score, seq, count, addresses[index]) for score, seq, count, index in likely)
        best = rank_with_prior(scored, prior)[:limit]
        ids = self.ids_at([hit.at for hit in best])
        return [hit.with_id(name) for name, hit in zip(ids, best, strict=True)]

    def _numbers(self, name: str, addresses: list[tantivy.DocAddress]) -> list[int]:
        return self.searcher.fast_field_values(name, addresses)  # type: ignore[return-value]  # whole numbers that none lacks

    def keys(self, node: Node) -> NDArray[np.int64]:
        """Return the keys of all matching cards, shape (cards,), in any order."""
        most = max(1, self.searcher.num_docs)
        hits = self.searcher.search(compiled(node), most, count=False, order_by_field="key").hits
        return np.fromiter((value for value, _ in hits), np.int64, len(hits))

    def ids(self, keys: Sequence[int]) -> list[str]:
        """Return the ids of the cards with these keys, in order."""
        wanted = Q.term_set_query(schema(), "key", keys)
        hits = self.searcher.search(wanted, len(keys) + 1, count=False, order_by_field="key").hits
        ids = self.ids_at([address for _, address in hits])
        names = {value: name for name, (value, _) in zip(ids, hits, strict=True)}
        return [names[number] for number in keys]

    def ids_of(self, found: Near) -> list[str]:
        """Return the ids of the nearest cards, in order."""
        if (found.encoded_ids == NOT_ENCODED).any():
            return self.ids(found.keys.tolist())
        return decode_ids(found.encoded_ids)

    def buckets(self, node: Node, names: Sequence[str]) -> dict[str, dict[Any, int]]:
        """Count field values over all matching cards."""
        sizes = {"size": MOST_BUCKETS, "segment_size": MOST_BUCKETS}
        aggregations = {name: {"terms": {"field": name, **sizes}} for name in names}
        reply = self.searcher.aggregate(compiled(node), aggregations)
        return {
            name: {bucket["key"]: bucket["doc_count"] for bucket in reply[name]["buckets"]} for name in names
        }

    def known(self, token: str) -> bool:
        """Whether any card has this token (a folded, stemmed word)."""
        return any(self.searcher.doc_freq(name, token) for name in fields.TEXTS)

    def correction(self, typed: str) -> str:
        """Return an indexed word near to an unknown one, or an empty string."""
        word = next(iter(unstemmed(typed)), "")
        return nearest_word(word, self._boosted)

    @cached_property
    def _boosted(self) -> list[tuple[str, int]]:
        return list(self.searcher.terms_with_prefix(fields.WRITTEN[False], ""))


def rounded(hits: Hits) -> list[float]:
    """Return the scores of hits, rounded for comparison."""
    return [round(score * _SHARES) / _SHARES for score, _ in hits]


def read_state(searcher: tantivy.Searcher, generation: int = 0) -> tuple[Stamp, dict[By, Extent]]:
    """Return the stamp of a commit, and the committed extents of the vector files."""
    hits = searcher.search(having("id", [fields.STATE]), 1, count=False).hits
    stored = json.loads(searcher.doc(hits[0][1])["state"][0]) if hits else None
    applied, extents = fields.read_state(stored)
    return Stamp(generation=generation, cards=searcher.num_docs - len(hits), applied=applied), extents


def register_analyzers(index: tantivy.Index) -> tantivy.Index:
    """Register the analysers on an index, which it needs to read and write, and return it."""
    for name, analyser in (("stemmed", STEMMED), ("plain", PLAIN), ("folded", FOLDED)):
        index.register_tokenizer(name, analyser)
    # Filters fold case; what is counted keeps it.
    index.register_fast_field_tokenizer("folded", RAW)
    return index
