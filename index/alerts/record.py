"""Saved searches and their alerts, in the record.

A saved search is forgotten, never erased, and an alert is written once. A search raises one alert about an
incident, whatever was merged into it, unless its owner asks for changes too; incidents that matched when the
search was saved raise none.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select, update

from collectors.errors import NotFound, WrongUse
from collectors.records import digest
from index import audit
from index.alerts import unread
from index.alerts.due import Match, due_alerts, kept
from index.alerts.unread import KNOWN
from index.records import Actor, SavedSearch
from index.rows import outbox
from index.search import saved
from index.search.query import Query
from index.search.tree import Node
from index.store import Store
from index.tables import alerts, opened, saved_searches

logger = logging.getLogger(__name__)

NAME_CHARACTERS = 80
MAX_SAVED_SEARCHES = 1000
"""Saved searches of one person, at most."""


@dataclass(frozen=True)
class WatchedSearch:
    """A saved search, and the tree that cards are matched against."""

    query: Query
    wish: Node


@dataclass(frozen=True)
class WrittenAlert:
    """An alert in the record; ``new`` if the person who asks has not seen it."""

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
    """Saved searches and their alerts. Each method that changes anything does so in one transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def save(self, wish: SavedSearch, known: Iterable[tuple[str, str]], actor: Actor) -> None:
        """Save a search; ``known`` are the incidents that match already, each with its state.

        Raises ``WrongUse`` where its owner has one of this name, or too many.
        """
        with self._store.writing() as connection:
            mine = connection.execute(
                select(saved_searches.c.name).where(kept(), saved_searches.c.owner == wish.owner)
            ).scalars()
            taken = set(mine)
            if wish.name in taken:
                raise WrongUse(f"there is a saved search {wish.name!r} already; forget it first")
            if len(taken) >= MAX_SAVED_SEARCHES:
                raise WrongUse(f"nobody may keep more than {MAX_SAVED_SEARCHES:,} saved searches")
            body = saved.to_json(wish.query)
            row = wish.model_dump(include={"owner", "name", "shared", "changes"})
            made = saved_searches.insert().values(**row, body=body, at=wish.at.isoformat())
            number = connection.execute(made.returning(saved_searches.c.seq)).scalar_one()
            first = {"saved": number, "number": 0, "kind": KNOWN, "reason": "", "at": wish.at.isoformat()}
            rows = [first | {"incident": incident, "state": state} for incident, state in known]
            if rows:
                connection.execute(alerts.insert(), rows)
            audit.append(connection, actor, "save_search", wish.name, after=body, reason=f"{len(rows)} known")

    def forget(self, number: int, actor: Actor) -> None:
        """Stop matching and showing a search; the record keeps it. Raises ``NotFound``."""
        with self._store.writing() as connection:
            row = connection.execute(
                select(saved_searches).where(saved_searches.c.seq == number, kept())
            ).one_or_none()
            if row is None:
                raise NotFound("that saved search is forgotten already")
            gone = update(saved_searches).where(saved_searches.c.seq == number)
            connection.execute(gone.values(forgotten=datetime.now(UTC).isoformat()))
            audit.append(connection, actor, "forget_search", row.name, before=row.body)

    def watched(self) -> dict[int, WatchedSearch]:
        """Return all searches to match, by number."""
        with self._store.reading() as connection:
            rows = connection.execute(select(saved_searches).where(kept())).all()
        return {row.seq: search for row in rows if (search := _watched(row)) is not None}

    def visible(self, actor: Actor) -> dict[int, SavedSearch]:
        """Return a person's own searches and those shared with everybody, own first, by name."""
        fresh = func.count(alerts.c.seq).filter(
            alerts.c.kind != KNOWN, alerts.c.seq > func.coalesce(opened.c.up_to, 0)
        )
        query = (
            select(saved_searches, fresh.label("fresh"))
            .outerjoin(alerts, alerts.c.saved == saved_searches.c.seq)
            .outerjoin(opened, unread.opened_by(actor))
            .where(kept(), _seen_by(actor))
            .group_by(saved_searches.c.seq)
        )
        with self._store.reading() as connection:
            rows = connection.execute(query).all()
        rows = sorted(
            rows, key=lambda row: (row.owner != actor.name, row.name.casefold(), row.owner, row.seq)
        )
        return {row.seq: _search(row) for row in rows}

    def due(self, matches: Sequence[Match]) -> list[Match]:
        """Return the matches that an alert is due for."""
        with self._store.reading() as connection:
            return [match for match, _, _ in due_alerts(connection, matches)]

    def settle(self, matches: Sequence[Match], up_to: int) -> int:
        """Write the alerts that are due, acknowledge changes up to a number, and return the number of alerts.

        All in one transaction, so that a change raises its alerts exactly once however often it is processed.
        """
        now = datetime.now(UTC).isoformat()
        with self._store.writing() as connection:
            rows = [
                {
                    "saved": match.saved,
                    "incident": match.incident,
                    "number": number,
                    "kind": kind,
                    "state": match.state,
                    "reason": match.reason[: audit.FIELD_CHARACTERS],
                    "at": now,
                }
                for match, number, kind in due_alerts(connection, matches)
            ]
            if rows:
                connection.execute(alerts.insert(), rows)
            outbox.acknowledge(connection, up_to)
        return len(rows)

    def written(
        self,
        numbers: Sequence[int],
        actor: Actor,
        *,
        since: datetime | None,
        new: bool,
        limit: int,
        oldest: bool = False,
    ) -> list[WrittenAlert]:
        """Return the newest alerts of these searches, or the ``oldest``, in both cases newest first.

        ``new`` leaves out those the person has seen.
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
            rows = [_written_alert(row) for row in connection.execute(query)]
        return sorted(rows, key=lambda alert: -alert.seq)

    def mark(self, seen: Iterable[WrittenAlert], actor: Actor) -> None:
        """Mark these alerts as seen by a person.

        How far somebody has read is one number a search: an alert stays new until all earlier were shown.
        """
        shown: dict[int, set[int]] = defaultdict(set)
        for alert in seen:
            shown[alert.saved].add(alert.seq)
        with self._store.writing() as connection:
            for number, seqs in shown.items():
                unread.mark_read(connection, number, seqs, actor)


def _watched(row: Row[Any]) -> WatchedSearch | None:
    try:
        return WatchedSearch(*saved.prepared(row.body))
    except WrongUse as error:  # one that an older version allowed must not keep the rest from being matched
        logger.warning("saved search %r of %s cannot be matched: %s", row.name, row.owner, error)
        return None


def _seen_by(actor: Actor) -> ColumnElement[bool]:
    return (saved_searches.c.owner == actor.name) | saved_searches.c.shared


def _search(row: Row[Any]) -> SavedSearch:
    return SavedSearch(
        name=row.name,
        owner=row.owner,
        query=saved.from_json(row.body),
        shared=row.shared,
        changes=row.changes,
        at=datetime.fromisoformat(row.at),
        new=row.fresh,
    )


def _written_alert(row: Row[Any]) -> WrittenAlert:
    return WrittenAlert(
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
