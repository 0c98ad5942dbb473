"""The record in a SQLite file: durable settings, and writers that wait for one another."""

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from sqlalchemy import URL, Connection, create_engine, event
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from collectors.errors import EvidenceDamaged, LibraryBusy, MoriartyError, StorageFull, StorageRefused

WAIT_SECONDS = 30
CACHE_KIB = 16_000
"""Of pages that a connection keeps at most; SQLite's own 2 MB hold hardly one page of hits."""
MOST_FAULTS = 20
"""Faults of a damaged file that are listed."""
_BUSY, _IOERR, _CORRUPT, _FULL, _NOTADB = 5, 10, 11, 13, 26
_PERM, _READONLY, _CANTOPEN = 3, 8, 14


class Sqlite:
    """A file of the library's folder; raises ``StorageRefused`` where that folder cannot be made."""

    def __init__(self, url: URL) -> None:
        self._file = url.database
        if self._file:
            _make_folder(Path(self._file).parent)
        # The connection used last is used next: what another one writes empties one's cache of pages.
        settings: dict[str, Any] = {"pool_size": 5, "max_overflow": 40, "pool_use_lifo": True}
        self.reader = create_engine(url, connect_args={"timeout": WAIT_SECONDS}, **settings)
        event.listen(self.reader, "connect", _configure)
        event.listen(self.reader, "begin", _begin)
        self._writer = self.reader.execution_options(writes=True)

    def writing(self) -> AbstractContextManager[Connection]:
        """Give a connection in a transaction that only one writer has at a time."""
        return self._writer.begin()

    @contextmanager
    def upgrading(self) -> Iterator[Connection]:
        """Give such a connection while no other process opens the record."""
        file = self._file
        guard: AbstractContextManager[Any] = FileLock(f"{file}.lock", timeout=60) if file else nullcontext()
        try:
            with guard, self._writer.begin() as connection:
                yield connection
        except Timeout as error:
            raise LibraryBusy("another process is upgrading the library") from error

    def damage(self, connection: Connection) -> list[str]:
        """Return every fault of the file in a sentence, at most ``MOST_FAULTS``; reads all of it."""
        rows = connection.exec_driver_sql(f"PRAGMA integrity_check({MOST_FAULTS})").scalars()
        return [line for row in rows if row != "ok" for line in row.splitlines()]

    def translate_error(self, error: SQLAlchemyError) -> MoriartyError | None:
        """Translate an error of the driver; None for an unknown one."""
        if not isinstance(error, DBAPIError):
            return None
        code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
        if code in (_FULL, _IOERR):
            return StorageFull(f"the record could not be written: {error.orig}")
        if code in (_CORRUPT, _NOTADB):
            return EvidenceDamaged(f"the record's file is damaged: {error.orig}")
        if code in (_PERM, _READONLY, _CANTOPEN):
            return StorageRefused(f"the record's file cannot be used: {error.orig}")
        if code == _BUSY:
            return LibraryBusy(f"another process kept the record locked for {WAIT_SECONDS} seconds")
        return None


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageRefused(f"{folder} cannot be the library's folder: {error.strerror}") from error


def _configure(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the driver's own BEGIN comes late and deferred; ours is explicit
    for pragma in (
        f"busy_timeout = {WAIT_SECONDS * 1000}",
        "journal_mode = WAL",
        "synchronous = FULL",  # NORMAL in WAL loses acknowledged commits when the power goes
        "foreign_keys = ON",
        f"cache_size = -{CACHE_KIB}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    # A deferred writer that upgrades its lock fails at once, whatever the timeout.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
