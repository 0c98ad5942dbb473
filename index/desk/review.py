"""The queue of suggestions that most need a person; every function works on its caller's connection."""

from sqlalchemy import Connection

from index.desk import judgements
from index.desk.decisions import QueueItem, alternatives
from index.desk.weighing import is_drawn
from index.grouping import members
from index.records import Judgement, Verdict
from index.rows import reading, waiting


def decided(connection: Connection) -> list[Judgement]:
    """Return the standing decisions on suggestions drawn at random, in order."""
    log = judgements.with_verdicts(connection, (Verdict.ACCEPT, Verdict.REJECT, Verdict.RELABEL))
    return [
        each
        for each in judgements.standing_judgements(log)
        if each.score is not None and "@" in each.origin and is_drawn(each.target)
    ]


def queue(connection: Connection, limit: int, offset: int, why: str | None) -> tuple[QueueItem, ...]:
    """Return the waiting suggestions: disagreements first, then by margin between first and second choice.

    Every fifth is one drawn at random, as long as there are both.
    """
    page = waiting.page(connection, limit, offset, why)
    ids = [each.report for each in page]
    texts, stands = reading.reports_by_id(connection, ids), reading.judged_findings(connection, ids)
    told = members.of_reports(connection, ids)
    items = []
    for each in page:
        about = {item.finding.id: item for item in stands[each.report]}
        items.append(
            QueueItem(
                finding=about[each.finding],
                report=texts[each.report],
                incident=told[each.report][0] if told.get(each.report) else None,
                siblings=alternatives(about.values(), about[each.finding].finding),
                why=each.why,
            )
        )
    return tuple(items)
