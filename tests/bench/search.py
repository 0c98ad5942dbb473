"""Our search beside raw tantivy and SQLite FTS5, all in one run: latency, index size, cards a second.

    python -m tests.bench.search [--large] [--queries 60]

Synthetic cards (fictional words, Zipf-distributed, 170 a card on average), 10,000 or with --large 100,000;
each engine answers the same queries in turn. Ours also counts, breaks ties, fills in, highlights and
explains ten hits. Read the ratios: absolute times depend on what else the machine does.
"""

import argparse
import itertools
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np
import tantivy
from numpy.typing import NDArray

from index.search.cards import Card, HitSource
from index.search.embedded import EmbeddedBackend, tokenise
from index.search.hybrid import Searcher
from index.search.query import FACETS, By, Mode, Query, Sort, Term

DIMENSIONS = 384
COUNTRIES = [f"C{number:02}" for number in range(40)]
SOURCES = [f"source-{number}" for number in range(60)]
Run = Callable[[], object]


@dataclass(frozen=True)
class Case:
    """One kind of query: its words, phrase and filters, and whether facets are counted."""

    name: str
    words: int = 0
    phrase: int = 0
    filtered: bool = False
    facets: bool = False
    newest: bool = False


CASES = (
    Case("one word", words=1),
    Case("two words, both", words=2),
    Case("phrase", phrase=2),
    Case("words and filters", words=1, filtered=True),
    Case("two facets over all hits", words=1, facets=True),
    Case("newest first", words=1, newest=True),
)


def vocabulary(size: int = 20_000) -> list[str]:
    """Return made-up words, commonest first."""
    syllables = [
        "ba",
        "ke",
        "lo",
        "mi",
        "nu",
        "ra",
        "se",
        "ti",
        "vo",
        "za",
        "dro",
        "fle",
        "gri",
        "ploo",
        "stra",
    ]
    words = ("".join(parts) for length in (2, 3, 4) for parts in itertools.product(syllables, repeat=length))
    return list(itertools.islice(words, size))


def make_cards(count: int) -> Iterator[Card]:
    """Yield the same cards every time."""
    chance, generator, words = random.Random(1), np.random.default_rng(1), np.array(vocabulary())
    weights = 1 / np.arange(1, len(words) + 1)
    weights /= weights.sum()
    centres = generator.standard_normal((40, DIMENSIONS)).astype(np.float32)
    for number in range(1, count + 1):
        drawn = generator.choice(words, size=max(20, int(generator.normal(170, 60))), p=weights)
        row = centres[chance.randrange(40)] + 0.8 * generator.standard_normal((1, DIMENSIONS)).astype(
            np.float32
        )
        when = date(2015 + chance.randrange(11), chance.randint(1, 12), chance.randint(1, 28))
        yield Card(
            id=f"inc-{number:020x}",
            by=By.INCIDENT,
            seq=number,
            title=" ".join(drawn[:8]),
            text=" ".join(drawn),
            when=when,
            facets={
                "country": tuple(chance.sample(COUNTRIES, k=chance.randint(1, 3))),
                "source": (chance.choice(SOURCES),),
                "year": (str(when.year),),
            },
            vectors=np.asarray(row / np.linalg.norm(row), np.float32),
        )


def queries(case: Case, count: int) -> list[tuple[list[str], list[str], Query]]:
    """Return words, phrase and our Query, drawn from the commoner half of the vocabulary."""
    chance, words = random.Random(case.name), vocabulary()[5:2000]
    made: list[tuple[list[str], list[str], Query]] = []
    for _ in range(count):
        drawn = [words[min(int(chance.paretovariate(0.7)), len(words)) - 1] for _ in range(case.words)]
        phrase = words[: case.phrase] if not made else [chance.choice(words[:30]) for _ in range(case.phrase)]
        terms = [Term(text=word) for word in drawn] + (
            [Term(text=" ".join(phrase), phrase=True)] if phrase else []
        )
        filters = (
            {"country": (chance.choice(COUNTRIES),), "source": tuple(SOURCES[:20])} if case.filtered else {}
        )
        query = Query(
            text=" ".join([*drawn, *phrase]),
            terms=tuple(terms),
            mode=Mode.KEYWORD,
            filters=filters,
            facets=("country", "source") if case.facets else (),
            sort=Sort.NEWEST if case.newest else Sort.RELEVANCE,
            limit=10,
        )
        made.append((drawn, phrase, query))
    return made


