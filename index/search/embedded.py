"""The embedded search engine: tantivy for words and facets, exact vectors beside it.

One tantivy commit is the acknowledgement of everything: a document of its own, ``~state``, says within the
same commit which outbox number and how much of the vector files it covers, so a crash can never leave the
index claiming more than it holds.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import tantivy
from numpy.typing import NDArray
from tantivy import Filter, Occur, SchemaBuilder, TextAnalyzerBuilder, Tokenizer

from collectors.errors import IndexDamaged, LibraryBusy, NotFound
from index.search.backend import Ranked
from index.search.cards import Card
from index.search.fields import (
    EXACT,
    NUMBERS,
    SORTS,
    STATE,
    TEXTS,
    clean,
    fields,
    read_state,
    state,
    unpacked_seq,
)
from index.search.highlight import Token
from index.search.plan import Tokens, nearest_word, plan
from index.search.query import FACETS, By, Query, Sort, Stamp
from index.search.vectors import Appender, Extent, Vectors, key, tidy

BEST = 50
"""Of three or more words, the cards that score best count although they have too few of them."""
DIGITS = 5
"""Scores that agree to this many digits after the point tie, whatever the order their parts were added in."""
HEAP = 64_000_000
MOST_BUCKETS = 60_000
_Row = tuple[str, float, int]


def _analyser(tokenizer: Tokenizer, *filters: Filter) -> tantivy.TextAnalyzer:
    builder = TextAnalyzerBuilder(tokenizer)
    for one in filters:
        builder = builder.filter(one)
    return builder.build()


_CHAIN = (Filter.remove_long(60), Filter.lowercase(), Filter.ascii_fold())
STEMMED = _analyser(Tokenizer.simple(), *_CHAIN, Filter.stemmer("english"))
PLAIN = _analyser(Tokenizer.simple(), *_CHAIN)
FOLDED = _analyser(Tokenizer.raw(), Filter.lowercase(), Filter.ascii_fold())
Q = tantivy.Query


def analyse(text: str) -> list[str]:
    """Return the words of a text as the index knows them: folded and stemmed."""
    return STEMMED.analyze(clean(text))


def tokenise(text: str) -> list[Token]:
    """Return the words of a text as the index knows them, with their place in the text."""
    tokens = STEMMED.pre_tokenize(clean(text)).tokens
    return [Token(token.text, token.char_offset_from, token.char_offset_to) for token in tokens]


@lru_cache(1)
def _schema() -> tantivy.Schema:
    builder = SchemaBuilder()
    for name in EXACT:
        builder.add_text_field(
            name, stored=name in ("id", "state"), tokenizer_name="raw", index_option="basic"
        )
    for name in TEXTS:
        builder.add_text_field(name, tokenizer_name="stemmed")
    builder.add_text_field("vocabulary", tokenizer_name="plain", index_option="basic")
    for name in FACETS:
        builder.add_text_field(name, tokenizer_name="folded", index_option="basic", fast=True)
    for name in NUMBERS:
        builder.add_integer_field(name, indexed=name == "key", fast=True)
    for name in SORTS:
        builder.add_unsigned_field(name, fast=True)
    return builder.build()


@dataclass(frozen=True)
class _Snapshot:
    """One commit, as a reader sees it."""

    mark: tuple[int, int, int]
    searcher: tantivy.Searcher
    vectors: dict[By, Vectors]
    applied: int

    def count(self, query: Q) -> int:
        """Return how many documents match."""
        found = self.searcher.search(query, 1)
        return int(found.count)  # type: ignore[attr-defined]  # tantivy's stub leaves it out

    def id(self, address: tantivy.DocAddress) -> str:
        """Return the id of the card at an address."""
        return str(self.searcher.doc(address)["id"][0])

    def by_score(self, query: Q, limit: int) -> list[_Row]:
        """Return the best by score, ties by seq; so many are fetched that every tie of the last is there."""
        fetched = limit + 32
        while True:
            hits = self.searcher.search(query, fetched, count=False).hits
            scores = [round(score, DIGITS) for score, _ in hits]
            if len(hits) < fetched or scores[-1] < scores[limit - 1]:
                break
            fetched *= 4
        addresses = [address for _, address in hits]
        seqs = [int(seq or 0) for seq in self.searcher.fast_field_values("seq", addresses)]
        order = sorted(range(len(hits)), key=lambda one: (-scores[one], seqs[one]))[:limit]
        return [(self.id(addresses[one]), scores[one], seqs[one]) for one in order]

    def by_field(self, query: Q, order: Sort, limit: int) -> list[_Row]:
        """Return the first in the order of a packed field."""
        hits = self.searcher.search(query, limit, count=False, order_by_field=order.value).hits
        return [(self.id(address), 0.0, unpacked_seq(value)) for value, address in hits]

    def keys(self, query: Q) -> NDArray[np.int64]:
        """Return the keys of all that match."""
        most = max(1, self.searcher.num_docs)
        hits = self.searcher.search(query, most, count=False, order_by_field="key").hits
        return np.fromiter((value for value, _ in hits), np.int64, len(hits))

    def ids(self, keys: Sequence[int]) -> list[str]:
        """Return the ids of the cards with these keys, in order."""
        wanted = Q.term_set_query(_schema(), "key", keys)
        hits = self.searcher.search(wanted, len(keys) + 1, count=False, order_by_field="key").hits
        names = {value: self.id(address) for value, address in hits}
        return [names[one] for one in keys]

    def buckets(self, query: Q, names: Sequence[str]) -> dict[str, dict[Any, int]]:
        """Count the values of fields over all that match."""
        sizes = {"size": MOST_BUCKETS, "segment_size": MOST_BUCKETS}
        told = self.searcher.aggregate(query, {name: {"terms": {"field": name, **sizes}} for name in names})
        return {name: {one["key"]: one["doc_count"] for one in told[name]["buckets"]} for name in names}

    def mean(self, card: str) -> NDArray[np.float32]:
        """Return a card's mean passage as a unit vector."""
        for vectors in self.vectors.values():
            for position in vectors.positions(np.array([key(card)])):
                mean = vectors.passages(position).mean(axis=0)
                return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-12), np.float32)
        raise NotFound(f"the index has no vectors of {card}")


