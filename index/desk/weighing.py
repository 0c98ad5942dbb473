"""Chooses which suggestion of a report waits for a person; every function works on its caller's connection.

One suggestion in five is drawn by the digest in its id, whatever its score: what people say of these measures
the machine.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, select

from collectors.records import STARTER
from enrichment.records import CodeRole, Subject
from enrichment.typology import Typology
from index.records import JudgedFinding, State
from index.rows import reading, waiting
from index.rows.outbox import chunks
from index.rows.waiting import DRAW, SAMPLE, Waiting
from index.store import Store
from index.tables import findings, judged

UNSURE = (0.35, 0.75)
"""Scores between which the machine does not know."""
AT_ONCE = 500
"""Reports weighed in one transaction, so that writers in between wait for a part and not for all."""


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
        return self.state is not State.SUGGESTED and self.by != STARTER


def weigh_all(store: Store, typology: Typology) -> None:
    """Weigh every report whose findings or judgements changed, in short transactions."""
    left = True
    while left:
        with store.reading() as connection:  # mostly there is none, and no writer is kept waiting
            left = bool(waiting.changed(connection, 1))
        if left:
            with store.writing() as connection:
                weigh(connection, typology)


def weigh(connection: Connection, typology: Typology) -> None:
    """Choose anew what waits of some reports whose findings or judgements changed."""
    ids = waiting.changed(connection, AT_ONCE)
    decided = [
        report
        for part in chunks(ids)
        for report in connection.execute(
            select(judged.c.report).where(judged.c.report.in_(part)).distinct()
        ).scalars()
    ]
    stands = reading.judged_findings(connection, decided)
    codes, refused = _codes(connection, ids, stands), _refused(connection, ids, stands)
    chosen = [_choose(report, codes.get(report, ()), typology, report in refused) for report in ids]
    waiting.keep(connection, ids, [each for each in chosen if each is not None])


def is_drawn(finding: str) -> bool:
    """Return whether a suggestion is in the random draw; the same for ever, for its id is a digest."""
    return int(finding[-8:], 16) % DRAW == 0


def leading(stands: Sequence[JudgedFinding]) -> str:
    """Return the id of the machine's leading code among a report's findings; empty once a person decided."""
    codes = [_standing(each) for each in stands if each.finding.subject is Subject.TYPOLOGY]
    best = None if any(each.by_person for each in codes) else _best(codes)
    return best.id if best else ""


Stands = dict[str, list[JudgedFinding]]
"""All findings of the reports on which anything was decided."""


def _codes(connection: Connection, ids: Sequence[str], decided: Stands) -> dict[str, list[Standing]]:
    """Return the typology findings of these reports with where they stand."""
    codes: dict[str, list[Standing]] = defaultdict(list)
    for part in chunks(key for key in ids if key not in decided):
        query = select(findings).where(findings.c.report.in_(part), _is_about(Subject.TYPOLOGY))
        for row in connection.execute(query):
            settled = row.origin == STARTER
            state, by = (State.ACCEPTED, STARTER) if settled else (State.SUGGESTED, "")
            codes[row.report].append(Standing(row.id, row.value, row.role, row.score, row.origin, state, by))
    for report, stands in decided.items():
        codes[report] = [_standing(each) for each in stands if each.finding.subject is Subject.TYPOLOGY]
    return codes


def _is_about(subject: Subject) -> ColumnElement[bool]:
    """Return the condition that a finding is about this, in a form that no index serves.

    Without statistics SQLite would choose the index of subjects and read a subject's findings of the whole
    library, time by the square over all batches, rather than those of the reports asked for.
    """
    return findings.c.subject.concat("") == subject


def _standing(each: JudgedFinding) -> Standing:
    said = each.finding
    return Standing(said.id, said.value, said.role, said.score, said.origin, each.state, each.by)


def _refused(connection: Connection, ids: Sequence[str], decided: Stands) -> set[str]:
    """Return the reports held not to be about AI crime, by the machine unless a person decided otherwise."""
    refused = {report for report, stands in decided.items() if any(map(_refuses, stands))}
    for part in chunks(key for key in ids if key not in decided):
        about = _is_about(Subject.RELEVANCE) & (findings.c.value == "not-relevant")
        query = select(findings.c.report).where(findings.c.report.in_(part), about)
        refused |= set(connection.execute(query).scalars())
    return refused


def _refuses(each: JudgedFinding) -> bool:
    said = each.finding
    refuses = said.subject is Subject.RELEVANCE and said.value == "not-relevant"
    return refuses and each.state is not State.REJECTED


def _choose(report: str, codes: Sequence[Standing], typology: Typology, refused: bool) -> Waiting | None:
    """Return the suggestion of a report that waits, or None."""
    best = _best(codes)
    if best is None:
        return None
    scores = [
        each.score for each in _open(codes) if each.value != best.value and typology.is_leaf(each.value)
    ]
    margin = best.score - max(scores, default=0.0)
    settled = any(each.by_person or each.state is State.ACCEPTED for each in codes)
    if is_drawn(best.id):
        return None if settled else Waiting(report, SAMPLE, best.id, margin)
    others = _others(codes)
    if others and best.role == CodeRole.PRIMARY and best.value not in others:
        return Waiting(report, "disagreement", best.id, margin)
    if settled or refused or (best.role == CodeRole.PRIMARY and not typology.in_scope(best.value)):
        return None
    unsure = best.role != CodeRole.PRIMARY or UNSURE[0] <= best.score <= UNSURE[1]
    return Waiting(report, "unsure", best.id, margin) if unsure else None


def _open(codes: Sequence[Standing]) -> list[Standing]:
    return [each for each in codes if each.by_machine and each.state is State.SUGGESTED]


def _best(codes: Sequence[Standing]) -> Standing | None:
    """Return the machine's leading code: the primary one, else the likeliest."""
    return min(
        _open(codes),
        key=lambda each: (
            each.role != CodeRole.PRIMARY,
            each.role == CodeRole.NEAR_MISS,
            -each.score,
            each.id,
        ),
        default=None,
    )


def _others(codes: Sequence[Standing]) -> set[str]:
    """Return the primary codes that people or the source itself give."""
    return {
        each.value
        for each in codes
        if each.role == CodeRole.PRIMARY
        and each.state is not State.REJECTED
        and (each.state is State.ACCEPTED or not each.by_machine)
    }