class Raw:
    """tantivy as a plain program would use it: same analyser, one text field, no ties, no hydration."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        builder = tantivy.SchemaBuilder().add_text_field("id", stored=True, tokenizer_name="raw")
        for name in ("title", "text"):
            builder.add_text_field(name, tokenizer_name="en_stem")
        for name in ("country", "source"):
            builder.add_text_field(name, tokenizer_name="raw", fast=True)
        builder.add_integer_field("when", fast=True)
        self.schema = builder.build()
        self.index = tantivy.Index(self.schema, str(folder))

    def fill(self, cards: Iterator[Card]) -> None:
        writer = self.index.writer(64_000_000, 1)
        for card in cards:
            told = {
                "id": card.id,
                "title": card.title,
                "text": card.text,
                "when": card.when.toordinal() if card.when else 0,
            }
            told |= {name: list(card.facets[name]) for name in ("country", "source")}
            writer.add_document(tantivy.Document.from_dict(told, self.schema))
        writer.commit()
        writer.wait_merging_threads()
        self.index.reload()

    def run(self, words: list[str], phrase: list[str], query: Query) -> Run:
        of, must, should = tantivy.Query, tantivy.Occur.Must, tantivy.Occur.Should
        stem = (
            tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
            .filter(tantivy.Filter.stemmer("english"))
            .build()
        )

        def search() -> object:
            parts = []
            for word in words:
                fields = [
                    (should, of.term_query(self.schema, name, stem.analyze(word)[0]))
                    for name in ("title", "text")
                ]
                parts.append((must, of.boolean_query(fields)))
            if phrase:
                stems = [stem.analyze(word)[0] for word in phrase]
                fields = [
                    (should, of.phrase_query(self.schema, name, list(stems))) for name in ("title", "text")
                ]
                parts.append((must, of.boolean_query(fields)))
            parts += [
                (must, of.term_set_query(self.schema, name, values)) for name, values in query.filters.items()
            ]
            asked, searcher = of.boolean_query(parts), self.index.searcher()
            order = "when" if query.sort is Sort.NEWEST else None
            hits = searcher.search(asked, 10, order_by_field=order).hits
            told = [searcher.doc(address)["id"] for _, address in hits]
            if query.facets:
                terms = {name: {"terms": {"field": name, "size": 1000}} for name in query.facets}
                return told, searcher.aggregate(asked, terms)
            return told

        return search


class Fts5:
    """SQLite's own full-text search with facet tables beside it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.connection = sqlite3.connect(folder / "fts.db")
        self.connection.executescript(
            """PRAGMA journal_mode=WAL;
            CREATE VIRTUAL TABLE cards USING fts5(title, text, tokenize='porter unicode61');
            CREATE TABLE facets(card INTEGER, name TEXT, value TEXT, PRIMARY KEY(name, value, card))
                WITHOUT ROWID;
            CREATE TABLE dates(card INTEGER PRIMARY KEY, day INTEGER);"""
        )

    def fill(self, cards: Iterator[Card]) -> None:
        with self.connection as connection:
            for card in cards:
                connection.execute(
                    "INSERT INTO cards(rowid, title, text) VALUES (?, ?, ?)",
                    (card.seq, card.title, card.text),
                )
                rows = [(card.seq, name, value) for name, values in card.facets.items() for value in values]
                connection.executemany("INSERT INTO facets VALUES (?, ?, ?)", rows)
                connection.execute(
                    "INSERT INTO dates VALUES (?, ?)", (card.seq, card.when and card.when.toordinal())
                )
            connection.execute("CREATE INDEX by_card ON facets(card, name)")

    def run(self, words: list[str], phrase: list[str], query: Query) -> Run:
        match = " AND ".join([*words, *([f'"{" ".join(phrase)}"'] if phrase else [])])
        where, values = "cards MATCH ?", [match]
        for name, wanted in query.filters.items():
            marks = ",".join("?" * len(wanted))
            where += f" AND rowid IN (SELECT card FROM facets WHERE name = ? AND value IN ({marks}))"
            values += [name, *wanted]
        order = (
            "(SELECT day FROM dates WHERE card = cards.rowid) DESC" if query.sort is Sort.NEWEST else "rank"
        )

        def search() -> object:
            top = self.connection.execute(
                f"SELECT rowid FROM cards WHERE {where} ORDER BY {order} LIMIT 10", values
            ).fetchall()
            total = self.connection.execute(f"SELECT count(*) FROM cards WHERE {where}", values).fetchone()
            counts = [
                self.connection.execute(
                    "SELECT value, count(*) FROM facets WHERE name = ? AND card IN "
                    f"(SELECT rowid FROM cards WHERE {where}) GROUP BY value",
                    [name, *values],
                ).fetchall()
                for name in query.facets
            ]
            return top, total, counts

        return search


