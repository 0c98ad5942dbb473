"""Opening the record's database: honest transactions, the right version, errors that say what to do."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from sqlalchemy import URL, Connection, Engine, column, inspect, make_url, select, table
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from collectors.errors import MoriartyError, StorageFull, WrongUse
from index.database.sqlite import Sqlite

NEWEST = "0009"
"""The revision of the tables that this code reads and writes."""
_REVISIONS = table("alembic_version", column("version_num"))


class Make(Protocol):
    """Operations that differ between SQLite and PostgreSQL."""

    reader: Engine
    """Its transactions each see one unchanging state of the record."""

    def writing(self) -> AbstractContextManager[Connection]:
        """Give a connection in a transaction that only one writer has at a time."""

    def upgrading(self) -> AbstractContextManager[Connection]:
        """Give such a connection while no other process opens the record."""

    def damage(self, connection: Connection) -> list[str]:
        """Return every fault of the stored tables in a sentence; empty where this make cannot check them."""

    def translate_error(self, error: SQLAlchemyError) -> MoriartyError | None:
        """Translate an error of the driver; None for an unknown one."""


class Database:
    """A database whose commits are durable and whose writers never collide.

    Safe to share between threads; every process opens its own. Opening creates or upgrades the tables and
    raises ``LibraryNewer`` for a database this code is too old for, ``LibraryBusy`` where another process
    upgrades for too long, ``EvidenceDamaged`` for a file that is no whole database, ``StorageRefused`` for
    one that may not be opened or written, ``RecordDown`` for a server that does not let us in, and
    ``WrongUse`` for an invalid address.
    """

    def __init__(self, url: str) -> None:
        self._make = _make(url)
        try:
            with self._translated():
                _upgrade(self._make)
        except BaseException:
            self.close()
            raise

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees one unchanging state of the record."""
        with self._translated(), self._make.reader.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection whose work is durable, all of it, once the block has ended without an error.

        Writers take turns. Raises ``StorageFull`` where the disk takes no more, ``LibraryBusy`` where another
        writer holds the record for more than 30 seconds, ``RecordDown`` where the server went away: whether
        the work is durable then only the record can tell, so it is to be done again.
        """
        with self._translated(), self._make.writing() as connection:
            yield connection

    def damage(self) -> list[str]:
        """Return every fault of the stored tables in a sentence; a server's are left to its administrator."""
        with self.reading() as connection:
            return self._make.damage(connection)

    def close(self) -> None:
        """Let go of every connection."""
        self._make.reader.dispose()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            known = self._make.translate_error(error)
            if known is None:
                raise
            if isinstance(known, StorageFull):
                self.close()  # after an I/O error only a fresh connection can be trusted
            raise known from error


def missing(url: str) -> Path | None:
    """Return the file that a record would be made in; None where it is there, or kept by a server."""
    address = _address(url)
    file = Path(address.database or "") if address.get_backend_name() == "sqlite" else None
    return file if file and address.database and not file.exists() else None


def _make(url: str) -> Make:
    address = _address(url)
    match address.get_backend_name():
        case "sqlite":
            return Sqlite(address)
        case "postgresql" | "postgres":
            try:
                from index.database.postgresql import PostgreSQL  # an extra that few installs need
            except ModuleNotFoundError as error:
                raise WrongUse("PostgreSQL needs more: pip install 'moriarty-library[postgres]'") from error
            return PostgreSQL(address)
    raise WrongUse("MORIARTY_DATABASE_URL must begin with postgresql:// or sqlite:///")


def _address(url: str) -> URL:
    """Return the parts of an address; no error tells it, since it may hold a password."""
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):
        raise WrongUse(
            "MORIARTY_DATABASE_URL is no address such as postgresql://name@host/database"
        ) from None
    if "@" in (address.host or ""):
        raise WrongUse("write the @ in the password of MORIARTY_DATABASE_URL as %40")
    return address


def _upgrade(make: Make) -> None:
    with make.upgrading() as connection:
        if (current := _revision(connection)) != NEWEST:
            from index.database import upgrading  # here: it loads alembic, which few starts need

            upgrading.upgrade(connection, current)


def _revision(connection: Connection) -> str | None:
    """Return the revision of the tables; None where there are none."""
    if not inspect(connection).has_table(_REVISIONS.name):
        return None
    return connection.execute(select(_REVISIONS.c.version_num)).scalar()
