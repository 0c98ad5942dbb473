"""SQLite's FTS5 in its best form for the same questions: tables of facets and dates beside the texts.

The full-text table always leads and the others are looked up by its rows: ``CROSS JOIN`` keeps the planner
from turning this round, which takes minutes. A prefix index serves the prefixes asked for.
"""

import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from index.search.cards import Card
from tests.bench.cases import PAGE, TOP, Ask, fused

Run = Callable[[], object]
Near = Callable[[Sequence[int]], Mapping[int, float]]
"""Returns the similarity of the rows nearest in meaning, and of these."""
_MADE = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE VIRTUAL TABLE cards USING fts5(title, text, tokenize='porter unicode61', prefix='5');
CREATE TABLE facets(card INTEGER, name TEXT, value TEXT, PRIMARY KEY(card, name, value)) WITHOUT ROWID;
CREATE TABLE dates(card INTEGER PRIMARY KEY, day INTEGER, month INTEGER);
"""


class TooSlow(Exception):
    """One question took longer than it may."""


class Fts5:
    """A database of its own. A question that takes longer than ``limit`` seconds raises ``TooSlow``."""

    def __init__(self, folder: Path, limit: float = 10.0) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file, self._limit = folder / "fts.db", limit
        fresh = not self._file.exists()
        self._connection = sqlite3.connect(self._file, isolation_level=None)
        self._connection.execute("PRAGMA cache_size = -256000")
        if fresh:
            self._connection.executescript(_MADE)

    def add(self, cards: Sequence[Card]) -> None:
        """Index these cards in one transaction."""
        texts = [(card.seq, card.title, card.text) for card in cards]
        facets = [
            (card.seq, name, value)
            for card in cards
            for name in ("country", "source")
            for value in card.facets[name]
        ]
        dates = [
            (card.seq, card.when.toordinal(), card.when.year * 100 + card.when.month)
            for card in cards
            if card.when
        ]
        self._connection.execute("BEGIN")
        self._connection.executemany("INSERT INTO cards(rowid, title, text) VALUES (?, ?, ?)", texts)
        self._connection.executemany("INSERT INTO facets VALUES (?, ?, ?)", facets)
        self._connection.executemany("INSERT INTO dates VALUES (?, ?, ?)", dates)
        self._connection.execute("COMMIT")

    def finish(self) -> None:
        """Merge the full-text index into one piece, as is advised after a bulk load."""
        self._connection.execute("INSERT INTO cards(cards) VALUES ('optimize')")
        self._connection.execute("ANALYZE")

    @property
    def megabytes(self) -> float:
        """Return the size of the database."""
        return self._file.stat().st_size / 1e6

    def run(self, ask: Ask, near: Near | None = None, *, marked: bool = False) -> Run | None:
        """Return what answers the question: ten rows and the count; None where FTS5 cannot.

        ``near`` is what a hybrid question asks of meaning; ``marked`` asks for fragments.
        """
        if ask.near:
            return None
        return lambda: self._limited(lambda: self._answer(ask, near, marked))

    def _limited(self, answer: Callable[[], object]) -> object:
        until = time.monotonic() + self._limit
        self._connection.set_progress_handler(lambda: time.monotonic() > until, 10_000)
        try:
            return answer()
        except sqlite3.OperationalError as error:
            if "interrupted" in str(error):
                raise TooSlow from error
            raise
        finally:
            self._connection.set_progress_handler(None, 0)

    def _answer(self, ask: Ask, near: Near | None, marked: bool) -> object:
        match = (" OR " if ask.either else " AND ").join(ask.words)
        match += '"' + " ".join(ask.phrase) + '"' if ask.phrase else ""
        match += f"{ask.prefix}*" if ask.prefix else ""
        joins, where = "", "cards MATCH ?"
        if ask.country:
            joins += " CROSS JOIN facets f ON f.card = cards.rowid AND f.name = 'country' AND f.value = ?"
        if ask.since or ask.newest:
            joins += " CROSS JOIN dates d ON d.card = cards.rowid"
        if ask.since:
            where += " AND d.day >= ?"
        values = [
            *([ask.country] if ask.country else []),
            match,
            *([ask.since.toordinal()] if ask.since else []),
        ]
        order = "d.day DESC" if ask.newest else "rank"
        shown = ["cards.rowid", *(["rank"] if near else [])]
        shown += ["snippet(cards, -1, '[', ']', '…', 48)"] if marked else []
        limit = TOP if ask.hybrid else PAGE
        asked = f"FROM cards{joins} WHERE {where}"
        rows = self._connection.execute(
            f"SELECT {', '.join(shown)} {asked} ORDER BY {order} LIMIT {limit}", values
        ).fetchall()
        total = self._connection.execute(f"SELECT count(*) {asked}", values).fetchone()
        counted = [self._counted(name, match) for name in ask.facets]
        if ask.facets:
            months = (
                "FROM cards CROSS JOIN dates d ON d.card = cards.rowid WHERE cards MATCH ? GROUP BY month"
            )
            counted.append(self._connection.execute(f"SELECT month, count(*) {months}", [match]).fetchall())
        if near is not None:  # a rank is the score, less than nothing
            worded = {row[0]: -row[1] for row in rows}
            rows = fused(worded, near(list(worded)))
        return rows, total, counted

    def _counted(self, name: str, match: str) -> list[tuple[str, int]]:
        joined = "FROM cards CROSS JOIN facets f ON f.card = cards.rowid AND f.name = ? WHERE cards MATCH ?"
        return self._connection.execute(
            f"SELECT f.value, count(*) {joined} GROUP BY f.value", [name, match]
        ).fetchall()
