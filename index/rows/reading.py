"""Reading reports and what is claimed of them; every function works on its caller's connection."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Row, Select, bindparam, func, select

from collectors.records import Capture, Disposition, Report, Source
from enrichment.records import Finding, Subject
from index.desk import judgements
from index.records import JudgedFinding, ReportView
from index.rows.outbox import chunks
from index.tables import (
    captures,
    enriched,
    findings,
    incidents,
    membership,
    report_versions,
    reports,
    sources,
)

Passages = tuple[tuple[int, int], ...]
"""Start and end of each passage in a report's text."""
_CLAIM = tuple(findings.c.keys())
_ORDER = (findings.c.subject, findings.c.score.desc(), findings.c.id)
# Made once: a search by meaning asks it, and to build a statement takes longer than to run it.
_VECTORS = select(enriched.c.report, enriched.c.passages, enriched.c.dimensions, enriched.c.vectors).where(
    enriched.c.report.in_(bindparam("ids", expanding=True))
)


def previous(connection: Connection, url: str) -> Capture | None:
    """Return the newest capture of an address that was parsed or found unchanged, or None."""
    good = captures.c.disposition.in_([Disposition.PARSED, Disposition.UNCHANGED])
    query = select(captures.c.body).where(captures.c.requested_url == url, good)
    body = connection.execute(query.order_by(captures.c.seq.desc()).limit(1)).scalar()
    return None if body is None else Capture.model_validate_json(body)


def pending(connection: Connection) -> list[Capture]:
    """Return the captures whose parsing was interrupted, oldest first."""
    query = select(captures.c.body).where(captures.c.disposition.is_(None)).order_by(captures.c.seq)
    return [Capture.model_validate_json(body) for body in connection.execute(query).scalars()]


def current() -> Select[int, str]:
    """Return the query of the current version of every report: its number and body, in order."""
    same = (reports.c.id == report_versions.c.report) & (reports.c.version == report_versions.c.version)
    return select(reports.c.seq, report_versions.c.body).join(report_versions, same).order_by(reports.c.seq)


def report_ids(connection: Connection) -> list[str]:
    """Return the ids of all reports, in the order they came in."""
    return list(connection.execute(select(reports.c.id).order_by(reports.c.seq)).scalars())


def reports_by_id(connection: Connection, ids: Iterable[str]) -> dict[str, Report]:
    """Return the current versions of these reports; unknown ids are left out."""
    found: dict[str, Report] = {}
    for part in chunks(ids):
        for _, body in connection.execute(current().where(reports.c.id.in_(part))):
            report = Report.model_validate_json(body)
            found[report.id] = report
    return found


def stored_findings(connection: Connection, ids: Iterable[str]) -> dict[str, list[Finding]]:
    """Return the findings of machines and sources on these reports, strongest first within a subject."""
    found: dict[str, list[Finding]] = defaultdict(list)
    for part in chunks(ids):
        query = select(findings).where(findings.c.report.in_(part)).order_by(*_ORDER)
        for finding in map(as_finding, connection.execute(query)):
            found[finding.report].append(finding)
    return found


def claims(subjects: Collection[Subject]) -> Select[*tuple[Any, ...]]:
    """Return the query of what is found of these subjects on the reports ``ids``, in the record's order."""
    # Not the bare column: without statistics SQLite goes through its index of subjects, thirty times as long.
    about = func.coalesce(findings.c.subject, "").in_(subjects)
    query = select(*findings.c).where(findings.c.report.in_(bindparam("ids", expanding=True)), about)
    return query.order_by(*_ORDER)


def as_finding(row: Row[*tuple[Any, ...]]) -> Finding:
    """Return the finding that a row of all columns holds."""
    return Finding(**dict(zip(_CLAIM, row, strict=True)))


def judged_findings(connection: Connection, ids: Sequence[str]) -> dict[str, list[JudgedFinding]]:
    """Return every finding of these reports with where it stands, by report."""
    stored = stored_findings(connection, ids)
    log = judgements.of_reports(connection, ids)
    if not log:
        return {key: judgements.effective(stored.get(key, ()), ()) for key in ids}
    result: dict[str, list[JudgedFinding]] = {key: [] for key in ids}
    for each in judgements.effective((finding for key in ids for finding in stored.get(key, ())), log):
        result[each.finding.report].append(each)
    return result


def vectors(connection: Connection, ids: Iterable[str]) -> dict[str, tuple[Passages, NDArray[np.float32]]]:
    """Return each report's passages and their vectors, shape (passages, dimensions), float32 unit rows."""
    found: dict[str, tuple[Passages, NDArray[np.float32]]] = {}
    for part in chunks(ids):
        for report, spans, dimensions, stored in connection.execute(_VECTORS, {"ids": part}):
            matrix = np.frombuffer(stored, dtype="<f4").astype(np.float32, copy=False)
            shape = (-1, dimensions) if dimensions else (0, 0)
            found[report] = (_passages(spans), matrix.reshape(shape))
    return found


