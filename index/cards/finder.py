"""Search service of a library, over an index that is kept in step with the record."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from collectors.errors import NotFound, SearchDown, WrongUse
from collectors.records import Issue
from enrichment.embedder import Embedder
from enrichment.typology import Typology
from index.alerts.watch import Watch
from index.cards.labels import Labels, searched_names
from index.cards.maintainer import CardProgress, IndexMaintainer, no_progress
from index.cards.maker import Cards
from index.cards.naming import Values
from index.search.backend import Backend
from index.search.cards import HitSource
from index.search.correcting import CorrectedQuery
from index.search.deadline import deadline
from index.search.elastic.server import Server
from index.search.embedded.generations import Generations
from index.search.hybrid import Searcher
from index.search.query import By, Hit, Mode, Query, Results, Stamp
from index.search.repairing import RepairingBackend
from index.search.standby import Rebuildable, Standby
from index.store import Store

MOST_KNOWN = 10_000
"""Incidents, newest first, that a search may match when it is saved without an alert of them later."""


class Finder:
    """Search service over the index in ``folder``; thread-safe.

    Without an ``embedder`` it searches by words alone. A missing, damaged or outdated index is rebuilt from
    the record by the call that finds it so. With a ``server`` the index is on that; while the server is down
    the index in ``folder`` answers, and changes wait in the outbox.
    """

    def __init__(
        self,
        folder: Path,
        store: Store,
        cards: Cards,
        typology: Typology,
        embedder: Embedder | None,
        server: Server | None = None,
    ) -> None:
        self._store, self._cards, self._embedder = store, cards, embedder
        self._labels = Labels(store, typology)
        self._embedded = Generations(folder, embedder.fingerprint if embedder else "")
        main: Rebuildable = _elastic(server, embedder) if server else self._embedded
        self._watch = Watch(store, cards, lambda query: self._searcher.search(query))
        self._maintainer = IndexMaintainer(store, cards, self._watch, main, self._embedded)
        self._main = RepairingBackend(main, self.rebuild)
        self._standby = self._reserve() if server else None
        self._index: Backend = self._standby or self._main
        self._search_seconds = server.search_seconds if server else None
        self._searcher = Searcher(
            self._index,
            hydrate=self._shown,
            encode=self._encode if embedder else None,
            label=self._labels.label,
            names=partial(searched_names, typology),
            chunks=store.vectors,
        )
        self._typology = typology

    def _reserve(self) -> Standby:
        """Return the main index with the embedded one as its standby."""
        reserve = RepairingBackend(self._embedded, self._maintainer.rebuild_standby)
        return Standby(self._main, reserve, self._maintainer.level_standby)

    def search(self, query: Query, newest: int | None = None) -> Results:
        """Return the results of a query; ``newest`` is the record's last change number, if known."""
        with deadline(self._search_seconds):
            results = self._searcher.search(query, partial(self._shown, newest=newest))
        if self._standby is None or not self._standby.note:
            return results
        return results.model_copy(update={"notes": (*results.notes, self._standby.note)})

    def corrected(self, query: Query) -> CorrectedQuery:
        """Return the corrected query as ``search`` runs it, with notes on what was changed."""
        return self._searcher.corrected(query)

    def similar(self, identifier: str, by: By, limit: int) -> tuple[Hit, ...]:
        """Return the hits most similar to an incident or report, except itself. Raises ``NotFound``.

        One without vectors is compared by its text.
        """
        try:
            with deadline(self._search_seconds):
                return self._searcher.neighbours.similar(identifier, by=by, limit=limit)
        except NotFound:
            source = self._cards.shown([identifier], by).get(identifier)
            if source is None:
                raise
            text = "\n".join(part for _, title, body in source.texts for part in (title, body))
            return self.like(text, by, limit, without=(identifier,))

    def like(self, text: str, by: By, limit: int, without: tuple[str, ...] = ()) -> tuple[Hit, ...]:
        """Return the hits most similar to a text."""
        with deadline(self._search_seconds):
            return self._searcher.neighbours.like(text, by=by, limit=limit, without=without)

    def crimes(self) -> int:
        """Return the number of incidents with the scope ``crime``: no warning, test or case outside it."""
        counted = self.search(Query(mode=Mode.KEYWORD, limit=1, facets=("scope",))).facets["scope"]
        return next((facet.count for facet in counted if facet.value == "crime"), 0)

    def values(self) -> Values:
        """Return a reader for one query's filters; it loads the values of a facet once."""
        return Values(self._typology, cache(self._stored))

    def known(self, query: Query, *, changes: bool) -> list[tuple[str, str]]:
        """Return (incident, content digest) of the incidents a strict query finds now.

        The digests are empty unless ``changes`` are of interest.
        """
        return self._watch.states(self._index.words(query, MOST_KNOWN).ids, changes=changes)

    def alert(self, query: Query, known: Collection[str]) -> None:
        """Write alerts for the incidents a strict query finds now that are not ``known``."""
        found = self._index.words(query, MOST_KNOWN).ids
        self._watch.alert([incident for incident in found if incident not in known])

    def stamp(self) -> Stamp:
        """Return the state of the index that answers."""
        return self._index.stamp()

    def refresh(self, progress: CardProgress) -> Stamp:
        """Apply new changes to the index, reporting ``progress``.

        While the server is down the changes wait for the next call, and the stamp is the standby's.
        """
        with self._main.lock:
            if self._standby is None:
                return self._main.with_repair(lambda: self._maintainer.refresh(progress))
            try:
                stamp = self._main.with_repair(lambda: self._maintainer.refresh(progress))
            except SearchDown as trouble:
                self._standby.down(trouble)
                return self.stamp()
            self._standby.up()
            return stamp

    def rebuild(self, progress: CardProgress = no_progress) -> Stamp:
        """Rebuild the index from the record, check its counts, and swap it in, reporting ``progress``."""
        with self._main.lock:
            return self._maintainer.rebuild(progress)

    def check(self) -> None:
        """Verify every file of an embedded index; rebuild it if one is damaged, and log that."""
        if self._standby is None:
            self._main.with_repair(self._embedded.check)

    def issues(self) -> list[Issue]:
        """Return an issue for each card the index refused; empty while the server is down."""
        return self._maintainer.issues()

    def close(self) -> None:
        """Close every file and connection."""
        self._index.close()

    def _shown(self, ids: Sequence[str], by: By, newest: int | None = None) -> Mapping[str, HitSource]:
        """Return display data: from an embedded index in step with the record, else from the slower record.

        ``newest`` is the record's last change number, if known.
        """
        if self._standby is not None:  # the index is on a server
            return self._cards.shown(ids, by)
        applied = self._store.last_change() if newest is None else newest
        kept = self._main.with_repair(lambda: self._embedded.shown(ids, applied))
        other = [key for key in ids if key not in kept]
        return {**kept, **self._cards.shown(other, by)} if other else kept

    def _stored(self, facet: str) -> dict[str, str]:
        """Map the values of a facet that any card has to their labels."""
        everything = Query(mode=Mode.KEYWORD, limit=1, facets=(facet,))
        queries = [everything.model_copy(update={"by": by}) for by in By]
        with deadline(self._search_seconds):
            stored = {value for query in queries for value in self._index.words(query, 1).facets[facet]}
        return {value: self._labels.label(facet, value) for value in sorted(stored)}

    def _encode(self, text: str) -> NDArray[np.float32]:
        if self._embedder is None:
            raise ValueError("there is no embedder to encode with")
        return np.asarray(self._embedder.encode([text], "query")[0], np.float32)


def _elastic(server: Server, embedder: Embedder | None) -> Rebuildable:
    try:
        from index.search.elastic.backend import ElasticBackend  # an extra that few installs need
    except ModuleNotFoundError as error:
        raise WrongUse("Elasticsearch needs more: pip install 'moriarty-library[elastic]'") from error
    if embedder is None:
        return ElasticBackend(server)
    return ElasticBackend(server, dimensions=embedder.dimensions, fingerprint=embedder.fingerprint)
