"""Which reports tell which incident; every function works on its caller's connection."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import Connection, delete, insert, select, update

from collectors.errors import NotFound
from index.outbox import chunks
from index.tables import incident_codes, incidents, membership, reports


def resolve(connection: Connection, key: str) -> str:
    """Return the incident that an id leads to today; raises ``NotFound``."""
    current = key
    while True:
        row = connection.execute(
            select(incidents.c.redirect_to).where(incidents.c.id == current)
        ).one_or_none()
        if row is None:
            raise NotFound(f"no incident {key}")
        if row.redirect_to is None:
            return current
        current = row.redirect_to


def members(connection: Connection, ids: Iterable[str]) -> dict[str, list[str]]:
    """Return the reports of these incidents, in the order they came in."""
    found: dict[str, list[str]] = {}
    for part in chunks(ids):
        found.update((key, []) for key in part)
        query = select(membership).join(reports, reports.c.id == membership.c.report)
        query = query.where(membership.c.incident.in_(part)).order_by(reports.c.seq)
        for incident, report in connection.execute(query):
            found[incident].append(report)
    return found


def live(connection: Connection) -> list[str]:
    """Return the ids of the incidents that lead nowhere else, oldest first."""
    query = select(incidents.c.id).where(incidents.c.redirect_to.is_(None)).order_by(incidents.c.seq)
    return list(connection.execute(query).scalars())


def everything(connection: Connection) -> dict[str, set[str]]:
    """Return the reports of every live incident, oldest incident first."""
    found: dict[str, set[str]] = {key: set() for key in live(connection)}
    for incident, report in connection.execute(select(membership)):
        found[incident].add(report)
    return found


def of_reports(connection: Connection, keys: Iterable[str]) -> dict[str, list[str]]:
    """Return the incidents that each of these reports tells, oldest first."""
    found: dict[str, list[str]] = defaultdict(list)
    for part in chunks(keys):
        query = select(membership).join(incidents, incidents.c.id == membership.c.incident)
        query = query.where(membership.c.report.in_(part)).order_by(incidents.c.seq)
        for incident, report in connection.execute(query):
            found[report].append(incident)
    return found


def place(connection: Connection, wanted: Mapping[str, Collection[str]]) -> None:
    """Make these the reports of these incidents, alive and to be derived anew."""
    known: set[str] = set()
    for part in chunks(wanted):
        connection.execute(delete(membership).where(membership.c.incident.in_(part)))
        known |= set(connection.execute(select(incidents.c.id).where(incidents.c.id.in_(part))).scalars())
        alive = update(incidents).where(incidents.c.id.in_(part))
        connection.execute(alive.values(redirect_to=None, stale=True))
    new = [{"id": key, "stale": True, "body": ""} for key in wanted if key not in known]
    if new:
        connection.execute(insert(incidents), new)
    rows = [{"incident": key, "report": report} for key, told in wanted.items() for report in told]
    if rows:
        connection.execute(insert(membership), rows)


def retire(connection: Connection, key: str, heir: str) -> None:
    """Let an incident's id lead to another from now on."""
    for table in (membership, incident_codes):
        connection.execute(delete(table).where(table.c.incident == key))
    gone = update(incidents).where(incidents.c.id == key)
    connection.execute(gone.values(redirect_to=heir, stale=False, body=""))
