"""A query as a tree that any engine can compile: what must hold, what may, and what counts for the score."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Everything:
    """Every card matches."""


@dataclass(frozen=True)
class Words:
    """A word, or a phrase where there are several tokens; scores by the field it fits best."""

    tokens: tuple[str, ...]


@dataclass(frozen=True)
class Having:
    """A field has any of these values as they stand, facets in any case. Never scores."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Dated:
    """The card's date is from ``since`` to ``until``, both included; None leaves an end open. No score."""

    since: date | None
    until: date | None


@dataclass(frozen=True)
class All:
    """All of the parts hold, none of the unwanted; scores add up."""

    parts: tuple["Node", ...]
    unwanted: tuple["Node", ...] = ()


@dataclass(frozen=True)
class Some:
    """At least so many of the parts hold; their scores add up. No parts match nothing."""

    parts: tuple["Node", ...]
    at_least: int = 1


@dataclass(frozen=True)
class Unscored:
    """The part holds, and its score does not count."""

    part: "Node"


Node = Everything | Words | Having | Dated | All | Some | Unscored
