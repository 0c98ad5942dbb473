"""The nouns of the record: who acts, what they decided, and what the façade hands to pages and programs."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from pydantic import Field

from collectors.records import STARTER, Capture, Issue, Record, Reference, Report
from enrichment.records import Code, Concept, Finding, Incident, Link, Subject
from index.search.query import Query


class Role(StrEnum):
    """What a person is here to do; ``index.access`` says what each may."""

    INVESTIGATOR = "investigator"
    TRAINER = "trainer"
    ANALYST = "analyst"
    LEAD = "lead"


class Actor(Record):
    """Who asks. Every call of the library takes one."""

    name: str
    role: Role


class Verdict(StrEnum):
    """What a person can decide."""

    ACCEPT = "accept"
    REJECT = "reject"
    RELABEL = "relabel"
    ADD = "add"
    MERGE = "merge"
    SPLIT = "split"
    UNDO = "undo"


class Decision(Record):
    """What a person asks to have decided.

    accept, reject: ``target`` is a finding. relabel: ``target`` is a finding, ``value`` is what is right: a
    code, or a value of that kind of fact. add: ``target`` is a report, which also says this ``value`` of this
    ``subject``. merge: incident ``target`` goes into incident ``value``. split: ``members`` leave incident
    ``target`` for a new incident. undo: ``target`` is the judgement to take back.
    """

    verdict: Verdict
    target: str
    subject: Subject | None = None
    value: str = ""
    words: str | None = None
    """The words of the report that what is right or added rests on; None for those of what it corrects."""
    members: tuple[str, ...] = ()
    reason: str = ""
    expected: int | None = None
    """The number of judgements the person had seen on this target; a higher one now raises ``Stale``."""


class Judgement(Decision):
    """A decision as recorded: append-only, never overwritten by a machine."""

    id: str
    seq: int
    by: str
    role: Role
    at: datetime
    rest: tuple[str, ...] = ()
    """The other side, at the time: the reports of the incident merged into, or those a split left."""
    score: float | None = None
    """The machine's score at the time, where its leading code of a report was decided; None elsewhere."""
    origin: str = ""
    """Who had claimed what was decided; with ``score``, which model."""
    stated: Finding | None = None
    """The fact, or a code with words of its own, that a relabel or an addition states."""
    undone: bool = False

    @property
    def about(self) -> str:
        """The id of what was decided on: the fact that an addition states, else the target."""
        added = self.stated if self.verdict is Verdict.ADD else None
        return added.id if added is not None else self.target


class State(StrEnum):
    """Where a finding stands."""

    SUGGESTED = "suggested"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class JudgedFinding(Record):
    """A finding and what people decided about it."""

    finding: Finding
    state: State
    by: str = ""
    """Who decided: an analyst's name, or ``STARTER`` for the bundled coding."""
    judgements: int = 0


def settled_by(code: Code, findings: Iterable[JudgedFinding]) -> str:
    """Return who accepted a code (``STARTER`` if only the bundled coding did), or an empty string."""
    by = {each.by for each in findings if each.finding.id in code.findings and each.state is State.ACCEPTED}
    return next(iter(by - {STARTER}), STARTER if by else "")


class ReportView(Record):
    """A report with where it came from and everything claimed about it."""

    report: Report
    source_title: str
    publisher: str
    licence: str
    republish: bool
    capture: Capture | None
    incidents: tuple[str, ...]
    findings: tuple[JudgedFinding, ...]
    versions: tuple[tuple[str, datetime], ...] = ()
    """Each version id with when it was first captured, newest first."""


class TimelineEntry(Record):
    """One dated event of an incident."""

    date: str
    event: str
    source: str = ""


