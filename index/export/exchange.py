"""What formats of exchange share: ids that stay the same, times, and how a statement is explained."""

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID, uuid5

from enrichment.records import Code
from index.characters import visible
from index.export import case_study, statements
from index.export.gate import Exportable
from index.records import JudgedFinding

PRODUCER = "Moriarty"
_NAMESPACE = UUID("6c1d3b4e-0f0a-5d0b-9a35-5f0c6f2d7a10")
"""Ours alone, so that no id of ours is one of somebody else's."""
_UNKNOWN = datetime(2000, 1, 1, tzinfo=UTC)


def stable(*parts: str) -> str:
    """Return a UUID that is always the same for the same parts (RFC 9562, version 5)."""
    return str(uuid5(_NAMESPACE, "\x1f".join(parts)))


def times(view: Exportable) -> tuple[datetime, datetime]:
    """Return when an incident was first captured, and when last captured or decided on.

    The first stays when a report is captured anew (STIX 2.1, 3.2: ``created`` never changes); it is in 2000
    where no capture is known.
    """
    captured = [item.capture.finished for item in view.reports if item.capture] or [_UNKNOWN]
    versions = [at for item in view.reports for _, at in item.versions]
    return min(captured + versions), max([*captured, *filter(None, [view.decided])])


def title(view: Exportable) -> str:
    """Return what the incident is called, which no format may leave out."""
    return visible(view.incident.title) or "Untitled incident"


def description(view: Exportable) -> str:
    """Return what happened, when, and who says so, in a few sentences."""
    occurred = view.incident.occurred
    when = f"Occurred: {occurred.value}." if occurred else ""
    standing = f"{statements.status(view)}."
    return visible(" ".join(part for part in (*case_study.summary(view), when, standing) if part))


def reason(item: JudgedFinding) -> str:
    """Return who says so and the words it rests on; people of this library are not named."""
    return _said(statements.decided(item, named=False), [item])


def reason_of_code(code: Code, view: Exportable) -> str:
    """Return who says that a code applies, and the words of the surest report for it."""
    rests = [item for item in view.findings if item.finding.id in code.findings]
    return _said(statements.decided_code(code, view), sorted(rests, key=lambda item: -item.finding.score))


def _said(who: str, rests: Iterable[JudgedFinding]) -> str:
    quotes = [statements.quoted(item) for item in rests if item.finding.quote]
    return visible(": ".join(["By " + who, *quotes[:1]]))
