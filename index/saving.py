"""Writing what collection and enrichment yield; every function is part of its caller's transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from collectors.errors import NotFound
from collectors.records import Capture, Disposition, Issue, Outcome, Report, digest
from enrichment.records import Finding
from index import outbox
from index.outbox import chunks
from index.tables import captures, enriched, findings, issues, judged, report_versions, reports, seen


@dataclass(frozen=True)
class Saved:
    """What an event changed: reports that are new, and reports whose wording or facts changed."""

    new: int = 0
    changed: int = 0


class EnrichedRecord(Protocol):
    """What enrichment says of one version of a report."""

    @property
    def report(self) -> str:
        """The report's id."""

    @property
    def version(self) -> str:
        """The version that was read."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything claimed of it."""

    @property
    def passages(self) -> tuple[tuple[int, int], ...]:
        """Start and end of each passage in its text."""

    @property
    def vectors(self) -> NDArray[np.float32]:
        """Shape (passages, dimensions), unit rows; shape (0, 0) where there is no embedder."""


def iso(at: datetime) -> str:
    """Return a time as the record keeps it: UTC, with microseconds, so that text sorts as time."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def save_capture(connection: Connection, capture: Capture) -> bool:
    """Keep a capture that waits for its outcome; return whether it is new."""
    if connection.execute(select(captures.c.seq).where(captures.c.id == capture.id)).first():
        return False
    connection.execute(
        insert(captures).values(
            id=capture.id,
            source=capture.source,
            requested_url=capture.requested_url,
            started=iso(capture.started),
            body=capture.model_dump_json(),
        )
    )
    return True


def save_issue(connection: Connection, issue: Issue) -> bool:
    """Keep an issue as the newest of its kind about its item; return whether anything is new."""
    key, body = digest("iss", issue.source, issue.item, issue.code), issue.model_dump_json()
    if connection.execute(select(issues.c.body).where(issues.c.id == key)).scalar() == body:
        return False
    connection.execute(delete(issues).where(issues.c.id == key))
    connection.execute(insert(issues).values(id=key, source=issue.source, item=issue.item, body=body))
    return True


def save_outcome(connection: Connection, outcome: Outcome) -> tuple[Saved, bool]:
    """Give a capture its disposition and keep its reports; return what changed, and whether anything did.

    Raises ``NotFound`` where the capture was never saved. A success closes the open issues of the same item.
    """
    row = connection.execute(select(captures).where(captures.c.id == outcome.capture)).one_or_none()
    if row is None:
        raise NotFound(f"the outcome's capture {outcome.capture} is not in the record")
    first = row.disposition != outcome.disposition
    if first:
        connection.execute(
            update(captures).where(captures.c.id == outcome.capture).values(disposition=outcome.disposition)
        )
    if outcome.disposition is not Disposition.QUARANTINED:
        connection.execute(
            delete(issues).where(issues.c.source == row.source, issues.c.item == row.requested_url)
        )
    saved = _save_reports(connection, outcome, row.started)
    told = [save_issue(connection, issue) for issue in outcome.issues]
    return saved, first or saved != Saved() or any(told)


def save_enriched(connection: Connection, batch: Sequence[EnrichedRecord], fingerprint: str) -> None:
    """Replace what machines say of these reports; findings that a person judged stay."""
    ids = [item.report for item in batch]
    kept = _judged_findings(connection, ids)
    for part in chunks(ids):
        connection.execute(delete(enriched).where(enriched.c.report.in_(part)))
        connection.execute(
            delete(findings).where(findings.c.report.in_(part), findings.c.id.not_in(sorted(kept)))
        )
    rows = _finding_rows(batch)
    again = kept & rows.keys()
    for part in chunks(sorted(again)):
        connection.execute(delete(findings).where(findings.c.id.in_(part)))
    if rows:
        connection.execute(insert(findings), list(rows.values()))
    connection.execute(insert(enriched), [_enriched_row(item, fingerprint) for item in batch])
    outbox.note_reports(connection, ids)


def _save_reports(connection: Connection, outcome: Outcome, captured: str) -> Saved:
    told = {report.id: report for report in outcome.reports}
    known = _current(connection, told)
    new = [report for report in told.values() if report.id not in known]
    reworded = [
        report
        for report in told.values()
        if report.id in known and report.version != known[report.id].version
    ]
    corrected = [
        report for report in told.values() if report.id in known and _corrects(report, known[report.id])
    ]
    if new:
        connection.execute(insert(reports), [_report_row(report, captured) for report in new])
    replaced = [report for report in reworded if _succeeds(report, known[report.id])]
    _add_versions(connection, [*new, *reworded], captured)
    _replace(connection, replaced, corrected, known)
    _add_seen(connection, outcome.capture, told)
    outbox.note_reports(connection, [report.id for report in (*new, *replaced, *corrected)])
    return Saved(len(new), len(replaced) + len(corrected))


def _current(connection: Connection, ids: Iterable[str]) -> dict[str, Report]:
    found: dict[str, Report] = {}
    for part in chunks(ids):
        query = (
            select(report_versions.c.body)
            .join(
                reports,
                (reports.c.id == report_versions.c.report) & (reports.c.version == report_versions.c.version),
            )
            .where(reports.c.id.in_(part))
        )
        for body in connection.execute(query).scalars():
            report = Report.model_validate_json(body)
            found[report.id] = report
    return found


def _corrects(report: Report, current: Report) -> bool:
    """Return whether the same source now says other things about the same wording."""
    same = report.version == current.version and report.source == current.source
    return same and report.model_copy(update={"capture": current.capture}) != current


def _succeeds(report: Report, current: Report) -> bool:
    """Return whether another wording takes over.

    Two sources may carry one address, one of them only its first lines: the longer text stays, or the two
    would replace each other at every run.
    """
    return report.source == current.source or len(report.text) > len(current.text)


def _report_row(report: Report, captured: str) -> dict[str, Any]:
    return {"id": report.id, "version": report.version, "source": report.source, "added": captured}


def _add_versions(connection: Connection, told: Sequence[Report], captured: str) -> None:
    known: set[tuple[str, str]] = set()
    for part in chunks(report.id for report in told):
        query = select(report_versions.c.report, report_versions.c.version)
        known |= {
            (row.report, row.version)
            for row in connection.execute(query.where(report_versions.c.report.in_(part)))
        }
    rows = [
        {
            "report": report.id,
            "version": report.version,
            "captured": captured,
            "body": report.model_dump_json(),
        }
        for report in told
        if (report.id, report.version) not in known
    ]
    if rows:
        connection.execute(insert(report_versions), rows)


def _replace(
    connection: Connection, replaced: Sequence[Report], corrected: Sequence[Report], known: dict[str, Report]
) -> None:
    if replaced:
        connection.execute(
            update(reports).where(reports.c.id == bindparam("which")),
            [{"which": report.id, "version": report.version, "source": report.source} for report in replaced],
        )
    if corrected:
        kept = [report.model_copy(update={"capture": known[report.id].capture}) for report in corrected]
        connection.execute(
            update(report_versions).where(
                report_versions.c.report == bindparam("which"),
                report_versions.c.version == bindparam("wording"),
            ),
            [{"which": r.id, "wording": r.version, "body": r.model_dump_json()} for r in kept],
        )
        connection.execute(
            update(enriched).where(enriched.c.report == bindparam("which")),
            [{"which": report.id, "fingerprint": ""} for report in corrected],
        )


def _add_seen(connection: Connection, capture: str, told: Iterable[str]) -> None:
    known = set(connection.execute(select(seen.c.report).where(seen.c.capture == capture)).scalars())
    rows = [{"capture": capture, "report": report} for report in told if report not in known]
    if rows:
        connection.execute(insert(seen), rows)


def _judged_findings(connection: Connection, ids: Sequence[str]) -> set[str]:
    kept: set[str] = set()
    for part in chunks(ids):
        query = (
            select(findings.c.id)
            .join(judged, judged.c.object == findings.c.id)
            .where(findings.c.report.in_(part))
        )
        kept |= set(connection.execute(query).scalars())
    return kept


def _finding_rows(batch: Sequence[EnrichedRecord]) -> dict[str, dict[str, Any]]:
    rows: dict[str, Finding] = {}
    for item in batch:
        for finding in item.findings:
            if finding.id not in rows or _strength(finding) > _strength(rows[finding.id]):
                rows[finding.id] = finding
    return {key: finding.model_dump(mode="json") for key, finding in rows.items()}


def _strength(finding: Finding) -> tuple[bool, bool, bool, float]:
    """Order findings that make the same claim: people's coding first, then the stronger role and score."""
    return (
        finding.origin == "starter",
        finding.role == "primary",
        finding.role != "sibling",
        finding.score,
    )


def _enriched_row(item: EnrichedRecord, fingerprint: str) -> dict[str, Any]:
    vectors = np.ascontiguousarray(item.vectors, dtype="<f4")
    return {
        "report": item.report,
        "version": item.version,
        "fingerprint": fingerprint,
        "passages": ",".join(f"{start}-{end}" for start, end in item.passages),
        "dimensions": vectors.shape[1] if vectors.ndim == 2 else 0,
        "vectors": vectors.tobytes(),
    }
