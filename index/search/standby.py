"""Failover backend: Elasticsearch, and the embedded index while Elasticsearch is down."""

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
"""Time after a failure in which the server is not tried again, so that no search waits for it."""


class Rebuildable(Backend, Protocol):
    """Backend that can be rebuilt from all cards."""

    def rebuild(self, cards: Iterable[Card], applied: int) -> Stamp:
        """Replace the content by these cards, at outbox number ``applied``; searches go on meanwhile."""


@runtime_checkable
class RefusesCards(Protocol):
    """Index that may refuse single cards of a batch."""

    def refused(self) -> dict[str, str]:
        """Map the ids of refused cards to the reasons."""


class Standby(Proxy):
    """Backend that reads from ``main``, and from ``reserve`` while it is down. Thread-safe.

    ``update_reserve`` brings the reserve up to date with the record, building it if it is missing. ``write``
    goes to ``main`` alone and raises ``SearchDown``; a refresh must ask ``main`` for its stamp, because
    ``stamp`` here may be the reserve's.
    """

    def __init__(
        self, main: Backend, reserve: Backend, update_reserve: Callable[[], None], rest: float = REST_SECONDS
    ) -> None:
        self.main, self._reserve, self._update_reserve, self._rest = main, reserve, update_reserve, rest
        self._updating = threading.Lock()
        self._trouble: SearchDown | None = None
        self._until = 0.0

    @property
    def note(self) -> str:
        """Note for users that the embedded index answers, and why; empty while ``main`` does."""
        trouble = self._trouble
        if trouble is None:
            return ""
        return f"Answered by the index on this machine, because {str(trouble).rstrip('.')}."

    def down(self, trouble: SearchDown) -> None:
        """Stop reading from ``main`` for ``rest`` seconds."""
        logger.warning("searching the embedded index: %s", trouble)
        self._trouble, self._until = trouble, time.monotonic() + self._rest

    def up(self) -> None:
        """Read from ``main`` again: it took a write."""
        self._trouble = None

    def write(self, cards: Iterable[Card], deleted: Sequence[str], applied: int) -> bool:
        """Write to ``main``, as ``Backend`` promises."""
        return self.main.write(cards, deleted, applied)

    def close(self) -> None:
        """Close every file and connection."""
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
        with self._updating:
            self._update_reserve()
        return call(self._reserve)
