"""The index document (card) of an incident or report, made from the record, and its display data."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from index.search.query import By


@dataclass(frozen=True)
class HitSource:
    """Display data of a hit; the fields are those of ``Hit``."""

    title: str
    date: str = ""
    typologies: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    outcome: str = ""
    loss: str = ""
    refs: tuple[str, ...] = ()
    reports: int = 1
    incidents: tuple[str, ...] = ()
    judged: bool = False
    keywords: tuple[str, ...] = ()
    """The card's keywords, to explain a hit that matched by them alone."""
    own_codes: tuple[str, ...] = ()
    """The primary code and those a person decided; the others in ``typologies`` are suggestions."""
    facets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The card's facets, to explain which filters a hit meets."""
    texts: tuple[tuple[str, str, str], ...] = ()
    """Id, title and text of each of its reports, in the order they came in."""


@dataclass(frozen=True)
class Card:
    """Index document of one incident or report."""

    id: str
    by: By
    seq: int
    """The immutable number in the record, which breaks ties."""
    title: str
    text: str
    """The searched text; an incident's is that of its reports, duplicates removed."""
    keywords: tuple[str, ...] = ()
    """Names of tools, platforms and organisations: searched, never shown as text."""
    labels: tuple[str, ...] = ()
    """Names of its codes in the typology: searched by whole words, not by prefix or near word."""
    refs: tuple[str, ...] = ()
    """Outside ids and web addresses, normalised by ``addresses.plain``."""
    when: date | None = None
    loss: float = 0.0
    """In US dollars at a fixed rate, for sorting only."""
    report_count: int = 1
    """Known number of reports about it; among cards that match equally well, more reports rank higher."""
    facets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    vectors: NDArray[np.float32] | None = None
    """Passage embeddings, shape (passages, dimensions), unit rows; None without an embedder."""
    shown: HitSource | None = None
    """Display data for the index to store; None leaves that to the record."""


class CountingCards(Iterable[Card]):
    """Iterable over cards that counts them in ``number``."""

    def __init__(self, cards: Iterable[Card]) -> None:
        self._cards = cards
        self.number = 0

    def __iter__(self) -> Iterator[Card]:
        for card in self._cards:
            self.number += 1
            yield card
