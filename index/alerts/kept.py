"""Saved searches and what they found, in the record.

A saved search is forgotten, never erased, and an alert is written once. A search raises one alert of an
incident, whatever was merged into it, unless it asks for changes too; what matched when the search was saved
is known and raises none.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select, update

from collectors.errors import NotFound, WrongUse
from collectors.records import digest
from index import audit
from index.alerts import unread
from index.alerts.unread import KNOWN
from index.records import Actor, SavedSearch
from index.rows import outbox
from index.search import saved
from index.search.query import Query
from index.search.tree import Node
from index.store import Store
from index.tables import alerts, incidents, opened, saved_searches

logger = logging.getLogger(__name__)

LONGEST_NAME = 80
MOST_KEPT = 1000
"""Saved searches of one person."""
NEW, CHANGED = "new", "changed"


@dataclass(frozen=True)
class Watched:
    """A saved search as matching needs it."""

    query: Query
    wish: Node


@dataclass(frozen=True)
class Found:
    """An incident that matches a saved search, with the digest of what is told of it, and why it matches."""

    saved: int
    incident: str
    state: str
    reason: str = ""


@dataclass(frozen=True)
class Told:
    """An alert as it was written."""

    id: str
    seq: int
    saved: int
    name: str
    owner: str
    incident: str
    kind: str
    reason: str
    at: datetime
    new: bool


class Alerts:
    """Saved searches and their alerts; what a method changes it changes in one transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def save(self, wish: SavedSearch, known: Iterable[tuple[str, str]], actor: Actor) -> None:
        """Keep a search; ``known`` are the incidents that match already, each with its state.

        Raises ``WrongUse`` where its owner has one of this name, or too many.
        """
        with self._store.writing() as connection:
            mine = connection.execute(
                select(saved_searches.c.name).where(_live(), saved_searches.c.owner == wish.owner)
            ).scalars()
            taken = set(mine)
            if wish.name in taken:
                raise WrongUse(f"there is a saved search {wish.name!r} already; forget it first")
            if len(taken) >= MOST_KEPT:
                raise WrongUse(f"nobody may keep more than {MOST_KEPT:,} saved searches")
            body = saved.kept(wish.query)
            row = wish.model_dump(include={"owner", "name", "shared", "changes"})
            made = saved_searches.insert().values(**row, body=body, at=wish.at.isoformat())
            number = connection.execute(made.returning(saved_searches.c.seq)).scalar_one()
            first = {"saved": number, "number": 0, "kind": KNOWN, "reason": "", "at": wish.at.isoformat()}
            rows = [first | {"incident": one, "state": state} for one, state in known]
            if rows:
                connection.execute(alerts.insert(), rows)
            audit.append(connection, actor, "save_search", wish.name, after=body, reason=f"{len(rows)} known")

    def forget(self, number: int, actor: Actor) -> None:
        """Match a search no more and show it no more; the record keeps it."""
        with self._store.writing() as connection:
            row = connection.execute(
                select(saved_searches).where(saved_searches.c.seq == number, _live())
            ).one_or_none()
            if row is None:
                raise NotFound("that saved search is forgotten already")
            gone = update(saved_searches).where(saved_searches.c.seq == number)
            connection.execute(gone.values(forgotten=datetime.now(UTC).isoformat()))
            audit.append(connection, actor, "forget_search", row.name, before=row.body)

    def watched(self) -> dict[int, Watched]:
        """Return every search that is to be matched, by its number."""
        with self._store.reading() as connection:
            rows = connection.execute(select(saved_searches).where(_live())).all()
        return {row.seq: one for row in rows if (one := _watched(row)) is not None}

    def visible(self, actor: Actor) -> dict[int, SavedSearch]:
        """Return a person's own searches and those shared with everybody, own first, by name."""
        fresh = func.count(alerts.c.seq).filter(
            alerts.c.kind != KNOWN, alerts.c.seq > func.coalesce(opened.c.up_to, 0)
        )
        query = (
            select(saved_searches, fresh.label("fresh"))
            .outerjoin(alerts, alerts.c.saved == saved_searches.c.seq)
            .outerjoin(opened, unread.opened_by(actor))
            .where(_live(), _seen_by(actor))
            .group_by(saved_searches.c.seq)
        )
        with self._store.reading() as connection:
            rows = connection.execute(query).all()
        rows = sorted(
            rows, key=lambda row: (row.owner != actor.name, row.name.casefold(), row.owner, row.seq)
        )
        return {row.seq: _search(row) for row in rows}

    def untold(self, found: Sequence[Found]) -> list[Found]:
        """Return those of which an alert is due, as things stand."""
        with self._store.reading() as connection:
            return [one for one, _, _ in _due(connection, found)]

    def settle(self, found: Sequence[Found], up_to: int) -> int:
        """Write the alerts that are due and let go of the changes up to a number; return how many there were.

        One transaction, so that a change is alerted to exactly once however often it is gone through.
        """
        now = datetime.now(UTC).isoformat()
        with self._store.writing() as connection:
            rows = [
                {
                    "saved": one.saved,
                    "incident": one.incident,
                    "number": number,
                    "kind": kind,
                    "state": one.state,
                    "reason": one.reason[: audit.FIELD_CHARACTERS],
                    "at": now,
                }
                for one, number, kind in _due(connection, found)
            ]
            if rows:
                connection.execute(alerts.insert(), rows)
            outbox.acknowledge(connection, up_to)
        return len(rows)

    def told(
        self,
        numbers: Sequence[int],
        actor: Actor,
        *,
        since: datetime | None,
        new: bool,
        limit: int,
        oldest: bool = False,
    ) -> list[Told]:
        """Return the newest alerts of these searches, or the ``oldest``, newest first.

        ``new`` leaves out what the person has seen.
        """
        query = (
            select(alerts, saved_searches.c.name, saved_searches.c.owner, opened.c.up_to)
            .join(saved_searches, saved_searches.c.seq == alerts.c.saved)
            .outerjoin(opened, unread.opened_by(actor))
            .where(alerts.c.saved.in_(numbers), alerts.c.kind != KNOWN)
            .order_by(alerts.c.seq if oldest else alerts.c.seq.desc())
            .limit(limit)
        )
        if since is not None:
            query = query.where(alerts.c.at >= since.astimezone(UTC).isoformat())
        if new:
            query = query.where(alerts.c.seq > func.coalesce(opened.c.up_to, 0))
        with self._store.reading() as connection:
            rows = [_told(row) for row in connection.execute(query)]
        return sorted(rows, key=lambda one: -one.seq)

    def mark(self, told: Iterable[Told], actor: Actor) -> None:
        """Remember that a person has seen these alerts.

        How far somebody has read is one number a search: an alert stays new until all earlier were shown.
        """
        shown: dict[int, set[int]] = defaultdict(set)
        for one in told:
            shown[one.saved].add(one.seq)
        with self._store.writing() as connection:
            for number, seqs in shown.items():
                unread.read_on(connection, number, seqs, actor)


