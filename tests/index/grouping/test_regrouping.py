"""A batch is grouped with what it touches alone, and ends as if everything had been grouped."""

import random
from collections.abc import Iterator

import numpy as np
import pytest

from collectors.records import Report
from enrichment.facts import extract
from enrichment.group import Groupable, Grouping, group
from enrichment.records import as_finding
from index.grouping import members, regrouping
from index.grouping.regrouping import Basis, due, regroup
from index.incidents import Incidents
from index.records import Decision, Verdict
from index.rows import sketches
from index.store import Store
from tests.enrichment.grouping.test_sketch import library
from tests.index.fictional import ANALYST, Told, capture, outcome, report, source


class Shelf:
    """A library that takes in invented reports a few at a time."""

    def __init__(self, store: Store, incidents: Incidents, seed: int, money: str = "crowns") -> None:
        self.store, self.incidents = store, incidents
        items = library(60, 1, money)
        self.coming = random.Random(seed).sample(list(enumerate(items)), len(items))
        store.remember([source()])

    def take(self, count: int) -> None:
        """Save, judge and group the next so many reports."""
        batch, self.coming = self.coming[:count], self.coming[count:]
        taken = capture(self.coming[0][0] if self.coming else 9_999)
        made = [(report(number, taken, item.text, refs=item.refs), item) for number, item in batch]
        self.store.save(taken, ANALYST)
        self.store.save(outcome(taken, [each for each, _ in made]), ANALYST)
        self.store.save_enriched([judged(each, item) for each, item in made], "one", ANALYST)
        assert due(self.store)
        regroup(self.store, self.incidents, ANALYST, whole_below=0)
        assert not due(self.store)

    def basis(self) -> Basis:
        with self.store.reading() as connection:
            found = Basis.loaded(sketches.basis(connection))
        assert found is not None
        return found

    def anew(self) -> Grouping:
        """Return what grouping everything at once gives, where words are as rare as they are taken to be."""
        everything = regrouping._groupables(self.store, self.store.all_reports(), self.incidents.divisions())
        return group(everything, *self.incidents.constraints(), self.basis().rarity)

    def clusters(self) -> set[frozenset[str]]:
        with self.store.reading() as connection:
            return set(map(frozenset, members.everything(connection).values()))

    def linked(self) -> set[tuple[str, str]]:
        with self.store.reading() as connection:
            return set(members.linked(connection))


def judged(each: Report, item: Groupable) -> Told:
    facts = extract(each.title, each.text, each.published)
    findings = tuple(as_finding(fact, each.id, each.version, "facts@1") for fact in facts)
    assert item.vector is not None
    return Told(each.id, each.version, findings, ((0, len(each.text)),), item.vector[None])


@pytest.fixture(params=[(0, "crowns"), (1, "Norwegian kroner"), (2, "Norwegian kroner")])
def shelf(request: pytest.FixtureRequest, store: Store, incidents: Incidents) -> Iterator[Shelf]:
    yield Shelf(store, incidents, *request.param)


def check(shelf: Shelf) -> None:
    expected = shelf.anew()
    assert shelf.clusters() == set(map(frozenset, expected.clusters))
    assert shelf.linked() == {(link.left, link.right) for link in expected.links}


def test_batches_in_any_order_end_as_everything_grouped_at_once(shelf: Shelf) -> None:
    shelf.take(70)
    counted = {shelf.basis().reports}
    while shelf.coming:
        shelf.take(7)
        check(shelf)
        counted.add(shelf.basis().reports)
    assert 1 < len(counted) < 5


def test_what_people_decided_holds_while_batches_come(shelf: Shelf) -> None:
    shelf.take(80)
    large = next(each for each in shelf.incidents.all() if len(each.reports) == 2)
    small = [each for each in shelf.incidents.all() if len(each.reports) == 1][:2]
    split = Decision(verdict=Verdict.SPLIT, target=large.id, members=large.reports[:1], reason="another bank")
    merge = Decision(verdict=Verdict.MERGE, target=small[0].id, value=small[1].id, reason="the same call")
    shelf.incidents.judge(split, ANALYST)
    made = shelf.incidents.judge(merge, ANALYST)
    for _ in range(3):
        shelf.take(2)
        assert shelf.basis().reports == 80
        clusters = shelf.clusters()
        assert any({*small[0].reports, *small[1].reports} <= each for each in clusters)
        assert not any({*large.reports[:2]} <= each for each in clusters)
    shelf.incidents.judge(Decision(verdict=Verdict.UNDO, target=made.id), ANALYST)
    shelf.take(1)
    assert not any({*small[0].reports, *small[1].reports} <= each for each in shelf.clusters())


def test_a_report_judged_again_may_leave_its_incident(shelf: Shelf) -> None:
    shelf.take(80)
    told = next(each for each in shelf.incidents.all() if len(each.reports) == 2)
    leaver = shelf.store.reports(told.reports[:1])[0]
    other = leaver.model_copy(update={"text": "Nobody of that name exists.", "version": "ver-2"})
    taken = capture(8_888)
    shelf.store.save(taken, ANALYST)
    shelf.store.save(outcome(taken, [other]), ANALYST)
    vector = np.zeros((1, 32), np.float32)
    shelf.store.save_enriched([Told(other.id, other.version, (), ((0, 5),), vector)], "one", ANALYST)
    regroup(shelf.store, shelf.incidents, ANALYST, whole_below=0)
    if not set(leaver.refs) & set(shelf.store.reports(told.reports[1:])[0].refs):
        assert len({shelf.incidents.of_reports([each])[each] for each in told.reports}) == 2
    check(shelf)


def test_another_version_of_the_program_groups_everything_again(shelf: Shelf) -> None:
    shelf.take(60)
    basis = shelf.basis()
    with shelf.store.writing() as connection:
        sketches.keep(connection, [], Basis("another", 60, basis.judged, basis.rarity).dumped())
    assert due(shelf.store)
    regroup(shelf.store, shelf.incidents, ANALYST, whole_below=0)
    assert shelf.basis() == basis
    assert not due(shelf.store)


def test_a_small_library_is_grouped_as_a_whole(store: Store, incidents: Incidents) -> None:
    shelf = Shelf(store, incidents, 0)
    for count in (60, 61):
        shelf.take(count - sum(len(each) for each in shelf.clusters()))
        regroup(store, incidents, ANALYST)
        assert shelf.basis().reports == count
