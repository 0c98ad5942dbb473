"""Who may make a call, and the audit entry that the call leaves."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from collectors.errors import LibraryBusy, NotPermitted
from index import access
from index.records import Actor
from index.store import Store

WRITERS = 4
"""Entries that may be written while their calls go on; the record takes one at a time anyway."""
RUN_PATIENCE = 5.0
"""Seconds that a run waits for another to end."""


class Ledger:
    """Permission and audit of every call. Safe to share between threads."""

    def __init__(self, store: Store, home: Path) -> None:
        self._store, self._home = store, home
        self._writers = ThreadPoolExecutor(WRITERS, "audit")  # starts no thread before the first entry

    def close(self) -> None:
        """Wait for the entries still being written."""
        self._writers.shutdown()

    def require(self, actor: Actor, action: str) -> None:
        """Return if the actor may do this; else leave an audit entry and raise ``NotPermitted``."""
        try:
            access.require(actor, action)
        except NotPermitted as error:
            self._store.audit(actor, "refused", action, str(error))
            raise

    def note(self, actor: Actor, action: str, subject: str, detail: str = "") -> None:
        """Require that the actor may do this, and record that it was done."""
        self.require(actor, action)
        self._store.audit(actor, action, subject, detail)

    @contextmanager
    def noting(self, actor: Actor, action: str, subject: str, detail: str = "") -> Iterator[int]:
        """Do as ``note`` does, but write the entry while the block works.

        The block ends when the entry is durable, or with the error that kept it from being written: nobody
        is shown a result that is not logged. Only the wait for the disk runs beside the block: two threads
        that take turns to compute take longer than one. Gives the number of the newest change in the record.
        """
        self.require(actor, action)
        written, newest = self._store.audit_open(actor, action, subject, detail)
        entry = self._writers.submit(written.close)
        try:
            yield newest
        finally:
            entry.result()

    @contextmanager
    def running(self, actor: Actor, action: str, subject: str = "all") -> Iterator[None]:
        """Do as ``note`` does, and hold the library for one run at a time, across processes.

        Raises ``LibraryBusy`` while another run goes on.
        """
        self.note(actor, action, subject)
        self._home.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self._home / "run.lock", timeout=RUN_PATIENCE):
                yield
        except Timeout as error:
            raise LibraryBusy("another run is going on in this library") from error
