"""What people decide stands, and what stands follows from the log alone."""

import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from collectors.errors import MoriartyError, NotFound, NotPermitted, Stale, WrongUse
from collectors.records import Report, digest
from enrichment.classify import pool
from enrichment.records import Finding, Subject, finding_id
from enrichment.typology import Typology
from index.incidents import Incidents
from index.judgements import about_grouping, effective, standing
from index.records import Decision, JudgedFinding, Judgement, State, Verdict
from index.store import Store
from tests.index.fictional import ANALYST, INVESTIGATOR, capture, finding, outcome, report, told

TYPOLOGY = Typology.load()
CODES = ("FR-01", "FR-02", "FR-03", "MK-02")


@dataclass
class Room:
    """A store with three reports, each an incident of its own, coded FR-01 with FR-02 near."""

    store: Store
    incidents: Incidents
    reports: list[Report]

    def state(self, value: str, number: int = 0) -> JudgedFinding:
        key = self.reports[number].id
        return next(each for each in self.store.findings([key])[key] if each.finding.value == value)

    def judge(self, verdict: Verdict, target: str, **said: object) -> Judgement:
        asked = {"verdict": verdict, "target": target, "reason": "so it is", **said}
        return self.incidents.judge(Decision.model_validate(asked), ANALYST)

    def incident(self, number: int = 0) -> str:
        return digest("inc", self.reports[number].id)

    def run_machines(self, fingerprint: str, *values: str) -> None:
        batch = [told(each, *(finding(each, value) for value in values)) for each in self.reports]
        self.store.save_enriched(batch, fingerprint, ANALYST)
        self.incidents.regroup([], [], ANALYST)


def furnish(store: Store, count: int = 3) -> Room:
    taken = capture()
    reports = [report(number, taken) for number in range(count)]
    store.save(taken, ANALYST)
    store.save(outcome(taken, reports), ANALYST)
    store.save_enriched([told(each, *coded(each)) for each in reports], "one", ANALYST)
    incidents = Incidents(store, TYPOLOGY, pool)
    incidents.regroup([[each.id] for each in reports], [], ANALYST)
    return Room(store, incidents, reports)


def coded(each: Report) -> list[Finding]:
    return [finding(each, "FR-01"), finding(each, "FR-02", role="sibling", score=0.4)]


@pytest.fixture
def room(store: Store) -> Room:
    return furnish(store)


def test_accept_and_reject_and_take_back(room: Room) -> None:
    target = room.state("FR-01").finding.id
    accepted = room.judge(Verdict.ACCEPT, target)
    assert (room.state("FR-01").state, room.state("FR-01").by) == (State.ACCEPTED, "ada")
    assert room.incidents.incident(room.incident()).codes[0].judged
    room.judge(Verdict.UNDO, accepted.id)
    assert room.state("FR-01").state is State.SUGGESTED
    room.judge(Verdict.REJECT, target)
    assert room.state("FR-01").state is State.REJECTED
    assert room.incidents.incident(room.incident()).primary is None
    assert room.state("FR-01").judgements == 3


def test_a_relabel_rejects_the_old_code_and_accepts_the_new(room: Room) -> None:
    wrong = room.state("FR-01").finding
    room.judge(Verdict.RELABEL, wrong.id, value="MK-02")
    assert room.state("FR-01").state is State.REJECTED
    right = room.state("MK-02")
    assert (right.state, right.finding.origin, right.finding.role) == (
        State.ACCEPTED,
        "person:ada",
        "primary",
    )
    assert right.finding.quote == wrong.quote
    incident = room.incidents.incident(room.incident())
    assert incident.primary == "MK-02"
    assert incident.codes[0].judged
    assert room.incidents.tally()["MK-02"] == (1, 1)
    room.judge(Verdict.REJECT, right.finding.id)
    assert room.state("MK-02").state is State.REJECTED


