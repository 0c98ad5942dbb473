"""The embedded search engine: tantivy for words and facets, exact vectors beside it.

One tantivy commit is the acknowledgement of everything: a document of its own, ``~state``, says within the
same commit which outbox number and how much of the vector files it covers, so a crash can never leave the
index claiming more than it holds.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
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
from index.search.highlight import Token
from index.search.plan import SHORTEST_MISSPELT, Tokens, nearest_word, plan
from index.search.query import FACETS, By, Query, Sort, Stamp
from index.search.vectors import Appender, Extent, Vectors, key, tidy

LONGEST_TOKEN = 60
BOOSTS = {"title": 2.0, "text": 1.0, "keywords": 1.5}
"""The fields words are searched in, and what a match there weighs."""
DIGITS = 5
"""Scores that agree to this many digits after the point tie, whatever the order their parts were added in."""
HEAP = 64_000_000
STATE = "~state"
LONGEST_VALUE = 500
TIE = 0.3
"""How much a word's matches in further fields add to its best one."""
MOST_BUCKETS = 60_000
_LAST_DAY, _MOST_SEQ, _MOST_VALUE = 2**24 - 1, 2**28 - 1, 2**36 - 1

_CHAIN = (Filter.remove_long(LONGEST_TOKEN), Filter.lowercase(), Filter.ascii_fold())


def _analyser(tokenizer: Tokenizer, *filters: Filter) -> tantivy.TextAnalyzer:
    builder = TextAnalyzerBuilder(tokenizer)
    for one in filters:
        builder = builder.filter(one)
    return builder.build()


STEMMED = _analyser(Tokenizer.simple(), *_CHAIN, Filter.stemmer("english"))
PLAIN = _analyser(Tokenizer.simple(), *_CHAIN)
FOLDED = _analyser(Tokenizer.raw(), Filter.lowercase(), Filter.ascii_fold())


def analyse(text: str) -> list[str]:
    """Return the words of a text as the index knows them: folded and stemmed."""
    return STEMMED.analyze(_clean(text))


def tokenise(text: str) -> list[Token]:
    """Return the words of a text as the index knows them: folded, stemmed, with their place in the text."""
    tokens = STEMMED.pre_tokenize(_clean(text)).tokens
    return [Token(token.text, token.char_offset_from, token.char_offset_to) for token in tokens]


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


