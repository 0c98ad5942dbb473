"""The nouns of enrichment: Concept, Fact, Finding, Link, Incident."""

from enum import StrEnum
from typing import Literal

from pydantic import Field

from collectors.records import PartialDate, Record, digest


class ConceptKind(StrEnum):
    """The kinds of node the typology has."""

    FAMILY = "family"
    LEAF = "leaf"
    SCOPE = "scope"
    OFFENCE = "offence"
    COUNTERMEASURE = "countermeasure"


class Concept(Record):
    """A node of the typology. Fields that a kind does not have stay empty."""

    id: str
    kind: ConceptKind
    label: str
    definition: str = ""
    parent: str | None = None
    """The family of a leaf."""
    counts_when: str = ""
    not_when: str = ""
    indicators: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    confusable: tuple[str, ...] = ()
    """Sibling leaves it is mistaken for; symmetric."""
    modality: tuple[str, ...] = ()
    crime_area: tuple[str, ...] = ()
    maturity: str = ""
    offences: tuple[str, ...] = ()
    countermeasures: tuple[str, ...] = ()
    maps: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Items of other schemes, by scheme id."""


class Subject(StrEnum):
    """What a finding can be about."""

    RELEVANCE = "relevance"
    """Value ``relevant`` or ``not-relevant``; score is the probability of ``relevant``."""
    CRIME = "crime"
    """Value ``yes`` or ``no``; score is the probability of ``yes``."""
    AI_INVOLVEMENT = "ai_involvement"
    EVENT_KIND = "event_kind"
    TYPOLOGY = "typology"
    """Value is a leaf or scope code; role is ``primary``, ``other`` or ``sibling``."""
    LOSS = "loss"
    """Value is ``<ISO currency> <amount>``, e.g. ``HKD 200000000``."""
    DATE = "date"
    """Value is a partial ISO date; role ``occurred`` where the text says so, ``scheduled`` if to come."""
    COUNTRY = "country"
    """ISO 3166-1 alpha-2, or GB-ENG, GB-SCT, GB-WLS, GB-NIR."""
    MODALITY = "modality"
    CAPABILITY = "ai_capability"
    OUTCOME = "outcome"
    TOOL = "tool"
    PLATFORM = "platform"
    ORGANISATION = "organisation"
    """Role is ``deployer``, ``developer``, ``harmed`` or empty."""
    OFFENCE = "offence"
    """Value is an offence pointer of the typology; role is how far it went, ``named`` to ``convicted``."""
    COUNTERMEASURE = "countermeasure"
    """Value is a countermeasure of the typology that the text says was used."""
    EVENTS = "events"
    """Value is ``start-end`` of each passage that tells an incident of its own, in a report of several."""
    SERIES = "series"
    """Value ``copycat``, ``repeat`` or ``series``: the text says that the event follows earlier ones."""
    VICTIM_TYPE = "victim_type"
    ACTOR_TYPE = "actor_type"
    CHANNEL = "channel_platform"
    """Like the two above, a value of the typology's facet of this name."""
    SENTENCE = "sentence"
    """Value is ``<n> years``, ``<n> months``, ``life`` and the like, or a fine ``<ISO currency> <amount>``;
    role is ``custody``, ``suspended``, ``supervision``, ``unpaid-work`` or ``fine``."""
    VICTIMS = "victims"
    """How many: ``43``, ``43+`` for "at least 43", ``0-43`` for "up to 43", ``24-99`` for "dozens"."""


PART = "part"
"""The role of a sum that is the loss of one incident of a round-up, and not of the whole."""


class CodeRole(StrEnum):
    """What a typology code is to a report or an incident."""

    PRIMARY = "primary"
    OTHER = "other"
    """It applies besides the primary code."""
    NEAR_MISS = "sibling"
    """It was considered and does not apply; shown as the nearest that does not."""