def test_an_accepted_near_miss_becomes_a_code(room: Room) -> None:
    room.judge(Verdict.ACCEPT, room.state("FR-02").finding.id)
    assert room.state("FR-02").finding.role == "other"
    room.judge(Verdict.REJECT, room.state("FR-01").finding.id)
    assert room.state("FR-02").finding.role == "primary"
    assert room.incidents.incident(room.incident()).primary == "FR-02"


def test_running_the_machines_again_changes_no_judgement(room: Room) -> None:
    room.judge(Verdict.RELABEL, room.state("FR-01").finding.id, value="MK-02")
    room.judge(Verdict.REJECT, room.state("FR-02").finding.id)
    room.judge(Verdict.ACCEPT, room.state("FR-01", 1).finding.id)
    room.run_machines("two", "FR-01", "FR-02", "FR-03")
    room.run_machines("three", "FR-03")
    assert [room.state(value).state for value in CODES] == [
        State.REJECTED,
        State.REJECTED,
        State.SUGGESTED,
        State.ACCEPTED,
    ]
    assert room.state("FR-01", 1).state is State.ACCEPTED
    assert [each.finding.value for each in room.store.findings([room.reports[2].id])[room.reports[2].id]] == [
        "FR-03"
    ]


def test_the_machine_disagreeing_later_is_put_to_a_person(room: Room) -> None:
    room.judge(Verdict.RELABEL, room.state("FR-01").finding.id, value="MK-02")
    assert room.reports[0].id not in {item.report.id for item in room.incidents.queue()}
    room.run_machines("two", "FR-03")
    [item] = room.incidents.queue(why="disagreement")
    assert (item.report.id, item.finding.finding.value) == (room.reports[0].id, "FR-03")


def test_the_bundled_coding_is_accepted_until_a_person_says_otherwise(room: Room) -> None:
    one = room.reports[0]
    room.store.save_enriched([told(one, finding(one, "FR-03", origin="starter"))], "two", ANALYST)
    bundled = room.state("FR-03")
    assert (bundled.state, bundled.by, bundled.judgements) == (State.ACCEPTED, "starter", 0)
    with pytest.raises(WrongUse, match="reason"):
        room.judge(Verdict.RELABEL, bundled.finding.id, value="FR-02", reason=" ")
    room.judge(Verdict.REJECT, bundled.finding.id)
    assert room.state("FR-03").state is State.REJECTED


def test_only_analysts_and_leads_judge(room: Room) -> None:
    target = room.state("FR-01").finding.id
    with pytest.raises(NotPermitted):
        room.incidents.judge(Decision(verdict=Verdict.ACCEPT, target=target), INVESTIGATOR)
    assert room.state("FR-01").state is State.SUGGESTED


@pytest.mark.parametrize("value", ["", "nonsense", "FR", "FR-01"])
def test_a_relabel_needs_another_code_of_the_typology(room: Room, value: str) -> None:
    with pytest.raises(WrongUse):
        room.judge(Verdict.RELABEL, room.state("FR-01").finding.id, value=value)


def test_what_makes_no_sense_is_refused(room: Room) -> None:
    one, other = room.incident(0), room.incident(1)
    with pytest.raises(WrongUse, match="reason"):
        room.judge(Verdict.MERGE, one, value=other, reason="")
    with pytest.raises(WrongUse, match="itself"):
        room.judge(Verdict.MERGE, one, value=one)
    with pytest.raises(WrongUse, match="not none and not all"):
        room.judge(Verdict.SPLIT, one, members=[room.reports[0].id])
    with pytest.raises(Stale, match="no longer"):
        room.judge(Verdict.SPLIT, one, members=[room.reports[1].id])
    for verdict in (Verdict.ACCEPT, Verdict.MERGE, Verdict.SPLIT, Verdict.UNDO):
        with pytest.raises(NotFound):
            room.judge(verdict, "none", value=one)
    judgement = room.judge(Verdict.MERGE, one, value=other)
    with pytest.raises(Stale, match="merged into"):
        room.judge(Verdict.MERGE, one, value=other)
    undo = room.judge(Verdict.UNDO, judgement.id)
    with pytest.raises(Stale, match="already"):
        room.judge(Verdict.UNDO, judgement.id)
    with pytest.raises(WrongUse, match="decide again"):
        room.judge(Verdict.UNDO, undo.id)