def report_views(connection: Connection, ids: Sequence[str]) -> dict[str, ReportView]:
    """Return these reports with where they came from and what is claimed of them, unknown ids left out."""
    found = reports_by_id(connection, ids)
    judged = judged_findings(connection, list(found))
    known = sources_by_key(connection)
    told, versions = _incidents(connection, found), _versions(connection, found)
    origins = _captures(connection, {report.capture for report in found.values()})
    views: dict[str, ReportView] = {}
    for key, report in found.items():
        source = known.get(report.source)
        views[key] = ReportView(
            report=report,
            source_title=source.title if source else report.source,
            publisher=source.publisher if source else "",
            licence=source.licence if source else "unknown",
            republish=source.republish if source else False,
            capture=origins.get(report.capture),
            incidents=tuple(told[key]),
            findings=tuple(judged[key]),
            versions=tuple(versions[key]),
        )
    return views


def seqs(connection: Connection, ids: Iterable[str]) -> dict[str, int]:
    """Return the record's own numbers of reports and incidents."""
    found: dict[str, int] = {}
    for part in chunks(ids):
        for table in (reports, incidents):
            query = select(table.c.id, table.c.seq).where(table.c.id.in_(part))
            found.update((key, seq) for key, seq in connection.execute(query))
    return found


def whole_id(connection: Connection, beginning: str) -> str:
    """Return the only id of an incident or report that begins so; for none or several, the beginning."""
    table = reports if beginning.startswith("rep-") else incidents
    after = f"{beginning}g"  # ids end in hexadecimal digits, and all of these come before it
    query = select(table.c.id).where(table.c.id >= beginning, table.c.id < after).limit(2)
    found = connection.execute(query).scalars().all()
    return found[0] if len(found) == 1 else beginning


def _passages(stored: str) -> Passages:
    pairs = (pair.split("-") for pair in stored.split(",") if pair)
    return tuple((int(start), int(end)) for start, end in pairs)


def sources_by_key(connection: Connection) -> dict[str, Source]:
    """Return every remembered source."""
    rows = connection.execute(select(sources.c.key, sources.c.body))
    return {key: Source.model_validate_json(body) for key, body in rows}


def _captures(connection: Connection, ids: Iterable[str]) -> dict[str, Capture]:
    found: dict[str, Capture] = {}
    for part in chunks(ids):
        rows = connection.execute(select(captures.c.id, captures.c.body).where(captures.c.id.in_(part)))
        found.update((key, Capture.model_validate_json(body)) for key, body in rows)
    return found


def _incidents(connection: Connection, ids: Iterable[str]) -> dict[str, list[str]]:
    told: dict[str, list[str]] = defaultdict(list)
    for part in chunks(ids):
        query = select(membership).join(incidents, incidents.c.id == membership.c.incident)
        for incident, report, _ in connection.execute(
            query.where(membership.c.report.in_(part)).order_by(incidents.c.seq)
        ):
            if incident not in told[report]:
                told[report].append(incident)
    return told


def _versions(connection: Connection, ids: Iterable[str]) -> dict[str, list[tuple[str, datetime]]]:
    kept: dict[str, list[tuple[str, datetime]]] = defaultdict(list)
    columns = report_versions.c.report, report_versions.c.version, report_versions.c.captured
    for part in chunks(ids):
        query = (
            select(*columns).where(report_versions.c.report.in_(part)).order_by(report_versions.c.seq.desc())
        )
        for report, version, captured in connection.execute(query):
            kept[report].append((version, datetime.fromisoformat(captured)))
    return kept


def ungrouped(connection: Connection) -> int:
    """Return how many reports are in no incident, or were enriched again since theirs was last derived."""
    query = (
        select(func.count(reports.c.id.distinct()))
        .select_from(reports)
        .outerjoin(membership, membership.c.report == reports.c.id)
        .outerjoin(incidents, incidents.c.id == membership.c.incident)
    )
    waiting = membership.c.report.is_(None) | incidents.c.stale
    return int(connection.execute(query.where(waiting)).scalar_one())


def pages(
    connection: Connection, query: Select[int, str], after: int, size: int
) -> Iterator[tuple[int, Report]]:
    """Yield the next reports of a query made from ``current``, each with its number."""
    for seq, body in connection.execute(query.where(reports.c.seq > after).limit(size)):
        yield seq, Report.model_validate_json(body)
