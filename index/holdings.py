"""What a library holds: its record, its index and its models, the slow ones opened when first needed."""

import threading
from collections.abc import Collection

from collectors.errors import NotFound
from enrichment.classify import pool
from enrichment.embedder import Embedder
from enrichment.run import Enricher
from enrichment.typology import Typology
from index import care, stages
from index.cards import maker
from index.cards.finder import Finder
from index.export.gate import Exportable, exportable
from index.incidents import Incidents
from index.learning.release import Pointer
from index.learning.releases import Releases
from index.ledger import Ledger
from index.once import once
from index.settings import Settings
from index.store import Store


class Holdings:
    """The record, index and models of one library, for the parts of ``Library`` that check who asks.

    Nothing here asks for permission but what goes through ``ledger``. Safe to share between threads.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.typology = Typology.load()
        self.store = Store(settings.database_url)
        self.ledger = Ledger(self.store, settings.home)
        self.incidents = Incidents(self.store, self.typology, pool)
        self.cards = maker.Cards(self.store, self.incidents, self.typology)
        self._loading = threading.Lock()
        self._enricher: Enricher | None = None
        self._release = Pointer()

    def close(self) -> None:
        """Let go of every file and connection."""
        if "finder" in vars(self):  # else nobody has searched
            self.finder.close()
        self.ledger.close()
        self.store.close()

    @once
    def embedder(self) -> Embedder | None:
        """The embedding model; None where it is missing or refused, which every answer then says."""
        return stages.load_embedder(self.settings.embedder)

    @once
    def finder(self) -> Finder:
        """The search over the index."""
        server = self.settings.search_server
        return Finder(self.settings.index, self.store, self.cards, self.typology, self.embedder, server)

    @property
    def enricher(self) -> Enricher:
        """Return the models that judge reports: the release accepted now, whichever process accepted it."""
        with self._loading:
            releases = Releases(self.settings.home)
            accepted = releases.active()
            if self._enricher is None or accepted != self._release:
                models, _ = releases.in_use()
                self._enricher = Enricher.load(model_folder=models, embedder=self.embedder)
                self._release = accepted
            return self._enricher

    def incident_id(self, identifier: str) -> str:
        """Return the id of the incident with this id, its beginning or outside id.

        Raises ``NotFound`` for an outside id that no incident has.
        """
        if identifier.startswith("inc-"):
            return self.store.whole_id(identifier)
        found = self.incidents.by_ref(identifier)
        if found is None:
            raise NotFound(f"there is no incident {identifier!r}")
        return found

    def guarded(self, reports: Collection[str]) -> frozenset[str]:
        """Return those of these reports that tell of sexual offending, in whichever of their incidents."""
        with self.store.reading() as connection:
            return care.guarded(connection, reports)

    def exportable(self, incident_id: str) -> Exportable:
        """Return the exportable version of an incident; raises ``NotFound``."""
        view = self.incidents.view(incident_id)
        return exportable(view, self.typology, self.guarded(view.incident.reports))