class IncidentView(Record):
    """An incident as a page or a case study shows it."""

    incident: Incident
    reports: tuple[ReportView, ...]
    findings: tuple[JudgedFinding, ...]
    links: tuple[Link, ...] = ()
    """Why its reports are thought to belong together."""
    accounts: tuple[tuple[str, ...], ...] = ()
    """Its reports by independent account: near copies of one text together, the earliest first."""
    passages: tuple[str, ...] = ()
    """What of reports that were divided tells this incident: ``<report>#<start>-<end>``."""
    references: tuple[Reference, ...] = ()
    timeline: tuple[TimelineEntry, ...] = ()
    lessons: tuple[str, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    """The history, newest first, undone ones included."""
    decided: datetime | None = None
    """When somebody last decided about it; it stays where the history is left out."""
    redirected_from: str | None = None
    """The id that was asked for, where it was merged into this incident."""

    @property
    def lead(self) -> ReportView | None:
        """Return the report whose title and words the incident is told in; None where that is not known."""
        if self.incident.lead is None and len(self.reports) == 1:
            return self.reports[0]
        return next((item for item in self.reports if item.report.id == self.incident.lead), None)


class SourceHealth(Record):
    """How one source is doing."""

    key: str
    title: str
    enabled: bool
    disabled_reason: str = ""
    last_ok: datetime | None = None
    last_new: datetime | None = None
    next_due: datetime | None = None
    captured: int = 0
    parsed: int = 0
    quarantined: int = 0
    unchanged: int = 0
    reports: int = 0
    last_issue: Issue | None = None
    silent_runs: int = 0
    """Runs in a row that yielded less than expected."""


class Calibration(Record):
    """How right the machine is where people judged what was drawn at random for them.

    ``accuracy`` is the share they accepted; ``error`` the expected calibration error over ten bins, which
    small numbers raise. Intervals are 95 % by bootstrap; all None where nothing was judged.
    """

    drawn: int
    """Suggestions of this library that are in the draw."""
    judged: int
    accuracy: float | None = None
    accuracy_low: float | None = None
    accuracy_high: float | None = None
    error: float | None = None
    error_low: float | None = None
    error_high: float | None = None


class Status(Record):
    """The library's state of health."""

    home: str
    version: str
    captured: int
    parsed: int
    quarantined: int
    unchanged: int
    pending: int
    """Captures whose parsing was interrupted; the next run finishes them."""
    balanced: bool
    """Whether captured = parsed + quarantined + unchanged + pending."""
    reports: int
    incidents: int
    in_scope: int
    findings: int
    judgements: int
    """Judgements in force, without those undone and the undos."""
    queue: int
    unenriched: int
    outbox: int
    generation: int
    indexed: int
    embedder: str
    model: str
    audit_entries: int
    audit_head: str
    last_run: datetime | None = None
    calibration: Calibration | None = None
    release: str = ""
    """The accepted release that judges reports; empty for the models as shipped."""
    notice: str = ""
    """Why reports are judged with less than these models can; empty where they are not."""
    sources: tuple[SourceHealth, ...] = ()
    issues: tuple[Issue, ...] = ()
    """The newest open issues, each with what to do."""


class Tally(Record):
    """What a collection run did."""

    run: str
    sources: int = 0
    captured: int = 0
    parsed: int = 0
    quarantined: int = 0
    unchanged: int = 0
    new_reports: int = 0
    changed_reports: int = 0
    issues: tuple[Issue, ...] = ()


class ConceptCount(Record):
    """A typology concept with how many incidents carry it."""

    concept: Concept
    incidents: int = 0
    judged: int = 0
    children: tuple["ConceptCount", ...] = Field(default=())


class SavedSearch(Record):
    """A search somebody keeps, matched against all that comes in; always about incidents."""

    name: str
    owner: str
    query: Query
    shared: bool = False
    """Whether everybody sees it; others call it ``owner/name`` where they have one of that name."""
    changes: bool = False
    """Whether an incident raises another alert when its facts change."""
    at: datetime
    new: int = 0
    """Alerts since the person who asks last opened it."""


class Alert(Record):
    """An incident that began to match a saved search, or a change of one that did."""

    id: str
    search: str
    owner: str
    incident: str
    """Its present id, also where the incident has been merged since."""
    title: str
    date: str = ""
    typologies: tuple[str, ...] = ()
    reason: str
    """In one line, why it matched: words found, filters met."""
    changed: bool = False
    at: datetime
    new: bool = True
    """Whether it came since the person who asks last opened the search."""
