"""The nouns of deciding: what waits for a person, and the log of what was decided."""

from collections.abc import Iterable
from enum import StrEnum

from collectors.records import Record, Report
from enrichment.records import Code, CodeRole, Finding, Subject
from index.records import JudgedFinding, Judgement, State


class QueueItem(Record):
    """One finding that waits for a person."""

    finding: JudgedFinding
    report: Report
    incident: str | None
    siblings: tuple[Code, ...] = ()
    """Near-miss codes with their scores."""
    why: str = ""
    """Why it is in the queue: ``unsure``, ``sample``, ``disagreement`` or ``round-up``."""
    parts: tuple["Part", ...] = ()
    """For a round-up, what each of its passages tells; to accept the finding divides the report so."""


class Part(Record):
    """A passage of a round-up, and the incident it seems to tell."""

    unit: str
    """``<report>#<start>-<end>``."""
    quote: str
    incident: str | None
    """The known incident that other reports tell, or None where it would be a new one."""
    title: str = ""
    """That incident's title."""
    reasons: tuple[str, ...] = ()


def alternatives(findings: Iterable[JudgedFinding], about: Finding) -> tuple[Code, ...]:
    """Return the other codes of a code's report, the likeliest first; rejected ones are left out.

    There are none for a fact.
    """
    codes = [
        each.finding
        for each in findings
        if each.finding.subject == about.subject == Subject.TYPOLOGY
        and each.finding.report == about.report
        and each.finding.id != about.id
        and each.state is not State.REJECTED
    ]
    return tuple(
        Code(concept=code.value, role=CodeRole.NEAR_MISS, score=code.score, findings=(code.id,))
        for code in sorted(codes, key=lambda code: (-code.score, code.value))
    )


class DecidedKind(StrEnum):
    """What kind of thing a decision is about."""

    CODE = "code"
    FACT = "fact"
    GROUPING = "grouping"
    """Which reports tell one incident: a merge, a split, the division of a round-up."""


class LoggedDecision(Record):
    """A judgement with what it is about; of an undo, what the judgement was about that it took back."""

    judgement: Judgement
    taken_back: Judgement | None = None
    """What an undo took back."""
    subject: str = ""
    """What the claim is about; empty for a merge or split."""
    value: str = ""
    """What the claim said when it was decided on."""
    report: str | None = None
    """The report the claim is about, or the first one that was moved."""
    report_title: str = ""
    incident: str | None = None
    """The incident to look at, as it is today."""
    incident_title: str = ""


class DecisionLog(Record):
    """One page of what was decided across a library."""

    items: tuple[LoggedDecision, ...]
    total: int
    """How many decisions meet what was asked."""
    people: tuple[str, ...] = ()
    """Everybody who has decided anything in this library."""
