"""The search side of a library: an index kept level with the record, and mended from it when damaged."""

import logging
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from collectors.errors import (
    CardRefused,
    IndexDamaged,
    IndexMissing,
    LibraryBusy,
    NotFound,
    SearchDown,
    WrongUse,
)
from collectors.records import Issue
from enrichment.embedder import Embedder
from enrichment.typology import Typology
from index import wording
from index.alerts.watch import Watch
from index.cards import maker
from index.cards.maker import Cards
from index.cards.naming import Values
from index.search.backend import Backend
from index.search.cards import HitSource
from index.search.correcting import Spelt
from index.search.elastic.server import Server
from index.search.embedded.generations import Generations
from index.search.hybrid import Searcher
from index.search.query import By, Hit, Mode, Query, Results, Stamp
from index.search.standby import Picky, Rebuildable, Standby
from index.store import Store

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer")
MOST_KNOWN = 10_000
"""Incidents, newest first, that a search may match when it is saved without an alert of them later."""
NAMES = 10_000
"""Names of facets' values that are kept: to look one up takes longer than to count it."""
PATIENCE_SECONDS = 60.0
"""How long a call waits for an index that another process is building."""


class Finder:
    """Answers from the index in ``folder``; safe to share between threads.

    ``embedder`` None leaves meaning out. A missing, damaged or outdated index is built again from the record,
    by whichever call meets it first. With a ``server`` the index is on that; while it is down the one in
    ``folder`` answers, and the changes wait in the outbox.
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
        self._store, self._cards, self._typology, self._embedder = store, cards, typology, embedder
        self._embedded = Generations(folder, embedder.fingerprint if embedder else "")
        self._main: Rebuildable = _elastic(server, embedder) if server else self._embedded
        self._standby = Standby(self._main, self._embedded, self._level) if server else None
        self._index: Backend = self._standby or self._main
        self._searcher = Searcher(
            self._index,
            hydrate=cards.shown if server else self._shown,
            encode=self._encode if embedder else None,
            label=self._label,
            chunks=store.vectors,
        )
        self._values = Values(typology, self._stored)
        self._source_titles: dict[str, str] = {}
        self._watch = Watch(store, cards, self._searcher.search)
        self._lock = threading.RLock()

    def search(self, query: Query) -> Results:
        """Answer a query."""
        results = self._answered(lambda: self._searcher.search(query))
        if self._standby is None or not self._standby.note:
            return results
        return results.model_copy(update={"notes": (*results.notes, self._standby.note)})

    def reading(self, query: Query) -> Spelt:
        """Return the query as ``search`` searches it, its slips corrected, with notes on what was changed."""
        return self._answered(lambda: self._searcher.reading(query))

    def similar(self, identifier: str, by: By, limit: int) -> tuple[Hit, ...]:
        """Return what is most like an incident or report, itself left out. Raises ``NotFound``.

        One without vectors is compared by its words.
        """
        try:
            return self._answered(lambda: self._searcher.similar(identifier, by=by, limit=limit))
        except NotFound:
            source = self._cards.shown([identifier], by).get(identifier)
            if source is None:
                raise
            text = "\n".join(part for _, title, body in source.texts for part in (title, body))
            return self.like(text, by, limit, without=(identifier,))

    def like(self, text: str, by: By, limit: int, without: tuple[str, ...] = ()) -> tuple[Hit, ...]:
        """Return what is most like a text."""
        return self._answered(lambda: self._searcher.like(text, by=by, limit=limit, without=without))

    def _shown(self, ids: Sequence[str], by: By) -> Mapping[str, HitSource]:
        """Return what hits show: from the index if level with the record, else from the slower record."""
        kept = self._embedded.shown(ids, self._store.last_change())
        other = [one for one in ids if one not in kept]
        return {**kept, **self._cards.shown(other, by)} if other else kept

    def crimes(self) -> int:
        """Return how many incidents are AI crime: neither outside the scope nor a mere warning or test."""
        counted = self.search(Query(mode=Mode.KEYWORD, limit=1, facets=("scope",))).facets["scope"]
        return next((facet.count for facet in counted if facet.value == "crime"), 0)

    def read(self, query: Query) -> Query:
        """Return the query with the stored values for what its filters name, and notes on how it is read."""
        return self._values.read(query)

    def _stored(self, facet: str) -> dict[str, str]:
        """Return the values of a facet that any card has, with what people call them."""
        everything = Query(mode=Mode.KEYWORD, limit=1, facets=(facet,))
        found: set[str] = set()
        for by in By:
            asked = everything.model_copy(update={"by": by})
            found |= self._answered(lambda: self._index.words(asked, 1)).facets[facet].keys()  # noqa: B023 - called at once
        return {value: self._label(facet, value) for value in sorted(found)}

    def stamp(self) -> Stamp:
        """Return which state of the index answers."""
        return self._answered(self._index.stamp)

    def refresh(self, tell: Callable[[int, int], None]) -> Stamp:
        """Bring the index level with the record; ``tell`` hears how many changes are done, of how many.

        Where the server is down, the changes wait for the next time, and the stamp is that of the index which
        stands in.
        """
        with self._lock:
            try:
                stamp = self._mended(lambda: self._refreshed(tell))
            except SearchDown as trouble:
                if self._standby is None:
                    raise
                self._standby.down(trouble)
                return self.stamp()
            if self._standby is not None:
                self._standby.up()
            return stamp

    def _refreshed(self, tell: Callable[[int, int], None]) -> Stamp:
        # What the index holds and nobody acknowledged, a crash has kept from the saved searches.
        applied = self._main.stamp().applied
        self._check(applied)
        self._watch.catch_up(applied)
        stamp = maker.refresh(self._main, self._store, self._cards, tell, self._watch.learned)
        if self._main is self._embedded and self._embedded.worn():
            logger.info("building the search index anew: too many of its cards were replaced")
            return self.rebuild(tell)
        if not (refused := self._refused()):
            return stamp
        kinds = ((By.REPORT if one.startswith("rep-") else By.INCIDENT, one) for one in refused)
        made, gone = self._cards.make(kinds)
        self._main.write(made, gone, stamp.applied)
        return self._main.stamp()

    def issues(self) -> list[Issue]:
        """Return what the index would not take; nothing while the server is down."""
        try:
            refused = self._refused()
        except (SearchDown, IndexDamaged):
            return []
        return [CardRefused(reason).issue("search index", one) for one, reason in sorted(refused.items())]

    def _refused(self) -> dict[str, str]:
        return self._main.refused() if isinstance(self._main, Picky) else {}

    def _check(self, applied: int) -> None:
        if applied < (forgotten := self._store.acknowledged()):
            raise IndexDamaged(f"the index has change {applied}, and those up to {forgotten} are forgotten")

    def _level(self) -> None:
        """Bring the embedded index level with the record; the outbox keeps the changes for the server."""
        try:
            self._leveled()
        except LibraryBusy:
            logger.info("another process is writing the search index that stands in")

    def _leveled(self) -> None:
        try:
            self._check(self._embedded.stamp().applied)
            maker.refresh(self._embedded, self._store, self._cards, lambda *_: None, lambda *_: None)
        except IndexDamaged as error:
            logger.info("building the search index that stands in: %s", error)
            applied = self._store.last_change()
            self._embedded.rebuild(self._cards.everything(), applied)

    def known(self, query: Query, *, changes: bool) -> list[tuple[str, str]]:
        """Return the incidents a strict query finds now, each with the digest of what is told of it.

        The digests are left empty unless ``changes`` are of interest.
        """
        found = self._answered(lambda: self._index.words(query, MOST_KNOWN))
        return self._watch.known(found.ids, changes=changes)

    def alert(self, query: Query, known: Collection[str]) -> None:
        """Alert to the incidents a strict query finds now that are not among the known."""
        found = self._answered(lambda: self._index.words(query, MOST_KNOWN))
        self._watch.alert([one for one in found.ids if one not in known])

    def rebuild(self, tell: Callable[[int, int], None] = lambda _done, _total: None) -> Stamp:
        """Build the index anew from the record, check its counts, and swap it in.

        ``tell`` hears how many cards are made, of how many.
        """
        with self._lock:
            applied = self._store.last_change()
            stamp = self._main.rebuild(self._cards.everything(tell), applied)
            self._watch.catch_up(applied)
            return stamp

    def close(self) -> None:
        """Let go of every file and connection."""
        self._index.close()

    def _answered(self, call: Callable[[], Answer]) -> Answer:
        """Answer from the index that stands in where the server fails while its index is mended."""
        try:
            return self._mended(call)
        except SearchDown as trouble:
            if self._standby is None:
                raise
            self._standby.down(trouble)
            return call()

    def _mended(self, call: Callable[[], Answer]) -> Answer:
        try:
            return call()
        except IndexDamaged:
            with self._lock:  # of several that meet the damage one mends it, and the others find it so
                return self._mending(call)

    def _mending(self, call: Callable[[], Answer]) -> Answer:
        give_up = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return call()
            except IndexMissing as error:
                logger.info("building the search index: %s", error)
            except IndexDamaged as error:
                logger.warning("the search index is damaged and is built again: %s", error)
            try:
                self.rebuild()
            except LibraryBusy:  # another process is mending it
                if time.monotonic() > give_up:
                    raise
                time.sleep(0.2)
            else:
                return call()

    def _encode(self, text: str) -> NDArray[np.float32]:
        if self._embedder is None:
            raise ValueError("there is no embedder to encode with")
        return np.asarray(self._embedder.encode([text], "query")[0], np.float32)

    def _label(self, facet: str, value: str) -> str:
        if facet in ("primary", "typology", "family"):
            return self._typology.label(value)
        if facet == "source":
            return self._source_title(value)
        return _worded(facet, value)

    def _source_title(self, key: str) -> str:
        if key not in self._source_titles:  # one that was added since
            self._source_titles = self._store.source_titles()
        return self._source_titles.get(key, key)


_worded = lru_cache(NAMES)(wording.value)


def _elastic(server: Server, embedder: Embedder | None) -> Rebuildable:
    try:
        from index.search.elastic.backend import ElasticBackend  # an extra that few installs need
    except ModuleNotFoundError as error:
        raise WrongUse("Elasticsearch needs more: pip install 'moriarty-library[elastic]'") from error
    if embedder is None:
        return ElasticBackend(server)
    return ElasticBackend(server, dimensions=embedder.dimensions, fingerprint=embedder.fingerprint)
