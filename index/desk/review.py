"""The queue of suggestions that most need a person; every function works on its caller's connection."""

from collections.abc import Sequence

from sqlalchemy import Connection

from enrichment.records import Code, Subject
from index.desk import judgements
from index.desk.decisions import QueueItem
from index.desk.weighing import is_drawn
from index.grouping import members
from index.records import JudgedFinding, Judgement, State, Verdict
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
                siblings=_siblings(list(about.values()), each.finding),
                why=each.why,
            )
        )
    return tuple(items)


def _siblings(stands: Sequence[JudgedFinding], chosen: str) -> tuple[Code, ...]:
    codes = [
        each.finding
        for each in stands
        if each.finding.subject is Subject.TYPOLOGY
        and each.state is not State.REJECTED
        and each.finding.id != chosen
    ]
    return tuple(
        Code(concept=code.value, role="sibling", score=code.score, findings=(code.id,))
        for code in sorted(codes, key=lambda code: (-code.score, code.value))
    )
