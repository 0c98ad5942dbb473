"""Who decided what across a library: every decision in words' reach, narrowed, and page by page."""

from datetime import UTC, date, datetime, timedelta

import pytest

from index.desk import logbook
from index.desk.decisions import DecidedKind, DecisionLog
from index.records import Actor, Decision, Judgement, Role, Verdict
from index.store import Store
from tests.index.room import Room, furnish

BEN = Actor(name="ben", role=Role.LEAD)


@pytest.fixture
def room(store: Store) -> Room:
    return furnish(store)


def listed(room: Room, **asked: object) -> DecisionLog:
    with room.store.reading() as connection:
        return logbook.list_decisions(connection, **asked)  # type: ignore[arg-type]  # what a test asks by name


def by_ben(room: Room, verdict: Verdict, target: str) -> Judgement:
    return room.incidents.judge(Decision(verdict=verdict, target=target), BEN)


def test_the_newest_decision_comes_first_with_what_it_is_about(room: Room) -> None:
    accepted = room.judge(Verdict.ACCEPT, room.state("FR-01", 1).finding.id)
    relabelled = room.judge(Verdict.RELABEL, room.state("FR-01").finding.id, value="MK-02")
    found = listed(room)
    assert [item.judgement.id for item in found.items] == [relabelled.id, accepted.id]
    newest, oldest = found.items
    assert (newest.subject, newest.value, newest.judgement.value) == ("typology", "FR-01", "MK-02")
    assert (newest.report, newest.incident) == (room.reports[0].id, room.incident(0))
    assert oldest.incident_title == room.incidents.incident(room.incident(1)).title
    assert (found.total, found.people) == (2, ("ada",))


def test_a_persons_own_code_and_an_undo_are_told_even_when_it_is_gone(room: Room) -> None:
    relabel = room.judge(Verdict.RELABEL, room.state("FR-01").finding.id, value="MK-02")
    own = room.judge(Verdict.REJECT, room.state("MK-02").finding.id)
    by_ben(room, Verdict.UNDO, own.id)
    room.judge(Verdict.UNDO, relabel.id)  # MK-02 is claimed no more
    undone, took_back, rejected, first = listed(room).items
    assert (undone.taken_back, took_back.taken_back) == (first.judgement, rejected.judgement)
    assert [item.value for item in (undone, took_back, rejected, first)] == [
        "FR-01",
        "MK-02",
        "MK-02",
        "FR-01",
    ]
    assert rejected.judgement.undone and first.judgement.undone and took_back.judgement.by == "ben"


def test_merges_and_splits_lead_to_the_incident_of_today(room: Room) -> None:
    one, two, three = (room.incident(number) for number in range(3))
    room.judge(Verdict.MERGE, one, value=two)
    room.judge(Verdict.MERGE, two, value=three)
    split = room.judge(Verdict.SPLIT, three, members=[room.reports[0].id])
    newest, second, first = listed(room).items
    assert (first.incident, second.incident, newest.incident) == (three, three, split.value)
    assert (first.report_title, newest.report_title) == (room.reports[0].title, room.reports[0].title)
    assert {item.subject for item in (newest, second, first)} == {""}


def test_what_is_asked_narrows_the_list(room: Room) -> None:
    code = room.judge(Verdict.ACCEPT, room.state("FR-01").finding.id)
    by_ben(room, Verdict.REJECT, room.state("FR-02").finding.id)
    merged = room.judge(Verdict.MERGE, room.incident(1), value=room.incident(2))
    undone = by_ben(room, Verdict.UNDO, merged.id)
    assert [item.judgement.verdict for item in listed(room, by="ben").items] == ["undo", "reject"]
    assert {item.judgement.id for item in listed(room, kind=DecidedKind.GROUPING).items} == {
        merged.id,
        undone.id,
    }
    assert listed(room, kind=DecidedKind.FACT).total == 0
    assert [item.judgement.id for item in listed(room, verdict=Verdict.ACCEPT).items] == [code.id]
    today = datetime.now(UTC).date()
    assert listed(room, since=today - timedelta(days=1)).total == 4
    assert listed(room, since=date(2999, 1, 1)).items == ()
    assert listed(room, since=date(2999, 1, 1)).people == ("ada", "ben")


def test_pages_hold_each_decision_once(room: Room) -> None:
    made = [room.judge(Verdict.ACCEPT, room.state("FR-01", number).finding.id).id for number in range(3)]
    pages = [listed(room, limit=2, offset=offset) for offset in (0, 2, 4)]
    assert [item.judgement.id for page in pages for item in page.items] == made[::-1]
    assert [page.total for page in pages] == [3, 3, 3]


def test_a_library_without_decisions_lists_none(room: Room) -> None:
    assert listed(room) == DecisionLog(items=(), total=0)
