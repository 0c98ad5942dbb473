"""The append-only log of what people decided, and what follows from it.

Nothing here is ever overwritten: what stands is folded from the log, so taking a judgement back is one more
entry, and running the machines again changes no decision.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, distinct, func, insert, select

from collectors.records import STARTER, digest
from enrichment.records import CodeRole, Finding, Subject, finding_id
from index.records import JudgedFinding, Judgement, State, Verdict
from index.rows import waiting
from index.rows.outbox import chunks
from index.rows.saving import iso
from index.tables import judged, judgements

ABOUT_FINDINGS = (Verdict.ACCEPT, Verdict.REJECT, Verdict.RELABEL)
"""Verdicts whose target is a finding."""
_ALL = select(judgements.c.seq, judgements.c.body)


def marked(log: Iterable[Judgement]) -> list[Judgement]:
    """Return the log in order, each judgement saying whether it was taken back."""
    ordered = sorted(log, key=lambda judgement: judgement.seq)
    undone = {judgement.target for judgement in ordered if judgement.verdict is Verdict.UNDO}
    return [judgement.model_copy(update={"undone": judgement.id in undone}) for judgement in ordered]


def standing_judgements(log: Iterable[Judgement]) -> list[Judgement]:
    """Return the judgements that were not undone, in order."""
    return [each for each in marked(log) if not each.undone and each.verdict is not Verdict.UNDO]


def origin(by: str) -> str:
    """Return the origin of what this person claims; an @ would mark it as a machine's."""
    return f"person:{by}".replace("@", " at ")


class _Stand(NamedTuple):
    """Where one finding stands; a plain tuple, as a library has many."""

    finding: Finding
    state: State
    by: str


def effective(findings: Iterable[Finding], log: Sequence[Judgement]) -> list[JudgedFinding]:
    """Return where each finding stands after every judgement in the log.

    The bundled coding stands as accepted until a person decides otherwise. A relabelled finding is rejected,
    and what is right is accepted in its place, on the same words unless the person names others. What a
    person adds is accepted as stated.
    """
    stands = _stands(findings, log)
    counts = _counts({each.finding.id: each.finding.report for each in stands}, log)
    return [
        JudgedFinding(finding=finding, state=state, by=by, judgements=counts[finding.id])
        for finding, state, by in stands
    ]


def unrejected(findings: Iterable[Finding], log: Sequence[Judgement]) -> list[Finding]:
    """Return the findings that nobody rejected, as ``effective`` has them."""
    return [each.finding for each in _stands(findings, log) if each.state is not State.REJECTED]


def append(connection: Connection, judgement: Judgement, objects: Mapping[str, str]) -> Judgement:
    """Add a judgement to the log and return it with its number.

    ``objects`` maps what it touches, findings or reports, to the report each belongs to.
    """
    key = digest("jud", iso(judgement.at), judgement.by, judgement.verdict, judgement.target, judgement.value)
    body = judgement.model_copy(update={"id": key}).model_dump_json(exclude={"seq", "undone"})
    row = insert(judgements).values(id=key, verdict=judgement.verdict, target=judgement.target, body=body)
    seq = int(connection.execute(row.returning(judgements.c.seq)).scalar_one())
    rows = [{"judgement": seq, "object": each, "report": report} for each, report in objects.items()]
    connection.execute(insert(judged), rows)
    waiting.mark(connection, objects.values())
    return judgement.model_copy(update={"id": key, "seq": seq})


def of_reports(connection: Connection, reports: Iterable[str]) -> list[Judgement]:
    """Return every judgement about these reports, their findings or their grouping, in order."""
    found: dict[int, Judgement] = {}
    for part in chunks(reports):
        query = (
            select(judgements.c.seq, judgements.c.body)
            .join(judged, judged.c.judgement == judgements.c.seq)
            .where(judged.c.report.in_(part))
            .distinct()
        )
        found.update((seq, _judgement(seq, body)) for seq, body in connection.execute(query))
    return marked(found.values())


def everything(connection: Connection) -> list[Judgement]:
    """Return every judgement, in order."""
    return marked(_judgement(seq, body) for seq, body in connection.execute(_ALL))


def about_grouping(connection: Connection) -> list[Judgement]:
    """Return every merge, split and division of a report, and every undo."""
    log = with_verdicts(connection, (Verdict.MERGE, Verdict.SPLIT, Verdict.ACCEPT))
    return [each for each in log if each.verdict is not Verdict.ACCEPT or each.members]


def with_verdicts(connection: Connection, verdicts: Sequence[Verdict]) -> list[Judgement]:
    """Return every judgement with one of these verdicts, and every undo, in order."""
    query = _ALL.where(judgements.c.verdict.in_([*verdicts, Verdict.UNDO]))
    return marked(_judgement(seq, body) for seq, body in connection.execute(query))


def by_id(connection: Connection, key: str) -> Judgement | None:
    """Return a judgement, or None."""
    row = connection.execute(
        select(judgements.c.seq, judgements.c.body).where(judgements.c.id == key)
    ).first()
    return None if row is None else _judgement(row.seq, row.body)


