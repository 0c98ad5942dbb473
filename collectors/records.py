"""The nouns of collection: Source, Capture, Report and what comes between them.

Records are frozen and their ids are digests of their content, so collecting the same thing twice
changes nothing.
"""

import hashlib
from datetime import date, datetime
from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

STARTER = "starter"
"""The bundled cases: kind and key of their source, origin of their findings, and who accepted these."""


class Record(BaseModel):
    """A frozen value; a change is a new record."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def digest(prefix: str, *parts: str) -> str:
    """Return ``prefix-`` and 20 hexadecimal digits of the SHA-256 over the parts, in order."""
    joined = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return f"{prefix}-{hashlib.sha256(joined).hexdigest()[:20]}"


def faults(error: ValidationError) -> str:
    """Return the faults of each field of a value that does not fit a record, on one line."""
    return "; ".join(f"field {'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())


class PartialDate(Record):
    """A date known to the year, the month or the day, and never said more precisely than that.

    One that no calendar has, such as 31 February, is none: raises ``ValidationError``.
    """

    value: str = Field(pattern=r"^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$")
    origin: str = "stated"
    """Who said so: ``feed``, ``json-ld``, ``meta``, ``time``, ``htmldate``, ``dataset``,
    ``file`` or ``stated``."""

    @field_validator("value")
    @classmethod
    def _in_the_calendar(cls, value: str) -> str:
        _first_day(value)
        return value

    @classmethod
    def read(cls, written: str) -> Self | None:
        """Return the date that is written as a record has it; None for anything else."""
        try:
            return cls(value=written)
        except ValidationError:
            return None

    @property
    def precision(self) -> str:
        """Return ``year``, ``month`` or ``day``."""
        return {4: "year", 7: "month", 10: "day"}[len(self.value)]

    @property
    def first(self) -> date:
        """Return the earliest day this date can mean."""
        return _first_day(self.value)


def _first_day(value: str) -> date:
    return date.fromisoformat((value + "-01-01")[:10])


class Source(Record):
    """Where reports come from, as its file in ``collectors/sources`` describes it."""

    key: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    title: str
    publisher: str
    url: str
    kind: str
    """The collector that reads it: ``feed``, ``listing``, ``aiid``, ``atlas``, ``starter`` or ``files``."""
    territory: str = "INTL"
    language: str = "en"
    reliability: str = "unrated"
    """``official``, ``vendor``, ``press``, ``research``, ``curated`` or ``unrated``."""
    licence: str = "unknown"
    republish: bool = False
    """Whether the text may leave the library; false keeps it as evidence only."""
    enabled: bool = True
    disabled_reason: str = ""
    address_mark: str = "V"
    """``V``: read in the owner's own documents; ``C``: confirmed in independent code bases."""
    gap_seconds: float = Field(default=2.0, ge=0)
    """Shortest time between two requests to one host."""
    every_hours: float = Field(default=24.0, gt=0)
    """How long after a run the source is due again."""
    items_per_run: int = Field(default=25, ge=1)
    expected_yield: int = Field(default=1, ge=0)
    """Reports a working run is expected to see; fewer than this, twice running, is reported."""
    link_pattern: str = ""
    """Listings only: a regular expression the path of an article page must match."""


class Hop(Record):
    """One step of a redirect chain."""

    url: str
    status: int


class Robots(StrEnum):
    """What robots.txt said about an address when it was asked for; a refused one leaves no capture."""

    ALLOWED = "allowed"
    NOT_APPLICABLE = "not-applicable"


class Capture(Record):
    """One HTTP exchange or one file taken in, with its raw bytes safe in a WARC file."""

    id: str
    source: str
    parser: str
    """What reads them: ``page``, ``feed``, ``listing``, ``document``, ``aiid``, ``atlas`` or ``starter``."""
    requested_url: str
    final_url: str
    redirects: tuple[Hop, ...] = ()
    started: datetime
    finished: datetime
    status: int | None = None
    """The HTTP status; None for a file."""
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str = ""
    peer: str = ""
    robots: Robots = Robots.NOT_APPLICABLE
    length: int
    sha256: str
    """Hex digest of the raw bytes as they came over the wire, before any decoding."""
    truncated: bool = False
    warc: str
    """Name of the WARC file, relative to the library's evidence folder, without an ``.open`` ending."""
    offset: int
    tool: str
    """Name and version of the program that captured it."""

    def header(self, name: str) -> str:
        """Return the last value of a header, or an empty string."""
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        return values[-1] if values else ""


class Reference(Record):
    """Something a report itself cites; ``url`` is None where the address is not confirmed."""

    publisher: str
    title: str
    url: str | None = None
    published: str = ""
    kind: str = ""
    supports: str = ""


class Claim(Record):
    """A structured statement the source itself makes about what it reports.

    ``subject`` is ``typology``, ``organisation``, ``tool``, ``country``, ``lesson``, ``timeline``,
    ``occurred``, ``loss``, ``duplicate_of``, ``press_reports`` (their number) or a facet name; ``role``
    qualifies it (``primary``, ``deployer``, a date for a timeline entry).
    """

    subject: str
    value: str
    role: str = ""


class Report(Record):
    """One document as text. A changed page is a new version (another ``version``) of the same ``id``."""

    id: str
    version: str
    source: str
    capture: str
    url: str | None = None
    """Canonical address, or None without one to show."""
    title: str
    text: str
    published: PartialDate | None = None
    language: str = "und"
    truncated: bool = False
    """Whether some of the document's text is known to be missing."""
    refs: tuple[str, ...] = ()
    """Outside ids, such as ``aiid:147``; two reports that share one tell the same incident."""
    references: tuple[Reference, ...] = ()
    claims: tuple[Claim, ...] = ()


class Document(Record):
    """What a parser read out of bytes, before it becomes a Report of a source."""

    title: str = ""
    text: str
    published: PartialDate | None = None
    language: str = "und"
    url: str | None = None
    """The canonical address the document gives itself, if any."""
    truncated: bool = False


def report_id(key: str) -> str:
    """Return the id of the report with this key: a canonical address, an outside id or a file's digest."""
    return digest("rep", key)


def report_version(title: str, text: str) -> str:
    """Return the version of a report with this wording."""
    return digest("ver", title, text)


class Disposition(StrEnum):
    """What became of a capture. Every capture ends in exactly one of these."""

    PARSED = "parsed"
    QUARANTINED = "quarantined"
    UNCHANGED = "unchanged"


class Issue(Record):
    """Something that went wrong with one item, and what to do about it."""

    source: str
    item: str
    """The address or file name it happened to."""
    code: str
    """The code of the error class in ``collectors.errors``."""
    detail: str
    advice: str
    at: datetime
    capture: str | None = None


class Outcome(Record):
    """What parsing made of one capture."""

    capture: str
    disposition: Disposition
    reports: tuple[Report, ...] = ()
    links: tuple[str, ...] = ()
    """Addresses found to follow: the entries of a feed, the articles of a listing."""
    issues: tuple[Issue, ...] = ()


Event = Capture | Outcome | Issue
"""What a collector yields, in order: a Capture, later its Outcome; or an Issue that left no bytes."""
