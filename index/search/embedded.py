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

from collectors.errors import IndexDamaged
from index.search import fields
from index.search.appender import Appenders
from index.search.backend import Ranked
from index.search.cards import Card
from index.search.failures import typed_errors
from index.search.highlight import Token
from index.search.lexical import DIGITS, MOST_BUCKETS, Row, fences, words
from index.search.plan import Tokens, nearest_word, plan
from index.search.query import FACETS, By, Query, Sort, Stamp
from index.search.tree import (
    All,
    Dated,
    Everything,
    Fuzzy,
    Having,
    Lost,
    Node,
    Prefix,
    Some,
    Unscored,
    Words,
)
from index.search.vectors import Extent, Vectors, mean_of

HEAP = 64_000_000


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
    return STEMMED.analyze(fields.clean(text))


def tokenise(text: str) -> list[Token]:
    """Return the words of a text as the index knows them, with their place in the text."""
    tokens = STEMMED.pre_tokenize(fields.clean(text)).tokens
    return [Token(token.text, token.char_offset_from, token.char_offset_to) for token in tokens]


@lru_cache(1)
def _schema() -> tantivy.Schema:
    builder = SchemaBuilder()
    fields.declare(builder)
    return builder.build()


def _compiled(node: Node) -> Q:
    """Return tantivy's query for a tree; its own query parser is never used."""
    match node:
        case Everything():
            return Q.all_query()
        case Words():
            return _best_field(node)
        case Prefix(text, title):
            return Q.fuzzy_term_query(_schema(), fields.WRITTEN[title], text, 0, True, True)
        case Fuzzy(text, edits, title):
            return Q.fuzzy_term_query(_schema(), fields.WRITTEN[title], text, edits, True, False)
        case Having(field, values):
            return _having(field, values)
        case Dated(since, until):
            lower, upper = (day.toordinal() if day else None for day in (since, until))
            return Q.range_query(_schema(), "when", tantivy.FieldType.Integer, lower, upper)
        case Lost(least, most):
            ends = fields.bounds(least, most)
            return Q.range_query(_schema(), Sort.LOSS, tantivy.FieldType.Unsigned, *ends)
        case All((), ()):
            return Q.all_query()
        case All(parts, unwanted):
            musts = [(Occur.Must, _compiled(part)) for part in parts]
            return Q.boolean_query(musts + [(Occur.MustNot, _compiled(part)) for part in unwanted])
        case Some(parts, at_least):
            shoulds = [(Occur.Should, _compiled(part)) for part in parts]
            return Q.boolean_query(shoulds, minimum_number_should_match=at_least)
        case Unscored(part):
            return Q.const_score_query(_compiled(part), 0.0)


def _best_field(words: Words) -> Q:
    def within(name: str) -> Q:
        if len(words.tokens) == 1:
            return Q.term_query(_schema(), name, words.tokens[0])
        return Q.phrase_query(_schema(), name, list(words.tokens), words.slop)

    if words.title:
        return within("title")
    weighed = [Q.boost_query(within(name), boost) for name, boost in fields.TEXTS.items()]
    return Q.disjunction_max_query(weighed, fields.TIE)


def _having(name: str, values: Iterable[str]) -> Q:
    values = [fields.clean(value) for value in values]
    if name in FACETS:
        values = [token for value in values for token in FOLDED.analyze(value)]
    return Q.term_set_query(_schema(), name, values)


