"""The append-only log of what people decided, and what follows from it.

Nothing here is ever overwritten: what stands is folded from the log, so taking a judgement back is one more
entry, and running the machines again changes no decision.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, product
from typing import NamedTuple

from sqlalchemy import Connection, distinct, func, insert, select

from collectors.records import digest
from enrichment.records import Finding, Subject, finding_id, report_of
from index.outbox import chunks
from index.records import JudgedFinding, Judgement, State, Verdict
from index.saving import iso
from index.tables import judged, judgements

_ALL = select(judgements.c.seq, judgements.c.body)
SETTLED = "starter"
"""The origin whose findings people coded before they reached the library."""


def marked(log: Iterable[Judgement]) -> list[Judgement]:
    """Return the log in order, each judgement saying whether it was taken back."""
    ordered = sorted(log, key=lambda judgement: judgement.seq)
    undone = {judgement.target for judgement in ordered if judgement.verdict is Verdict.UNDO}
    return [judgement.model_copy(update={"undone": judgement.id in undone}) for judgement in ordered]


def standing(log: Iterable[Judgement]) -> list[Judgement]:
    """Return what people decided and did not take back, in order."""
    return [each for each in marked(log) if not each.undone and each.verdict is not Verdict.UNDO]


class _Stand(NamedTuple):
    """Where one finding stands; a plain tuple, as a library has many."""

    finding: Finding
    state: State
    by: str


def effective(findings: Iterable[Finding], log: Sequence[Judgement]) -> list[JudgedFinding]:
    """Return where each finding stands after every judgement in the log.

    The bundled coding stands as accepted until a person decides otherwise. A relabelled finding is rejected,
    and the right code is accepted in its place on the same words.
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


def constraints(log: Iterable[Judgement]) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the pairs of reports that people put together and the pairs that they took apart.

    The newest judgement about a pair holds. A merge joins all reports of both incidents; a split parts every
    report that left from every one that stayed, and joins none. A report that was divided stands as passages
    apart from each other: one takes the report's place in what was decided before, the others are together
    with what told their incidents.
    """
    groups: list[set[str]] = []
    apart: set[tuple[str, str]] = set()
    for judgement in standing(log):
        if judgement.verdict is Verdict.MERGE:
            whole = {*judgement.members, *judgement.rest}
            groups, apart = _joined(groups, apart, whole)
        elif judgement.verdict is Verdict.SPLIT:
            left, stayed = set(judgement.members), set(judgement.rest)
            groups = [part for group in groups for part in _parted(group, left, stayed)]
            apart |= {_pair(one, other) for one, other in product(left, stayed)}
        elif judgement.verdict is Verdict.ACCEPT and judgement.members:
            report = report_of(judgement.members[0])
            heir = next((unit for unit, beside in _beside(judgement) if beside == report), None)
            groups, apart = _replaced(groups, apart, report, heir)
            for unit, beside in _beside(judgement):
                if beside and unit != heir:
                    groups, apart = _joined(groups, apart, {unit, beside})
            apart |= {_pair(one, other) for one, other in combinations(judgement.members, 2)}
    together = [_pair(min(group), other) for group in groups for other in group if other != min(group)]
    return sorted(together), sorted(apart)


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
    """Return what a judgement touches, each with the report it belongs to."""
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
    for judgement in standing(log):
        if (
            judgement.verdict in (Verdict.ACCEPT, Verdict.REJECT, Verdict.RELABEL)
            and judgement.target in stands
        ):
            _decide(stands, judgement)
    return _promoted(list(stands.values()))


def _undecided(finding: Finding) -> _Stand:
    if finding.origin == SETTLED:
        return _Stand(finding, State.ACCEPTED, SETTLED)
    return _Stand(finding, State.SUGGESTED, "")


def _decide(stands: dict[str, _Stand], judgement: Judgement) -> None:
    finding = stands[judgement.target].finding
    state = State.ACCEPTED if judgement.verdict is Verdict.ACCEPT else State.REJECTED
    stands[finding.id] = _Stand(finding, state, judgement.by)
    if judgement.verdict is Verdict.RELABEL:
        right = _relabelled(stands, finding, judgement)
        stands[right.id] = _Stand(right, State.ACCEPTED, judgement.by)


def _relabelled(stands: Mapping[str, _Stand], wrong: Finding, judgement: Judgement) -> Finding:
    key = finding_id(wrong.report, wrong.subject, judgement.value)
    words = stands[key].finding if key in stands else wrong
    said = {"id": key, "value": judgement.value, "origin": f"person:{judgement.by}", "score": 1.0}
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
    led = {each.finding.report for each in codes if each.finding.role == "primary"}
    chosen: dict[str, str] = {}
    for each in sorted(
        codes, key=lambda code: (code.finding.role == "sibling", -code.finding.score, code.finding.id)
    ):
        finding = each.finding
        if each.state is State.ACCEPTED and finding.role != "primary":
            chosen[finding.id] = "other" if finding.report in led else "primary"
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
        counts[meant.target] += 1
        if meant.verdict is Verdict.RELABEL and meant.target in report_of:
            right = finding_id(report_of[meant.target], Subject.TYPOLOGY, meant.value)
            report_of[right] = report_of[meant.target]
            counts[right] += 1
    return counts


def _beside(division: Judgement) -> Iterable[tuple[str, str]]:
    return zip(division.members, division.rest, strict=True)


def _replaced(
    groups: list[set[str]], apart: set[tuple[str, str]], whole: str, heir: str | None
) -> tuple[list[set[str]], set[tuple[str, str]]]:
    """Return the groups and pairs with a passage in the place of its report, or without that report."""
    instead = set() if heir is None else {heir}
    left = [group - {whole} | instead if whole in group else group for group in groups]
    pairs = ({heir if each == whole else each for each in pair} for pair in apart)
    parted = {_pair(*sorted(map(str, pair))) for pair in pairs if None not in pair and len(pair) == 2}
    return [group for group in left if len(group) > 1], parted


def _joined(
    groups: list[set[str]], apart: set[tuple[str, str]], whole: set[str]
) -> tuple[list[set[str]], set[tuple[str, str]]]:
    """Return the groups with these in one, and what is then still apart."""
    joined = whole.union(*(group for group in groups if group & whole))
    return (
        [*(group for group in groups if not group & whole), joined],
        {pair for pair in apart if not joined.issuperset(pair)},
    )


def _parted(group: set[str], left: set[str], stayed: set[str]) -> list[set[str]]:
    """Return what a split leaves of a group; reports the split does not name stay with the larger part."""
    gone, kept, others = group & left, group & stayed, group - left - stayed
    if not gone or not kept:
        return [group]
    parts = (gone | others, kept) if len(gone) > len(kept) else (gone, kept | others)
    return [part for part in parts if len(part) > 1]


def _pair(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)
