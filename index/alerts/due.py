"""Which matches of saved searches an alert is due for, by the alerts already written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select

from index.rows import outbox
from index.tables import alerts, incidents, saved_searches

NEW, CHANGED = "new", "changed"


@dataclass(frozen=True)
class Match:
    """An incident that matches a saved search, with the digest of its card and the reason for the match."""

    saved: int
    incident: str
    state: str
    reason: str = ""


def kept() -> ColumnElement[bool]:
    """Return the condition that a saved search is not forgotten."""
    return saved_searches.c.forgotten.is_(None)


def due_alerts(connection: Connection, matches: Sequence[Match]) -> list[tuple[Match, int, str]]:
    """Return the matches an alert is due for, with its number among the incident's alerts and its kind."""
    merged = _merged_into(connection, {match.incident for match in matches})
    earlier = _earlier_alerts(connection, merged)
    live = connection.execute(select(saved_searches.c.seq, saved_searches.c.changes).where(kept())).all()
    changes = {number: bool(wanted) for number, wanted in live}
    due = []
    for match in matches:
        mine = earlier.get((match.saved, match.incident), [])
        again = mine and (not changes.get(match.saved) or mine[-1].state == match.state)
        if match.saved not in changes or again:
            continue
        numbers = [row.number for row in mine if row.incident == match.incident]
        due.append((match, max(numbers, default=-1) + 1, CHANGED if mine else NEW))
    return due


def _merged_into(connection: Connection, incident_ids: Iterable[str]) -> dict[str, str]:
    """Map these incidents, and all that were merged into them, to their present ids."""
    now = {incident: incident for incident in incident_ids}
    latest = list(now)
    while latest:
        found: dict[str, str] = {}
        for part in outbox.chunks(latest):
            gone = select(incidents.c.id, incidents.c.redirect_to).where(incidents.c.redirect_to.in_(part))
            found |= {row.id: now[row.redirect_to] for row in connection.execute(gone) if row.id not in now}
        now |= found
        latest = list(found)
    return now


def _earlier_alerts(
    connection: Connection, merged: Mapping[str, str]
) -> dict[tuple[int, str], list[Row[Any]]]:
    """Return the alerts about these incidents by search and present incident, oldest first."""
    rows: list[Row[Any]] = []
    for part in outbox.chunks(merged):
        rows += connection.execute(select(alerts).where(alerts.c.incident.in_(part)))
    earlier: dict[tuple[int, str], list[Row[Any]]] = {}
    for row in sorted(rows, key=lambda row: row.seq):
        earlier.setdefault((row.saved, merged[row.incident]), []).append(row)
    return earlier
