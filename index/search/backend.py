"""The ``Backend`` protocol that every search engine implements, and the ranking it returns."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.search.cards import Card
from index.search.query import Query, Stamp


@dataclass(frozen=True)
class Ranked:
    """Ranked ids of the matching cards, best first, with facet counts over all matches."""

    ids: tuple[str, ...]
    scores: tuple[float, ...]
    total: int
    seqs: tuple[int, ...] = ()
    """The cards' record numbers, in the order of ``ids``."""
    facets: dict[str, dict[str, int]] = field(default_factory=dict)
    months: dict[str, int] = field(default_factory=dict)
    stamp: Stamp | None = None
    """The index state that answered; None if the engine did not pin one."""
    boosts: tuple[float, ...] = ()
    """The part of each score added for the number of reports; empty if no score has such a part."""
    report_counts: tuple[int, ...] = ()
    """Number of reports of each hit; empty if not requested."""


class Backend(Protocol):
    """A search engine. Speaks Query and Card only."""

    def write(self, cards: Iterable[Card], deleted: Sequence[str], applied: int) -> bool:
        """Upsert these cards and delete the ids in ``deleted``, atomically for readers.

        The change is durable on return; ``applied`` is the outbox number it covers. Return False, and write
        nothing, if the index holds a later number: its writer read newer cards.
        """

    def words(self, query: Query, limit: int, extra_ids: Sequence[str] = ()) -> Ranked:
        """Return the cards that match the query's words and filters, ranked by BM25 or the query's sort.

        Cards in ``extra_ids`` match whatever their words: they count in the total and the facets, and are in
        every sort order but relevance.
        """

    def corrections(self, query: Query) -> dict[str, str]:
        """Map each query word that no card has, as typed, to an indexed near word, or to an empty string."""

    def nearest(self, near: NDArray[np.float32] | str, query: Query, limit: int) -> Ranked:
        """Return the cards with the nearest passages that pass all of the query but its plain words.

        Phrases, excluded words and operators apply. ``near`` is a unit vector of shape (dimensions,), or a
        card's id, which stands for the mean of its passages.
        """

    def stamp(self) -> Stamp:
        """Return the index's current state."""

    def close(self) -> None:
        """Close every file or connection."""
