"""The file that remembers manners between runs, and what it means when it cannot be had.

It is operational, not part of the record: losing it costs nothing but manners.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from collectors.errors import LibraryBusy, StorageFull, StorageRefused
from collectors.storage import storing

_SCHEMA = """
CREATE TABLE IF NOT EXISTS host (
  host TEXT PRIMARY KEY, next_slot REAL NOT NULL DEFAULT 0, not_before REAL NOT NULL DEFAULT 0,
  paused_until REAL NOT NULL DEFAULT 0, failures INTEGER NOT NULL DEFAULT 0,
  day TEXT NOT NULL DEFAULT '', requests INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS robots (
  origin TEXT PRIMARY KEY, fetched REAL NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL,
  reason TEXT NOT NULL);
"""
_FULL = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}
_LOCKED_SECONDS = 30.0


class StateFile:
    """A small database, safe for several threads and processes; a damaged one is put aside when it is opened.

    Opening it and every transaction raises ``StorageFull``, ``StorageRefused`` or ``LibraryBusy`` where the
    file does not take or give what it should.
    """

    def __init__(self, path: Path) -> None:
        self._name = path.name
        self._lock = threading.Lock()
        with _storing(self._name):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = _opened(path)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Hold the file alone, and keep what was done unless it ends in an error."""
        with self._lock, _storing(self._name):
            try:
                self._db.execute("BEGIN IMMEDIATE")
                yield self._db
                self._db.execute("COMMIT")
            finally:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")


@contextmanager
def _storing(name: str) -> Iterator[None]:
    try:
        with storing(name):
            yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in _FULL:
            raise StorageFull(f"no room to write {name}: {error}") from error
        if code == sqlite3.SQLITE_BUSY:
            raise LibraryBusy(
                f"another process kept {name} locked for {_LOCKED_SECONDS:g} seconds"
            ) from error
        raise StorageRefused(f"{name} cannot be read or written: {error}") from error


def _opened(path: Path) -> sqlite3.Connection:
    """Return a connection; a file that is no sound database is put aside and a new one begun."""
    try:
        return _connected(path)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        for ending in ("", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                path.with_name(path.name + ending).replace(path.with_name(f"{path.name}.damaged{ending}"))
        return _connected(path)


def _connected(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=_LOCKED_SECONDS, isolation_level=None, check_same_thread=False)
    db.row_factory = sqlite3.Row
    try:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=NORMAL")
        db.executescript(_SCHEMA)
        (found,) = db.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise sqlite3.DatabaseError(found)
    except BaseException:
        db.close()
        raise
    return db
