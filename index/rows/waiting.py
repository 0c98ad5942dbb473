"""Which suggestion of each report waits for a person, as rows.

Every function works on its caller's connection. A report has a row while something of it waits, or until it
is weighed again after a change.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import (
    Connection,
    Select,
    case,
    delete,
    func,
    insert,
    literal,
    select,
    union_all,
)

from index.rows.outbox import chunks
from index.tables import reports, waiting

URGENT = ("disagreement", "unsure")
"""Why a suggestion is put to a person, by urgency."""
SAMPLE = "sample"
"""Why one waits that was drawn at random, to measure the machine."""
DRAW = 5
"""One suggestion in this many is drawn at random, and one in this many shown is a drawn one."""
_CHANGED = ""
"""What stands for a reason while the findings or judgements of a report are newer than its row."""


@dataclass(frozen=True)
class Waiting:
    """A suggestion that waits: at most one a report."""

    report: str
    why: str
    finding: str
    margin: float
    """The leading code's score less that of the next one."""


def mark(connection: Connection, changed: Iterable[str]) -> None:
    """Let these reports be weighed again."""
    ids = dict.fromkeys(changed)
    keep(connection, ids, [Waiting(report, _CHANGED, "", 0.0) for report in ids])


def changed(connection: Connection, limit: int) -> list[str]:
    """Return the reports that must be weighed again, at most ``limit``."""
    query = select(waiting.c.report).where(waiting.c.why == _CHANGED).limit(limit)
    return list(connection.execute(query).scalars())


def keep(connection: Connection, weighed: Collection[str], found: Sequence[Waiting]) -> None:
    """Put what was found to wait in the place of what was kept of the reports that were weighed."""
    for part in chunks(weighed):
        connection.execute(delete(waiting).where(waiting.c.report.in_(part)))
    if found:
        connection.execute(insert(waiting), [asdict(each) for each in found])


def count(connection: Connection, why: str | None = None) -> int:
    """Return how many suggestions wait, or how many for one reason."""
    query = select(func.count()).select_from(waiting).where(waiting.c.why.in_(_reasons(why)))
    return int(connection.execute(query).scalar_one())


def page(connection: Connection, limit: int, offset: int, why: str | None = None) -> list[Waiting]:
    """Return what waits, the urgent by margin, every fifth one drawn at random as long as there are both."""
    query = _ordered(_reasons(why)).limit(limit).offset(offset)
    return [Waiting(row.report, row.why, row.finding, row.margin) for row in connection.execute(query)]


def _reasons(why: str | None) -> tuple[str, ...]:
    return (*URGENT, SAMPLE) if why is None else (why,)


def _ordered(reasons: Sequence[str]) -> Select[str, str, str, float]:
    """Return the query of all that waits for these reasons, in the order in which it is shown."""
    urgency = case({why: place for place, why in enumerate(URGENT)}, value=waiting.c.why)
    # By id, which is a digest: were the drawn ones shown by margin, the first judged would be the hardest.
    orders = (urgency, waiting.c.margin, reports.c.seq), (waiting.c.finding,)
    kinds = [why for why in reasons if why != SAMPLE], [why for why in reasons if why == SAMPLE]
    every = select(waiting).join(reports, reports.c.id == waiting.c.report)
    parts = []
    for drawn, (order, kind, at_once) in enumerate(zip(orders, kinds, (DRAW - 1, 1), strict=True)):
        place = func.row_number().over(order_by=order) - 1
        turn = (place // at_once).label("turn")
        columns = turn, literal(drawn).label("drawn"), place.label("place")
        parts.append(every.add_columns(*columns).where(waiting.c.why.in_(kind)))
    rows = union_all(*parts).subquery().c
    shown = select(rows.report, rows.why, rows.finding, rows.margin)
    return shown.order_by(rows.turn, rows.drawn, rows.place)
