"""A query as a tree that any engine can compile: what must match, what may, and what scores."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Everything:
    """Every card matches."""


@dataclass(frozen=True)
class Words:
    """A word, or a phrase where there are several tokens; scores by the field it fits best.

    ``tokens`` are folded and stemmed. ``slop`` is by how many places in all the words of a phrase may be
    moved; two that are swapped cost two. Keywords, which have no place in a text, are not searched with a
    slop. ``title`` searches the title alone.
    """

    tokens: tuple[str, ...]
    slop: int = 0
    title: bool = False


@dataclass(frozen=True)
class Prefix:
    """A word begins so as it is written, folded but not stemmed. Every match scores 1."""

    text: str
    title: bool = False


@dataclass(frozen=True)
class Fuzzy:
    """A word as it is written, folded but not stemmed, is at most ``edits`` away. Every match scores 1.

    An edit adds, drops or changes a letter, the first too, or swaps two neighbours.
    """

    text: str
    edits: int = 1
    title: bool = False


@dataclass(frozen=True)
class Having:
    """A field has one of these values exactly; of a facet, in any case of letters. Never scores."""

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
    """All parts match, and no unwanted one; scores add up. Without parts every card matches."""

    parts: tuple["Node", ...]
    unwanted: tuple["Node", ...] = ()


@dataclass(frozen=True)
class Some:
    """At least ``at_least`` of the parts match; their scores add up. Without parts nothing matches."""

    parts: tuple["Node", ...]
    at_least: int = 1


@dataclass(frozen=True)
class OneOf:
    """A word or any of its synonyms or codes; ``others`` score less (``LESS``, ``CODED``)."""

    first: Words
    others: tuple[Words | Coded, ...]


CODED = 0.1
"""Score of a code: so low that cards whose texts have the words of its name come first."""
LESS = 0.7
"""Weight of a synonym beside the word that was typed.

Chosen by nDCG over questions made of the typology's definitions and examples (``tests/bench/retrieval.py
--train``): .3 to 1 differ little.
"""


SUM = 8.0
"""Score of a loss near a wanted sum: that of a word which one card in some hundreds has."""


@dataclass(frozen=True)
class Unscored:
    """The part matches and does not score."""

    part: "Node"


@dataclass(frozen=True)
class Weighed:
    """The part matches, and every match scores ``score``, which is above 0."""

    part: "Node"
    score: float


Leaf = Words | Prefix | Fuzzy
"""Nodes that are searched in texts, and marked in them."""
Node = Everything | Leaf | OneOf | Having | Coded | Dated | Lost | All | Some | Unscored | Weighed


def level(node: Node) -> bool:
    """Whether all matches are sure to have the same score."""
    match node:
        case Words() | OneOf():
            return False
        case All(parts):
            return all(map(level, parts))
        case Some(parts):
            return len(parts) == 1 and level(parts[0])
        case _:
            return True
