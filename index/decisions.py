"""The nouns of the log of decisions: what was decided, by whom, of what kind of thing."""

from enum import StrEnum

from collectors.records import Record
from index.records import Judgement


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
