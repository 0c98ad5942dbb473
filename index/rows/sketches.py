"""Sketches, by which new reports find old ones, as rows; every function works on its caller's connection."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from index.rows.outbox import chunks
from index.tables import judged, judgements, meta, reports, sketches

BASIS = "grouping"
"""The key under which the record keeps what the present grouping rests on."""


def basis(connection: Connection) -> str | None:
    """Return the stored basis of the present grouping; None before the first."""
    value: str | None = connection.execute(select(meta.c.value).where(meta.c.key == BASIS)).scalar()
    return value


def last_judged(connection: Connection) -> int:
    """Return the number of the newest judgement; 0 before any."""
    return int(connection.execute(select(func.max(judgements.c.seq))).scalar() or 0)


def count(connection: Connection) -> int:
    """Return how many reports there are."""
    return int(connection.execute(select(func.count()).select_from(reports)).scalar_one())


def ungrouped(connection: Connection, judged_after: int) -> set[str]:
    """Return the reports that have no sketch, or that people judged since."""
    none = select(reports.c.id).where(reports.c.id.not_in(select(sketches.c.report)))
    since = select(judged.c.report).where(judged.c.judgement > judged_after)
    return {*connection.execute(none).scalars(), *connection.execute(since).scalars()}


def rows(connection: Connection, without: Collection[str]) -> list[dict[str, Any]]:
    """Return every sketch as a row but those of some reports."""
    found = connection.execute(select(sketches)).mappings()
    return [dict(row) for row in found if row["report"] not in without]


def forget(connection: Connection, ids: Iterable[str] | None) -> None:
    """Let these reports, or all, be grouped as new ones next time."""
    if ids is None:
        connection.execute(delete(sketches))
        return
    for part in chunks(ids):
        connection.execute(delete(sketches).where(sketches.c.report.in_(part)))


def keep(connection: Connection, made: Sequence[dict[str, Any]], rests_on: str) -> None:
    """Add sketches, and write what the grouping rests on now."""
    if made:
        connection.execute(insert(sketches), list(made))
    connection.execute(delete(meta).where(meta.c.key == BASIS))
    connection.execute(insert(meta).values(key=BASIS, value=rests_on))