def test_deciding_on_what_has_changed_since_is_refused(room: Room) -> None:
    target = room.state("FR-01")
    room.judge(Verdict.ACCEPT, target.finding.id, expected=target.judgements)
    with pytest.raises(Stale):
        room.judge(Verdict.REJECT, target.finding.id, expected=target.judgements)
    room.judge(Verdict.REJECT, target.finding.id, expected=room.state("FR-01").judgements)
    seen = len(room.incidents.view(room.incident()).judgements)
    with pytest.raises(Stale):
        room.judge(Verdict.MERGE, room.incident(0), value=room.incident(1), expected=seen - 1)
    room.judge(Verdict.MERGE, room.incident(0), value=room.incident(1), expected=seen)


def test_only_the_newest_judgement_on_the_same_thing_is_undone(room: Room) -> None:
    target = room.state("FR-01").finding.id
    relabel = room.judge(Verdict.RELABEL, target, value="MK-02")
    later = room.judge(Verdict.REJECT, room.state("MK-02").finding.id)
    unrelated = room.judge(Verdict.ACCEPT, room.state("FR-01", 1).finding.id)
    with pytest.raises(Stale, match=later.id):
        room.judge(Verdict.UNDO, relabel.id)
    room.judge(Verdict.UNDO, later.id)
    room.judge(Verdict.UNDO, relabel.id)
    assert room.state("FR-01").state is State.SUGGESTED
    assert room.state("FR-01", 1).by == unrelated.by


def test_every_decision_is_audited_and_told_to_the_index(room: Room) -> None:
    entries, change = room.store.counts()["audit_entries"], room.store.last_change()
    room.judge(Verdict.MERGE, room.incident(0), value=room.incident(1))
    assert room.store.counts()["audit_entries"] == entries + 1
    changed = {(each.by, each.id) for each in room.store.changes(change, 100)}
    assert changed >= {
        ("incident", room.incident(0)),
        ("incident", room.incident(1)),
        ("report", room.reports[0].id),
        ("report", room.reports[1].id),
    }
    assert room.store.audit_fault() is None


# A model of the record that knows nothing of how it is stored: what 200 random sequences must amount to.


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, list[Report]]]:
    path = tmp_path_factory.mktemp("room") / "library.sqlite"
    store = Store(f"sqlite:///{path}")
    reports = furnish(store, 6).reports
    store.close()
    yield path, reports


def _random_decision(chance: random.Random, room: Room, made: list[Judgement]) -> Decision:
    live = [each.id for each in room.incidents.all()]
    verdict = chance.choice(list(Verdict))
    target, value = chance.choice(live), chance.choice(live)
    members: tuple[str, ...] = ()
    if verdict is Verdict.UNDO and made:
        target = chance.choice(made[-4:]).id
    elif verdict is Verdict.SPLIT:
        several = [each for each in room.incidents.all() if len(each.reports) > 1]
        told_by = chance.choice(several) if several else room.incidents.incident(target)
        target = told_by.id
        members = tuple(chance.sample(told_by.reports, chance.randint(1, len(told_by.reports))))
    elif verdict is not Verdict.MERGE:
        of = chance.choice(room.reports).id
        target = chance.choice(room.store.findings([of])[of]).finding.id
        value = chance.choice(CODES)
    return Decision(verdict=verdict, target=target, value=value, members=members, reason="drawn by lot")


