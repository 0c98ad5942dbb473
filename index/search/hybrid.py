"""One search over both sides of a backend, words and meaning, fused into one order."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from index.search import alike
from index.search.backend import Backend, Ranked
from index.search.correcting import (
    MOST_NAMED,
    NearWords,
    Reading,
    changes_phrase,
    read_address,
    read_words,
    wanted_terms,
)
from index.search.emptied import emptied
from index.search.fusion import (
    LIFT,
    NONE,
    TOP,
    Answer,
    above,
    bare,
    best_first,
    fuse,
    lifted,
    merged,
    only,
    order_of,
    scores_of,
    seqs_of,
    widely_told,
)
from index.search.hits.chunks import Chunks
from index.search.hits.presenting import Hydrate, Presenter
from index.search.hits.reasons import Label, Names, Reasons
from index.search.language.syntax import Facet
from index.search.plan import Plan, plan
from index.search.query import By, FacetCount, Hit, Mode, Query, Results, Sort
from index.search.tree import Words
from index.search.vocabulary.spelling import american, join_compounds, split_compounds

FLOOR = 0.35
"""Cosine below which a card is not similar in meaning to a query."""
CACHED = 512
"""Query vectors that are kept."""
MOST_VALUES = 500
"""Values of one facet that are answered, the highest counts."""

Encode = Callable[[str], NDArray[np.float32]]
Meaning = tuple[str, ...]
"""What a query asks for, in words, each way to write them."""


class Searcher:
    """Answers queries. ``encode`` None leaves meaning out.

    ``label`` names a facet's value for people, ``names`` returns all that a code of the typology is called.
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

    def search(self, query: Query) -> Results:
        """Return the page of answers the query asks for, with total, facets and months over all answers.

        Keyword: the cards with the words. Semantic: the nearest 200 above a floor. Hybrid: both, the best 200
        of each by the sum of what words and meaning say of them, the remaining keyword matches after them;
        sorted otherwise than by relevance, both in that order. Where the words name a typology, the cards
        that have it as their main one are lifted. What has an operator must hold in every mode. Words that no
        card has are replaced by near ones where that is sure, and a note says so; else what may have been
        meant is offered. Web addresses find what was published there or cites them. Of a query in another
        language words alone are searched, unless it asks for meaning alone. The same query gives the same
        order at every offset while the index stands. A query for ids that no card of its kind has is answered
        with the other kind. Cards the record no longer has are left out.
        """
        asked = query
        if query.as_of is None:
            query = query.model_copy(update={"as_of": self._backend.stamp()})
        read = self.reading(query)
        query, terms = read.query, plan(read.query)
        notes = asked.notes + read.notes
        if query.mode is not Mode.KEYWORD and _meaning(query) and self._encode is None:
            notes += ("No embedding model is loaded; searched by words alone.",)
        answer, query = self._answer(query)
        stamp = answer.ranked.stamp or self._backend.stamp()
        if asked.as_of not in (None, stamp):
            notes += ("The library has grown since the first page; a hit may be seen twice or missed.",)
        if asked.ids and not answer.ranked.total:
            notes += (f"Nothing that fits has the id {' or '.join(asked.ids[:MOST_NAMED])}.",)
        elif not answer.ranked.total:
            notes += emptied(query, lambda part: self._backend.words(part, 1).total, noted=bool(notes))
        page = answer.order[query.offset : query.offset + query.limit]
        return Results(
            query=asked,
            hits=tuple(self._presenter.hits(page, query, terms, answer)),
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
            suggestion=query.text if query.text != asked.text else "",
            offered=asked.offered or read.offered,
            foreign=read.foreign,
        )

    def _answer(self, query: Query) -> tuple[Answer, Query]:
        """Return the cards in order, and the query that they are the answers to."""
        meaning = _meaning(query)
        codes, share = _named(query)
        own_code = Facet(name="primary", values=codes)
        main = query.model_copy(update={"where": (*query.where, own_code), "facets": ()})
        if query.mode is Mode.SEMANTIC and meaning and self._encode is not None:
            own = self._near(meaning, main) if codes else NONE
            answer = self._by_meaning(query, merged(self._near(meaning, query), own))
            own = self._narrowed(own, query)
        else:
            own = self._backend.words(main, TOP) if codes else NONE
            if query.mode is Mode.KEYWORD or not meaning or self._encode is None:
                answer, query = self._by_words(query, TOP if codes else 0)
            else:
                answer = self._by_both(query, meaning, self._near(meaning, query))
        answer = lifted(answer, own, LIFT * share**2)
        if answer.meant and self._encode is not None:
            answer = replace(answer, vector=self._encode(meaning[0]))
        return answer, query

    def similar(
        self,
        near: NDArray[np.float32] | str,
        *,
        by: By = By.INCIDENT,
        limit: int = 10,
        without: Collection[str] = (),
    ) -> tuple[Hit, ...]:
        """Return the cards most similar to a unit vector or to a card, itself and ``without`` left out.

        Raises ``NotFound`` where the index has no vectors of that card.
        """
        left_out = {near, *without} if isinstance(near, str) else set(without)
        ranked = self._backend.nearest(near, Query(by=by), limit + len(left_out))
        order = [(one, score) for one, score in order_of(ranked) if one not in left_out][:limit]
        answer = Answer(ranked, order, frozenset(), frozenset(ranked.ids), seqs_of(ranked))
        return tuple(self._presenter.hits(order, Query(by=by), Plan({}, {}, ()), answer))

    def like(
        self, text: str, *, by: By = By.INCIDENT, limit: int = 10, without: Collection[str] = ()
    ) -> tuple[Hit, ...]:
        """Return the cards most like a text, by its meaning and less so by its words, ``without`` left out.

        Without an encoder, by words alone. A text without words is like nothing.
        """
        query = Query(by=by, terms=alike.frequent_words(text), mode=Mode.KEYWORD)
        if not query.terms:
            return ()
        ranked, near = self._backend.words(query, TOP), NONE
        vector = None if self._encode is None else alike.mean_vector(text, self._encode)
        worded, meant = scores_of(ranked), dict[str, float]()
        if vector is not None:
            near = above(self._backend.nearest(vector, query, TOP), FLOOR)
            far = tuple(set(worded).difference(near.ids))
            meant = scores_of(near)
            meant |= scores_of(self._backend.nearest(vector, Query(by=by, ids=far), TOP)) if far else {}
        seqs = seqs_of(ranked, near)
        order = best_first(fuse(worded, *[meant] * alike.MEANING_COUNTS), seqs)
        order = [(one, score) for one, score in order if one not in without][:limit]
        answer = Answer(ranked, order, frozenset(ranked.ids), frozenset(near.ids), seqs, vector=vector)
        return tuple(self._presenter.hits(order, query, plan(query), answer))

    def reading(self, query: Query) -> Reading:
        """Return the query as it is searched: for the cards at an address it names, else for its words.

        Words of phrases are not replaced where nothing has the others either.
        """
        named = read_address(query)
        if named is not None and self._backend.words(named.query, 1).total:
            return named
        unknown = self._unknown(query)
        read = read_words(query, unknown)
        if changes_phrase(query, read.query) and not self._backend.words(read.query, 1).total:
            return read_words(query, dict.fromkeys(unknown, ""))
        return read

    def _unknown(self, query: Query) -> NearWords:
        return self._backend.corrections(query) if query.terms or query.where else {}

    def _near(self, meaning: Meaning, query: Query) -> Ranked:
        """Return the cards near enough in meaning, before filters narrow them.

        So a filter never adds an answer, and leaves as many as its count says.
        """
        return above(self._nearest(meaning, query.unfiltered()), FLOOR)

    def _narrowed(self, near: Ranked, query: Query) -> Ranked:
        """Return those of these cards that pass the filters."""
        if not near.ids or query.unfiltered() is query:
            return near
        those = query.model_copy(update={"terms": (), "where": (), "ids": near.ids, "facets": ()})
        return only(near, frozenset(self._backend.words(those, len(near.ids)).ids))

    def _similarity(self, meaning: Meaning, query: Query, ids: Sequence[str]) -> dict[str, float]:
        """Return how near in meaning these cards are, however far that is."""
        those = Query(by=query.by, ids=tuple(ids), as_of=query.as_of)
        return scores_of(self._nearest(meaning, those)) if ids else {}

    def _nearest(self, meaning: Meaning, query: Query) -> Ranked:
        """Return the cards nearest to any writing of the words."""
        if self._encode is None:
            return NONE
        return merged(*(self._backend.nearest(self._encode(text), query, TOP) for text in meaning))

    def _by_words(self, query: Query, least: int) -> tuple[Answer, Query]:
        ranked = self._backend.words(query, max(least, query.offset + query.limit))
        if query.ids and not ranked.total:
            other = query.model_copy(update={"by": By.REPORT if query.by is By.INCIDENT else By.INCIDENT})
            if (elsewhere := self._backend.words(other, query.offset + query.limit)).total:
                ranked, query = elsewhere, other
        order, seqs = order_of(ranked), seqs_of(ranked)
        known = widely_told(order, bare(ranked), ranked, seqs) if any(ranked.raised) else {}
        return Answer(ranked, order, frozenset(ranked.ids), frozenset(), seqs, known=known), query

    def _by_meaning(self, query: Query, near: Ranked) -> Answer:
        # The near cards hold all but the filters, so asking for them by id counts and sorts just them.
        those = query.model_copy(update={"terms": (), "where": (), "ids": near.ids or ("",)})
        ranked = self._backend.words(those, max(TOP, len(near.ids)))
        near = only(near, frozenset(ranked.ids))
        order = order_of(near if query.sort is Sort.RELEVANCE else ranked)
        return Answer(ranked, order, frozenset(), frozenset(near.ids), seqs_of(near))

    def _by_both(self, query: Query, meaning: Meaning, near: Ranked) -> Answer:
        ranked = self._backend.words(query, max(TOP, query.offset + query.limit), also=near.ids)
        near = self._narrowed(near, query)
        order, seqs = order_of(ranked), seqs_of(ranked, near)
        known: dict[str, int] = {}
        if query.sort is Sort.RELEVANCE:
            worded, meant = scores_of(ranked), scores_of(near)
            far = self._similarity(meaning, query, [one for one in worded if one not in meant])
            fused = fuse(worded, meant | far)
            order = best_first(fused, seqs)
            if any(ranked.raised):
                known = widely_told(order, fuse(bare(ranked), meant | far), ranked, seqs)
            order += [(one, 0.0) for one in ranked.ids[TOP:] if one not in fused]
        return Answer(ranked, order, frozenset(ranked.ids), frozenset(near.ids), seqs, known=known)

    def _counts(self, name: str, counts: Mapping[str, int]) -> tuple[FacetCount, ...]:
        highest = sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:MOST_VALUES]
        return tuple(
            FacetCount(value=value, label=self._label(name, value), count=count) for value, count in highest
        )


