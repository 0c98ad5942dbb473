"""Keeps the search index level with the record, and makes it anew where it is not."""

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
from index.search.standby import Picky, Rebuildable
from index.store import Store

logger = logging.getLogger(__name__)

Tell = Callable[[int, int], None]
"""Hears how many changes or cards are done, of how many."""


def silent(done: int, total: int) -> None:
    """Hear of progress and do nothing."""


def refresh(
    backend: Backend,
    store: Store,
    cards: Cards,
    tell: Tell,
    learned: Callable[[Sequence[Card], int], object],
) -> Stamp:
    """Bring the index level with the record; what a crash left undone is done again.

    Once the index holds a batch durably, ``learned`` is handed its cards and its last number, up to which it
    acknowledges the outbox. A batch that another process has overtaken meanwhile is left to that process.
    """
    total = store.last_change() - backend.stamp().applied
    done = 0
    while changes := store.changes(backend.stamp().applied, BATCH):
        wanted = dict.fromkeys((By(change.by), change.id) for change in changes)
        made, gone = cards.make(wanted)
        if backend.write(made, gone, changes[-1].seq):
            learned(made, changes[-1].seq)
        done += len(changes)
        tell(done, total)
    return backend.stamp()


class Upkeep:
    """Writes to the index ``main`` and tells ``watch`` what it learned.

    ``embedded`` is the same index, or the one that stands in for it.
    """

    def __init__(
        self, store: Store, cards: Cards, watch: Watch, main: Rebuildable, embedded: Generations
    ) -> None:
        self._store, self._cards, self._watch = store, cards, watch
        self._main, self._embedded = main, embedded

    def refresh(self, tell: Tell) -> Stamp:
        """Bring the main index level with the record; raises ``IndexDamaged`` where it must be rebuilt."""
        # Changes indexed but not acknowledged, after a crash, were not yet matched against saved searches.
        applied = self._main.stamp().applied
        self._check(applied)
        self._watch.catch_up(applied)
        stamp = refresh(self._main, self._store, self._cards, tell, self._watch.alert_to_batch)
        if self._main is self._embedded and self._embedded.worn():
            logger.info("building the search index anew: too many of its cards were replaced")
            return self.rebuild(tell)
        if not (refused := self._refused()):
            return stamp
        kinds = ((By.REPORT if key.startswith("rep-") else By.INCIDENT, key) for key in refused)
        made, gone = self._cards.make(kinds)
        self._main.write(made, gone, stamp.applied)
        return self._main.stamp()

    def rebuild(self, tell: Tell = silent) -> Stamp:
        """Build the main index anew from the record, check its counts, and swap it in."""
        applied = self._store.last_change()
        stamp = self._main.rebuild(self._cards.everything(tell), applied)
        self._watch.catch_up(applied)
        return stamp

    def level_standby(self) -> None:
        """Bring the embedded index level with the record; the outbox keeps the changes for the server."""
        try:
            self._check(self._embedded.stamp().applied)
            refresh(self._embedded, self._store, self._cards, silent, lambda *_: None)
        except LibraryBusy:
            logger.info("another process is writing the search index that stands in")
        except IndexDamaged as error:
            logger.info("building the search index that stands in: %s", error)
            self.rebuild_standby()

    def rebuild_standby(self) -> None:
        """Build the embedded index anew while the server is down; its saved searches wait."""
        applied = self._store.last_change()
        self._embedded.rebuild(self._cards.everything(), applied)

    def issues(self) -> list[Issue]:
        """Return what the index would not take; nothing while the server is down."""
        try:
            refused = self._refused()
        except (SearchDown, IndexDamaged):
            return []
        return [CardRefused(reason).issue("search index", key) for key, reason in sorted(refused.items())]

    def _refused(self) -> dict[str, str]:
        return self._main.refused() if isinstance(self._main, Picky) else {}

    def _check(self, applied: int) -> None:
        """Raise ``IndexDamaged`` where an index at the change ``applied`` does not fit the record."""
        if applied < (forgotten := self._store.acknowledged()):
            raise IndexDamaged(f"the index has change {applied}, and those up to {forgotten} are forgotten")
        if applied > (newest := self._store.last_change()):  # the record was restored from a backup
            raise IndexDamaged(f"the index has change {applied}, and the record's newest is {newest}")
