"""Hybrid search: keyword and semantic rankings of a backend, fused into one."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import chain

from index.search.backend import Backend, Ranked
from index.search.correcting import (
    MOST_NAMED,
    CorrectedQuery,
    NearWords,
    address_query,
    changes_phrase,
    correct_words,
    wanted_terms,
)
from index.search.empty_results import emptied
from index.search.fusion import (
    CODE_BOOST,
    NO_RESULTS,
    TOP,
    Answer,
    above,
    best_first,
    fuse,
    merged,
    order_of,
    popular_cards,
    restricted_to,
    scores_of,
    scores_without_boost,
    seqs_of,
    with_code_boost,
)
from index.search.hits.chunks import Chunks
from index.search.hits.presenting import Hydrate, Presenter
from index.search.hits.reasons import Label, Names, Reasons
from index.search.language.syntax import Facet
from index.search.months import without_gaps
from index.search.neighbours import FLOOR, Encode, Neighbours
from index.search.plan import plan
from index.search.query import By, FacetCount, Mode, Query, Results, Sort
from index.search.tree import Words
from index.search.vocabulary.spelling import american, join_compounds, split_compounds

CACHED = 512
"""Size of the cache of query embeddings."""
MOST_VALUES = 500
"""Number of values returned of one facet, those with the highest counts."""

SemanticTexts = tuple[str, ...]
"""Texts to embed for a query: its words, in each spelling of their compounds."""


class Searcher:
    """Search service over a backend; without ``encode`` it searches by words alone.

    ``label`` names a facet's value for people, ``names`` returns all names of a typology code.
    """

    def __init__(
        self,
        backend: Backend,
        *,
        hydrate: Hydrate,
        encode: Encode | None = None,
        label: Label = lambda facet, value: value,
        names: Names = lambda code: (),
        chunks: Chunks | None = None,
    ) -> None:
        self._backend, self._label = backend, label
        self._presenter = Presenter(hydrate, Reasons(label, names), chunks)
        self._encode = None if encode is None else lru_cache(CACHED)(encode)
        self.neighbours = Neighbours(backend, self._presenter, self._encode)
        """What is most like a card or a text, by the same index."""

    def search(self, query: Query, hydrate: Hydrate | None = None) -> Results:
        """Return one page of results, with total, facet counts and months over all hits.

        ``hydrate`` loads the display data of this page in place of the searcher's own loader.

        Modes: keyword returns the cards with the words; semantic the nearest 200 above a floor; hybrid both,
        the best 200 of each by fused score and the remaining keyword matches after them. A sort other than
        relevance orders all of these. Parts with an operator must hold in every mode. If the words name a
        typology code, the cards with that primary code are boosted.

        Words that no card has are replaced by near ones if that is safe, with a note; else a correction is
        offered. Web addresses find what was published there or cites them. A query in another language than
        English is searched by its words alone, unless its mode is semantic. A query for ids that no card of
        its kind has returns the other kind. Cards that are no longer in the record are left out. The order is
        stable across pages while the index does not change.
        """
        original = query
        if query.as_of is None:
            query = query.model_copy(update={"as_of": self._backend.stamp()})
        corrected = self.corrected(query)
        query, terms = corrected.query, plan(corrected.query)
        notes = original.notes + corrected.notes
        if query.mode is not Mode.KEYWORD and _semantic_texts(query) and self._encode is None:
            notes += ("No embedding model is loaded; searched by words alone.",)
        answer, query = self._answer(query)
        stamp = answer.ranked.stamp or self._backend.stamp()
        if original.as_of not in (None, stamp):
            notes += ("The library has grown since the first page; a hit may be seen twice or missed.",)
        if original.ids and not answer.ranked.total:
            notes += (f"Nothing that fits has the id {' or '.join(original.ids[:MOST_NAMED])}.",)
        elif not answer.ranked.total:
            notes += emptied(query, lambda part: self._backend.words(part, 1).total, noted=bool(notes))
        page = answer.order[query.offset : query.offset + query.limit]
        return Results(
            query=original,
            hits=tuple(self._presenter.hits(page, query, terms, answer, hydrate)),
            total=answer.ranked.total,
            facets={name: self._counts(name, counts) for name, counts in answer.ranked.facets.items()},
            left_out={
                name: left
                for name, counts in answer.ranked.facets.items()
                if (left := len(counts) - MOST_VALUES) > 0
            },
            months=without_gaps(answer.ranked.months),
            stamp=stamp,
            notes=notes,
            suggestion=query.text if query.text != original.text else "",
            offered=original.offered or corrected.offered,
            foreign=corrected.foreign,
        )

    def _answer(self, query: Query) -> tuple[Answer, Query]:
        """Return the ranked answer, and its query: for the other kind of card if ids needed that."""
        meaning = _semantic_texts(query)
        codes, share = _named_codes(query)
        own_code = Facet(name="primary", values=codes)
        main = query.model_copy(update={"where": (*query.where, own_code), "facets": ()})
        if query.mode is Mode.SEMANTIC and meaning and self._encode is not None:
            own = self._above_floor(meaning, main) if codes else NO_RESULTS
            answer = self._by_meaning(query, merged(self._above_floor(meaning, query), own))
            own = self._filtered(own, query)
        else:
            own = self._backend.words(main, TOP) if codes else NO_RESULTS
            if query.mode is Mode.KEYWORD or not meaning or self._encode is None:
                answer, query = self._by_words(query, TOP if codes else 0)
            else:
                answer = self._by_both(query, meaning, self._above_floor(meaning, query))
        answer = with_code_boost(answer, own, CODE_BOOST * share**2)
        if answer.semantic_ids and self._encode is not None:
            answer = replace(answer, vector=self._encode(meaning[0]))
        return answer, query

    def corrected(self, query: Query) -> CorrectedQuery:
        """Return the corrected query: for the cards at the address it names, else for its words.

        Words in phrases stay as they were typed if the corrected query has no hits either.
        """
        by_address = address_query(query)
        if by_address is not None and self._backend.words(by_address.query, 1).total:
            return by_address
        unknown = self._unknown(query)
        corrected = correct_words(query, unknown)
        if changes_phrase(query, corrected.query) and not self._backend.words(corrected.query, 1).total:
            return correct_words(query, dict.fromkeys(unknown, ""))
        return corrected

    def _unknown(self, query: Query) -> NearWords:
        return self._backend.corrections(query) if query.terms or query.where else {}

    def _above_floor(self, meaning: SemanticTexts, query: Query) -> Ranked:
        """Return the semantic ranking above ``FLOOR``, without the filters.

        Filters are applied later, so that one never adds a hit and leaves as many as its facet count says.
        """
        return above(self._nearest(meaning, query.unfiltered()), FLOOR)

    def _filtered(self, near: Ranked, query: Query) -> Ranked:
        """Return the ranking restricted to the cards that pass the filters."""
        if not near.ids or query.unfiltered() is query:
            return near
        by_id = query.model_copy(update={"terms": (), "where": (), "ids": near.ids, "facets": ()})
        return restricted_to(near, frozenset(self._backend.words(by_id, len(near.ids)).ids))

    def _similarity(self, meaning: SemanticTexts, query: Query, ids: Sequence[str]) -> dict[str, float]:
        """Return the semantic scores of these cards, also those below ``FLOOR``."""
        by_id = Query(by=query.by, ids=tuple(ids), as_of=query.as_of)
        return scores_of(self._nearest(meaning, by_id)) if ids else {}

    def _nearest(self, meaning: SemanticTexts, query: Query) -> Ranked:
        """Return the semantic ranking; each card has its best score over the texts."""
        if self._encode is None:
            return NO_RESULTS
        return merged(*(self._backend.nearest(self._encode(text), query, TOP) for text in meaning))

    def _by_words(self, query: Query, least: int) -> tuple[Answer, Query]:
        ranked = self._backend.words(query, max(least, query.offset + query.limit))
        if query.ids and not ranked.total:
            other = query.model_copy(update={"by": By.REPORT if query.by is By.INCIDENT else By.INCIDENT})
            if (elsewhere := self._backend.words(other, query.offset + query.limit)).total:
                ranked, query = elsewhere, other
        order, seqs = order_of(ranked), seqs_of(ranked)
        popular: dict[str, int] = {}
        if any(ranked.boosts):
            popular = popular_cards(order, scores_without_boost(ranked), ranked, seqs)
        return Answer(ranked, order, frozenset(ranked.ids), frozenset(), seqs, popular=popular), query

    def _by_meaning(self, query: Query, near: Ranked) -> Answer:
        # The near cards match all but the filters: by id, just they are filtered, counted and sorted.
        by_id = query.model_copy(update={"terms": (), "where": (), "ids": near.ids or ("",)})
        ranked = self._backend.words(by_id, max(TOP, len(near.ids)))
        near = restricted_to(near, frozenset(ranked.ids))
        order = order_of(near if query.sort is Sort.RELEVANCE else ranked)
        return Answer(ranked, order, frozenset(), frozenset(near.ids), seqs_of(near))

    def _by_both(self, query: Query, meaning: SemanticTexts, near: Ranked) -> Answer:
        ranked = self._backend.words(query, max(TOP, query.offset + query.limit), extra_ids=near.ids)
        near = self._filtered(near, query)
        order, seqs = order_of(ranked), seqs_of(ranked, near)
        popular: dict[str, int] = {}
        if query.sort is Sort.RELEVANCE:
            keyword, semantic = scores_of(ranked), scores_of(near)
            semantic |= self._similarity(meaning, query, [card for card in keyword if card not in semantic])
            fused = fuse(keyword, semantic)
            order = best_first(fused, seqs)
            if any(ranked.boosts):
                popular = popular_cards(order, fuse(scores_without_boost(ranked), semantic), ranked, seqs)
            order += [(card, 0.0) for card in ranked.ids[TOP:] if card not in fused]
        return Answer(ranked, order, frozenset(ranked.ids), frozenset(near.ids), seqs, popular=popular)

    def _counts(self, name: str, counts: Mapping[str, int]) -> tuple[FacetCount, ...]:
        highest = sorted(counts.items(), key=lambda counted: (-counted[1], counted[0]))[:MOST_VALUES]
        return tuple(
            FacetCount(value=value, label=self._label(name, value), count=count) for value, count in highest
        )


def _named_codes(query: Query) -> tuple[tuple[str, ...], float]:
    """Return the typology codes that the query names, and the share of its terms that name them."""
    terms = plan(query)
    by_term = [terms.named("typology", words) for words in map(Words, (*terms.words, *terms.phrases))]
    if query.sort is not Sort.RELEVANCE or not any(by_term):
        return (), 0.0
    return tuple(dict.fromkeys(chain.from_iterable(by_term))), sum(map(bool, by_term)) / len(by_term)


def _semantic_texts(query: Query) -> SemanticTexts:
    """Return the texts to embed: the wanted terms without prefixes, with compounds joined and split.

    Both spellings are tried, because texts have the one and a model older than the word knows the other.
    """
    terms = sorted(wanted_terms(query), key=lambda term: term.start)
    text = american(" ".join(term.text for term in terms if not term.prefix))
    return tuple(dict.fromkeys((join_compounds(text), split_compounds(text)))) if text else ()
