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
    seqs: tuple[int, ...] = ()
    """The cards' own numbers, in the order of ``ids``."""
    facets: dict[str, dict[str, int]] = field(default_factory=dict)
    months: dict[str, int] = field(default_factory=dict)
    stamp: Stamp | None = None
    """Which state answered, where the engine can keep to one."""
    raised: tuple[float, ...] = ()
    """What of each score is there because so many reports tell of the card; empty where none of any is."""
    told: tuple[int, ...] = ()
    """How many reports tell of each, as far as that was asked."""


class Backend(Protocol):
    """A search engine. Speaks Query and Card only."""

    def write(self, cards: Iterable[Card], deleted: Sequence[str], applied: int) -> bool:
        """Make these cards the only ones with their ids, drop the deleted, and show all of it at once.

        When this returns the change is durable; ``applied`` is the outbox number it covers. Return False,
        and write nothing, where the index holds a later number: whoever wrote that read newer cards.
        """

    def words(self, query: Query, limit: int, also: Sequence[str] = ()) -> Ranked:
        """Return the cards that match the query's words and filters, ranked by BM25 or the query's sort.

        ``also`` names cards that count as matching whatever their words: they are in the total, the facets
        and every order but relevance.
        """

    def corrections(self, query: Query) -> dict[str, str]:
        """Return each of the query's words that no card has, as typed, with a near one that some card has.

        Where there is no near one, an empty string.
        """

    def nearest(self, near: NDArray[np.float32] | str, query: Query, limit: int) -> Ranked:
        """Return the cards with the passage nearest to ``near`` that pass all of the query but its words.

        Phrases, unwanted words and operators are obeyed. ``near`` is a vector of shape (dimensions,), unit,
        or the id of a card whose mean is meant.
        """

    def stamp(self) -> Stamp:
        """Return what the index holds now."""

    def close(self) -> None:
        """Let go of every file or connection."""
