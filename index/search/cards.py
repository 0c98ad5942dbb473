"""The card of an incident or report: all that the index stores of it, made from the record."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from index.search.query import By


@dataclass(frozen=True)
class HitSource:
    """The display data of a hit. The fields mean what they mean in ``Hit``."""

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
    """The card's keywords, so that a hit found by them alone can say so."""
    own_codes: tuple[str, ...] = ()
    """Its main code and those a person decided; the machine merely suggests the others in ``typologies``."""
    facets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The card's facets, so that a hit can say which filters it meets."""
    texts: tuple[tuple[str, str, str], ...] = ()
    """Id, title and text of each report it is told by, in the order they came in."""


@dataclass(frozen=True)
class Card:
    """One incident or report as the index stores it."""

    id: str
    by: By
    seq: int
    """The record's own immutable number, which breaks ties."""
    title: str
    text: str
    """What is searched; an incident's is the text of its reports, each wording once."""
    keywords: tuple[str, ...] = ()
    """Names of tools, platforms and organisations: searched, never shown as text."""
    labels: tuple[str, ...] = ()
    """What the typology calls its codes: searched by whole words only, never by a prefix or a near word."""
    refs: tuple[str, ...] = ()
    """Outside ids and web addresses, as ``addresses.plain`` spells them, by which it is found."""
    when: date | None = None
    loss: float = 0.0
    """In US dollars at a fixed rate, for sorting only."""
    told: int = 1
    """How many reports tell of it, as far as is known; of cards that match alike the best known leads."""
    facets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    vectors: NDArray[np.float32] | None = None
    """Shape (passages, dimensions), unit rows; None where there is no embedder."""
    shown: HitSource | None = None
    """Its display data, for an index to keep; None leaves that to the record."""


class Counted(Iterable[Card]):
    """Counts the cards that are taken from it."""

    def __init__(self, cards: Iterable[Card]) -> None:
        self._cards = cards
        self.number = 0

    def __iter__(self) -> Iterator[Card]:
        for card in self._cards:
            self.number += 1
            yield card
