"""The embedded search engine: tantivy for words and facets, exact vectors beside it.

A tantivy commit acknowledges everything: the ``~state`` document in it holds the outbox number and the
committed extents of the vector files, so after a crash the index never claims more than it holds.
"""

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import tantivy
from numpy.typing import NDArray

from collectors.errors import IndexDamaged
from index.search import fields
from index.search.backend import Ranked
from index.search.cards import Card, HitSource
from index.search.embedded.checksums import check_segments, check_vectors
from index.search.embedded.failures import damage_found, typed_errors, unreadable
from index.search.embedded.session import SearchSession
from index.search.embedded.snapshot import Snapshot, read_state, register_analyzers, schema
from index.search.embedded.writing import HEAP, open_change
from index.search.id_encoding import encode_id
from index.search.lexical import vector_filters, words
from index.search.plan import plan
from index.search.query import By, Query, Stamp
from index.search.unknown_words import corrections
from index.search.vectors import Extent, Vectors, key, mean_of

HELD = 8
"""Number of older snapshots that are kept for paging."""


class EmbeddedBackend:
    """``Backend`` over one generation of the index in one folder; safe for many threads and processes.

    One writer at a time: a second raises ``LibraryBusy``. Readers see a commit at once. An unreadable index
    raises ``IndexDamaged``.
    """

    def __init__(self, folder: Path, generation: int = 1) -> None:
        self._folder, self._generation = folder, generation
        self._meta = str(folder / "meta.json")
        fresh = not folder.exists() or not any(folder.iterdir())
        folder.mkdir(parents=True, exist_ok=True)
        check_segments(folder)
        self._index = self._opened(fresh)
        self._held: tuple[Snapshot, ...] = ()
        self._snapshot = self._read()
        check_vectors(folder, _extents(self._snapshot))

    def _opened(self, fresh: bool = False) -> tantivy.Index:
        folder = str(self._folder)
        with unreadable(self._folder.name):
            index = register_analyzers(
                tantivy.Index(schema(), folder) if fresh else tantivy.Index.open(folder)
            )
        if index.schema != schema():
            raise IndexDamaged(f"{self._folder.name}: its fields are not those that were written")
        return index

    def check(self) -> None:
        """Verify the checksum of every committed file; raise ``IndexDamaged`` on a mismatch."""
        check_segments(self._folder, every_file=True)
        check_vectors(self._folder, _extents(self._now()), every_file=True)

    def _mark(self) -> tuple[int, int, int]:
        return mark_of(self._meta)

    def _read(self) -> Snapshot:
        mark = self._mark()
        with unreadable(self._folder.name):
            self._index.reload()
            searcher = self._index.searcher()
            stamp, extents = read_state(searcher, self._generation)
            vectors = {by: Vectors(self._folder, by, extents[by]) for by in By}
        return Snapshot(mark, searcher, vectors, stamp)

    def _now(self) -> Snapshot:
        if self._mark() != self._snapshot.mark:
            try:
                self._hold(self._read())
            except IndexDamaged:  # a compaction may just have taken files away: a newer commit has others
                self._hold(self._read())
        return self._snapshot

    def _hold(self, state: Snapshot) -> None:
        """Make this the current snapshot, and keep the last ones for paging."""
        self._held = (*self._held[-HELD:], self._snapshot)
        self._snapshot = state

    def _at(self, query: Query) -> Snapshot:
        return (query.as_of and self._state(query.as_of)) or self._now()

    def _state(self, stamp: Stamp) -> Snapshot | None:
        states = (self._snapshot, *self._held)
        return next((state for state in states if state.stamp is stamp or state.stamp == stamp), None)

    def holds(self, stamp: Stamp) -> bool:
        """Whether the snapshot with this stamp is still held."""
        return self._state(stamp) is not None

    def write(self, cards: Iterable[Card], deleted: Sequence[str], applied: int) -> bool:
        """Upsert these cards and delete the ids in ``deleted``, atomically for readers.

        Durable on return: vectors are on disk before tantivy's commit acknowledges them. Any error rolls the
        change back. Return False, and write nothing, if the index holds a later ``applied``.
        """
        with damage_found(self.check), open_change(self._folder, self._opened()) as change:
            if change.applied > applied:
                return False
            with typed_errors(self._folder.name):
                for identifier in deleted:
                    change.drop(identifier)
            for card in cards:  # an error in making a card is no fault of the index: not in typed_errors
                change.put(card)
            with typed_errors(self._folder.name):
                change.commit(applied)
        self._hold(self._read())
        return True

    def words(self, query: Query, limit: int, extra_ids: Sequence[str] = ()) -> Ranked:
        """Return the cards that match the query's words and filters, ranked by BM25 or the query's sort."""
        state = self._at(query)
        with damage_found(self.check):
            ranked = words(query, plan(query), SearchSession(state, limit), limit, extra_ids)
        return replace(ranked, stamp=state.stamp)

    def corrections(self, query: Query) -> dict[str, str]:
        """Map the query's unknown words to near words, as ``Backend`` promises."""
        with damage_found(self.check):
            return corrections(plan(query), SearchSession(self._at(query)))

    def nearest(self, near: NDArray[np.float32] | str, query: Query, limit: int) -> Ranked:
        """Return the cards with the passage nearest to ``near`` that pass all of the query but its words.

        Exact, ties by seq; the total is the number of cards returned.
        """
        now = self._at(query)
        with damage_found(self.check):
            vector = mean_of(now.vectors.values(), near) if isinstance(near, str) else near
            found = now.vectors[query.by].nearest(vector, limit, _allowed(now, query))
            ids = tuple(now.ids_of(found))
        return Ranked(ids, tuple(found.scores.tolist()), len(ids), tuple(found.seqs.tolist()))

    def stands_at(self, applied: int) -> bool:
        """Whether the snapshot read last is at outbox number ``applied``."""
        return self._snapshot.stamp.applied == applied

    def shown(self, ids: Sequence[str], applied: int) -> dict[str, HitSource]:
        """Return the stored display data by id; empty unless the index is at outbox number ``applied``."""
        now = self._snapshot if self.stands_at(applied) else self._now()
        if now.stamp.applied != applied:
            return {}
        with damage_found(self.check):
            return now.shown(ids)

    def stamp(self) -> Stamp:
        """Return the index's current state."""
        return self._now().stamp

    def replaced(self) -> int:
        """Return the number of replaced or deleted cards that still count in the term statistics."""
        with typed_errors(self._folder.name):
            meta = json.loads((self._folder / "meta.json").read_text("utf-8"))
        return sum((segment.get("deletes") or {}).get("num_deleted_docs", 0) for segment in meta["segments"])

    def close(self) -> None:
        """Close every file; the backend is unusable afterwards."""
        del self._snapshot, self._held, self._index