class Fact(Record):
    """One claim about a text: what, how sure, and the words it rests on.

    The span points into the report's text, or into its title where ``field`` says so:
    ``text[start:end] == quote`` always holds. A claim no span supports has ``start`` and ``end`` None and an
    empty quote.
    """

    subject: Subject
    value: str
    role: str = ""
    """For a typology code one of ``CodeRole``; the finder's own word for other subjects."""
    score: float = Field(ge=0, le=1)
    field: Literal["text", "title"] = "text"
    start: int | None = None
    end: int | None = None
    quote: str = ""

    @property
    def near_miss(self) -> bool:
        """Whether it is a typology code that does not apply."""
        return self.role == CodeRole.NEAR_MISS


class Finding(Fact):
    """One claim about one report, with who or what claims it."""

    id: str
    report: str
    version: str
    """The version of the report that the span points into."""
    origin: str
    """``name@fingerprint`` for a model or rule, ``starter`` or ``aiid`` for a source's own coding."""

    @property
    def coded(self) -> bool:
        """Return whether a source or a person says so, rather than a model or rule that names its version."""
        return "@" not in self.origin

    @property
    def passing(self) -> bool:
        """Return whether it is a country that is only mentioned, and not where the matter took place."""
        return self.subject is Subject.COUNTRY and self.role != "where" and not self.coded


def finding_id(report: str, subject: str, value: str) -> str:
    """Return the id of a claim: the same whichever model makes it, so that judgements re-attach."""
    return digest("fin", report, subject, value)


def as_finding(fact: Fact, report: str, version: str, origin: str) -> Finding:
    """Return a fact as a finding about this version of a report."""
    return Finding(
        **fact.model_dump(),
        id=finding_id(report, fact.subject, fact.value),
        report=report,
        version=version,
        origin=origin,
    )


def unit_id(report: str, start: int, end: int) -> str:
    """Return the name of a passage of a report that tells an incident of its own."""
    return f"{report}#{start}-{end}"


def of_passage(finding: Finding) -> Finding:
    """Return a finding of a round-up as one of the passage it stands in: the loss of a part is its loss."""
    return finding.model_copy(update={"role": "loss"}) if finding.role == PART else finding


def report_of(unit: str) -> str:
    """Return the report that a unit, a whole report or a passage of one, belongs to."""
    return unit.partition("#")[0]


def span_of(unit: str) -> tuple[int, int] | None:
    """Return where a passage stands in its report's text, or None for a whole report."""
    start, _, end = unit.partition("#")[2].partition("-")
    return (int(start), int(end)) if end else None


class Link(Record):
    """One claim that two things belong together, and why."""

    id: str
    kind: str
    """``same-incident`` or ``near-copy`` between reports; ``passage`` from a passage of a report, named
    ``<report>#<start>-<end>``, to a report that seems to tell the same incident."""
    left: str
    right: str
    weight: float = Field(ge=0, le=1)
    reasons: tuple[str, ...] = ()
    """Sentences a person can check, strongest first."""
    contradictions: tuple[str, ...] = ()
    """What speaks against it all the same, strongest first."""
    evidence: tuple[str, ...] = ()
    """Ids of the findings both sides share."""
    origin: str


def link_id(kind: str, left: str, right: str) -> str:
    """Return the id of an undirected link."""
    return digest("lnk", kind, *sorted((left, right)))


class Code(Record):
    """One typology code of an incident, pooled over its reports."""

    concept: str
    role: CodeRole
    score: float
    judged: bool = False
    """Whether a person decided it."""
    findings: tuple[str, ...] = ()
    """The findings it rests on, best first."""

    @property
    def near_miss(self) -> bool:
        """Whether it does not apply, though it was considered."""
        return self.role is CodeRole.NEAR_MISS


class Incident(Record):
    """One real-world event or series, told by one or many reports."""

    id: str
    title: str
    summary: str
    reports: tuple[str, ...]
    occurred: PartialDate | None = None
    first_published: PartialDate | None = None
    codes: tuple[Code, ...] = ()
    findings: tuple[Finding, ...] = ()
    """The findings that stand: what machines suggested and people did not reject."""
    refs: tuple[str, ...] = ()
    lead: str | None = None
    """The report whose title and words these are; None where an older version did not keep it."""

    @property
    def primary(self) -> str | None:
        """Return the primary code, or None where the machine abstained and nobody decided."""
        return next((code.concept for code in self.codes if code.role == CodeRole.PRIMARY), None)
