"""What people decide stands, and what stands follows from the log alone."""

import pytest

from collectors.errors import NotFound, Stale, WrongUse
from index.desk.judgements import about_grouping, effective
from index.records import State, Verdict
from index.store import Store
from tests.index.fictional import ANALYST, finding, told
from tests.index.log import fault
from tests.index.room import CODES, Room, coded, furnish

pytestmark = pytest.mark.databases("sqlite", "postgresql")


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


def test_an_incident_says_when_it_was_last_decided_on(room: Room) -> None:
    assert room.incidents.view(room.incident()).decided is None
    accepted = room.judge(Verdict.ACCEPT, room.state("FR-01").finding.id)
    assert room.incidents.view(room.incident()).decided == accepted.at
    undone = room.judge(Verdict.UNDO, accepted.id)
    assert room.incidents.view(room.incident()).decided == undone.at > accepted.at
    assert room.incidents.view(room.incident(1)).decided is None


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
    assert fault(room.store) is None


def test_what_stands_is_a_pure_function_of_findings_and_log(room: Room) -> None:
    room.judge(Verdict.RELABEL, room.state("FR-01").finding.id, value="MK-02")
    one = room.reports[0]
    log = list(room.incidents.view(room.incident()).judgements)
    expected = room.store.findings([one.id])[one.id]
    assert effective(coded(one), log) == expected
    assert effective(coded(one), log) == effective(coded(one), list(reversed(log)))
    with room.store.reading() as connection:
        assert about_grouping(connection) == []


def test_count_of_judgements_leaves_out_what_was_taken_back_and_the_taking_back(room: Room) -> None:
    target = room.state("FR-01").finding.id
    assert room.store.counts()["judgements"] == 0
    room.judge(Verdict.ACCEPT, target)
    room.judge(Verdict.REJECT, target)
    again = room.judge(Verdict.ACCEPT, target)
    assert room.store.counts()["judgements"] == 3
    room.judge(Verdict.UNDO, again.id)
    assert room.store.counts()["judgements"] == 2