@lru_cache(1)
def _schema() -> tantivy.Schema:
    builder = SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("state", stored=True, tokenizer_name="raw", index_option="basic")
    for name in ("by", "refs"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in BOOSTS:
        builder.add_text_field(name, tokenizer_name="stemmed")
    builder.add_text_field("vocabulary", tokenizer_name="plain", index_option="basic")
    for name in FACETS:
        builder.add_text_field(name, tokenizer_name="folded", index_option="basic", fast=True)
    builder.add_integer_field("key", indexed=True, fast=True)
    for name in ("when", "month", "seq"):
        builder.add_integer_field(name, fast=True)
    for name in Sort:
        if name is not Sort.RELEVANCE:
            builder.add_unsigned_field(name, fast=True)
    return builder.build()


def _prepared(index: tantivy.Index) -> tantivy.Index:
    for name, analyser in (("stemmed", STEMMED), ("plain", PLAIN), ("folded", FOLDED)):
        index.register_tokenizer(name, analyser)
    # Filters fold case; what is counted keeps it.
    index.register_fast_field_tokenizer("folded", _analyser(Tokenizer.raw()))
    return index


def _packed(value: float, seq: int) -> int:
    """Return one number that sorts by value, highest first, then by seq, lowest first."""
    return (min(max(int(value), 0), _MOST_VALUE) << 28) | (_MOST_SEQ - min(seq, _MOST_SEQ))


def _document(card: Card) -> tantivy.Document:
    day = card.when.toordinal() if card.when else 0
    fields: dict[str, Any] = {
        "id": card.id,
        "by": card.by.value,
        "refs": list(card.refs),
        "title": _clean(card.title),
        "text": _clean(card.text),
        "keywords": [_clean(word) for word in card.keywords],
        "vocabulary": [_clean(text) for text in (card.title, card.text, *card.keywords)],
        "key": key(card.id),
        "seq": card.seq,
        Sort.NEWEST: _packed(day, card.seq),
        Sort.OLDEST: _packed(_LAST_DAY - day if day else 0, card.seq),
        Sort.LOSS: _packed(card.loss, card.seq),
    }
    if card.when:
        fields |= {"when": day, "month": card.when.year * 100 + card.when.month}
    for name, values in card.facets.items():
        fields[name] = list(dict.fromkeys(_clean(value)[:LONGEST_VALUE] for value in values if value))
    return tantivy.Document.from_dict(fields, _schema())


_Row = tuple[str, float, int]
"""Id, score and seq of a hit."""


@dataclass(frozen=True)
class _Snapshot:
    """One commit, as a reader sees it."""

    mark: tuple[int, int, int]
    searcher: tantivy.Searcher
    vectors: dict[By, Vectors]
    applied: int


class _Compiler:
    """Our Query → tantivy's, for one snapshot; never through its own query parser."""

    def __init__(self, query: Query, searcher: tantivy.Searcher) -> None:
        self.query, self._searcher = query, searcher
        self.plan = plan(query, analyse)

    def fences(self, without: str = "") -> list[tuple[Occur, tantivy.Query]]:
        """Return what a hit must pass besides its words, one facet's filter left out; nothing here scores."""
        query, of, schema = self.query, tantivy.Query, _schema()
        parts = [of.term_query(schema, "by", query.by.value)]
        for name, values in query.filters.items():
            if name != without:
                folded = [token for value in values for token in FOLDED.analyze(_clean(value))]
                parts.append(of.term_set_query(schema, name, folded) if folded else of.empty_query())
        if query.since or query.until:
            lower, upper = (day.toordinal() if day else None for day in (query.since, query.until))
            parts.append(of.range_query(schema, "when", tantivy.FieldType.Integer, lower, upper))
        if query.ids:
            parts.append(_any([_having(name, query.ids) for name in ("id", "refs")]))
        musts = [(Occur.Must, of.const_score_query(part, 0.0)) for part in parts]
        return musts + [(Occur.MustNot, _term(tokens)) for tokens in self.plan.unwanted]

    def phrases(self) -> list[tuple[Occur, tantivy.Query]]:
        """Return the phrases every hit must have, with their scores."""
        return [(Occur.Must, _term(tokens)) for tokens in self.plan.phrases]

    def matching(self, at_least: int) -> tantivy.Query:
        """Return the words, of which so many must match, and the phrases; without either, everything."""
        parts = self.phrases()
        if self.plan.words:
            words = [(Occur.Should, _term(tokens)) for tokens in self.plan.words]
            parts.append(
                (Occur.Must, tantivy.Query.boolean_query(words, minimum_number_should_match=at_least))
            )
        return tantivy.Query.boolean_query(parts) if parts else tantivy.Query.all_query()

    def fenced(self, match: tantivy.Query, without: str = "") -> tantivy.Query:
        """Return what matches and passes the fences."""
        return tantivy.Query.boolean_query([(Occur.Must, match), *self.fences(without)])

    def suggestion(self) -> str:
        """Return the query's text with the words nothing has replaced by near ones, or an empty string."""
        text = self.query.text
        for tokens, typed in self.plan.words.items():
            if len(tokens) == 1 and not any(self._searcher.doc_freq(name, tokens[0]) for name in BOOSTS):
                word = PLAIN.analyze(_clean(typed))[0]
                if len(word) >= SHORTEST_MISSPELT and (better := nearest_word(word, self._known(word[0]))):
                    text = text.replace(typed, better)
        return text if text != self.query.text else ""

    def _known(self, letter: str) -> list[tuple[str, int]]:
        return self._searcher.terms_with_prefix("vocabulary", letter)


def _term(tokens: Tokens) -> tantivy.Query:
    """Return the query of one word or phrase in any field; the best field counts, the others a little."""
    of, schema = tantivy.Query, _schema()

    def within(name: str) -> tantivy.Query:
        if len(tokens) == 1:
            return of.term_query(schema, name, tokens[0])
        return of.phrase_query(schema, name, list(tokens))

    return of.disjunction_max_query(
        [of.boost_query(within(name), boost) for name, boost in BOOSTS.items()], TIE
    )


def _having(name: str, ids: Iterable[str]) -> tantivy.Query:
    return tantivy.Query.term_set_query(_schema(), name, [_clean(one) for one in ids])


def _any(parts: Iterable[tantivy.Query]) -> tantivy.Query:
    return tantivy.Query.boolean_query([(Occur.Should, part) for part in parts])


class EmbeddedBackend:
    """One generation of the index in one folder. Implements ``Backend``; safe for many threads and processes.

    One writer at a time: a second raises ``LibraryBusy``. Readers see a commit as soon as it is made. An
    index that cannot be read raises ``IndexDamaged``.
    """

    def __init__(self, folder: Path, generation: int = 1) -> None:
        self._folder, self._generation = folder, generation
        self._meta = folder / "meta.json"
        fresh = not folder.exists() or not any(folder.iterdir())
        folder.mkdir(parents=True, exist_ok=True)
        self._index = self._opened(fresh)
        self._snapshot = self._read()

    def _opened(self, fresh: bool = False) -> tantivy.Index:
        try:
            if fresh:
                return _prepared(tantivy.Index(_schema(), str(self._folder)))
            return _prepared(tantivy.Index.open(str(self._folder)))
        except ValueError as error:
            raise IndexDamaged(f"{self._folder.name}: {error}") from error

    def _mark(self) -> tuple[int, int, int]:
        try:
            told = self._meta.stat()
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
                vectors = {by: Vectors(self._folder, by, extents[by]) for by in By}
                return _Snapshot(mark, searcher, vectors, applied)
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
            index.reload()
            _, extents = _state(index.searcher())
            appenders |= {by: Appender(self._folder, by, extents[by]) for by in By}
            for card in deleted:
                writer.delete_documents_by_term("id", card)
                for appender in appenders.values():
                    appender.put(card, 0, None)
            for one in cards:
                writer.delete_documents_by_term("id", one.id)
                writer.add_document(_document(one))
                appenders[one.by].put(one.id, one.seq, one.vectors)
            extents = {by: appender.finish() for by, appender in appenders.items()}
            _acknowledge(writer, applied, extents)
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
            return index.writer(HEAP, 1)
        except ValueError as error:
            if "LockBusy" in str(error):
                raise LibraryBusy("another process is writing the search index") from error
            raise IndexDamaged(str(error)) from error

    def words(self, query: Query, limit: int, also: Sequence[str] = ()) -> Ranked:
        """Return the cards that match the query's words and filters, ranked by BM25 or the query's sort.

        A query without words browses, newest first. Where no card has enough of the words, any word will do.
        """
        now = self._now()
        compiler = _Compiler(query, now.searcher)
        match = compiler.matching(compiler.plan.at_least)
        if len(compiler.plan.words) > 1 and not _count(now, compiler.fenced(match)):
            match = compiler.matching(1)
        counted = _any([match, _having("id", also)]) if also else match
        everything = compiler.fenced(counted)
        if query.sort is Sort.RELEVANCE and compiler.plan.scores:
            rows = _by_score(now, compiler.fenced(match), limit)
        else:
            order = Sort.NEWEST if query.sort is Sort.RELEVANCE else query.sort
            rows = _by_field(now, everything, order, limit)
        facets, months = _tally(now, counted, compiler)
        ids, scores, seqs = zip(*rows, strict=True) if rows else ((), (), ())
        return Ranked(ids, scores, _count(now, everything), seqs, facets, months, compiler.suggestion())

    def nearest(self, near: NDArray[np.float32] | str, query: Query, limit: int) -> Ranked:
        """Return the cards with the passage nearest to ``near`` that pass all of the query but its words.

        Exact, ties by seq; the total is the number of cards returned.
        """
        now = self._now()
        vectors = now.vectors[query.by]
        vector = _mean(now, near) if isinstance(near, str) else near
        compiler = _Compiler(query, now.searcher)
        fences = compiler.fences() + compiler.phrases()
        allowed = None if len(fences) == 1 else _keys(now, tantivy.Query.boolean_query(fences))
        found = vectors.nearest(vector, limit, allowed)
        names = _names(now, found.keys)
        ids = tuple(names[one] for one in found.keys.tolist())
        return Ranked(ids, tuple(found.scores.tolist()), len(ids), tuple(found.seqs.tolist()))

    def stamp(self) -> Stamp:
        """Return what the index holds now."""
        now = self._now()
        cards = now.searcher.num_docs - _count(now, _having("id", [STATE]))
        return Stamp(generation=self._generation, cards=cards, applied=now.applied)

    def close(self) -> None:
        """Let go of every file; the backend is of no use afterwards."""
        del self._snapshot, self._index


def _state(searcher: tantivy.Searcher) -> tuple[int, dict[By, Extent]]:
    """Return the outbox number and the vector files' extents that this commit covers."""
    hits = searcher.search(_having("id", [STATE]), 1, count=False).hits
    told: dict[str, Any] = {"applied": 0, "vectors": {}}
    if hits:
        told = json.loads(searcher.doc(hits[0][1])["state"][0])
    return int(told["applied"]), {by: Extent(**told["vectors"].get(by.value, {})) for by in By}


def _acknowledge(writer: tantivy.IndexWriter, applied: int, extents: dict[By, Extent]) -> None:
    told = {"applied": applied, "vectors": {by.value: asdict(extent) for by, extent in extents.items()}}
    writer.delete_documents_by_term("id", STATE)
    writer.add_document(tantivy.Document.from_dict({"id": STATE, "state": json.dumps(told)}, _schema()))
    writer.commit()


def _count(now: _Snapshot, query: tantivy.Query) -> int:
    return int(now.searcher.search(query, 1).count)  # type: ignore[attr-defined]  # tantivy's stub leaves it out


def _by_score(now: _Snapshot, query: tantivy.Query, limit: int) -> list[_Row]:
    """Return the best by score, ties by seq; so many are fetched that every tie of the last is there."""
    fetched = limit + 32
    while True:
        hits = now.searcher.search(query, fetched, count=False).hits
        scores = [round(score, DIGITS) for score, _ in hits]
        if len(hits) < fetched or scores[-1] < scores[limit - 1]:
            break
        fetched *= 4
    addresses = [address for _, address in hits]
    seqs = [int(seq or 0) for seq in now.searcher.fast_field_values("seq", addresses)]
    order = sorted(range(len(hits)), key=lambda one: (-scores[one], seqs[one]))[:limit]
    return [(_id(now, addresses[one]), scores[one], seqs[one]) for one in order]


def _by_field(now: _Snapshot, query: tantivy.Query, order: Sort, limit: int) -> list[_Row]:
    hits = now.searcher.search(query, limit, count=False, order_by_field=order.value).hits
    return [(_id(now, address), 0.0, _MOST_SEQ - (value & _MOST_SEQ)) for value, address in hits]


def _id(now: _Snapshot, address: tantivy.DocAddress) -> str:
    return str(now.searcher.doc(address)["id"][0])


def _tally(
    now: _Snapshot, match: tantivy.Query, compiler: _Compiler
) -> tuple[dict[str, dict[str, int]], dict[str, int]]:
    """Count the asked facets over all hits, each without its own filter, and the hits of each month."""
    asked = compiler.query.facets
    if not asked:
        return {}, {}
    free = [name for name in asked if name not in compiler.query.filters]
    counts = _buckets(now, compiler.fenced(match), ["month", *free])
    for name in set(asked).difference(free):
        counts |= _buckets(now, compiler.fenced(match, without=name), [name])
    months = {f"{month // 100}-{month % 100:02}": count for month, count in counts["month"].items()}
    return {name: {str(value): count for value, count in counts[name].items()} for name in asked}, months


def _buckets(now: _Snapshot, query: tantivy.Query, names: list[str]) -> dict[str, dict[Any, int]]:
    asked = {
        name: {"terms": {"field": name, "size": MOST_BUCKETS, "segment_size": MOST_BUCKETS}} for name in names
    }
    told = now.searcher.aggregate(query, asked)
    return {name: {one["key"]: one["doc_count"] for one in told[name]["buckets"]} for name in names}


def _keys(now: _Snapshot, query: tantivy.Query) -> NDArray[np.int64]:
    hits = now.searcher.search(query, max(1, now.searcher.num_docs), count=False, order_by_field="key").hits
    return np.fromiter((value for value, _ in hits), np.int64, len(hits))


def _names(now: _Snapshot, keys: NDArray[np.int64]) -> dict[int, str]:
    if not len(keys):
        return {}
    wanted = tantivy.Query.term_set_query(_schema(), "key", keys.tolist())
    hits = now.searcher.search(wanted, len(keys), count=False, order_by_field="key").hits
    return {value: _id(now, address) for value, address in hits}


def _mean(now: _Snapshot, card: str) -> NDArray[np.float32]:
    """Return a card's mean passage as a unit vector."""
    for vectors in now.vectors.values():
        for position in vectors.positions(np.array([key(card)])):
            mean = vectors.passages(position).mean(axis=0)
            return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-12), np.float32)
    raise NotFound(f"the index has no vectors of {card}")
