"""A library of made-up reports with raw tantivy and FTS5 over the same incidents beside it, built once."""

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from index.cards.maker import batches
from index.library import Library
from index.search.cards import Card
from index.search.embedded.backend import EmbeddedBackend
from index.search.embedded.generations import Generations
from index.search.query import By
from tests.bench import corpus
from tests.bench.corpus import BenchHoldings, MadeUpEmbedder
from tests.bench.fts import Fts5
from tests.bench.raw import Raw

SAMPLE = 10_000
"""Cards that indexing is timed with."""


def progress(line: str) -> None:
    """Show on standard error how far it is, in place."""
    sys.stderr.write(f"\r\033[K{line}")
    sys.stderr.flush()


@dataclass
class Room:
    """A library of one size with the other engines beside it."""

    count: int
    library: Library
    raw: Raw
    fts: Fts5
    notes: list[str]
    """What building it cost."""


def room(home: Path, count: int) -> Room:
    """Open the engines over so many reports, built where they are not there yet."""
    home.mkdir(parents=True, exist_ok=True)
    library = Library(BenchHoldings(corpus.settings(home)))
    raw, fts, told = Raw(home / "raw"), Fts5(home / "fts"), home / "built.txt"
    if not told.exists():
        if library.holdings.store.last_change():
            raise SystemExit(f"{home} holds a library that was not finished; remove it")
        told.write_text("\n".join(_built(library, raw, fts, count)))
    raw.open()
    return Room(count, library, raw, fts, told.read_text().splitlines())


def _built(library: Library, raw: Raw, fts: Fts5, count: int) -> Iterator[str]:
    begun = time.perf_counter()
    corpus.record(
        library.holdings.store, count, lambda done: progress(f"{count:,} reports: {done:,} in the record")
    )
    recorded, begun = time.perf_counter() - begun, time.perf_counter()
    beside = Beside(library, raw, fts)
    index = Generations(library.settings.index, MadeUpEmbedder.fingerprint)
    index.rebuild(beside, library.holdings.store.last_change())
    index.close()
    raw.finish()
    fts.finish()
    files = [path for path in library.settings.index.rglob("*") if path.is_file()]
    vectors = sum(path.stat().st_size for path in files if path.suffix in (".rows", ".cards")) / 1e6
    size = sum(path.stat().st_size for path in files) / 1e6 - vectors
    yield f"{count:,} reports of 230 words, {beside.incidents:,} incidents; record made in {recorded:.0f} s"
    yield f"all three indexes filled from it in {time.perf_counter() - begun:.0f} s"
    yield (
        f"index of {beside.cards:,} cards without vectors: {size:.0f} MB, {size * 1e6 / beside.json:.2f} of "
        f"their JSON ({beside.json / 1e6:.0f} MB); raw, incidents only: {raw.megabytes:.0f} MB; "
        f"FTS5 {fts.megabytes:.0f} MB; vectors {vectors:.0f} MB"
    )
    yield _rates(beside.first)


class Beside(Iterable[Card]):
    """The cards of a library, of which the other engines are handed the incidents while they pass."""

    def __init__(self, library: Library, raw: Raw, fts: Fts5) -> None:
        self._library, self._raw, self._fts = library, raw, fts
        self.cards = self.incidents = self.json = 0
        self.first: list[Card] = []
        """Incidents, to time indexing with: reports have numbers of their own, which FTS5 would confuse."""

    def __iter__(self) -> Iterator[Card]:
        for batch in batches(self._library.holdings.cards.everything(), 1000):
            incidents = [card for card in batch if card.by is By.INCIDENT]
            self._raw.add(incidents)
            self._raw.add_vectors(incidents)
            self._fts.add(incidents)
            self.cards += len(batch)
            self.incidents += len(incidents)
            self.json += sum(len(_json(card)) for card in batch)
            self.first += incidents if len(self.first) < SAMPLE else []
            progress(f"{self.cards:,} cards indexed")
            yield from batch


def _json(card: Card) -> str:
    told = {
        "id": card.id,
        "title": card.title,
        "text": card.text,
        "date": str(card.when),
        "keywords": card.keywords,
    }
    return json.dumps({**told, "refs": card.refs, **card.facets}, ensure_ascii=False)


def _rates(cards: list[Card]) -> str:
    """Return how fast each engine indexes the same cards, from memory and an empty folder to searchable."""
    bare = [replace(card, vectors=None) for card in cards]
    with tempfile.TemporaryDirectory() as folder:
        ours, raw, fts = (
            EmbeddedBackend(Path(folder) / "o"),
            Raw(Path(folder) / "r"),
            Fts5(Path(folder) / "f"),
        )
        calls: dict[str, tuple[Callable[[], object], ...]] = {
            "ours": (lambda: ours.write(bare, (), 1),),
            "raw": (lambda: raw.add(cards), raw.finish),
            "FTS5": (lambda: fts.add(cards), fts.finish),
        }
        spent = {name: _seconds(each) for name, each in calls.items()}
    told = ", ".join(f"{name} {len(cards) / elapsed:,.0f}" for name, (elapsed, _) in spent.items())
    elapsed, computed = (raw / ours for ours, raw in zip(spent["ours"], spent["raw"], strict=True))
    ratios = f"{elapsed:.2f} of elapsed time, {computed:.2f} of processor time"
    return f"indexing {len(cards):,} cards without vectors, cards/s: {told}; ours / raw {ratios}"


def _seconds(calls: Iterable[Callable[[], object]]) -> tuple[float, float]:
    """Return elapsed seconds and those of the processor."""
    begun, computed = time.perf_counter(), time.process_time()
    for call in calls:
        call()
    return time.perf_counter() - begun, time.process_time() - computed
