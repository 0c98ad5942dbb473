"""A query as a tree that any engine can compile: what must hold, what may, and what counts for the score."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Everything:
    """Every card matches."""


@dataclass(frozen=True)
class Words:
    """A word, or a phrase where there are several tokens; scores by the field it fits best.

    ``tokens`` are folded and stemmed. ``slop`` is how many places in all the words of a phrase may be moved
    to stand as asked; two that are swapped cost two; keywords, which no text joins, are left out with a slop.
    ``title`` looks in the title alone.
    """

    tokens: tuple[str, ...]
    slop: int = 0
    title: bool = False


@dataclass(frozen=True)
class Prefix:
    """A word as it is written, folded but not stemmed, begins so. Every match scores 1."""

    text: str
    title: bool = False


@dataclass(frozen=True)
class Fuzzy:
    """A word as it is written, folded but not stemmed, is at most so many edits away. Every match scores 1.

    An edit adds, drops or changes a letter, the first too, or swaps two neighbours.
    """

    text: str
    edits: int = 1
    title: bool = False


@dataclass(frozen=True)
class Having:
    """A field has any of these values as they stand, facets in any case. Never scores."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Coded:
    """A card bears one of these codes of the typology. Every match scores ``CODED``."""

    codes: tuple[str, ...]


@dataclass(frozen=True)
class Dated:
    """The card's date is from ``since`` to ``until``, both included; None leaves an end open. No score."""

    since: date | None
    until: date | None


@dataclass(frozen=True)
class Lost:
    """The card's loss in whole US dollars is from ``least`` to ``most``, both included. No score.

    None leaves the end open. A card without a known loss, 0, never matches: ``least`` is at least 1.
    """

    least: int = 1
    most: int | None = None


@dataclass(frozen=True)
class All:
    """All of the parts hold, none of the unwanted; scores add up. Without parts every card matches."""

    parts: tuple["Node", ...]
    unwanted: tuple["Node", ...] = ()


@dataclass(frozen=True)
class Some:
    """At least so many of the parts hold; their scores add up. No parts match nothing."""

    parts: tuple["Node", ...]
    at_least: int = 1


@dataclass(frozen=True)
class OneOf:
    """One thing in any of several words, or by the codes it names; by ``others`` it scores less."""

    first: Words
    others: tuple[Words | Coded, ...]


CODED = 0.1
"""So little that of the cards found by a code's name those lead whose texts have its words."""
LESS = 0.7
"""What other words for a thing weigh beside those that were asked for.

Chosen by nDCG over questions made of the typology's definitions and examples (``tests/bench/retrieval.py
--train``): .3 to 1 differ little.
"""


SUM = 8.0
"""What a loss of about the wanted sum scores: as much as a word that one card in some hundreds has."""


@dataclass(frozen=True)
class Unscored:
    """The part holds, and its score does not count."""

    part: "Node"


@dataclass(frozen=True)
class Weighed:
    """The part holds, and every match scores ``score``, which is above 0."""

    part: "Node"
    score: float


Leaf = Words | Prefix | Fuzzy
"""What is looked for in texts, and marked in them."""
Node = Everything | Leaf | OneOf | Having | Coded | Dated | Lost | All | Some | Unscored | Weighed


def level(node: Node) -> bool:
    """Return whether all that match surely score alike."""
    match node:
        case Words() | OneOf():
            return False
        case All(parts):
            return all(map(level, parts))
        case Some(parts):
            return len(parts) == 1 and level(parts[0])
        case _:
            return True