@dataclass(frozen=True)
class _Snapshot:
    """One commit, as a reader sees it: the ``Engine`` of ``lexical``, and keys to ids and back."""

    mark: tuple[int, int, int]
    searcher: tantivy.Searcher
    vectors: dict[By, Vectors]
    applied: int

    def count(self, node: Node) -> int:
        found = self.searcher.search(_compiled(node), 1)
        return int(found.count)  # type: ignore[attr-defined]  # tantivy's stub leaves it out

    def id(self, address: tantivy.DocAddress) -> str:
        return str(self.searcher.doc(address)["id"][0])

    def by_score(self, node: Node, limit: int) -> list[Row]:
        """Return the best by score, ties by seq; so many are fetched that every tie of the last is there."""
        query, fetched = _compiled(node), limit + 32
        while True:
            hits = self.searcher.search(query, fetched, count=False).hits
            scores = np.round([score for score, _ in hits], DIGITS).tolist()
            if len(hits) < fetched or scores[-1] < scores[limit - 1]:
                break
            fetched *= 4
        addresses = [address for _, address in hits]
        seqs = [int(seq or 0) for seq in self.searcher.fast_field_values("seq", addresses)]
        order = sorted(range(len(hits)), key=lambda one: (-scores[one], seqs[one]))[:limit]
        return [(self.id(addresses[one]), scores[one], seqs[one]) for one in order]

    def by_field(self, node: Node, order: Sort, limit: int) -> list[Row]:
        hits = self.searcher.search(_compiled(node), limit, count=False, order_by_field=order.value).hits
        return [(self.id(address), 0.0, fields.unpacked_seq(value)) for value, address in hits]

    def keys(self, node: Node) -> NDArray[np.int64]:
        most = max(1, self.searcher.num_docs)
        hits = self.searcher.search(_compiled(node), most, count=False, order_by_field="key").hits
        return np.fromiter((value for value, _ in hits), np.int64, len(hits))

    def ids(self, keys: Sequence[int]) -> list[str]:
        """Return the ids of the cards with these keys, in order."""
        wanted = Q.term_set_query(_schema(), "key", keys)
        hits = self.searcher.search(wanted, len(keys) + 1, count=False, order_by_field="key").hits
        names = {value: self.id(address) for value, address in hits}
        return [names[one] for one in keys]

    def buckets(self, node: Node, names: Sequence[str]) -> dict[str, dict[Any, int]]:
        sizes = {"size": MOST_BUCKETS, "segment_size": MOST_BUCKETS}
        asked = {name: {"terms": {"field": name, **sizes}} for name in names}
        told = self.searcher.aggregate(_compiled(node), asked)
        return {name: {one["key"]: one["doc_count"] for one in told[name]["buckets"]} for name in names}

    def correction(self, tokens: Tokens, typed: str) -> str:
        if len(tokens) > 1 or any(self.searcher.doc_freq(name, tokens[0]) for name in fields.TEXTS):
            return ""
        word = PLAIN.analyze(fields.clean(typed))[0]
        return nearest_word(word, self.searcher.terms_with_prefix(fields.WRITTEN[False], word[0]))


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
        with typed_errors(folder):
            return _able(tantivy.Index(_schema(), folder) if fresh else tantivy.Index.open(folder))

    def _mark(self) -> tuple[int, int, int]:
        meta = self._folder / "meta.json"
        told = meta.stat() if meta.exists() else None
        return (told.st_ino, told.st_mtime_ns, told.st_size) if told else (0, 0, 0)

    def _read(self) -> _Snapshot:
        mark = self._mark()
        with typed_errors(self._folder.name):
            self._index.reload()
            searcher = self._index.searcher()
            applied, extents = _state(searcher)
            vectors = {by: Vectors(self._folder, by, extents[by]) for by in By}
        return _Snapshot(mark, searcher, vectors, applied)

    def _now(self) -> _Snapshot:
        if self._mark() != self._snapshot.mark:
            try:
                self._snapshot = self._read()
            except IndexDamaged:  # a compaction may just have taken files away: a newer commit has others
                self._snapshot = self._read()
        return self._snapshot

    def write(self, cards: Iterable[Card], deleted: Sequence[str], applied: int) -> None:
        """Make these cards the only ones with their ids, drop the deleted, and show all of it at once.

        Durable on return: vectors are on disk before tantivy's commit acknowledges them. On any error nothing
        of it is kept.
        """
        index = self._opened()
        with typed_errors(self._folder.name):
            writer = index.writer(HEAP, 1)
        passages = None
        try:
            # A killed writer may have left a file that the next commit would make under the same name.
            writer.garbage_collect_files()
            index.reload()
            _, extents = _state(index.searcher())
            passages = Appenders(self._folder, extents)
            for card in deleted:
                writer.delete_documents_by_term("id", card)
                passages.drop(card)
            for one in cards:
                writer.delete_documents_by_term("id", one.id)
                writer.add_document(tantivy.Document.from_dict(fields.fields(one), _schema()))
                passages.put(one)
            with typed_errors(self._folder.name):
                extents = passages.finish()
                covered = {"id": fields.STATE, "state": json.dumps(fields.state(applied, extents))}
                writer.delete_documents_by_term("id", fields.STATE)
                writer.add_document(tantivy.Document.from_dict(covered, _schema()))
                writer.commit()
        except BaseException:
            writer.rollback()
            raise
        finally:
            if passages is not None:
                passages.close()
            writer.wait_merging_threads()
        passages.tidy(extents)
        self._snapshot = self._read()

    def words(self, query: Query, limit: int, also: Sequence[str] = ()) -> Ranked:
        """Return the cards that match the query's words and filters, ranked by BM25 or the query's sort."""
        return words(query, plan(query, analyse), self._now(), limit, also)

    def nearest(self, near: NDArray[np.float32] | str, query: Query, limit: int) -> Ranked:
        """Return the cards with the passage nearest to ``near`` that pass all of the query but its words.

        Exact, ties by seq; the total is the number of cards returned.
        """
        now = self._now()
        vector = mean_of(now.vectors.values(), near) if isinstance(near, str) else near
        fence = fences(query, asked := plan(query, analyse))
        must = All((*fence.parts, *map(Words, asked.phrases)), fence.unwanted)
        # All vectors of this kind of card pass where its kind is the only fence.
        allowed = None if len(must.parts) == 1 and not must.unwanted else now.keys(must)
        found = now.vectors[query.by].nearest(vector, limit, allowed)
        ids = tuple(now.ids(found.keys.tolist()))
        return Ranked(ids, tuple(found.scores.tolist()), len(ids), tuple(found.seqs.tolist()))

    def stamp(self) -> Stamp:
        """Return what the index holds now."""
        now = self._now()
        cards = now.searcher.num_docs - now.count(Having("id", (fields.STATE,)))
        return Stamp(generation=self._generation, cards=cards, applied=now.applied)

    def close(self) -> None:
        """Let go of every file; the backend is of no use afterwards."""
        del self._snapshot, self._index


def in_memory(cards: Iterable[Card]) -> _Snapshot:
    """Return an engine over these cards alone that forgets them when it is let go."""
    index = _able(tantivy.Index(_schema()))
    writer = index.writer(HEAP, 1)
    for one in cards:
        writer.add_document(tantivy.Document.from_dict(fields.fields(one), _schema()))
    writer.commit()
    index.reload()
    return _Snapshot((0, 0, 0), index.searcher(), {}, 0)


def _able(index: tantivy.Index) -> tantivy.Index:
    for name, analyser in (("stemmed", STEMMED), ("plain", PLAIN), ("folded", FOLDED)):
        index.register_tokenizer(name, analyser)
    # Filters fold case; what is counted keeps it.
    index.register_fast_field_tokenizer("folded", _analyser(Tokenizer.raw()))
    return index


def _state(searcher: tantivy.Searcher) -> tuple[int, dict[By, Extent]]:
    hits = searcher.search(_having("id", [fields.STATE]), 1, count=False).hits
    return fields.read_state(json.loads(searcher.doc(hits[0][1])["state"][0]) if hits else None)
