"""Answers from an index that is built again whenever it turns out to be missing or damaged."""

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


class Mending(Proxy):
    """One index with its repair: ``rebuild`` makes it anew from the record. Safe for many threads."""

    def __init__(self, index: Backend, rebuild: Callable[[], object]) -> None:
        self._index, self._rebuild = index, rebuild
        self.lock = threading.RLock()
        """Held while the index is mended, and by whoever else brings it level with the record."""

    def mended(self, call: Callable[[], Answer]) -> Answer:
        """Return what a call on the index returns, made again once the index is mended."""
        try:
            return call()
        except IndexDamaged:
            with self.lock:  # of several that meet the damage one mends it, and the others find it so
                return self._mend(call)

    def write(self, cards: Iterable[Card], deleted: Sequence[str], applied: int) -> bool:
        """Write to the index as it is, as ``Backend`` promises."""
        return self._index.write(cards, deleted, applied)

    def close(self) -> None:
        """Let go of every file and connection."""
        self._index.close()

    def _answer(self, call: Callable[[Backend], Answer]) -> Answer:
        return self.mended(lambda: call(self._index))

    def _mend(self, call: Callable[[], Answer]) -> Answer:
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
            except LibraryBusy:  # another process is mending it
                if time.monotonic() > give_up:
                    raise
                time.sleep(PAUSE_SECONDS)
            else:
                return call()
