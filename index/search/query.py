"""Our own Query and Results: nothing of an engine's own types crosses this line."""

from collections.abc import Collection
from datetime import date
from enum import StrEnum

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
    """The order of hits; ties always by the record's own number, so pages never shuffle."""

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


class Query(Record):
    """A question to the library."""

    text: str = ""
    """What was typed, filters already taken out."""
    terms: tuple[Term, ...] = ()
    """Words and phrases beside each other: of several words most must match, the best few count anyway."""
    where: tuple[Clause, ...] = ()
    """What must hold besides, to the letter, in every mode: all that has an operator."""
    mode: Mode = Mode.HYBRID
    by: By = By.INCIDENT
    sort: Sort = Sort.RELEVANCE
    filters: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Facet name to the values any of which must hold; facets are and-ed."""
    ids: tuple[str, ...] = ()
    """Ids or outside ids any of which the hit must have; empty asks for no particular card."""
    since: date | None = None
    until: date | None = None
    limit: int = Field(default=25, ge=1, le=1000)
    offset: int = Field(default=0, ge=0, le=100_000)
    facets: tuple[str, ...] = ()
    """Which facets to count."""
    as_of: Stamp | None = None
    """The state of the index to answer from, as the first page's results tell it, so that pages neither
    repeat nor skip while the library grows; the newest where there is none or it is no longer held."""
    strict: bool = False
    """Whether the words alone decide: both of two, about three in five of more, never rank or what else there
    is. Saved searches match so."""
    notes: tuple[str, ...] = ()
    """What is ignored or read otherwise than typed, and why nothing can match, in one line each."""
    pieces: tuple[tuple[str, str], ...] = ()
    """What was typed beside each other, each with the facet, ``id`` or ``date`` it filters by, or nothing."""
    offered: str = ""
    """The search without the filters that cannot be met; empty where there are none."""

    def without(self, filters: Collection[str]) -> str:
        """Return what was typed without some of its filters; empty where none or nothing else was typed."""
        left = [piece for piece, name in self.pieces if name not in filters]
        return " ".join(left) if len(left) < len(self.pieces) else ""


class Span(Record):
    """A stretch of a passage to mark."""

    start: int
    end: int


class Passage(Record):
    """The best-matching piece of a report's text, with what to mark in it."""

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
    """In one line, why it matched: words found, or similar in meaning."""
    judged: bool = False


class FacetCount(Record):
    """One value of a facet and how many hits have it."""

    value: str
    label: str
    count: int


class Results(Record):
    """What the library answers."""

    query: Query
    hits: tuple[Hit, ...]
    total: int
    facets: dict[str, tuple[FacetCount, ...]] = Field(default_factory=dict)
    """Each counted without its own filter, over all hits, highest count first."""
    left_out: dict[str, int] = Field(default_factory=dict)
    """How many values with the lowest counts each of ``facets`` leaves out; none where it has them all."""
    months: tuple[tuple[str, int], ...] = ()
    """Hits a month, ``YYYY-MM``, without gaps."""
    stamp: Stamp
    notes: tuple[str, ...] = ()
    suggestion: str = ""
    """What was searched instead of what was typed; empty where that is the same."""
    offered: str = ""
    """What may have been meant too, and was not searched."""
    foreign: bool = False
    """Whether it was typed in another language than English, for which meaning is made."""
