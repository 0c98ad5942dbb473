"""What the search index has yet to learn, in the order it happened."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from sqlalchemy import Connection, delete, func, select, update

from index.tables import incidents, membership, meta, outbox

CHUNK = 500
"""Ids in one IN clause."""

_NEWEST = select(func.max(outbox.c.seq)).scalar_subquery()
# Made once: every search asks it.
_LAST = select(_NEWEST, meta.c.value).where(meta.c.key == "acknowledged")


@dataclass(frozen=True)
class Change:
    """One incident or report that is not as the index last saw it."""

    seq: int
    by: Literal["incident", "report"]
    id: str


def chunks(ids: Iterable[str]) -> Iterator[list[str]]:
    """Yield the ids in lists short enough for one query."""
    rest = iter(ids)
    while part := list(islice(rest, CHUNK)):
        yield part


def note(connection: Connection, by: Literal["incident", "report"], ids: Collection[str]) -> None:
    """Record that these changed, as part of the caller's transaction; an incident keeps the newest number."""
    if ids:
        connection.execute(outbox.insert(), [{"by": by, "object": each} for each in ids])
    for part in chunks(ids if by == "incident" else ()):
        connection.execute(update(incidents).where(incidents.c.id.in_(part)).values(changed=_NEWEST))


def note_reports(connection: Connection, reports: Sequence[str]) -> None:
    """Record that these reports changed, and with them the incidents that they tell."""
    note(connection, "report", reports)
    touched: dict[str, None] = {}
    for part in chunks(reports):
        query = select(membership.c.incident).where(membership.c.report.in_(part)).distinct()
        touched.update(dict.fromkeys(connection.execute(query).scalars()))
    for part in chunks(touched):
        connection.execute(update(incidents).where(incidents.c.id.in_(part)).values(stale=True))
    note(connection, "incident", touched)


def changes(connection: Connection, after: int, limit: int) -> list[Change]:
    """Return the changes above a number, oldest first."""
    query = select(outbox).where(outbox.c.seq > after).order_by(outbox.c.seq).limit(limit)
    return [Change(seq, by, changed) for seq, by, changed in connection.execute(query)]


def changed_since(connection: Connection, after: int) -> set[str]:
    """Return the live incidents of which anything changed above a number, forgotten changes included.

    With -1 these are all. For an incident that waits to be derived anew this is
    the number at which it began to wait.
    """
    query = select(incidents.c.id).where(incidents.c.changed > after, incidents.c.redirect_to.is_(None))
    return set(connection.execute(query).scalars())


def acknowledge(connection: Connection, up_to: int) -> None:
    """Forget the changes up to a number; the index holds them."""
    connection.execute(delete(outbox).where(outbox.c.seq <= up_to))
    if up_to > acknowledged(connection):
        connection.execute(update(meta).where(meta.c.key == "acknowledged").values(value=str(up_to)))


def last_change(connection: Connection) -> int:
    """Return the number of the newest change ever made; 0 where there was none."""
    newest, forgotten = connection.execute(_LAST).one()
    return max(newest or 0, int(forgotten))


def acknowledged(connection: Connection) -> int:
    """Return the number up to which changes are forgotten."""
    return int(connection.execute(select(meta.c.value).where(meta.c.key == "acknowledged")).scalar_one())
