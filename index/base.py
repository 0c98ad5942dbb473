"""What every call of the library has in common: what it works with, who may, and the entry it leaves."""

import threading
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout

from collectors.errors import LibraryBusy, LibraryMissing, NotFound, NotPermitted
from enrichment.classify import pool
from enrichment.embedder import Embedder
from enrichment.run import Enricher
from enrichment.typology import Typology
from index import access, care, stages
from index.cards import maker
from index.cards.finder import Finder
from index.database import engine
from index.export.gate import Exportable, exportable
from index.incidents import Incidents
from index.learning import releases
from index.records import Actor
from index.settings import Settings
from index.store import Store

CLERKS = 4
"""Entries that may be written while their calls go on; the record takes one at a time anyway."""


class LibraryBase:
    """A library's record, index and models, the slow ones opened when first needed.

    Safe to share between threads. Open with ``open`` and close, or use it as a context manager.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.typology = Typology.load()
        self._store = Store(settings.database_url)
        self._incidents = Incidents(self._store, self.typology, pool)
        self._cards = maker.Cards(self._store, self._incidents, self.typology)
        self._clerks = ThreadPoolExecutor(CLERKS, "audit")  # starts no thread before the first entry
        self._opening = threading.RLock()  # from Python 3.12 on cached_property takes no lock of its own
        self._opened_enricher: Enricher | None = None
        self._opened_release: dict[str, str] = {}

    @classmethod
    def open(cls, settings: Settings | None = None, *, new: bool = True) -> Self:
        """Open the library these settings point to, and make it if it does not exist.

        Raises ``LibraryNewer`` where a newer Moriarty wrote it. Without ``new`` none is made: raises
        ``LibraryMissing``.
        """
        settings = settings or Settings.load()
        if not new and engine.missing(settings.database_url):
            raise LibraryMissing(f"there is no library in {settings.home}")
        return cls(settings)

    def close(self) -> None:
        """Let go of every file and connection."""
        if "_opened_finder" in self.__dict__:
            self._opened_finder.close()
        self._clerks.shutdown()
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def enricher(self) -> Enricher:
        """Return the models that judge reports: the release accepted now, whichever process accepted it."""
        with self._opening:
            accepted = releases.active(self.settings.home)
            if self._opened_enricher is None or accepted != self._opened_release:
                models, _ = releases.in_use(self.settings.home)
                self._opened_enricher = Enricher.load(model_folder=models, embedder=self._embedder)
                self._opened_release = accepted
            return self._opened_enricher

    @property
    def _embedder(self) -> Embedder | None:
        """Return the embedding model; None where it is missing or refused, which every answer then says."""
        with self._opening:
            return self._opened_embedder

    @property
    def _finder(self) -> Finder:
        with self._opening:
            return self._opened_finder

    @cached_property
    def _opened_embedder(self) -> Embedder | None:
        return stages.load_embedder(self.settings.embedder)

    @cached_property
    def _opened_finder(self) -> Finder:
        server = self.settings.search_server
        return Finder(self.settings.index, self._store, self._cards, self.typology, self._embedder, server)

    def _resolved(self, identifier: str) -> str:
        """Return the id of the incident with this id, its beginning or outside id.

        Raises ``NotFound`` for an outside id that no incident has.
        """
        if identifier.startswith("inc-"):
            return self._store.whole_id(identifier)
        found = self._incidents.by_ref(identifier)
        if found is None:
            raise NotFound(f"there is no incident {identifier!r}")
        return found

    def _guarded(self, reports: Collection[str]) -> frozenset[str]:
        """Return those of these reports that tell of sexual offending, in whichever of their incidents."""
        with self._store.reading() as connection:
            return care.guarded(connection, reports)

    def _exportable(self, incident_id: str) -> Exportable:
        """Return the exportable version of an incident; raises ``NotFound``."""
        view = self._incidents.view(incident_id)
        return exportable(view, self.typology, self._guarded(view.incident.reports))

    def _note(self, actor: Actor, action: str, subject: str, detail: str = "") -> None:
        """Require that the actor may do this, and record that it was done."""
        self._require(actor, action)
        self._store.audit(actor, action, subject, detail)

    @contextmanager
    def _noting(self, actor: Actor, action: str, subject: str, detail: str = "") -> Iterator[None]:
        """Do as ``_note`` does, but record it while the block works.

        The block ends when the entry is durable, or with the error that kept it from being written: what
        the block found is shown to nobody unlogged.
        """
        self._require(actor, action)
        entry = self._clerks.submit(self._store.audit, actor, action, subject, detail)
        try:
            yield
        finally:
            entry.result()

    def _require(self, actor: Actor, action: str) -> None:
        """Return if the actor may do this; a refusal leaves an audit entry before it is raised."""
        try:
            access.require(actor, action)
        except NotPermitted as error:
            self._store.audit(actor, "refused", action, str(error))
            raise

    @contextmanager
    def _running(self, actor: Actor, action: str, subject: str = "all") -> Iterator[None]:
        """Hold the library for one run at a time, across processes."""
        self._note(actor, action, subject)
        self.settings.home.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self.settings.home / "run.lock", timeout=5):
                yield
        except Timeout as error:
            raise LibraryBusy("another run is going on in this library") from error