def _named(query: Query) -> tuple[tuple[str, ...], float]:
    """Return the codes that the words and phrases name, and the share of these that is part of a name."""
    terms = plan(query)
    told = [terms.codes.get(one, ()) for one in map(Words, (*terms.words, *terms.phrases))]
    if query.sort is not Sort.RELEVANCE or not any(told):
        return (), 0.0
    return tuple(dict.fromkeys(chain.from_iterable(told))), sum(map(bool, told)) / len(told)


def _meaning(query: Query) -> Meaning:
    """Return the wanted words as a text to compare with others; beginnings of words mean nothing.

    Compounds are written in one word and apart, whichever is nearer: texts have the one, and a model made
    before a word was coined knows the other.
    """
    terms = sorted(wanted_terms(query), key=lambda term: term.start)
    text = american(" ".join(term.text for term in terms if not term.prefix))
    return tuple(dict.fromkeys((join_compounds(text), split_compounds(text)))) if text else ()


def without_gaps(months: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """Return the count of every month from the first to the last, ``YYYY-MM`` in order."""
    if not months:
        return ()
    first, last = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (min(months), max(months)))
    names = (f"{number // 12:04}-{number % 12 + 1:02}" for number in range(first, last + 1))
    return tuple((name, months.get(name, 0)) for name in names)