def _model(
    log: list[Judgement], reports: list[Report]
) -> tuple[set[frozenset[str]], dict[str, tuple[State, str]]]:
    """Return the groups and the findings' states that the decisions not taken back amount to."""
    groups = {digest("inc", each.id): {each.id} for each in reports}
    report_of = {finding_id(each.id, Subject.TYPOLOGY, code): each.id for each in reports for code in CODES}
    states: dict[str, tuple[State, str]] = {}
    for each in standing(log):
        if each.verdict is Verdict.MERGE:
            groups[each.value] |= groups.pop(each.target)
        elif each.verdict is Verdict.SPLIT:
            groups[each.target] -= set(each.members)
            groups[each.value] = set(each.members)
        else:
            accepted = each.verdict is Verdict.ACCEPT
            states[each.target] = (State.ACCEPTED if accepted else State.REJECTED, each.by)
            if each.verdict is Verdict.RELABEL:
                right = finding_id(report_of[each.target], Subject.TYPOLOGY, each.value)
                states[right] = (State.ACCEPTED, each.by)
    return {frozenset(group) for group in groups.values()}, states


@pytest.mark.parametrize("block", range(8))
def test_random_decisions_amount_to_what_their_log_says(
    block: int, furnished: tuple[Path, list[Report]], tmp_path: Path
) -> None:
    path, reports = furnished
    for seed in range(block * 25, block * 25 + 25):
        copy = tmp_path / f"{seed}.sqlite"
        shutil.copy(path, copy)
        _play(random.Random(seed), Store(f"sqlite:///{copy}"), reports)


def _play(chance: random.Random, store: Store, reports: list[Report]) -> None:
    room = Room(store, Incidents(store, TYPOLOGY, pool), reports)
    made: list[Judgement] = []
    for number in range(14):
        if chance.random() < 0.1:
            room.run_machines(f"run {number}", *chance.sample(CODES, 2))
        before = store.counts()
        try:
            made.append(room.incidents.judge(_random_decision(chance, room, made), ANALYST))
        except MoriartyError:
            assert store.counts() == before
    _compare(room, made)
    room.incidents.regroup([[each.id] for each in reports], [], ANALYST)  # machines would take all apart
    room.incidents.regroup([[each.id for each in reports]], [], ANALYST)  # machines would join all
    _obeys(room)
    store.close()


def _compare(room: Room, made: list[Judgement]) -> None:
    groups, states = _model(made, room.reports)
    assert {frozenset(each.reports) for each in room.incidents.all()} == groups
    found = room.store.findings([each.id for each in room.reports])
    stored = {each.finding.id: (each.state, each.by) for item in found.values() for each in item}
    assert {key: state for key, state in stored.items() if state[0] is not State.SUGGESTED} == states
    for key in {each.target for each in made if each.verdict in (Verdict.MERGE, Verdict.SPLIT)}:
        room.incidents.resolve(key)
    assert room.store.audit_fault() is None
    listed = list(room.incidents.all())
    assert [room.incidents.incident(each.id) for each in listed] == listed


def _obeys(room: Room) -> None:
    together, apart = room.incidents.constraints()
    groups = [set(each.reports) for each in room.incidents.all()]
    assert not [pair for pair in apart for group in groups if group.issuperset(pair)]
    assert not [pair for pair in together if not any(group.issuperset(pair) for group in groups)]
    assert set().union(*groups) == {each.id for each in room.reports}


def test_what_stands_is_a_pure_function_of_findings_and_log(room: Room) -> None:
    room.judge(Verdict.RELABEL, room.state("FR-01").finding.id, value="MK-02")
    one = room.reports[0]
    log = list(room.incidents.history(room.incident()))
    expected = room.store.findings([one.id])[one.id]
    assert effective(coded(one), log) == expected
    assert effective(coded(one), log) == effective(coded(one), list(reversed(log)))
    with room.store.reading() as connection:
        assert about_grouping(connection) == []
