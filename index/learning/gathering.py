"""The lessons of a library: what people's decisions on its reports teach, and why others teach nothing."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from sqlalchemy import select

from collectors.records import STARTER, Report
from enrichment.evaluation import gold as golds
from enrichment.evaluation.gold import Skipped
from enrichment.learning.lessons import LEARNT_HEADS, Lesson, is_kept_apart, ruled_out
from enrichment.records import CodeRole, Subject
from enrichment.typology import Typology
from index.grouping import members
from index.records import JudgedFinding, State
from index.rows import reading
from index.store import Store
from index.tables import judged

OPPOSITE = {"relevant": "not-relevant", "not-relevant": "relevant", "yes": "no", "no": "yes"}
"""The answer that is right where the other of two is not."""


def gather(store: Store, typology: Typology, gold: Path | None = None) -> tuple[list[Lesson], Counter[str]]:
    """Return the lessons of every report on which a person decided, and why others teach nothing."""
    apart = _of_gold(gold)
    left_out: Counter[str] = Counter()
    gathered: list[Lesson] = []
    with store.reading() as connection:
        ids = sorted(connection.execute(select(judged.c.report).distinct()).scalars())
        reports = reading.reports_by_id(connection, ids)
        stands = reading.judged_findings(connection, list(reports))
        told = members.of_reports(connection, list(reports))
    for key, report in reports.items():
        lessons = list(_lessons(report, stands[key], (told.get(key) or [key])[0], typology))
        if report.source == STARTER:
            left_out["starter cases are held against"] += 1
        elif is_kept_apart((*report.refs, report.url or ""), apart):
            left_out["kept for measuring"] += 1
        elif not lessons:
            left_out["nothing that can be learnt was decided"] += 1
        else:
            gathered += lessons
    return gathered, left_out


def _lessons(
    report: Report, stands: Sequence[JudgedFinding], incident: str, typology: Typology
) -> Iterator[Lesson]:
    """Yield what people's decisions on one report teach about each question."""
    decided = [
        finding
        for finding in stands
        if finding.by not in ("", STARTER) and finding.state is not State.SUGGESTED
    ]
    about = Lesson(report.id, incident, "", report.title, report.text)
    for question in LEARNT_HEADS:
        answers = [answer for answer in decided if answer.finding.subject is question]
        right = [answer for answer in answers if _answer(answer)]
        for answer in (right or answers)[:1]:
            label, own = _answer(answer), replace(about, analyst=answer.by, question=question)
            yield replace(own, label=label) if label else replace(own, wrong=(answer.finding.value,))
    codes = [code for code in decided if code.finding.subject is Subject.TYPOLOGY]
    right = [code for code in codes if code.state is State.ACCEPTED and code.finding.role == CodeRole.PRIMARY]
    if right and right[0].finding.value in typology:
        yield replace(about, analyst=right[0].by, label=right[0].finding.value)
    elif not right and (wrong := _wrong_codes(decided, typology)):
        yield replace(about, analyst=decided[0].by, wrong=wrong)


def _answer(decided: JudgedFinding) -> str:
    """Return the answer a decision leaves; empty where it only says what is wrong."""
    value = decided.finding.value
    return value if decided.state is State.ACCEPTED else OPPOSITE.get(value, "")


def _wrong_codes(decided: Sequence[JudgedFinding], typology: Typology) -> tuple[str, ...]:
    """Return the codes that people rejected or that their answers leave no room for; not all of them."""
    wrong = {
        finding.finding.value
        for finding in decided
        if finding.finding.subject is Subject.TYPOLOGY and finding.state is State.REJECTED
    }
    for finding in decided:
        wrong |= ruled_out(finding.finding.subject, _answer(finding), typology.codes())
    known = [code for code in typology.codes() if code in wrong]
    return tuple(known) if len(known) < len(typology.codes()) else ()


def _of_gold(gold: Path | None) -> set[str]:
    """Return the ids and addresses of every row in the gold files of a folder."""
    known: set[str] = set()
    for kind in (golds.REPORTS, golds.TYPOLOGY) if gold else ():
        for path in golds.files(gold, kind) if gold else ():
            rows = golds.rows(path, ())
            for row in () if isinstance(rows, Skipped) else rows:
                known |= {f"aiid:{row.get('incident_id')}", str(row.get("url"))}
    return known
