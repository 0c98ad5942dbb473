"""Reports that seem to tell several incidents and wait for a person; works on its caller's connection."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from enrichment.records import Link, Subject, report_of, span_of
from index.deriving import Derived
from index.desk import review
from index.desk.decisions import Part, QueueItem
from index.grouping import members, parts
from index.records import JudgedFinding, State
from index.rows import reading
from index.tables import findings, incidents

WHY = "round-up"
"""The reason for which round-ups are in the queue."""


def queue(connection: Connection) -> tuple[QueueItem, ...]:
    """Return the undecided round-ups, each with its passages and the incidents these seem to be."""
    told = select(findings.c.report).where(findings.c.subject == Subject.EVENTS).order_by(findings.c.id)
    ids = list(dict.fromkeys(connection.execute(told).scalars()))
    judged = reading.judged_findings(connection, ids)
    waiting = {key: event for key in ids if (event := _undecided(judged[key])) is not None}
    texts, homes = reading.reports_by_id(connection, waiting), members.of_reports(connection, waiting)
    return tuple(
        QueueItem(
            finding=event,
            report=texts[key],
            incident=homes[key][0],
            why=WHY,
            parts=_parts(connection, parts.units_of(event.finding), texts[key].text),
        )
        for key, event in waiting.items()
        if len(homes.get(key, ())) == 1
    )


def before_others(connection: Connection, limit: int, offset: int, why: str | None) -> tuple[QueueItem, ...]:
    """Return a page of all that waits for a person, round-ups before the other suggestions."""
    several = queue(connection) if why in (None, WHY) else ()
    page = several[offset : offset + limit]
    if why == WHY or len(page) == limit:
        return page
    after = max(0, offset - len(several))
    return (*page, *review.queue(connection, limit - len(page), after, why))


def _undecided(found: Sequence[JudgedFinding]) -> JudgedFinding | None:
    """Return the finding of several events, or None where a person decided on one."""
    events = [each for each in found if each.finding.subject is Subject.EVENTS]
    if any(each.state is not State.SUGGESTED for each in events):
        return None
    return events[0] if events else None


def _parts(connection: Connection, units: Sequence[str], text: str) -> tuple[Part, ...]:
    links: dict[str, Link] = {}
    for link in sorted(parts.links_from(connection, units), key=lambda link: (link.weight, link.id)):
        links[link.left] = link
    return tuple(_part(connection, unit, text, links.get(unit)) for unit in units)


def _part(connection: Connection, unit: str, text: str, link: Link | None) -> Part:
    quote = text[slice(*(span_of(unit) or (0, 0)))]
    known = members.of_reports(connection, [report_of(link.right)]) if link is not None else {}
    incident = next((each for told in known.values() for each in told), None)
    if link is None or incident is None:
        return Part(unit=unit, quote=quote, incident=None)
    body = connection.execute(select(incidents.c.body).where(incidents.c.id == incident)).scalar_one()
    title = Derived.model_validate_json(body).title if body else ""
    return Part(unit=unit, quote=quote, incident=incident, title=title, reasons=link.reasons)
