"""Backend wrapper that rebuilds its index when it is missing or damaged, and retries."""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from collectors.errors import IndexDamaged, IndexMissing, LibraryBusy
from index.search.backend import Backend
from index.search.cards import Card
from index.search.deadline import deadline
from index.search.proxy import Proxy

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer")
PATIENCE_SECONDS = 60.0
"""How long a call waits for an index that another process is building."""
PAUSE_SECONDS = 0.2


class RepairingBackend(Proxy):
    """Backend of one index that ``rebuild`` restores from the record. Thread-safe."""

    def __init__(self, index: Backend, rebuild: Callable[[], object]) -> None:
        self._index, self._rebuild = index, rebuild
        self.lock = threading.RLock()
        """Lock held during a repair, and by whoever else updates the index from the record."""

    def with_repair(self, call: Callable[[], Answer]) -> Answer:
        """Return a call's result; if the index is damaged, repair it and call again."""
        try:
            return call()
        except IndexDamaged:
            with self.lock:  # of several threads that meet the damage, one repairs it
                return self._repair(call)

    def write(self, cards: Iterable[Card], deleted: Sequence[str], applied: int) -> bool:
        """Write to the index without repair, as ``Backend`` promises."""
        return self._index.write(cards, deleted, applied)

    def close(self) -> None:
        """Close every file and connection."""
        self._index.close()

    def _answer(self, call: Callable[[Backend], Answer]) -> Answer:
        return self.with_repair(lambda: call(self._index))

    def _repair(self, call: Callable[[], Answer]) -> Answer:
        give_up = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return call()
            except IndexMissing as error:
                logger.info("building the search index: %s", error)
            except IndexDamaged as error:
                logger.warning("the search index is damaged and is built again: %s", error)
            try:
                with deadline(None):
                    self._rebuild()
            except LibraryBusy:  # another process is repairing it
                if time.monotonic() > give_up:
                    raise
                time.sleep(PAUSE_SECONDS)
            else:
                return call()
