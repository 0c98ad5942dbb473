"""tantivy as a plain program would use it, over the same incidents: the baseline of the search benchmark.

Same analysis and texts, stored. No ties, spelling, paging, reasons or permissions. ``bare`` finds, counts and
names ten hits; ``equal`` also fetches their texts, marks the best fragment of each, as every hit of ours
is, and writes the question to a durable log.
"""

import sqlite3
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import tantivy
from numpy.typing import NDArray

from index.search.cards import Card
from tests.bench.cases import PAGE, TOP, Ask, fused

Q, MUST, SHOULD = tantivy.Query, tantivy.Occur.Must, tantivy.Occur.Should
STEM = (
    tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    .filter(tantivy.Filter.lowercase())
    .filter(tantivy.Filter.ascii_fold())
    .filter(tantivy.Filter.stemmer("english"))
    .build()
)
TEXTS = ("title", "text")
Run = Callable[[], object]


class Raw:
    """An index of its own and, beside it, a matrix of the passages."""

    def __init__(self, folder: Path) -> None:
        self._vectors, self._folder = folder / "vectors", folder / "index"
        self._folder.mkdir(parents=True, exist_ok=True)
        builder = tantivy.SchemaBuilder().add_text_field("id", stored=True, tokenizer_name="raw")
        for name in TEXTS:
            builder.add_text_field(name, stored=True, tokenizer_name="stemmed")
        builder.add_text_field("plain", tokenizer_name="default", index_option="basic")
        for name in ("country", "source"):
            builder.add_text_field(name, tokenizer_name="raw", fast=True)
        for name in ("when", "month", "seq"):
            builder.add_integer_field(name, fast=True, indexed=name != "month")
        self._schema = builder.build()
        self._index = tantivy.Index(self._schema, str(self._folder))
        self._index.register_tokenizer("stemmed", STEM)
        self._writer: tantivy.IndexWriter | None = None
        self._log = sqlite3.connect(folder / "log.db", isolation_level=None)
        self._log.executescript(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
            "CREATE TABLE IF NOT EXISTS log(at REAL, asked TEXT);"
        )

    def add(self, cards: Sequence[Card]) -> None:
        """Index these cards; nothing is seen before ``finish``."""
        self._writer = self._writer or self._index.writer(64_000_000, 1)
        for card in cards:
            told = {
                "id": card.id,
                "title": card.title,
                "text": card.text,
                "plain": card.text,
                "seq": card.seq,
            }
            if card.when:
                told |= {"when": card.when.toordinal(), "month": card.when.year * 100 + card.when.month}
            told |= {name: list(card.facets[name]) for name in ("country", "source")}
            self._writer.add_document(tantivy.Document.from_dict(told, self._schema))

    def add_vectors(self, cards: Sequence[Card]) -> None:
        """Append the passages of these cards to the matrix."""
        with self._vectors.open("ab") as rows, self._vectors.with_suffix(".seqs").open("ab") as seqs:
            for card in cards:
                if card.vectors is not None:
                    rows.write(np.ascontiguousarray(card.vectors, np.float32).tobytes())
                    seqs.write(np.full(len(card.vectors), card.seq, np.int64).tobytes())

    def finish(self) -> None:
        """Commit, and wait until nothing is left to merge."""
        if self._writer is not None:
            self._writer.commit()
            self._writer.wait_merging_threads()

    def open(self) -> None:
        """Make ready to search."""
        self._index.reload()
        self._searcher = self._index.searcher()
        seqs = np.fromfile(self._vectors.with_suffix(".seqs"), np.int64)
        self._rows = np.fromfile(self._vectors, np.float32).reshape(len(seqs), -1)
        self._starts = np.flatnonzero(np.diff(seqs, prepend=-1))
        self._seqs = seqs[self._starts]

    @property
    def megabytes(self) -> float:
        """Return the size of the index, stored texts included, without vectors."""
        return sum(path.stat().st_size for path in self._folder.iterdir()) / 1e6

    def _either(self, make: Callable[..., tantivy.Query], wanted: str | list[str]) -> tantivy.Query:
        return Q.disjunction_max_query([make(self._schema, name, wanted) for name in TEXTS])

    def compiled(self, ask: Ask) -> tantivy.Query:
        """Return the question as tantivy's query."""
        words = [self._either(Q.term_query, STEM.analyze(word)[0]) for word in ask.words]
        parts: list[tuple[tantivy.Occur, tantivy.Query]] = []
        if words and ask.either:
            parts.append((MUST, Q.boolean_query([(SHOULD, word) for word in words])))
        else:
            parts += [(MUST, word) for word in words]
        if ask.phrase:
            parts.append((MUST, self._either(Q.phrase_query, [STEM.analyze(word)[0] for word in ask.phrase])))
        if ask.prefix:
            parts.append((MUST, Q.fuzzy_term_query(self._schema, "plain", ask.prefix, 0, True, True)))
        if ask.near:
            parts.append((MUST, Q.fuzzy_term_query(self._schema, "plain", ask.near, 1, True, False)))
        if ask.country:
            parts.append((MUST, Q.const_score_query(Q.term_query(self._schema, "country", ask.country), 0.0)))
        if ask.since:
            since = ask.since.toordinal()
            within = Q.range_query(self._schema, "when", tantivy.FieldType.Integer, since, None)
            parts.append((MUST, Q.const_score_query(within, 0.0)))
        return Q.boolean_query(parts) if len(parts) > 1 else parts[0][1]

    def bare(self, ask: Ask) -> Run:
        """Return what searches, counts and names the hits, and counts facets where asked."""
        return lambda: self._answer(ask, marked=False)

    def equal(self, ask: Ask) -> Run:
        """Return what besides logs the question, fetches the texts of the hits and marks them."""
        return lambda: self._answer(ask, marked=True)

    def _answer(self, ask: Ask, *, marked: bool) -> object:
        query = self.compiled(ask)
        order = "when" if ask.newest else None
        found = self._searcher.search(query, TOP if ask.hybrid else PAGE, order_by_field=order)
        addresses = [address for _, address in found.hits]
        if ask.hybrid:
            addresses = self._both([score for score, _ in found.hits], addresses, ask.vector())
        documents = [self._searcher.doc(address) for address in addresses]
        told: list[object] = [document["id"] for document in documents]
        if ask.facets:
            terms = {name: {"terms": {"field": name, "size": 1000}} for name in (*ask.facets, "month")}
            told.append(self._searcher.aggregate(query, terms))
        if marked:
            self._log.execute("INSERT INTO log VALUES (?, ?)", (time.time(), repr(ask)))
            for name in TEXTS:
                marker = tantivy.SnippetGenerator.create(self._searcher, query, self._schema, name)
                marker.set_max_num_chars(300)
                snippets = [marker.snippet_from_doc(document) for document in documents]
                told += [(one.fragment(), one.highlighted()) for one in snippets]
        return told

    def near(self, vector: NDArray[np.float32], extra_ids: Sequence[int]) -> dict[int, float]:
        """Return the similarity of the 200 incidents with the nearest passage, exactly, and of ``extra_ids``.

        Every incident has a passage, and they lie in the order of their numbers.
        """
        cosines = np.maximum.reduceat(self._rows @ vector, self._starts)
        told = np.union1d(np.argpartition(cosines, -TOP)[-TOP:], np.searchsorted(self._seqs, extra_ids))
        return dict(zip(self._seqs[told].tolist(), cosines[told].tolist(), strict=True))

    def _both(
        self, scores: Sequence[float], worded: list[tantivy.DocAddress], vector: NDArray[np.float32]
    ) -> list[tantivy.DocAddress]:
        """Return the first ten by what words and meaning say of them."""
        seqs = [int(seq or 0) for seq in self._searcher.fast_field_values("seq", worded)]
        known = dict(zip(seqs, worded, strict=True))
        first = fused(dict(zip(seqs, scores, strict=True)), self.near(vector, seqs))
        if missing := [one for one in first if one not in known]:
            wanted = Q.term_set_query(self._schema, "seq", missing)
            hits = self._searcher.search(wanted, len(missing), count=False).hits
            addresses = [address for _, address in hits]
            others = self._searcher.fast_field_values("seq", addresses)
            known |= {int(seq or 0): address for seq, address in zip(others, addresses, strict=True)}
        return [known[one] for one in first]
