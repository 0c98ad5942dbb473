"""Write transaction on the embedded index."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import tantivy

from index.search import fields
from index.search.cards import Card
from index.search.embedded.appender import Appenders
from index.search.embedded.failures import typed_errors
from index.search.embedded.snapshot import read_state, schema

HEAP = 64_000_000


class Change:
    """Write transaction: cards put and dropped, invisible to readers until ``commit``."""

    def __init__(self, folder: Path, index: tantivy.Index, writer: tantivy.IndexWriter) -> None:
        self._folder, self._writer = folder, writer
        # A killed writer may have left a file that the next commit would make under the same name.
        writer.garbage_collect_files()
        index.reload()
        before = index.searcher()
        # The ids added to an index that was empty: deleting what is not there takes long too.
        self._there: set[str] | None = None if before.num_docs else set()
        stamp, extents = read_state(before)
        self.applied = stamp.applied
        """The outbox number that the index holds without this change."""
        self._passages = Appenders(folder, extents)

    def drop(self, card: str) -> None:
        """Delete the card with this id, if there is one."""
        self._writer.delete_documents_by_term("id", card)
        self._passages.drop(card)

    def put(self, card: Card) -> None:
        """Add a card, or replace the one with its id."""
        with typed_errors(self._folder.name):
            if self._there is None or card.id in self._there:
                self._writer.delete_documents_by_term("id", card.id)
            else:
                self._there.add(card.id)
            self._writer.add_document(tantivy.Document.from_dict(fields.stored(card), schema()))
            self._passages.put(card)

    def commit(self, applied: int) -> None:
        """Commit durably, vectors first, as the state at outbox number ``applied``."""
        extents = self._passages.finish()
        covered = {"id": fields.STATE, "state": json.dumps(fields.state(applied, extents))}
        self._writer.delete_documents_by_term("id", fields.STATE)
        self._writer.add_document(tantivy.Document.from_dict(covered, schema()))
        self._writer.commit()
        self._passages.tidy(extents)

    def close(self) -> None:
        """Close the files."""
        self._passages.close()


@contextmanager
def open_change(folder: Path, index: tantivy.Index) -> Iterator[Change]:
    """Context manager: a write transaction on an index, rolled back on an error.

    Raises ``LibraryBusy`` while another writer is at work.
    """
    with typed_errors(folder.name):
        writer = index.writer(HEAP, 1)
    change = None
    try:
        with typed_errors(folder.name):
            change = Change(folder, index, writer)
        yield change
    except BaseException:
        writer.rollback()
        raise
    finally:
        if change is not None:
            change.close()
        with typed_errors(folder.name):
            writer.wait_merging_threads()
