"""How far each person has read the alerts of each saved search."""

from collections.abc import Collection
from itertools import takewhile

from sqlalchemy import ColumnElement, Connection, select, update

from index.records import Actor
from index.tables import alerts, opened, saved_searches

KNOWN = "known"
"""The kind of an alert shown to nobody: the incident matched when its search was saved."""


def opened_by(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that joins saved searches to the last alert a person has seen of each."""
    return (opened.c.saved == saved_searches.c.seq) & (opened.c.person == actor.name)


def mark_read(connection: Connection, number: int, seqs: Collection[int], actor: Actor) -> None:
    """Mark alerts of a search as seen by a person, up to the first new one that is not among them."""
    mine = (opened.c.saved == number) & (opened.c.person == actor.name)
    before = connection.execute(select(opened.c.up_to).where(mine)).scalar_one_or_none()
    unseen = select(alerts.c.seq).where(
        alerts.c.saved == number, alerts.c.kind != KNOWN, alerts.c.seq > (before or 0)
    )
    waiting = connection.execute(unseen.order_by(alerts.c.seq)).scalars()
    up_to = max(takewhile(seqs.__contains__, waiting), default=None)
    if up_to is None:
        return
    if before is None:
        connection.execute(opened.insert().values(saved=number, person=actor.name, up_to=up_to))
    else:
        connection.execute(update(opened).where(mine).values(up_to=up_to))
