"""Keeps the search index in step with the record, and rebuilds it."""

import logging
from collections.abc import Callable, Sequence

from collectors.errors import CardRefused, IndexDamaged, LibraryBusy, SearchDown
from collectors.records import Issue
from index.alerts.watch import Watch
from index.cards.maker import BATCH, Cards
from index.search.backend import Backend
from index.search.cards import Card
from index.search.embedded.generations import Generations
from index.search.query import By, Stamp
from index.search.standby import Rebuildable, RefusesCards
from index.store import Store

logger = logging.getLogger(__name__)

CardProgress = Callable[[int, int], None]
"""Progress callback: called with the number of changes or cards done, and the total."""


def no_progress(done: int, total: int) -> None:
    """Progress callback that does nothing."""


def refresh(
    backend: Backend,
    store: Store,
    cards: Cards,
    progress: CardProgress,
    on_written: Callable[[Sequence[Card], int], object],
) -> Stamp:
    """Apply the outbox's changes to the index; changes that a crash left undone are applied again.

    ``on_written`` is called with each durably written batch and its last number, up to which it acknowledges
    the outbox. A batch that another process has overtaken is left to that process.
    """
    total = store.last_change() - backend.stamp().applied
    done = 0
    while changes := store.changes(backend.stamp().applied, BATCH):
        wanted = dict.fromkeys((By(change.by), change.id) for change in changes)
        made, gone = cards.make(wanted)
        if backend.write(made, gone, changes[-1].seq):
            on_written(made, changes[-1].seq)
        done += len(changes)
        progress(done, total)
    return backend.stamp()


class IndexMaintainer:
    """Maintainer of the index ``main``: refreshes and rebuilds it, and passes new cards to ``watch``.

    ``embedded`` is the same index, or its standby.
    """

    def __init__(
        self, store: Store, cards: Cards, watch: Watch, main: Rebuildable, embedded: Generations
    ) -> None:
        self._store, self._cards, self._watch = store, cards, watch
        self._main, self._embedded = main, embedded

    def refresh(self, progress: CardProgress) -> Stamp:
        """Apply new changes to the main index; raises ``IndexDamaged`` if it must be rebuilt."""
        # Changes indexed but not acknowledged, after a crash, were not yet matched against saved searches.
        applied = self._main.stamp().applied
        self._check(applied)
        self._watch.catch_up(applied)
        stamp = refresh(self._main, self._store, self._cards, progress, self._watch.alert_to_batch)
        if self._main is self._embedded and self._embedded.is_worn():
            logger.info("building the search index anew: too many of its cards were replaced")
            return self.rebuild(progress)
        if not (refused := self._refused()):
            return stamp
        kinds = ((By.REPORT if key.startswith("rep-") else By.INCIDENT, key) for key in refused)
        made, gone = self._cards.make(kinds)
        self._main.write(made, gone, stamp.applied)
        return self._main.stamp()

    def rebuild(self, progress: CardProgress = no_progress) -> Stamp:
        """Rebuild the main index from the record, check its counts, and swap it in."""
        applied = self._store.last_change()
        stamp = self._main.rebuild(self._cards.everything(progress), applied)
        self._watch.catch_up(applied)
        return stamp

    def level_standby(self) -> None:
        """Apply new changes to the embedded index; the outbox keeps them for the server."""
        try:
            self._check(self._embedded.stamp().applied)
            refresh(self._embedded, self._store, self._cards, no_progress, lambda *_: None)
        except LibraryBusy:
            logger.info("another process is writing the search index that stands in")
        except IndexDamaged as error:
            logger.info("building the search index that stands in: %s", error)
            self.rebuild_standby()

    def rebuild_standby(self) -> None:
        """Rebuild the embedded index while the server is down; saved searches are matched later."""
        applied = self._store.last_change()
        self._embedded.rebuild(self._cards.everything(), applied)

    def issues(self) -> list[Issue]:
        """Return an issue for each card the index refused; empty while the server is down."""
        try:
            refused = self._refused()
        except (SearchDown, IndexDamaged):
            return []
        return [CardRefused(reason).issue("search index", key) for key, reason in sorted(refused.items())]

    def _refused(self) -> dict[str, str]:
        return self._main.refused() if isinstance(self._main, RefusesCards) else {}

    def _check(self, applied: int) -> None:
        """Raise ``IndexDamaged`` if an index at outbox number ``applied`` does not fit the record."""
        if applied < (forgotten := self._store.acknowledged()):
            raise IndexDamaged(f"the index has change {applied}, and those up to {forgotten} are forgotten")
        if applied > (newest := self._store.last_change()):  # the record was restored from a backup
            raise IndexDamaged(f"the index has change {applied}, and the record's newest is {newest}")
