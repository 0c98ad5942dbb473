"""The reports of each incident; every function works on its caller's connection."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import Connection, delete, insert, select, update

from collectors.errors import NotFound
from enrichment.records import Link, report_of
from index.rows.outbox import chunks
from index.tables import incident_codes, incidents, links, membership, reports


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


def units(connection: Connection, ids: Iterable[str]) -> dict[str, list[str]]:
    """Return the reports of these incidents, or passages of them, in the order of arrival."""
    found: dict[str, list[str]] = {}
    for part in chunks(ids):
        found.update((key, []) for key in part)
        query = select(membership).join(reports, reports.c.id == membership.c.report)
        query = query.where(membership.c.incident.in_(part)).order_by(reports.c.seq, membership.c.part)
        for incident, report, passage in connection.execute(query):
            found[incident].append(_unit(report, passage))
    return found


def members(connection: Connection, ids: Iterable[str]) -> dict[str, list[str]]:
    """Return the reports of these incidents, in the order they came in."""
    found = units(connection, ids)
    return {key: list(dict.fromkeys(map(report_of, told))) for key, told in found.items()}


def live(connection: Connection) -> list[str]:
    """Return the ids of the incidents that are not redirected, oldest first."""
    query = select(incidents.c.id).where(incidents.c.redirect_to.is_(None)).order_by(incidents.c.seq)
    return list(connection.execute(query).scalars())


def everything(connection: Connection) -> dict[str, set[str]]:
    """Return the reports of every live incident, or passages of them, oldest incident first."""
    found: dict[str, set[str]] = {key: set() for key in live(connection)}
    for incident, report, passage in connection.execute(select(membership)):
        found[incident].add(_unit(report, passage))
    return found


def of_reports(connection: Connection, keys: Iterable[str]) -> dict[str, list[str]]:
    """Return the incidents that each of these reports tells, oldest first."""
    found: dict[str, list[str]] = defaultdict(list)
    for part in chunks(keys):
        query = select(membership).join(incidents, incidents.c.id == membership.c.incident)
        query = query.where(membership.c.report.in_(part)).order_by(incidents.c.seq)
        for incident, report, _ in connection.execute(query):
            if incident not in found[report]:
                found[report].append(incident)
    return found


def leaders(connection: Connection, keys: Iterable[str]) -> dict[str, str]:
    """Map each of these reports that is a near copy to the report it copies."""
    found: dict[str, str] = {}
    for part in chunks(keys):
        for body in connection.execute(select(links.c.body).where(links.c.right.in_(part))).scalars():
            link = Link.model_validate_json(body)
            if link.kind == "near-copy":
                found[report_of(link.right)] = report_of(link.left)
    return found


def place(connection: Connection, wanted: Mapping[str, Collection[str]]) -> None:
    """Let these reports or passages tell these incidents, which live and are to be derived anew."""
    known: set[str] = set()
    for part in chunks(wanted):
        connection.execute(delete(membership).where(membership.c.incident.in_(part)))
        known |= set(connection.execute(select(incidents.c.id).where(incidents.c.id.in_(part))).scalars())
        alive = update(incidents).where(incidents.c.id.in_(part))
        connection.execute(alive.values(redirect_to=None, stale=True))
    new = [{"id": key, "stale": True, "body": ""} for key in wanted if key not in known]
    if new:
        connection.execute(insert(incidents), new)
    rows = [
        {"incident": key, "report": report_of(unit), "part": unit.partition("#")[2]}
        for key, told in wanted.items()
        for unit in told
    ]
    if rows:
        connection.execute(insert(membership), rows)


def retire(connection: Connection, key: str, heir: str) -> None:
    """Redirect an incident's id to another."""
    for table in (membership, incident_codes):
        connection.execute(delete(table).where(table.c.incident == key))
    gone = update(incidents).where(incidents.c.id == key)
    connection.execute(gone.values(redirect_to=heir, stale=False, body=""))


def linked(connection: Connection) -> list[tuple[str, str]]:
    """Return the two ends of every link."""
    return [(left, right) for left, right in connection.execute(select(links.c.left, links.c.right))]


def replace_links(
    connection: Connection, why: Sequence[Link], among: Collection[str] | None = None
) -> list[str]:
    """Keep these links and no others, where given none others of the reports ``among`` which they are.

    Returns the reports that began or ceased to be folded as a copy.
    """
    given = {link.id: link for link in why}
    known = {
        key
        for key, left, right in connection.execute(select(links.c.id, links.c.left, links.c.right))
        if among is None or report_of(left) in among or report_of(right) in among
    }
    lost = [link for part in chunks(known - given.keys()) for link in _by_id(connection, part)]
    gained = [link for key, link in given.items() if key not in known]
    for part in chunks(known):
        connection.execute(delete(links).where(links.c.id.in_(part)))
    if given:
        connection.execute(insert(links), [_row(link) for link in given.values()])
    return sorted({report_of(link.right) for link in (*lost, *gained) if link.kind == "near-copy"})


def _by_id(connection: Connection, ids: Sequence[str]) -> list[Link]:
    bodies = connection.execute(select(links.c.body).where(links.c.id.in_(ids))).scalars()
    return [Link.model_validate_json(body) for body in bodies]


def _row(link: Link) -> dict[str, str]:
    return {"id": link.id, "left": link.left, "right": link.right, "body": link.model_dump_json()}


def _unit(report: str, passage: str) -> str:
    return f"{report}#{passage}" if passage else report
