"""Points in time of an Elasticsearch index, held open so that pages neither repeat nor skip hits."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from collectors.errors import MoriartyError
from index.search.elastic.client import Cluster
from index.search.query import Stamp

logger = logging.getLogger(__name__)

HELD = 8
"""Points in time that one process holds open; each keeps replaced segments on the cluster's disk."""


@dataclass(frozen=True)
class State:
    """Point in time of the index, with its stamp and the cluster's id of it."""

    stamp: Stamp
    name: str


class States:
    """Pool of points in time that are held open. Thread-safe.

    ``read`` returns the stamp of a point in time by its id. Raises what ``Cluster`` raises.
    """

    def __init__(self, cluster: Cluster, alias: str, read: Callable[[str], Stamp]) -> None:
        self._cluster, self._alias, self._read = cluster, alias, read
        self._held: dict[Stamp, State] = {}
        self._lock = threading.Lock()

    def at(self, stamp: Stamp) -> State:
        """Return the held point in time with this stamp; if there is none, open and hold the newest."""
        with self._lock:
            if stamp in self._held:
                return self._held[stamp]
        return self._newest()

    def _newest(self) -> State:
        name = self._cluster.hold(self._alias)
        fresh = State(self._read(name), name)
        with self._lock:
            state = self._held.setdefault(fresh.stamp, fresh)
            spare = [fresh] if state is not fresh else []
            spare += [self._held.pop(old) for old in list(self._held)[:-HELD]]
        for unused in spare:
            self._release(unused)
        return state

    def lost(self, state: State) -> None:
        """Forget a point in time that the cluster no longer holds."""
        with self._lock:
            if self._held.get(state.stamp) == state:
                del self._held[state.stamp]

    def close(self) -> None:
        """Release every point in time; those that cannot be released expire by themselves."""
        with self._lock:
            held, self._held = list(self._held.values()), {}
        for state in held:
            if not self._release(state):
                return

    def _release(self, state: State) -> bool:
        try:
            self._cluster.release(state.name)
        except MoriartyError as error:
            logger.info("a state of the index is left to end by itself: %s", error)
            return False
        return True
