"""Make incidents of a machine's clusters; every function works on its caller's connection."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, select

from enrichment.records import report_of
from index.desk import judgements
from index.grouping import clusters, constraints, members, parts
from index.rows import outbox
from index.tables import reports


def settle(connection: Connection, found: Sequence[Collection[str]]) -> int:
    """Make clusters the incidents as far as people allow, and return how many incidents changed.

    What changed is noted for the search index, and waits to be derived anew.
    """
    seqs = {row.id: row.seq for row in connection.execute(select(reports.c.id, reports.c.seq))}
    log = judgements.about_grouping(connection)
    passages = parts.divided(judgements.standing_judgements(log))
    known = [
        [unit for unit in cluster if report_of(unit) in seqs] for cluster in parts.as_divided(found, passages)
    ]
    existing = members.everything(connection)
    units = {unit for cluster in (*known, *existing.values()) for unit in cluster}
    ordered = sorted(units, key=lambda unit: (seqs[report_of(unit)], unit))
    order = {unit: number for number, unit in enumerate(ordered)}
    settled = clusters.settle(known, *constraints.constraints(log), order)
    wanted, retired = clusters.named(settled, existing)
    changed = {key: told for key, told in wanted.items() if existing.get(key) != set(told)}
    for key, heir in retired.items():
        members.retire(connection, key, heir)
    members.place(connection, changed)
    moved = {report_of(unit) for key in (*changed, *retired) for unit in existing.get(key, ())}
    moved.update(report_of(unit) for told in changed.values() for unit in told)
    outbox.note(connection, "incident", [*changed, *retired])
    outbox.note(connection, "report", sorted(moved, key=seqs.__getitem__))
    return len(changed) + len(retired)
