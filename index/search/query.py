"""Our own Query and Results: nothing of an engine's own types crosses this line."""

from collections.abc import Collection
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from pydantic import Field

from collectors.records import Record
from index.search.language.syntax import Clause
from index.search.language.syntax import Term as Term


class Mode(StrEnum):
    """How a query is matched."""

    HYBRID = "hybrid"
    KEYWORD = "keyword"
    SEMANTIC = "semantic"


class By(StrEnum):
    """What a hit is."""

    INCIDENT = "incident"
    REPORT = "report"


class Sort(StrEnum):
    """The order of hits; ties are ordered by the record's own number, so that pages never shuffle."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"
    LOSS = "loss"


FACETS = (
    "scope",
    "family",
    "primary",
    "typology",
    "event_kind",
    "outcome",
    "modality",
    "country",
    "source",
    "tool",
    "organisation",
    "status",
    "year",
    "loss_band",
)
"""The fields that can be filtered on and counted."""


class Stamp(Record):
    """Which state of the index answered."""

    generation: int
    cards: int
    applied: int
    """The last outbox number the index holds."""


class Piece(NamedTuple):
    """A part of a typed text, beside others."""

    text: str
    filters: str = ""
    """The facet, ``id`` or ``date`` it filters by, if any."""
    start: int = 0


class Query(Record):
    """A question to the library."""

    text: str = ""
    """The typed text without its filters."""
    terms: tuple[Term, ...] = ()
    """Words and phrases beside each other: of several words most must match."""
    where: tuple[Clause, ...] = ()
    """Further conditions, exact in every mode: everything that has an operator."""
    mode: Mode = Mode.HYBRID
    by: By = By.INCIDENT
    sort: Sort = Sort.RELEVANCE
    filters: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Map each facet to its wanted values; a card has at least one of every facet."""
    ids: tuple[str, ...] = ()
    """Ids or outside ids, one of which the hit must have; empty for any card."""
    since: date | None = None
    until: date | None = None
    limit: int = Field(default=25, ge=1, le=1000)
    offset: int = Field(default=0, ge=0, le=100_000)
    facets: tuple[str, ...] = ()
    """Which facets to count."""
    as_of: Stamp | None = None
    """The state of the index to answer from: the stamp of the first page's results, so that pages neither
    repeat nor skip hits while the library grows. Without it, or if it is gone, the newest state."""
    strict: bool = False
    """Whether only the words decide (both of two, about three in five of more), and not rank or other cards.
    Saved searches match so."""
    notes: tuple[str, ...] = ()
    """Lines on what was ignored or not read as typed, and on why nothing can match."""
    pieces: tuple[Piece, ...] = ()
    """The typed parts beside each other."""
    conditions: tuple[str, ...] = ()
    """The first of ``where``, each as it was typed; those that were not typed follow."""
    offered: str = ""
    """Another search that may be meant, or empty: with a time or an exclusion in its own form, or without
    filters that nothing meets."""

    def unfiltered(self) -> "Query":
        """Return the question without what narrows its answers, facets and dates; itself if it has none."""
        if not self.filters and self.since is None and self.until is None:
            return self
        return self.model_copy(update={"filters": {}, "since": None, "until": None})

    def without(self, filters: Collection[str]) -> str:
        """Return the typed text without some filters; empty if it has none of them, or nothing else."""
        left = [piece.text for piece in self.pieces if piece.filters not in filters]
        return " ".join(left) if len(left) < len(self.pieces) else ""


class Span(Record):
    """A stretch of a passage to mark."""

    start: int
    end: int


class Passage(Record):
    """The best-matching piece of a report's text, with the stretches to mark in it."""

    report: str
    text: str
    spans: tuple[Span, ...] = ()
    start: int | None = None
    """Where it begins in the report's text."""


class Hit(Record):
    """One answer: an incident or a report."""

    id: str
    by: By
    title: str
    title_spans: tuple[Span, ...] = ()
    score: float
    date: str = ""
    typologies: tuple[str, ...] = ()
    """Codes, primary first."""
    countries: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    outcome: str = ""
    loss: str = ""
    refs: tuple[str, ...] = ()
    reports: int = 1
    incidents: tuple[str, ...] = ()
    """For a report: the incidents it tells."""
    passage: Passage | None = None
    why: str = ""
    """In one line, why it matched: the words found, or similar meaning."""
    judged: bool = False


class FacetCount(Record):
    """One value of a facet and how many hits have it."""

    value: str
    label: str
    count: int


class Results(Record):
    """The answer to a query."""

    query: Query
    hits: tuple[Hit, ...]
    total: int
    facets: dict[str, tuple[FacetCount, ...]] = Field(default_factory=dict)
    """Each counted without its own filter, over all hits, highest count first."""
    left_out: dict[str, int] = Field(default_factory=dict)
    """Number of values omitted per facet; facets without omissions are absent."""
    months: tuple[tuple[str, int], ...] = ()
    """Hits a month, ``YYYY-MM``, without gaps."""
    stamp: Stamp
    notes: tuple[str, ...] = ()
    suggestion: str = ""
    """The search that was run instead of the typed one; empty if that was run."""
    offered: str = ""
    """Another search that may have been meant; it was not run."""
    foreign: bool = False
    """Whether it was typed in another language than English, for which meaning is made."""