def _having(name: str, values: Iterable[str]) -> Q:
    return Q.term_set_query(_schema(), name, [clean(value) for value in values])


def _any(*parts: Q) -> Q:
    return Q.boolean_query([(Occur.Should, part) for part in parts])


def _unscored(part: Q) -> tuple[Occur, Q]:
    return Occur.Must, Q.const_score_query(part, 0.0)


def _term(tokens: Tokens) -> tuple[Occur, Q]:
    """Return the query of one word or phrase, which scores by its best field."""
    within = [
        Q.term_query(_schema(), name, tokens[0])
        if len(tokens) == 1
        else Q.phrase_query(_schema(), name, list(tokens))
        for name in TEXTS
    ]
    weighed = zip(within, TEXTS.values(), strict=True)
    return Occur.Should, Q.disjunction_max_query([Q.boost_query(part, boost) for part, boost in weighed])


class _Asked:
    """Our Query in tantivy's terms, over one snapshot; never through tantivy's own query parser."""

    def __init__(self, query: Query, now: _Snapshot) -> None:
        self.query, self._now, self.plan = query, now, plan(query, analyse)

    def fences(self, without: str = "") -> list[tuple[Occur, Q]]:
        """Return what a hit must pass besides its words, one facet's filter left out; nothing here scores."""
        query = self.query
        parts = [_having("by", [query.by])]
        for name, values in query.filters.items():
            if name != without:
                parts.append(
                    _having(name, [token for value in values for token in FOLDED.analyze(clean(value))])
                )
        if query.since or query.until:
            lower, upper = (day.toordinal() if day else None for day in (query.since, query.until))
            parts.append(Q.range_query(_schema(), "when", tantivy.FieldType.Integer, lower, upper))
        if query.ids:
            parts.append(_any(_having("id", query.ids), _having("refs", query.ids)))
        unwanted = [(Occur.MustNot, _term(tokens)[1]) for tokens in self.plan.unwanted]
        return [*map(_unscored, parts), *unwanted]

    def phrases(self) -> list[tuple[Occur, Q]]:
        """Return the phrases every hit must have, with their scores."""
        return [(Occur.Must, _term(tokens)[1]) for tokens in self.plan.phrases]

    def _having_words(self, at_least: int) -> Q:
        parts = self.phrases()
        if self.plan.words:
            words = [_term(tokens) for tokens in self.plan.words]
            parts.append((Occur.Must, Q.boolean_query(words, minimum_number_should_match=at_least)))
        return Q.boolean_query(parts) if parts else Q.all_query()

    def fenced(self, match: Q, without: str = "") -> Q:
        """Return what matches and passes the fences."""
        return Q.boolean_query([(Occur.Must, match), *self.fences(without)])

    def match(self, without: str = "") -> Q:
        """Return the words and phrases with their scores, without the fences.

        Both of two words must match, or where no card has both, any. Of more words most must match, but the
        cards that score best by any of them count too.
        """
        enough, some = self._having_words(self.plan.at_least), self._having_words(1)
        if len(self.plan.words) < 2:
            return enough
        if len(self.plan.words) == 2:
            return enough if self._now.count(self.fenced(enough, without)) else some
        best = [one for one, _, _ in self._now.by_score(self.fenced(some, without), BEST)]
        return Q.boolean_query([(Occur.Must, some), _unscored(_any(enough, _having("id", best)))])

    def tally(self, match: Q, also: Sequence[str]) -> tuple[dict[str, dict[str, int]], dict[str, int]]:
        """Count the asked facets over all hits, each without its own filter, and the hits of each month."""
        if not (asked := self.query.facets):
            return {}, {}
        free = [name for name in asked if name not in self.query.filters]
        counts = self._now.buckets(self.fenced(_any(match, _having("id", also))), ["month", *free])
        for name in set(asked).difference(free):
            wider = _any(self.match(without=name), _having("id", also))
            counts |= self._now.buckets(self.fenced(wider, without=name), [name])
        months = {f"{month // 100:04}-{month % 100:02}": count for month, count in counts["month"].items()}
        return {name: counts[name] for name in asked}, months

    def suggestion(self) -> str:
        """Return the query's text with the words nothing has replaced by near ones, or an empty string."""
        text, searcher = self.query.text, self._now.searcher
        for tokens, typed in self.plan.words.items():
            if len(tokens) == 1 and not any(searcher.doc_freq(name, tokens[0]) for name in TEXTS):
                word = PLAIN.analyze(clean(typed))[0]
                if better := nearest_word(word, searcher.terms_with_prefix("vocabulary", word[0])):
                    text = text.replace(typed, better)
        return text if text != self.query.text else ""


