"""Query tree that every engine compiles to its own query language."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class MatchAll:
    """Node that every card matches (match all)."""


@dataclass(frozen=True)
class Words:
    """Term query, or phrase query for several tokens; scores by the best field (disjunction max).

    ``tokens`` are folded and stemmed. ``slop`` is the total number of positions by which the words of a
    phrase may be moved; a swap costs two. Keywords have no positions and are not searched with a slop.
    ``title`` searches the title alone.
    """

    tokens: tuple[str, ...]
    slop: int = 0
    title: bool = False


@dataclass(frozen=True)
class Prefix:
    """Prefix query on folded, unstemmed words. Every match scores 1."""

    text: str
    title: bool = False


@dataclass(frozen=True)
class Fuzzy:
    """Fuzzy query on folded, unstemmed words at most ``edits`` away. Every match scores 1.

    An edit inserts, deletes or replaces a letter, the first too, or swaps two neighbours.
    """

    text: str
    edits: int = 1
    title: bool = False


@dataclass(frozen=True)
class HasValue:
    """Filter: the field has one of these exact values; a facet in any letter case. Never scores."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class HasLabel:
    """Query for cards whose facet has one of these values. Every match scores ``LABEL_SCORE``."""

    facet: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class DateRange:
    """Filter: the card's date is in a closed range; None leaves an end open. Never scores."""

    since: date | None
    until: date | None


@dataclass(frozen=True)
class LossRange:
    """Filter: the card's loss in whole US dollars is in a closed range. Never scores.

    None leaves the end open. A card without a known loss (0) never matches: ``least`` is at least 1.
    """

    least: int = 1
    most: int | None = None


@dataclass(frozen=True)
class All:
    """Conjunction: all parts match and no unwanted one; scores add up. Without parts it matches all."""

    parts: tuple["Node", ...]
    unwanted: tuple["Node", ...] = ()


@dataclass(frozen=True)
class AtLeast:
    """Disjunction: at least ``at_least`` parts match; their scores add up. Without parts it matches none."""

    parts: tuple["Node", ...]
    at_least: int = 1


@dataclass(frozen=True)
class BestOf:
    """Disjunction max of a term, its synonyms and the facet values it names; ``others`` score less."""

    first: Words
    others: tuple[Words | HasLabel, ...]


LABEL_SCORE = 0.1
"""Score of a facet value's match: low, so that cards whose texts have the words of its name come first."""
SYNONYM_WEIGHT = 0.7
"""Weight of a synonym; the typed word has weight 1.

Chosen by nDCG over questions made of the typology's definitions and examples (``tests/bench/retrieval.py
--train``): .3 to 1 differ little.
"""


LOSS_SCORE = 8.0
"""Score of a loss near a wanted sum: about that of a word which one card in some hundreds has."""


@dataclass(frozen=True)
class Unscored:
    """Filter context: the part must match and does not score."""

    part: "Node"


@dataclass(frozen=True)
class ConstantScore:
    """Constant-score query: every match of the part scores ``score``, which is above 0."""

    part: "Node"
    score: float


Leaf = Words | Prefix | Fuzzy
"""Leaf nodes searched in texts; their matches are highlighted."""
Node = (
    MatchAll
    | Leaf
    | BestOf
    | HasValue
    | HasLabel
    | DateRange
    | LossRange
    | All
    | AtLeast
    | Unscored
    | ConstantScore
)


def has_constant_score(node: Node) -> bool:
    """Whether all matches of a tree are sure to have the same score."""
    match node:
        case Words() | BestOf():
            return False
        case All(parts):
            return all(map(has_constant_score, parts))
        case AtLeast(parts):
            return len(parts) == 1 and has_constant_score(parts[0])
        case _:
            return True
