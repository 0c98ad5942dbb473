"""Bulk reads for cards and hits: a fixed number of queries a page, and only what is shown.

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
"""What a hit shows, or is found or counted by, besides its codes."""

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
    """A report with the incidents it tells, their codes, and the findings of ``SUBJECTS`` that stand."""

    report: Report
    incidents: tuple[str, ...]
    codes: tuple[Code, ...]
    findings: tuple[Finding, ...]


def of_incidents(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[Incident, list[Report]]]:
    """Return these incidents, with the findings of ``SUBJECTS`` alone, and their reports.

    Left out: the unknown, those merged into others, those that wait to be derived anew, and those that a
    passage of a divided report tells.
    """
    derived = _derived(connection, ids)
    told: dict[str, list[Report]] = {key: [] for key in derived}
    for some in chunks(list(derived)):
        for _, body, incident, passage in connection.execute(_TOLD, {"ids": some}).all():
            told[incident].append(Report.model_validate_json(body))
            if passage:
                derived.pop(incident, None)
    wanted = list(dict.fromkeys(report.id for each in told.values() for report in each))
    standing = _standing(connection, wanted)
    return {
        key: (
            as_incident(
                key,
                (report.id for report in told[key]),
                (finding for report in told[key] for finding in standing[report.id]),
                what,
            ),
            told[key],
        )
        for key, what in derived.items()
    }


def of_reports(connection: Connection, ids: Sequence[str]) -> dict[str, ShownReport]:
    """Return these reports; left out: the unknown, and those of incidents that wait to be derived anew."""
    told = members.of_reports(connection, ids)
    derived = _derived(connection, list(dict.fromkeys(key for keys in told.values() for key in keys)))
    wanted = [key for key in ids if all(incident in derived for incident in told[key])]
    standing = _standing(connection, wanted)
    return {
        key: ShownReport(
            report,
            tuple(told[key]),
            tuple({code.concept: code for one in told[key] for code in derived[one].codes}.values()),
            tuple(standing[key]),
        )
        for key, report in reading.reports_by_id(connection, wanted).items()
    }


def decisions(connection: Connection, codes: Mapping[str, Sequence[Code]]) -> dict[str, list[JudgedFinding]]:
    """Return by incident where its findings stand, of the incidents whose ``codes`` were decided."""
    told = members.members(
        connection, [key for key, each in codes.items() if any(one.judged for one in each)]
    )
    stands = reading.judged_findings(connection, list(dict.fromkeys(chain.from_iterable(told.values()))))
    return {key: [one for report in each for one in stands[report]] for key, each in told.items()}


def _derived(connection: Connection, ids: Iterable[str]) -> dict[str, Derived]:
    return {
        key: Derived.model_validate_json(body)
        for part in chunks(ids)
        for key, body, stale, elsewhere in connection.execute(_BODIES, {"ids": part}).all()
        if not stale and elsewhere is None
    }


def _standing(connection: Connection, ids: Sequence[str]) -> dict[str, list[Finding]]:
    """Return by report the findings that nobody rejected, in the order that the record tells all of them."""
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