def _watched(row: Row[Any]) -> Watched | None:
    try:
        return Watched(*saved.prepared(row.body))
    except WrongUse as error:  # one that an older version allowed must not keep the rest from being matched
        logger.warning("saved search %r of %s cannot be matched: %s", row.name, row.owner, error)
        return None


def _live() -> ColumnElement[bool]:
    return saved_searches.c.forgotten.is_(None)


def _seen_by(actor: Actor) -> ColumnElement[bool]:
    return (saved_searches.c.owner == actor.name) | saved_searches.c.shared


def _due(connection: Connection, found: Sequence[Found]) -> list[tuple[Found, int, str]]:
    """Return of what an alert is due, with its number among those of its incident, and its kind."""
    merged = _merged_into(connection, {one.incident for one in found})
    told = _written(connection, merged)
    live = connection.execute(select(saved_searches.c.seq, saved_searches.c.changes).where(_live())).all()
    changes = {number: bool(asked) for number, asked in live}
    due = []
    for one in found:
        mine = told.get((one.saved, one.incident), [])
        again = mine and (not changes.get(one.saved) or mine[-1].state == one.state)
        if one.saved not in changes or again:
            continue
        numbers = [row.number for row in mine if row.incident == one.incident]
        due.append((one, max(numbers, default=-1) + 1, CHANGED if mine else NEW))
    return due


def _merged_into(connection: Connection, incident_ids: Iterable[str]) -> dict[str, str]:
    """Return these incidents and all that were merged into them, each with what it is now."""
    now = {one: one for one in incident_ids}
    latest = list(now)
    while latest:
        found: dict[str, str] = {}
        for part in outbox.chunks(latest):
            gone = select(incidents.c.id, incidents.c.redirect_to).where(incidents.c.redirect_to.in_(part))
            found |= {row.id: now[row.redirect_to] for row in connection.execute(gone) if row.id not in now}
        now |= found
        latest = list(found)
    return now


def _written(connection: Connection, merged: Mapping[str, str]) -> dict[tuple[int, str], list[Row[Any]]]:
    """Return the alerts of these incidents by search and present incident, oldest first."""
    rows: list[Row[Any]] = []
    for part in outbox.chunks(merged):
        rows += connection.execute(select(alerts).where(alerts.c.incident.in_(part)))
    told: dict[tuple[int, str], list[Row[Any]]] = {}
    for row in sorted(rows, key=lambda row: row.seq):
        told.setdefault((row.saved, merged[row.incident]), []).append(row)
    return told


def _search(row: Row[Any]) -> SavedSearch:
    return SavedSearch(
        name=row.name,
        owner=row.owner,
        query=saved.read(row.body),
        shared=row.shared,
        changes=row.changes,
        at=datetime.fromisoformat(row.at),
        new=row.fresh,
    )


def _told(row: Row[Any]) -> Told:
    return Told(
        id=digest("alr", str(row.saved), row.owner, row.name, row.incident, str(row.number), row.at),
        seq=row.seq,
        saved=row.saved,
        name=row.name,
        owner=row.owner,
        incident=row.incident,
        kind=row.kind,
        reason=row.reason,
        at=datetime.fromisoformat(row.at),
        new=row.seq > (row.up_to or 0),
    )
