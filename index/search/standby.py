"""Answers from Elasticsearch, and from the embedded index while Elasticsearch is down."""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, TypeVar, runtime_checkable

from collectors.errors import SearchDown
from index.search.backend import Backend
from index.search.cards import Card
from index.search.proxy import Proxy
from index.search.query import Stamp

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer")
REST_SECONDS = 30.0
"""How long a server that was down is not asked again, so that no search waits for it."""


class Rebuildable(Backend, Protocol):
    """An index that can be made anew from all cards."""

    def rebuild(self, cards: Iterable[Card], applied: int) -> Stamp:
        """Hold these cards alone, at the outbox number ``applied``; searches go on meanwhile."""


@runtime_checkable
class Picky(Protocol):
    """An index that may take all but some cards."""

    def refused(self) -> dict[str, str]:
        """Return the ids of the cards that were not taken, with the reasons."""


class Standby(Proxy):
    """``main``, and ``reserve`` while it is down. Safe for many threads.

    ``level`` brings the reserve level with the record, building it where it is missing. ``write`` goes to
    ``main`` alone and raises ``SearchDown``; whoever refreshes asks ``main`` for its stamp too, because
    ``stamp`` here may be the reserve's.
    """

    def __init__(
        self, main: Backend, reserve: Backend, level: Callable[[], None], rest: float = REST_SECONDS
    ) -> None:
        self.main, self._reserve, self._level, self._rest = main, reserve, level, rest
        self._leveling = threading.Lock()
        self._trouble: SearchDown | None = None
        self._until = 0.0

    @property
    def note(self) -> str:
        """Return in one line why the embedded index answers, or an empty string."""
        trouble = self._trouble
        if trouble is None:
            return ""
        return f"Answered by the index on this machine, because {str(trouble).rstrip('.')}."

    def down(self, trouble: SearchDown) -> None:
        """Leave ``main`` alone for a while."""
        logger.warning("searching the embedded index: %s", trouble)
        self._trouble, self._until = trouble, time.monotonic() + self._rest

    def up(self) -> None:
        """Ask ``main`` again: it took a write."""
        self._trouble = None

    def write(self, cards: Iterable[Card], deleted: Sequence[str], applied: int) -> bool:
        """Write to ``main``, as ``Backend`` promises."""
        return self.main.write(cards, deleted, applied)

    def close(self) -> None:
        """Let go of every file and connection."""
        self.main.close()
        self._reserve.close()

    def _answer(self, call: Callable[[Backend], Answer]) -> Answer:
        if self._trouble is None or time.monotonic() > self._until:
            try:
                answer = call(self.main)
            except SearchDown as trouble:
                self.down(trouble)
            else:
                self._trouble = None
                return answer
        with self._leveling:
            self._level()
        return call(self._reserve)
