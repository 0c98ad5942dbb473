"""The queue of suggestions that most need a person; every function works on its caller's connection.

One suggestion in five is drawn by the digest in its id, whatever its score, and waits in that random order:
what people say of these measures the machine. The others wait by margin.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from enrichment.records import Code, Subject
from enrichment.typology import Typology
from index.desk import judgements
from index.desk.decisions import QueueItem
from index.desk.judgements import SETTLED
from index.grouping import members
from index.records import JudgedFinding, Judgement, State, Verdict
from index.rows import reading
from index.tables import findings, judged, reports

UNSURE = (0.35, 0.75)
"""Scores between which the machine does not know."""
SAMPLE = 5
"""One suggestion in this many is drawn at random, and one in this many shown is a drawn one."""
REASONS = ("disagreement", "unsure", "sample")
"""Why a suggestion waits: the first two by urgency, the last drawn at random to measure the machine."""


@dataclass(frozen=True)
class Standing:
    """As much of a judged finding as the queue needs."""

    id: str
    value: str
    role: str
    score: float
    origin: str
    state: State
    by: str

    @property
    def by_machine(self) -> bool:
        """Return whether a model or rule said it: their origins carry a fingerprint."""
        return "@" in self.origin

    @property
    def by_person(self) -> bool:
        """Return whether somebody decided it in this library."""
        return self.state is not State.SUGGESTED and self.by != SETTLED


@dataclass(frozen=True)
class Waiting:
    """A suggestion that waits: one a report."""

    why: str
    margin: float
    seq: int
    report: str
    finding: str


def is_drawn(finding: str) -> bool:
    """Return whether a suggestion is in the random draw; the same for ever, for its id is a digest."""
    return int(finding[-8:], 16) % SAMPLE == 0


def leading(stands: Sequence[JudgedFinding]) -> str:
    """Return the id of the machine's leading code among a report's findings; empty once a person decided."""
    codes = [_standing(each) for each in stands if each.finding.subject is Subject.TYPOLOGY]
    best = None if any(each.by_person for each in codes) else _best(codes)
    return best.id if best else ""


def decided(connection: Connection) -> list[Judgement]:
    """Return the standing decisions on suggestions drawn at random, in order."""
    log = judgements.with_verdicts(connection, (Verdict.ACCEPT, Verdict.REJECT, Verdict.RELABEL))
    return [
        each
        for each in judgements.standing_judgements(log)
        if each.score is not None and "@" in each.origin and is_drawn(each.target)
    ]


def queue(
    connection: Connection, typology: Typology, limit: int, offset: int, why: str | None
) -> tuple[QueueItem, ...]:
    """Return the waiting suggestions: disagreements first, then by margin between first and second choice.

    Every fifth is one drawn at random, as long as there are both.
    """
    found = [each for each in _all(connection, typology) if why in (None, each.why)]
    page = found[offset : offset + limit]
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


def waiting_count(connection: Connection, typology: Typology, why: str | None = None) -> int:
    """Return how many suggestions wait, or how many for one reason."""
    return sum(why in (None, each.why) for each in _all(connection, typology))


def _all(connection: Connection, typology: Typology) -> list[Waiting]:
    decided = list(connection.execute(select(judged.c.report).distinct()).scalars())
    stands = reading.judged_findings(connection, decided)
    codes, refused = _codes(connection, stands), _refused(connection, stands)
    found = []
    for report, seq in connection.execute(select(reports.c.id, reports.c.seq)):
        chosen = _choose(codes.get(report, ()), typology, report in refused)
        if chosen is not None:
            why, finding, margin = chosen
            found.append(Waiting(why, margin, seq, report, finding))
    urgent = [each for each in found if each.why != "sample"]
    urgent.sort(key=lambda each: (REASONS.index(each.why), each.margin, each.seq))
    # By id, which is a digest: were the drawn ones shown by margin, the first judged would be the hardest.
    at_random = sorted((each for each in found if each.why == "sample"), key=lambda each: each.finding)
    return list(_mixed(urgent, at_random))


def _mixed(urgent: Sequence[Waiting], at_random: Sequence[Waiting]) -> Iterator[Waiting]:
    step = SAMPLE - 1
    for place in range(max(-(-len(urgent) // step), len(at_random))):
        yield from urgent[place * step : (place + 1) * step]
        yield from at_random[place : place + 1]


Stands = dict[str, list[JudgedFinding]]
"""All findings of the reports on which anything was decided."""


def _codes(connection: Connection, decided: Stands) -> dict[str, list[Standing]]:
    """Return the typology findings of every report with where they stand."""
    codes: dict[str, list[Standing]] = defaultdict(list)
    query = select(findings).where(findings.c.subject == Subject.TYPOLOGY)
    for row in connection.execute(query):
        settled = row.origin == SETTLED
        state, by = (State.ACCEPTED, SETTLED) if settled else (State.SUGGESTED, "")
        codes[row.report].append(Standing(row.id, row.value, row.role, row.score, row.origin, state, by))
    for report, stands in decided.items():
        codes[report] = [_standing(each) for each in stands if each.finding.subject is Subject.TYPOLOGY]
    return codes


def _standing(each: JudgedFinding) -> Standing:
    said = each.finding
    return Standing(said.id, said.value, said.role, said.score, said.origin, each.state, each.by)


def _refused(connection: Connection, decided: Stands) -> set[str]:
    """Return the reports held not to be about AI crime, by the machine unless a person decided otherwise."""
    about = findings.c.subject == Subject.RELEVANCE
    query = select(findings.c.report).where(about, findings.c.value == "not-relevant")
    refused = set(connection.execute(query).scalars()) - decided.keys()
    return refused | {report for report, stands in decided.items() if any(map(_refuses, stands))}


def _refuses(each: JudgedFinding) -> bool:
    said = each.finding
    refuses = said.subject is Subject.RELEVANCE and said.value == "not-relevant"
    return refuses and each.state is not State.REJECTED


def _choose(codes: Sequence[Standing], typology: Typology, refused: bool) -> tuple[str, str, float] | None:
    """Return why a report waits, its suggestion and its margin; None where it does not wait."""
    best = _best(codes)
    if best is None:
        return None
    scores = [
        each.score for each in _open(codes) if each.value != best.value and typology.is_leaf(each.value)
    ]
    margin = best.score - max(scores, default=0.0)
    settled = any(each.by_person or each.state is State.ACCEPTED for each in codes)
    if is_drawn(best.id):
        return None if settled else ("sample", best.id, margin)
    others = _others(codes)
    if others and best.role == "primary" and best.value not in others:
        return "disagreement", best.id, margin
    if settled or refused or (best.role == "primary" and not typology.in_scope(best.value)):
        return None
    unsure = best.role != "primary" or UNSURE[0] <= best.score <= UNSURE[1]
    return ("unsure", best.id, margin) if unsure else None


def _open(codes: Sequence[Standing]) -> list[Standing]:
    return [each for each in codes if each.by_machine and each.state is State.SUGGESTED]


def _best(codes: Sequence[Standing]) -> Standing | None:
    """Return the machine's leading code: the primary one, else the likeliest."""
    return min(
        _open(codes),
        key=lambda each: (each.role != "primary", each.role == "sibling", -each.score, each.id),
        default=None,
    )


def _others(codes: Sequence[Standing]) -> set[str]:
    """Return the primary codes that people or the source itself give."""
    return {
        each.value
        for each in codes
        if each.role == "primary"
        and each.state is not State.REJECTED
        and (each.state is State.ACCEPTED or not each.by_machine)
    }


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