def objects(connection: Connection, seq: int) -> dict[str, str]:
    """Return the ids a judgement touches, each with its report."""
    query = select(judged.c.object, judged.c.report).where(judged.c.judgement == seq)
    return {row.object: row.report for row in connection.execute(query)}


def touching(connection: Connection, touched: Iterable[str]) -> list[Judgement]:
    """Return every judgement that touches any of these findings or reports, in order."""
    found: dict[int, Judgement] = {}
    for part in chunks(touched):
        query = select(judgements.c.seq, judgements.c.body).join(
            judged, judged.c.judgement == judgements.c.seq
        )
        rows = connection.execute(query.where(judged.c.object.in_(part)).distinct())
        found.update((seq, _judgement(seq, body)) for seq, body in rows)
    return marked(found.values())


def count(connection: Connection, touched: str) -> int:
    """Return how many judgements touch a finding, undone ones included."""
    query = select(func.count(distinct(judged.c.judgement))).where(judged.c.object == touched)
    return int(connection.execute(query).scalar_one())


def _judgement(seq: int, body: str) -> Judgement:
    return Judgement.model_validate_json(f'{{"seq":{seq},{body[1:]}')


def _stands(findings: Iterable[Finding], log: Sequence[Judgement]) -> list[_Stand]:
    stands = {finding.id: _undecided(finding) for finding in findings}
    for judgement in standing_judgements(log):
        if judgement.verdict is Verdict.ADD and judgement.stated is not None:
            stands[judgement.stated.id] = _Stand(judgement.stated, State.ACCEPTED, judgement.by)
        elif judgement.verdict in ABOUT_FINDINGS and judgement.target in stands:
            _decide(stands, judgement)
    return _promoted(list(stands.values()))


def _undecided(finding: Finding) -> _Stand:
    if finding.origin == STARTER:
        return _Stand(finding, State.ACCEPTED, STARTER)
    return _Stand(finding, State.SUGGESTED, "")


def _decide(stands: dict[str, _Stand], judgement: Judgement) -> None:
    finding = stands[judgement.target].finding
    state = State.ACCEPTED if judgement.verdict is Verdict.ACCEPT else State.REJECTED
    stands[finding.id] = _Stand(finding, state, judgement.by)
    if judgement.verdict is Verdict.RELABEL:
        right = judgement.stated or _relabelled(stands, finding, judgement)
        stands[right.id] = _Stand(right, State.ACCEPTED, judgement.by)


def _relabelled(stands: Mapping[str, _Stand], wrong: Finding, judgement: Judgement) -> Finding:
    key = finding_id(wrong.report, wrong.subject, judgement.value)
    words = stands[key].finding if key in stands else wrong
    said = {"id": key, "value": judgement.value, "origin": origin(judgement.by), "score": 1.0}
    return words.model_copy(update={**said, "role": wrong.role})


def _promoted(stands: list[_Stand]) -> list[_Stand]:
    """Make a code that a person accepted count as one, even where the machine only thought it near.

    The best of them becomes its report's primary code where no other stands.
    """
    codes = [
        each
        for each in stands
        if each.finding.subject is Subject.TYPOLOGY and each.state is not State.REJECTED
    ]
    led = {each.finding.report for each in codes if each.finding.role == CodeRole.PRIMARY}
    chosen: dict[str, str] = {}
    for each in sorted(
        codes, key=lambda code: (code.finding.near_miss, -code.finding.score, code.finding.id)
    ):
        finding = each.finding
        if each.state is State.ACCEPTED and finding.role != CodeRole.PRIMARY:
            chosen[finding.id] = CodeRole.OTHER if finding.report in led else CodeRole.PRIMARY
            led.add(finding.report)
    return [
        each._replace(finding=each.finding.model_copy(update={"role": chosen[each.finding.id]}))
        if each.finding.id in chosen
        else each
        for each in stands
    ]


def _counts(report_of: dict[str, str], log: Iterable[Judgement]) -> Counter[str]:
    """Return how many judgements touched each finding, those taken back included, as ``count`` does.

    ``report_of`` gives the report of each finding.
    """
    ordered = sorted(log, key=lambda judgement: judgement.seq)
    known = {judgement.id: judgement for judgement in ordered}
    counts: Counter[str] = Counter()
    for judgement in ordered:
        meant = known.get(judgement.target, judgement) if judgement.verdict is Verdict.UNDO else judgement
        for touched in _touched(meant, report_of):
            counts[touched] += 1
    return counts


def _touched(judgement: Judgement, report_of: dict[str, str]) -> Iterable[str]:
    """Yield the ids of the findings a judgement decided on and added, and store the report of the latter."""
    if judgement.verdict is not Verdict.ADD:
        yield judgement.target
    right = judgement.stated.id if judgement.stated else None
    if right is None and judgement.verdict is Verdict.RELABEL and judgement.target in report_of:
        right = finding_id(report_of[judgement.target], Subject.TYPOLOGY, judgement.value)
        report_of[right] = report_of[judgement.target]
    if right not in (None, judgement.target):
        yield str(right)
