"""Writing what collection yields; every function is part of its caller's transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from collectors.errors import NotFound
from collectors.records import Capture, Disposition, Issue, Outcome, Report, digest
from index.rows import outbox
from index.rows.outbox import chunks
from index.tables import captures, enriched, issues, report_versions, reports, seen


@dataclass(frozen=True)
class Saved:
    """What an event changed: reports that are new, and reports whose wording or facts changed."""

    new: int = 0
    changed: int = 0


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
    key, body = _issue_id(issue), issue.model_dump_json()
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
    ended = row.disposition != outcome.disposition
    if ended:
        connection.execute(
            update(captures).where(captures.c.id == outcome.capture).values(disposition=outcome.disposition)
        )
    if outcome.disposition is not Disposition.QUARANTINED:
        _close_issues(connection, row.source, row.requested_url, outcome.issues)
    saved = _save_reports(connection, outcome, row.started)
    raised = [save_issue(connection, issue) for issue in outcome.issues]
    return saved, ended or saved != Saved() or any(raised)


def _issue_id(issue: Issue) -> str:
    return digest("iss", issue.source, issue.item, issue.code)


def _close_issues(connection: Connection, source: str, item: str, still: Sequence[Issue]) -> None:
    about = (issues.c.source == source) & (issues.c.item == item)
    connection.execute(delete(issues).where(about, issues.c.id.not_in([_issue_id(each) for each in still])))


def _save_reports(connection: Connection, outcome: Outcome, captured: str) -> Saved:
    told = {report.id: report for report in outcome.reports}
    known = _current(connection, told)
    outdated = _seen_later(connection, known, captured)
    new = [report for report in told.values() if report.id not in known]
    reworded = [
        report
        for report in told.values()
        if report.id in known and report.version != known[report.id].version
    ]
    replaced = [
        report for report in reworded if report.id not in outdated and _succeeds(report, known[report.id])
    ]
    corrected = [
        report
        for report in told.values()
        if report.id in known and report.id not in outdated and _corrects(report, known[report.id])
    ]
    if new:
        connection.execute(insert(reports), [_report_row(report, captured) for report in new])
    _add_versions(connection, [*new, *reworded], captured)
    _replace(connection, replaced, corrected, known)
    _add_seen(connection, outcome.capture, told)
    outbox.note_reports(connection, [report.id for report in (*new, *replaced, *corrected)])
    return Saved(len(new), len(replaced) + len(corrected))


def _seen_later(connection: Connection, ids: Iterable[str], captured: str) -> set[str]:
    """Return the reports that a capture begun after this time told as well."""
    later: set[str] = set()
    for part in chunks(ids):
        query = select(seen.c.report).join(captures, captures.c.id == seen.c.capture)
        query = query.where(seen.c.report.in_(part), captures.c.started > captured)
        later |= set(connection.execute(query).scalars())
    return later


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
