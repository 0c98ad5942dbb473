"""What every search engine behind Moriarty can do, in our own words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.search.cards import Card
from index.search.query import Query, Stamp


@dataclass(frozen=True)
class Ranked:
    """The cards that match, best first, with counts over all of them."""

    ids: tuple[str, ...]
    scores: tuple[float, ...]
    total: int
    facets: dict[str, dict[str, int]] = field(default_factory=dict)
    months: dict[str, int] = field(default_factory=dict)


class Backend(Protocol):
    """A search engine. Speaks Query and Card only."""

    def write(self, cards: Iterable[Card], deleted: Sequence[str], applied: int) -> None:
        """Make these cards the only ones with their ids, drop the deleted, and show all of it at once.

        When this returns the change is durable; ``applied`` is the outbox number it covers.
        """

    def words(self, query: Query, limit: int) -> Ranked:
        """Return the cards that match the query's words and filters, ranked by BM25 or the query's sort."""

    def nearest(self, vector: NDArray[np.float32], query: Query, limit: int) -> Ranked:
        """Return the cards with the passage nearest to ``vector`` (shape (dimensions,), unit) that pass the filters."""

    def stamp(self) -> Stamp:
        """Return what the index holds now."""

    def close(self) -> None:
        """Let go of every file or connection."""
