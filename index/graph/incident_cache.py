"""The incidents of the record, held in memory: after a change only what it touched is read anew."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from enrichment.records import Code, CodeRole, Finding, Incident, Subject, report_of
from index.deriving import Derived, as_incident
from index.desk import judgements
from index.grouping import members
from index.incidents import Incidents
from index.rows import outbox, reading
from index.rows.outbox import chunks
from index.store import Store
from index.tables import incidents

SUBJECTS = (
    Subject.TYPOLOGY,
    Subject.RELEVANCE,
    Subject.CRIME,
    Subject.TOOL,
    Subject.PLATFORM,
    Subject.CHANNEL,
    Subject.ORGANISATION,
    Subject.COUNTRY,
    Subject.CAPABILITY,
    Subject.VICTIM_TYPE,
    Subject.ACTOR_TYPE,
    Subject.OUTCOME,
    Subject.OFFENCE,
    Subject.COUNTERMEASURE,
    Subject.SERIES,
)
"""What ties incidents together or tells whether they are crimes; findings of other subjects are not kept."""
_CLAIMS = reading.claims(SUBJECTS)


class IncidentCache:
    """Every live incident as of the last ``read``, with its findings of ``SUBJECTS`` that stand.

    Near misses that no code rests on are left out. Threads must take turns to read.
    """

    def __init__(self, store: Store, incidents: Incidents) -> None:
        self._store, self._incidents = store, incidents
        self._cached: dict[str, Incident] = {}
        self._change = -1

    def read(self) -> tuple[int, tuple[Incident, ...]]:
        """Return the number of the record's newest change, and all incidents as of it, oldest first."""
        with self._store.reading() as connection:
            change = outbox.last_change(connection)
            live, waiting = _live(connection)
            touched = outbox.changed_since(connection, self._change)
            wanted = [key for key in live if key in touched or key not in self._cached]
            plain = _plain(connection, [key for key in wanted if key not in waiting])
        # A rare incident needs more than its rows: one to be derived anew, or told by a part of a report.
        others = self._incidents.many([key for key in wanted if key not in plain])
        fresh = plain | {key: _narrowed(one) for key, one in others.items()}
        self._cached = {key: fresh[key] if key in fresh else self._cached[key] for key in live}
        self._change = change
        return change, tuple(self._cached.values())


def _live(connection: Connection) -> tuple[list[str], set[str]]:
    """Return the incidents that lead nowhere else, oldest first, and those that wait to be derived anew."""
    query = select(incidents.c.id, incidents.c.stale).where(incidents.c.redirect_to.is_(None))
    rows = connection.execute(query.order_by(incidents.c.seq)).all()
    return [key for key, _ in rows], {key for key, stale in rows if stale}


def _plain(connection: Connection, ids: Sequence[str]) -> dict[str, Incident]:
    """Return these incidents but those that a part of a report tells; none of them waits to be derived."""
    told = members.units(connection, ids)
    whole = {key: units for key, units in told.items() if units == [report_of(unit) for unit in units]}
    derived: dict[str, Derived] = {}
    for part in chunks(whole):
        query = select(incidents.c.id, incidents.c.body).where(incidents.c.id.in_(part))
        derived.update((key, Derived.model_validate_json(body)) for key, body in connection.execute(query))
    standing = _standing(
        connection,
        list(dict.fromkeys(report for reports in whole.values() for report in reports)),
        {finding for one in derived.values() for finding in _evidence(one.codes)},
    )
    return {
        key: as_incident(
            key, reports, (finding for report in reports for finding in standing[report]), derived[key]
        )
        for key, reports in whole.items()
    }


def _evidence(codes: Sequence[Code]) -> set[str]:
    """Return the findings that codes rest on, near misses left out."""
    return {finding for code in codes if not code.near_miss for finding in code.findings}


def _standing(connection: Connection, reports: Sequence[str], evidence: set[str]) -> dict[str, list[Finding]]:
    """Return by report the findings to hold, in the record's order."""
    log = judgements.of_reports(connection, reports)
    decisive = evidence | {judgement.target for judgement in log}
    claimed: list[Finding] = []
    for part in chunks(reports):
        rows = connection.execute(_CLAIMS, {"ids": part}).all()
        telling = (row for row in rows if row.role != CodeRole.NEAR_MISS or row.id in decisive)
        claimed += map(reading.as_finding, telling)
    standing: dict[str, list[Finding]] = {key: [] for key in reports}
    for finding in judgements.unrejected(claimed, log):
        if _telling(finding, evidence):
            standing[finding.report].append(finding)
    return standing


def _telling(finding: Finding, evidence: set[str]) -> bool:
    return finding.subject in SUBJECTS and (not finding.near_miss or finding.id in evidence)


def _narrowed(incident: Incident) -> Incident:
    evidence = _evidence(incident.codes)
    kept = tuple(finding for finding in incident.findings if _telling(finding, evidence))
    return incident.model_copy(update={"findings": kept})
