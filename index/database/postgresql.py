"""The record on a PostgreSQL server, for several people and machines."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.types.string import StrDumperUnknown
from sqlalchemy import URL, Connection, Engine, create_engine, event, select, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from collectors.errors import (
    EvidenceDamaged,
    LibraryBusy,
    MoriartyError,
    RecordDown,
    RecordRefused,
    StorageFull,
    WrongUse,
)
from index.tables import meta

WAIT_SECONDS = 30
PATIENCE = {"connect_timeout": "10", "keepalives_idle": "30", "keepalives_interval": "10"}
"""Of the driver with a server that does not answer, in seconds, where the address does not say otherwise."""
UPGRADE_LOCK = 6962
"""Names the lock; any number does that is always the same."""
# Writers wait here, so that numbers are given in the order of the commits.
_TURN = select(meta.c.value).where(meta.c.key == "audit").with_for_update()


class PostgreSQL:
    """A database of a server; no password of its address is ever told."""

    def __init__(self, url: URL) -> None:
        query = {**PATIENCE, "application_name": "moriarty", **url.query}
        address = url.set(drivername="postgresql+psycopg", query=query)
        engine = create_engine(address, pool_pre_ping=True, pool_use_lifo=True)
        event.listen(engine, "connect", _configure)
        self.reader: Engine = engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        self._writer = engine.execution_options(isolation_level="READ COMMITTED")

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection in a transaction that only one writer has at a time."""
        with self._writer.begin() as connection:
            connection.execute(_TURN)
            yield connection

    @contextmanager
    def upgrading(self) -> Iterator[Connection]:
        """Give a connection while no other process opens the record.

        Raises ``RecordRefused`` for a database that cannot hold every character.
        """
        with self._writer.begin() as connection:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({UPGRADE_LOCK})"))
            encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
            if encoding != "UTF8":
                raise RecordRefused(f"the database keeps text as {encoding}; it must be created with UTF8")
            yield connection

    def damage(self, connection: Connection) -> list[str]:
        """Return nothing: a server's checksums and tools are its administrator's."""
        return []

    def translate_error(self, error: SQLAlchemyError) -> MoriartyError | None:
        """Translate an error of the driver; None for an unknown one."""
        if isinstance(error, PoolExhausted):
            return LibraryBusy("every connection to the database was in use for 30 seconds")
        if not isinstance(error, DBAPIError) or not isinstance(error.orig, psycopg.Error):
            return None
        state = error.orig.sqlstate
        if state is None:
            return _unstated(error, error.orig)
        kind, what = next((_MEANINGS[state[:n]] for n in (5, 3, 2) if state[:n] in _MEANINGS), (None, ""))
        return None if kind is None else kind(f"{what}: {_message(error.orig)}")


# By SQLSTATE, or how it begins; the longest that fits holds.
_MEANINGS: dict[str, tuple[type[MoriartyError], str]] = {
    "08": (RecordDown, "no connection to the database"),
    "28": (RecordDown, "the database server does not let us in"),
    "3D": (RecordDown, "the database server does not let us in"),
    "57P": (RecordDown, "the database server went away"),
    "25006": (RecordRefused, "the database may only be read"),
    "42501": (RecordRefused, "the database role lacks a right"),
    "53": (LibraryBusy, "the database server takes no more"),
    "53100": (StorageFull, "the record could not be written"),
    "58030": (StorageFull, "the record could not be written"),
    "40": (LibraryBusy, "another process came in between"),
    "55P03": (LibraryBusy, f"another process kept the record locked for {WAIT_SECONDS} seconds"),
    "57014": (LibraryBusy, "the database server stopped a long statement"),
    "XX001": (EvidenceDamaged, "the database is damaged"),
    "XX002": (EvidenceDamaged, "the database is damaged"),
}


def _unstated(error: DBAPIError, cause: psycopg.Error) -> MoriartyError | None:
    """Translate an error that the driver raised, not the server."""
    if error.connection_invalidated or isinstance(cause, psycopg.OperationalError):
        return RecordDown(f"no connection to the database: {_message(cause)}")
    if error.statement is None:
        return WrongUse(f"MORIARTY_DATABASE_URL is not understood: {_message(cause)}")
    return None


class _WithoutNul(StrDumperUnknown):
    """Sends text without the one character that PostgreSQL does not keep.

    What is collected is rid of it before; elsewhere it stands in keys alone, which are not shown.
    """

    def dump(self, obj: str) -> Any:  # noqa: ANN401 - the driver's own kinds of buffer
        return super().dump(obj.replace("\0", "\ufffd"))


def _configure(connection: psycopg.Connection[Any], _record: object) -> None:
    connection.adapters.register_dumper(str, _WithoutNul)
    connection.autocommit = True
    connection.execute(f"SET lock_timeout = '{WAIT_SECONDS}s'")
    # A server that acknowledges before its log is on disk loses acknowledged commits when the power goes.
    connection.execute(
        "SELECT set_config('synchronous_commit', 'on', false) "
        "WHERE current_setting('synchronous_commit') = 'off'"
    )
    connection.autocommit = False


def _message(error: psycopg.Error) -> str:
    return error.diag.message_primary or " ".join(str(error).split())