def _extents(state: Snapshot) -> dict[By, Extent]:
    return {by: vectors.extent for by, vectors in state.vectors.items()}


def _allowed(state: Snapshot, query: Query) -> NDArray[np.int64] | None:
    """Return the keys of the cards that pass all of a query but its words, shape (n,); None for all.

    The vectors of each kind of card are in separate files, so neither the kind nor record ids need a search.
    """
    must = vector_filters(query, plan(query))
    if must.unwanted or len(must.parts) > 2:
        return state.keys(must)
    if len(must.parts) == 1:
        return None
    own = query.ids and all(map(encode_id, query.ids))
    return np.fromiter(map(key, query.ids), np.int64, len(query.ids)) if own else state.keys(must)


def in_memory(cards: Iterable[Card]) -> Snapshot:
    """Return a snapshot of a temporary in-memory index of these cards."""
    index = register_analyzers(tantivy.Index(schema()))
    writer = index.writer(HEAP, 1)
    for card in cards:
        writer.add_document(tantivy.Document.from_dict(fields.fields(card), schema()))
    writer.commit()
    index.reload()
    searcher = index.searcher()
    return Snapshot((0, 0, 0), searcher, {}, read_state(searcher)[0])


def mark_of(file: str) -> tuple[int, int, int]:
    """Return a file's identity (inode, modification time, size), zeros if there is none."""
    try:
        status = os.stat(file)  # noqa: PTH116 - a path takes longer to make than to ask
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return 0, 0, 0
    return status.st_ino, status.st_mtime_ns, status.st_size
