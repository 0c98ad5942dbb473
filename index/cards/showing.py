"""Bulk reads for cards and hits: a fixed number of database queries per page.

Bulk equivalents of the single reads in ``Incidents`` and ``Store``.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, select

from collectors.records import Report
from enrichment.records import Code, Finding, Incident, Subject
from index.deriving import Derived, as_incident
from index.desk import judgements
from index.grouping import members
from index.records import JudgedFinding
from index.rows import reading
from index.rows.outbox import chunks
from index.tables import incidents, judged, membership, report_versions, reports

SUBJECTS = (
    Subject.COUNTRY,
    Subject.EVENT_KIND,
    Subject.LOSS,
    Subject.MODALITY,
    Subject.ORGANISATION,
    Subject.OUTCOME,
    Subject.PLATFORM,
    Subject.TOOL,
)
"""Subjects of the findings that hits show, or are found or counted by."""

# Made once: to build and name a statement takes longer than the database takes to answer it.
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_BODIES = select(incidents.c.id, incidents.c.body, incidents.c.stale, incidents.c.redirect_to).where(
    incidents.c.id.in_(_IDS)
)
_TEXTS = select(report_versions.c.report, report_versions.c.body).join(
    reports, (reports.c.id == report_versions.c.report) & (reports.c.version == report_versions.c.version)
)
_TOLD = (
    _TEXTS.join(membership, membership.c.report == reports.c.id)
    .add_columns(membership.c.incident, membership.c.part)
    .where(membership.c.incident.in_(_IDS))
    .order_by(reports.c.seq)
)
_CLAIMS = reading.claims(SUBJECTS)
_JUDGED = select(judged.c.judgement).where(judged.c.report.in_(_IDS)).limit(1)


@dataclass(frozen=True)
class ShownReport:
    """Report with its incidents, their codes, and its unrejected findings of ``SUBJECTS``."""

    report: Report
    incidents: tuple[str, ...]
    codes: tuple[Code, ...]
    findings: tuple[Finding, ...]


def of_incidents(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[Incident, list[Report]]]:
    """Return incidents, with the findings of ``SUBJECTS`` alone, and their reports.

    Left out: unknown ones, those merged into others, those waiting to be derived again, and those with a
    passage of a divided report.
    """
    derived = _derived(connection, ids)
    reports_of: dict[str, list[Report]] = {key: [] for key in derived}
    for batch in chunks(list(derived)):
        for _, body, incident, passage in connection.execute(_TOLD, {"ids": batch}).all():
            reports_of[incident].append(Report.model_validate_json(body))
            if passage:
                derived.pop(incident, None)
    wanted = list(dict.fromkeys(report.id for members in reports_of.values() for report in members))
    standing = _standing(connection, wanted)
    return {
        key: (
            as_incident(
                key,
                (report.id for report in reports_of[key]),
                (finding for report in reports_of[key] for finding in standing[report.id]),
                state,
            ),
            reports_of[key],
        )
        for key, state in derived.items()
    }


def of_reports(connection: Connection, ids: Sequence[str]) -> dict[str, ShownReport]:
    """Return reports by id; left out: unknown ones, and those of incidents waiting to be derived again."""
    incidents_of = members.of_reports(connection, ids)
    derived = _derived(connection, list(dict.fromkeys(key for keys in incidents_of.values() for key in keys)))
    wanted = [key for key in ids if all(incident in derived for incident in incidents_of[key])]
    standing = _standing(connection, wanted)
    found: dict[str, ShownReport] = {}
    for key, report in reading.reports_by_id(connection, wanted).items():
        codes = {code.concept: code for incident in incidents_of[key] for code in derived[incident].codes}
        found[key] = ShownReport(
            report, tuple(incidents_of[key]), tuple(codes.values()), tuple(standing[key])
        )
    return found


def decisions(connection: Connection, codes: Mapping[str, Sequence[Code]]) -> dict[str, list[JudgedFinding]]:
    """Map each incident with a decided code to its findings and the decisions on them."""
    decided = [key for key, own in codes.items() if any(code.judged for code in own)]
    reports_of = members.members(connection, decided)
    judged = reading.judged_findings(
        connection, list(dict.fromkeys(chain.from_iterable(reports_of.values())))
    )
    return {
        key: [finding for report in report_ids for finding in judged[report]]
        for key, report_ids in reports_of.items()
    }


def _derived(connection: Connection, ids: Iterable[str]) -> dict[str, Derived]:
    return {
        key: Derived.model_validate_json(body)
        for part in chunks(ids)
        for key, body, stale, elsewhere in connection.execute(_BODIES, {"ids": part}).all()
        if not stale and elsewhere is None
    }


def _standing(connection: Connection, ids: Sequence[str]) -> dict[str, list[Finding]]:
    """Map each report to its unrejected findings, in the order of the record."""
    found: dict[str, list[Finding]] = defaultdict(list)
    for part in chunks(ids):
        for finding in map(reading.as_finding, connection.execute(_CLAIMS, {"ids": part}).all()):
            found[finding.report].append(finding)
    if not any(connection.execute(_JUDGED, {"ids": part}).first() for part in chunks(ids)):
        return found
    log = judgements.of_reports(connection, ids)
    kept: dict[str, list[Finding]] = defaultdict(list)
    for finding in judgements.unrejected((finding for key in ids for finding in found[key]), log):
        if finding.subject in SUBJECTS:  # a person may have added any
            kept[finding.report].append(finding)
    return kept
