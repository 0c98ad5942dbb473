"""The search side of a library: an index kept level with the record, and mended from it when damaged."""

import logging
import threading
import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from collectors.errors import IndexDamaged, LibraryBusy
from enrichment.embedder import Embedder
from enrichment.typology import Typology
from index import indexing, wording
from index.indexing import Cards
from index.search.embedded import tokenise
from index.search.generations import Generations
from index.search.hybrid import Searcher
from index.search.query import By, Hit, Mode, Query, Results, Stamp
from index.store import Store
from index.watch import Watch

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer")
MOST_KNOWN = 10_000
"""Incidents, newest first, that a search may match when it is saved without an alert of them later."""
PATIENCE_SECONDS = 60.0
"""How long a call waits for an index that another process is building."""


class Finder:
    """Answers from the index in ``folder``; safe to share between threads.

    ``embedder`` None leaves meaning out. A missing, damaged or outdated index is built again from the record,
    by whichever call meets it first.
    """

    def __init__(
        self, folder: Path, store: Store, cards: Cards, typology: Typology, embedder: Embedder | None
    ) -> None:
        self._store, self._cards, self._typology, self._embedder = store, cards, typology, embedder
        self._index = Generations(folder, embedder.fingerprint if embedder else "")
        self._searcher = Searcher(
            self._index,
            hydrate=cards.shown,
            tokenise=tokenise,
            encode=self._encode if embedder else None,
            label=self._label,
        )
        self._watch = Watch(store, cards, self._searcher.search)
        self._lock = threading.RLock()

    def search(self, query: Query) -> Results:
        """Answer a query."""
        return self._mended(lambda: self._searcher.search(query))

    def similar(self, identifier: str, by: By, limit: int) -> tuple[Hit, ...]:
        """Return what is most like an incident or report, itself left out. Raises ``NotFound``."""
        return self._mended(lambda: self._searcher.similar(identifier, by=by, limit=limit))

    def crimes(self) -> int:
        """Return how many incidents are AI crime: neither outside the scope nor a mere warning or test."""
        counted = self.search(Query(mode=Mode.KEYWORD, limit=1, facets=("scope",))).facets["scope"]
        return next((facet.count for facet in counted if facet.value == "crime"), 0)

    def stamp(self) -> Stamp:
        """Return which state of the index answers."""
        return self._mended(self._index.stamp)

    def refresh(self, tell: Callable[[int, int], None]) -> Stamp:
        """Bring the index level with the record; ``tell`` hears how many changes are done, of how many."""
        with self._lock:
            return self._mended(lambda: self._refreshed(tell))

    def _refreshed(self, tell: Callable[[int, int], None]) -> Stamp:
        # What the index holds and nobody acknowledged, a crash has kept from the saved searches.
        self._watch.catch_up(self._index.stamp().applied)
        return indexing.refresh(self._index, self._store, self._cards, tell, self._watch.learned)

    def known(self, query: Query, *, changes: bool) -> list[tuple[str, str]]:
        """Return the incidents a strict query finds now, each with the digest of what is told of it.

        The digests are left empty unless ``changes`` are of interest.
        """
        found = self._mended(lambda: self._index.words(query, MOST_KNOWN))
        return self._watch.known(found.ids, changes=changes)

    def rebuild(self) -> Stamp:
        """Build the index anew from the record, check its counts, and swap it in."""
        with self._lock:
            applied = self._store.last_change()
            stamp = self._index.rebuild(self._cards.everything(), applied)
            self._watch.catch_up(applied)
            return stamp

    def close(self) -> None:
        """Let go of every file."""
        self._index.close()

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
            except IndexDamaged as error:
                logger.info("building the search index: %s", error)
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
        if facet in ("typology", "family"):
            return self._typology.label(value)
        if facet == "source":
            return self._source_titles.get(value, value)
        return wording.value(facet, value)

    @cached_property
    def _source_titles(self) -> dict[str, str]:
        return {source.key: source.title for source in self._store.health()}
