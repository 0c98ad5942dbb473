"""Opening the record's database: durable settings, honest transactions, the right version."""

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, create_engine, event, make_url, select, text
from sqlalchemy.exc import DBAPIError

from collectors.errors import (
    EvidenceDamaged,
    LibraryBusy,
    LibraryNewer,
    MoriartyError,
    StorageFull,
    StorageRefused,
)
from index.tables import meta

MIGRATIONS = Path(__file__).parent / "migrations"
WAIT_SECONDS = 30
CACHE_KIB = 16_000
"""Of pages that a connection keeps at most; SQLite's own 2 MB hold hardly one page of hits."""
# Other databases wait here, so that numbers are given in the order of the commits.
_TURN = select(meta.c.value).where(meta.c.key == "audit").with_for_update()
_SQLITE_BUSY, _SQLITE_IOERR, _SQLITE_CORRUPT, _SQLITE_FULL, _SQLITE_NOTADB = 5, 10, 11, 13, 26
_SQLITE_PERM, _SQLITE_READONLY, _SQLITE_CANTOPEN = 3, 8, 14


class Database:
    """An engine whose commits are durable and whose writers never collide.

    Safe to share between threads; every process opens its own. Opening creates or upgrades the tables and
    raises ``LibraryNewer`` for a database this code is too old for, ``LibraryBusy`` where another process
    upgrades for longer than a minute, ``EvidenceDamaged`` for a file that is no whole database, and
    ``StorageRefused`` for one that may not be opened or written.
    """

    def __init__(self, url: str) -> None:
        self._engine = _engine(url)
        self._writer = self._engine.execution_options(writes=True)
        with _translated(self._engine):
            _upgrade(self._engine, self._writer)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees one unchanging state of the record."""
        with _translated(self._engine), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection whose work is durable, all of it, once the block has ended without an error.

        Writers take turns. Raises ``StorageFull`` where the disk takes no more, ``LibraryBusy`` where another
        writer holds the record for more than 30 seconds.
        """
        with _translated(self._engine), self._writer.begin() as connection:
            if connection.dialect.name != "sqlite":  # which has already let one writer in
                connection.execute(_TURN)
            yield connection

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()


def _engine(url: str) -> Engine:
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True)
    if address.database:
        _make_folder(Path(address.database).parent)
    # The connection used last is used next: what another one writes empties a connection's cache of pages.
    settings: dict[str, Any] = {"pool_size": 5, "max_overflow": 40, "pool_use_lifo": True}
    engine = create_engine(url, connect_args={"timeout": WAIT_SECONDS}, **settings)
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)
    return engine


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


@contextmanager
def _translated(engine: Engine) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        known = _known(error)
        if known is None:
            raise
        if isinstance(known, StorageFull):
            engine.dispose()  # after an I/O error only a fresh connection can be trusted
        raise known from error


def _known(error: DBAPIError) -> MoriartyError | None:
    code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
    if code in (_SQLITE_FULL, _SQLITE_IOERR):
        return StorageFull(f"the record could not be written: {error.orig}")
    if code in (_SQLITE_CORRUPT, _SQLITE_NOTADB):
        return EvidenceDamaged(f"the record's file is damaged: {error.orig}")
    if code in (_SQLITE_PERM, _SQLITE_READONLY, _SQLITE_CANTOPEN):
        return StorageRefused(f"the record's file cannot be used: {error.orig}")
    if code == _SQLITE_BUSY:
        return LibraryBusy(f"another process kept the record locked for {WAIT_SECONDS} seconds")
    return None


def _upgrade(engine: Engine, writer: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    scripts = ScriptDirectory.from_config(config)
    with _alone(engine), writer.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(6962)"))
        current = MigrationContext.configure(connection).get_current_revision()
        if current is not None and current not in {script.revision for script in scripts.walk_revisions()}:
            raise LibraryNewer(f"the library is at revision {current}, which this version does not know")
        if current != scripts.get_current_head():
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


@contextmanager
def _alone(engine: Engine) -> Iterator[None]:
    file = engine.url.database if engine.dialect.name == "sqlite" else None
    guard: AbstractContextManager[Any] = FileLock(f"{file}.lock", timeout=60) if file else nullcontext()
    try:
        with guard:
            yield
    except Timeout as error:
        raise LibraryBusy("another process is upgrading the library") from error
