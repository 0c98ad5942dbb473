"""Base class of backends that delegate to others."""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from index.search.backend import Backend, Ranked
from index.search.query import Query, Stamp

Answer = TypeVar("Answer")


class Proxy(Backend):
    """Delegating backend: ``_answer`` chooses the backend that each read goes to."""

    @abstractmethod
    def _answer(self, call: Callable[[Backend], Answer]) -> Answer:
        """Return the result of ``call`` on the chosen backend."""

    def words(self, query: Query, limit: int, extra_ids: Sequence[str] = ()) -> Ranked:
        """Search words, as ``Backend`` promises."""
        return self._answer(lambda backend: backend.words(query, limit, extra_ids))

    def corrections(self, query: Query) -> dict[str, str]:
        """Return near words for those that no card has, as ``Backend`` promises."""
        return self._answer(lambda backend: backend.corrections(query))

    def nearest(self, near: NDArray[np.float32] | str, query: Query, limit: int) -> Ranked:
        """Search vectors, as ``Backend`` promises."""
        return self._answer(lambda backend: backend.nearest(near, query, limit))

    def stamp(self) -> Stamp:
        """Return the current state of the chosen index."""
        return self._answer(lambda backend: backend.stamp())
