"""A backend that answers with the help of others."""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from index.search.backend import Backend, Ranked
from index.search.query import Query, Stamp

Answer = TypeVar("Answer")


class Proxy(Backend):
    """Every question of ``Backend`` by way of ``_answer``, which chooses whom to ask."""

    @abstractmethod
    def _answer(self, call: Callable[[Backend], Answer]) -> Answer:
        """Make a call of one of the backends and return its answer."""

    def words(self, query: Query, limit: int, also: Sequence[str] = ()) -> Ranked:
        """Search words, as ``Backend`` promises."""
        return self._answer(lambda backend: backend.words(query, limit, also))

    def corrections(self, query: Query) -> dict[str, str]:
        """Return near words for those that no card has, as ``Backend`` promises."""
        return self._answer(lambda backend: backend.corrections(query))

    def nearest(self, near: NDArray[np.float32] | str, query: Query, limit: int) -> Ranked:
        """Search vectors, as ``Backend`` promises."""
        return self._answer(lambda backend: backend.nearest(near, query, limit))

    def stamp(self) -> Stamp:
        """Return what the index that answers holds now."""
        return self._answer(lambda backend: backend.stamp())
