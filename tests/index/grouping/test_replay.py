"""A model of the record that knows nothing of how it is stored: what random decisions must amount to."""

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from collectors.errors import MoriartyError
from collectors.records import Report, digest
from enrichment.classify import pool
from enrichment.records import Subject, finding_id
from index.desk.judgements import count, standing_judgements
from index.incidents import Incidents
from index.records import Decision, Judgement, State, Verdict
from index.store import Store
from tests.index.fictional import ANALYST
from tests.index.log import fault
from tests.index.room import CODES, TYPOLOGY, Room, furnish


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
    elif verdict is Verdict.ADD:
        target, value = chance.choice(room.reports).id, chance.choice(CODES)
    elif verdict is not Verdict.MERGE:
        of = chance.choice(room.reports).id
        target = chance.choice(room.store.findings([of])[of]).finding.id
        value = chance.choice(CODES)
    said = {"subject": Subject.TYPOLOGY, "value": value, "members": members, "reason": "drawn by lot"}
    return Decision.model_validate({"verdict": verdict, "target": target, **said})


def _model(
    log: list[Judgement], reports: list[Report]
) -> tuple[set[frozenset[str]], dict[str, tuple[State, str]]]:
    """Return the groups and the findings' states that the decisions not taken back amount to."""
    groups = {digest("inc", each.id): {each.id} for each in reports}
    report_of = {finding_id(each.id, Subject.TYPOLOGY, code): each.id for each in reports for code in CODES}
    states: dict[str, tuple[State, str]] = {}
    for each in standing_judgements(log):
        if each.verdict is Verdict.MERGE:
            groups[each.value] |= groups.pop(each.target)
        elif each.verdict is Verdict.SPLIT:
            groups[each.target] -= set(each.members)
            groups[each.value] = set(each.members)
        elif each.verdict is Verdict.ADD:
            states[finding_id(each.target, Subject.TYPOLOGY, each.value)] = (State.ACCEPTED, each.by)
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
    with room.store.reading() as connection:
        for item in (each for items in found.values() for each in items):
            assert item.judgements == count(connection, item.finding.id)
    for key in {each.target for each in made if each.verdict in (Verdict.MERGE, Verdict.SPLIT)}:
        room.incidents.resolve(key)
    assert fault(room.store) is None
    listed = list(room.incidents.all())
    assert [room.incidents.incident(each.id) for each in listed] == listed


def _obeys(room: Room) -> None:
    together, apart = room.incidents.constraints()
    groups = [set(each.reports) for each in room.incidents.all()]
    assert not [pair for pair in apart for group in groups if group.issuperset(pair)]
    assert not [pair for pair in together if not any(group.issuperset(pair) for group in groups)]
    assert set().union(*groups) == {each.id for each in room.reports}