class EmbeddedBackend:
    """One generation of the index in one folder. Implements ``Backend``; safe for many threads and processes.

    One writer at a time: a second raises ``LibraryBusy``. Readers see a commit as soon as it is made. An
    index that cannot be read raises ``IndexDamaged``.
    """

    def __init__(self, folder: Path, generation: int = 1) -> None:
        self._folder, self._generation = folder, generation
        fresh = not folder.exists() or not any(folder.iterdir())
        folder.mkdir(parents=True, exist_ok=True)
        self._index = self._opened(fresh)
        self._snapshot = self._read()

    def _opened(self, fresh: bool = False) -> tantivy.Index:
        folder = str(self._folder)
        try:
            index = tantivy.Index(_schema(), folder) if fresh else tantivy.Index.open(folder)
        except ValueError as error:
            raise IndexDamaged(f"{self._folder.name}: {error}") from error
        for name, analyser in (("stemmed", STEMMED), ("plain", PLAIN), ("folded", FOLDED)):
            index.register_tokenizer(name, analyser)
        # Filters fold case; what is counted keeps it.
        index.register_fast_field_tokenizer("folded", _analyser(Tokenizer.raw()))
        return index

    def _mark(self) -> tuple[int, int, int]:
        try:
            told = (self._folder / "meta.json").stat()
        except FileNotFoundError as error:
            raise IndexDamaged(f"{self._folder.name}: no meta.json") from error
        return told.st_ino, told.st_mtime_ns, told.st_size

    def _read(self) -> _Snapshot:
        """Return the newest commit; a compaction may just have taken vector files away: look again once."""
        for again in (True, False):
            mark = self._mark()
            try:
                self._index.reload()
                searcher = self._index.searcher()
                applied, extents = _state(searcher)
                return _Snapshot(
                    mark, searcher, {by: Vectors(self._folder, by, extents[by]) for by in By}, applied
                )
            except (FileNotFoundError, ValueError) as error:
                if not again:
                    raise IndexDamaged(f"{self._folder.name}: {error}") from error
        raise AssertionError("unreachable")

    def _now(self) -> _Snapshot:
        if self._mark() != self._snapshot.mark:
            self._snapshot = self._read()
        return self._snapshot

    def write(self, cards: Iterable[Card], deleted: Sequence[str], applied: int) -> None:
        """Make these cards the only ones with their ids, drop the deleted, and show all of it at once.

        Durable on return: vectors are on disk before tantivy's commit acknowledges them. On any error nothing
        of it is kept.
        """
        index = self._opened()
        writer = self._writer(index)
        appenders: dict[By, Appender] = {}
        try:
            _, extents = _state(index.searcher())
            appenders |= {by: Appender(self._folder, by, extents[by]) for by in By}
            for card in deleted:
                writer.delete_documents_by_term("id", card)
                for appender in appenders.values():
                    appender.put(card, 0, None)
            for one in cards:
                writer.delete_documents_by_term("id", one.id)
                writer.add_document(tantivy.Document.from_dict(fields(one), _schema()))
                appenders[one.by].put(one.id, one.seq, one.vectors)
            extents = {by: appender.finish() for by, appender in appenders.items()}
            covered = {"id": STATE, "state": json.dumps(state(applied, extents))}
            writer.delete_documents_by_term("id", STATE)
            writer.add_document(tantivy.Document.from_dict(covered, _schema()))
            writer.commit()
        except BaseException:
            writer.rollback()
            raise
        finally:
            for appender in appenders.values():
                appender.close()
            writer.wait_merging_threads()
        for by, extent in extents.items():
            tidy(self._folder, by, extent)
        self._snapshot = self._read()

    def _writer(self, index: tantivy.Index) -> tantivy.IndexWriter:
        try:
            writer = index.writer(HEAP, 1)
        except ValueError as error:
            if "LockBusy" in str(error):
                raise LibraryBusy("another process is writing the search index") from error
            raise IndexDamaged(str(error)) from error
        index.reload()
        return writer

    def words(self, query: Query, limit: int, also: Sequence[str] = ()) -> Ranked:
        """Return the cards that match the query's words and filters, ranked by BM25 or the query's sort.

        A query without words browses, newest first.
        """
        now = self._now()
        asked = _Asked(query, now)
        match = asked.match()
        everything = asked.fenced(_any(match, _having("id", also)))
        if query.sort is Sort.RELEVANCE and asked.plan.scores:
            rows = now.by_score(asked.fenced(match), limit)
        else:
            order = Sort.NEWEST if query.sort is Sort.RELEVANCE else query.sort
            rows = now.by_field(everything, order, limit)
        ids, scores, seqs = zip(*rows, strict=True) if rows else ((), (), ())
        return Ranked(ids, scores, now.count(everything), seqs, *asked.tally(match, also), asked.suggestion())

    def nearest(self, near: NDArray[np.float32] | str, query: Query, limit: int) -> Ranked:
        """Return the cards with the passage nearest to ``near`` that pass all of the query but its words.

        Exact, ties by seq; the total is the number of cards returned.
        """
        now = self._now()
        vector = now.mean(near) if isinstance(near, str) else near
        asked = _Asked(query, now)
        fences = asked.fences() + asked.phrases()
        allowed = None if len(fences) == 1 else now.keys(Q.boolean_query(fences))
        found = now.vectors[query.by].nearest(vector, limit, allowed)
        ids = tuple(now.ids(found.keys.tolist()))
        return Ranked(ids, tuple(found.scores.tolist()), len(ids), tuple(found.seqs.tolist()))

    def stamp(self) -> Stamp:
        """Return what the index holds now."""
        now = self._now()
        cards = now.searcher.num_docs - now.count(_having("id", [STATE]))
        return Stamp(generation=self._generation, cards=cards, applied=now.applied)

    def close(self) -> None:
        """Let go of every file; the backend is of no use afterwards."""
        del self._snapshot, self._index


def _state(searcher: tantivy.Searcher) -> tuple[int, dict[By, Extent]]:
    hits = searcher.search(_having("id", [STATE]), 1, count=False).hits
    return read_state(json.loads(searcher.doc(hits[0][1])["state"][0]) if hits else None)
