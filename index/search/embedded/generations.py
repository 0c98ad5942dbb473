"""The embedded index on disk: numbered generations, one of them current.

``generations/<n>/`` holds one index, ``generations/current`` names the one in use with what made it. A
rebuild fills the next number, checks it, and swaps the pointer in one rename; the one before stays for
whoever still reads it until the rebuild after.
"""

import json
import os
import shutil
import threading
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from collectors.errors import IndexDamaged, IndexMissing, LibraryBusy, StorageRefused
from index.search.backend import Backend, Ranked
from index.search.cards import Card, CountingCards, HitSource
from index.search.embedded.backend import EmbeddedBackend, mark_of
from index.search.fields import SCHEMA
from index.search.query import Query, Stamp

PATIENCE_SECONDS = 60.0
"""How long a write waits for another."""
HELD_GENERATIONS = 2
"""Number of older generations that a process keeps open for paging."""
WORN, WORN_SHARE = 1_000, 0.25
"""Replaced cards from which on a rebuild is due, once they are more than this share of the live ones."""


@dataclass(frozen=True)
class Pointer:
    """Content of the file ``current``: which generation is in use, and what made it."""

    generation: int
    schema: int
    fingerprint: str


class Generations(Backend):
    """``Backend`` over the current generation that follows every swap, also by another process.

    ``fingerprint`` names the embedder whose vectors the cards carry. Raises ``IndexDamaged`` if there is no
    current generation, it cannot be read, or it was made by another schema or embedder; ``rebuild`` repairs
    all of these.
    """

    def __init__(self, folder: Path, fingerprint: str = "") -> None:
        self._folder, self._fingerprint = folder, fingerprint
        self._pointer_file = folder / "current"
        self._opened: tuple[tuple[int, int, int], EmbeddedBackend] | None = None
        self._earlier: tuple[EmbeddedBackend, ...] = ()
        self._lock = threading.Lock()

    def rebuild(self, cards: Iterable[Card], applied: int) -> Stamp:
        """Fill a new generation with these cards alone and make it current; ids must be distinct.

        ``applied`` is to be read before the cards are: what changes meanwhile is then written again. Searches
        go on in the old generation. Raises ``LibraryBusy`` where another rebuild runs or the old generation
        was written to meanwhile, and ``IndexDamaged`` where the new index does not hold every card; the old
        one then stays current. Raises ``StorageRefused`` where the folder cannot be made or written to.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with FileLock(self._folder / "rebuild.lock", timeout=0):
                return self._rebuilt(cards, applied)
        except Timeout as error:
            raise LibraryBusy("another process is rebuilding the search index") from error
        except (FileExistsError, NotADirectoryError, PermissionError) as error:
            raise StorageRefused(f"{self._folder} cannot be used as the search index: {error}") from error

    def _rebuilt(self, cards: Iterable[Card], applied: int) -> Stamp:
        before = self._applied()
        number = max(self._numbers(), default=0) + 1
        fresh = EmbeddedBackend(self._folder / str(number), number)
        counted = CountingCards(cards)
        try:
            fresh.write(counted, (), applied)
            if (stamp := fresh.stamp()).cards != counted.number:
                raise IndexDamaged(f"generation {number} holds {stamp.cards} of {counted.number} cards")
            with (
                self._writing()
            ):  # what another process wrote and acknowledged meanwhile is not in these cards
                if self._applied() != before:
                    raise LibraryBusy("the search index was written to while it was rebuilt")
                kept = {number, *self._in_use()}
                self._point(Pointer(number, SCHEMA, self._fingerprint))
        except BaseException:
            fresh.close()
            shutil.rmtree(self._folder / str(number), ignore_errors=True)
            raise
        fresh.close()
        self._remove(kept)
        return stamp

    def _applied(self) -> int | None:
        try:
            return self.stamp().applied
        except IndexDamaged:
            return None

    def _writing(self) -> FileLock:
        """Return the lock to hold for every write and swap."""
        return FileLock(self._folder / "write.lock", timeout=PATIENCE_SECONDS)

    def _numbers(self) -> list[int]:
        return [int(path.name) for path in self._folder.iterdir() if path.name.isdecimal()]

    def _in_use(self) -> set[int]:
        try:
            pointer = self._read_pointer()
        except IndexDamaged:
            return set()
        return set() if pointer is None else {pointer.generation}

    def _remove(self, kept: set[int]) -> None:
        for number in set(self._numbers()) - kept:
            shutil.rmtree(self._folder / str(number), ignore_errors=True)

    def _point(self, pointer: Pointer) -> None:
        """Swap the pointer: whoever reads it sees the old or the new, also after a power cut."""
        aside = self._folder / "current.new"
        with aside.open("w", encoding="utf-8") as file:
            json.dump(asdict(pointer), file)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(self._pointer_file)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _read_pointer(self) -> Pointer | None:
        try:
            return Pointer(**json.loads(self._pointer_file.read_text("utf-8")))
        except (FileNotFoundError, NotADirectoryError):
            return None
        except PermissionError as error:
            raise StorageRefused(f"the search index cannot be read: {error}") from error
        except (ValueError, TypeError) as error:
            raise IndexDamaged("generations/current cannot be read") from error

    def _current(self) -> EmbeddedBackend:
        mark = mark_of(str(self._pointer_file))  # taken first: what is swapped meanwhile is then read again
        with self._lock:
            if self._opened is not None and self._opened[0] == mark:
                return self._opened[1]
            if (pointer := self._read_pointer()) is None:
                raise IndexMissing("there is no search index yet")
            if (pointer.schema, pointer.fingerprint) != (SCHEMA, self._fingerprint):
                raise IndexMissing("the search index was made by another version or embedding model")
            folder = self._folder / str(pointer.generation)
            if not folder.is_dir() or not any(folder.iterdir()):  # an empty one would be begun anew
                raise IndexDamaged(f"generation {pointer.generation} is gone")
            opened = EmbeddedBackend(folder, pointer.generation)
            if self._opened is not None:  # its open files outlive their deletion by a later rebuild
                self._earlier = (self._opened[1], *self._earlier)[:HELD_GENERATIONS]
            self._opened = mark, opened
            return opened

    def _backend_for(self, query: Query) -> EmbeddedBackend:
        """Return the generation that holds the query's ``as_of`` state, else the current one."""
        opened, earlier = self._opened, self._earlier
        if opened is not None and query.as_of is not None:
            for backend in (opened[1], *earlier):
                if backend.holds(query.as_of):
                    return backend
        return self._current()

    def write(self, cards: Iterable[Card], deleted: Sequence[str], applied: int) -> bool:
        """Write to the current generation, as ``Backend`` promises; waits for a swap."""
        self._current()
        try:
            with self._writing():
                return self._current().write(cards, deleted, applied)
        except Timeout as error:
            raise LibraryBusy("another process is writing the search index") from error

    def is_worn(self) -> bool:
        """Whether so many cards were replaced that the term statistics are off, and a rebuild is due."""
        current = self._current()
        replaced = current.replaced()
        return replaced > max(WORN, WORN_SHARE * current.stamp().cards)

    def words(self, query: Query, limit: int, extra_ids: Sequence[str] = ()) -> Ranked:
        """Search the current generation's words, as ``Backend`` promises."""
        return self._backend_for(query).words(query, limit, extra_ids)

    def corrections(self, query: Query) -> dict[str, str]:
        """Return near words from the current generation, as ``Backend`` promises."""
        return self._backend_for(query).corrections(query)

    def nearest(self, near: NDArray[np.float32] | str, query: Query, limit: int) -> Ranked:
        """Search the current generation's vectors, as ``Backend`` promises."""
        return self._backend_for(query).nearest(near, query, limit)

    def shown(self, ids: Sequence[str], applied: int) -> dict[str, HitSource]:
        """Return the stored display data by id, as ``EmbeddedBackend.shown`` promises."""
        opened = self._opened  # whichever generation is level with the record shows the same
        if opened is not None and opened[1].stands_at(applied):
            return opened[1].shown(ids, applied)
        return self._current().shown(ids, applied)

    def check(self) -> None:
        """Read every file of the current generation; raise ``IndexDamaged`` where one is damaged."""
        self._current().check()

    def stamp(self) -> Stamp:
        """Return the current generation's state."""
        return self._current().stamp()

    def close(self) -> None:
        """Close every file; the next call opens them again."""
        with self._lock:
            if self._opened is not None:
                self._opened[1].close()
            self._opened, self._earlier = None, ()