class Ours:
    """Our Searcher with its paging, ties, explanations and highlighted passages."""

    def __init__(self, folder: Path, text: str) -> None:
        self.backend = EmbeddedBackend(folder)
        generator = np.random.default_rng(2)
        self.vectors = {number: unit(generator) for number in range(500)}
        self.searcher = Searcher(
            self.backend,
            hydrate=lambda ids, by: {one: HitSource(title="", texts=(("rep", "", text),)) for one in ids},
            tokenise=tokenise,
            encode=lambda asked: self.vectors[hash(asked) % 500],
        )

    def fill(self, cards: Iterator[Card]) -> None:
        self.backend.write(cards, (), 1)

    def run(self, words: list[str], phrase: list[str], query: Query) -> Run:
        return lambda: self.searcher.search(query)


def unit(generator: np.random.Generator) -> NDArray[np.float32]:
    """Return a random unit vector of shape (384,)."""
    vector = generator.standard_normal(DIMENSIONS)
    return np.asarray(vector / np.linalg.norm(vector), np.float32)


def timed(runs: Sequence[Run]) -> tuple[float, float]:
    """Return p50 and p95 in milliseconds, after one round to warm up."""
    spent = []
    for round_ in range(2):
        for run in runs:
            begun = time.perf_counter()
            run()
            if round_:
                spent.append((time.perf_counter() - begun) * 1000)
    spent.sort()
    return spent[len(spent) // 2], spent[int(len(spent) * 0.95)]


def say(*cells: str) -> None:
    """Print a row of the table."""
    print(cells[0].ljust(34), *(cell.rjust(20) for cell in cells[1:]), flush=True)  # noqa: T201 - a report


def size(folder: Path, pattern: str = "*") -> float:
    """Return the megabytes of the files in a folder."""
    return sum(path.stat().st_size for path in folder.glob(pattern) if path.is_file()) / 1e6


def build(name: str, engine: Ours | Raw | Fts5, cards: list[Card]) -> str:
    """Fill an engine and return its cards a second."""
    begun = time.perf_counter()
    engine.fill(iter(cards))
    return f"{len(cards) / (time.perf_counter() - begun):,.0f}/s"


def compare(engines: dict[str, Ours | Raw | Fts5], count: int) -> None:
    """Print p50 and p95 of every case and engine."""
    for case in CASES:
        asked = queries(case, count)
        cells = [timed([engine.run(*one) for one in asked]) for engine in engines.values()]
        say(case.name, *(f"{p50:.1f} / {p95:.1f} ms" for p50, p95 in cells))


def ours_alone(ours: Ours, count: int) -> None:
    """Print what only our search does: vectors, hybrid, all facets at once, long questions."""
    plain = [query for _, _, query in queries(CASES[1], count)]
    long = [query for _, _, query in queries(Case("long", words=8), count)]
    vectors = list(ours.vectors.values())[:count]
    inside = {"filters": {"country": ("C01",)}}
    hybrid = [query.model_copy(update={"mode": Mode.HYBRID}) for query in plain]

    def nearest(query: Query) -> list[Run]:
        return [partial(ours.backend.nearest, vector, query, 200) for vector in vectors]

    def searches(asked: list[Query], **changes: object) -> list[Run]:
        return [partial(ours.searcher.search, query.model_copy(update=changes)) for query in asked]

    kinds = {
        "vectors alone, exact": nearest(Query()),
        "vectors within a filter": nearest(Query(filters={"country": ("C01",)})),
        "hybrid": searches(hybrid),
        "hybrid within a filter": searches(hybrid, **inside),
        "hybrid, all facets and months": searches(hybrid, facets=FACETS),
        "a question of eight words": searches(long),
    }
    for name, runs in kinds.items():
        p50, p95 = timed(runs)
        say(name, f"{p50:.1f} / {p95:.1f} ms")


def main(arguments: Sequence[str]) -> None:
    """Build the three indexes and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", action="store_true", help="100,000 cards in place of 10,000")
    parser.add_argument("--queries", type=int, default=60, help="of each kind")
    options = parser.parse_args(arguments)
    cards = list(make_cards(100_000 if options.large else 10_000))
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        ours = Ours(home / "ours", cards[0].text * 3)
        engines: dict[str, Ours | Raw | Fts5] = {
            "ours": ours,
            "raw tantivy": Raw(home / "raw"),
            "SQLite FTS5": Fts5(home / "fts"),
        }
        say(f"{len(cards):,} cards; p50 / p95", *engines)
        say("indexing", *(build(name, engine, cards) for name, engine in engines.items()))
        passages = size(home / "ours", "*.rows") + size(home / "ours", "*.cards")
        sizes = (size(home / "ours") - passages, size(home / "raw"), size(home / "fts"))
        say("index without vectors", *(f"{megabytes:.1f} MB" for megabytes in sizes))
        say("vectors", f"{passages:.1f} MB")
        say("text of the cards", f"{sum(len(card.title) + len(card.text) for card in cards) / 1e6:.1f} MB")
        compare(engines, options.queries)
        ours_alone(ours, options.queries)


if __name__ == "__main__":
    main(sys.argv[1:])
