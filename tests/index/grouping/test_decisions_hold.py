"""Whatever people and machines do in whatever order, what a person decided last holds, and undo restores."""

import random

import pytest

from collectors.errors import Stale, WrongUse
from collectors.records import Report
from enrichment.facts import extract
from enrichment.grouping.roundup import events
from enrichment.records import as_finding
from index.grouping import members
from index.incidents import Incidents
from index.records import Decision, Judgement, Verdict
from index.store import Store
from tests.enrichment.grouping.test_roundup import BAKERY, CHOIR, SHIPPING
from tests.index.fictional import ANALYST, capture, outcome, report, source, told

STEPS = 25


class Play:
    """A library in which moves are made at random; keeps what people decided and did not take back."""

    def __init__(self, store: Store, incidents: Incidents, seed: int) -> None:
        self.store, self.incidents, self.chance = store, incidents, random.Random(seed)
        self.reports: list[Report] = []
        self.made: list[Judgement] = []
        store.remember([source()])

    def units(self) -> dict[str, list[str]]:
        with self.store.reading() as connection:
            return members.units(connection, members.live(connection))

    def arrive(self) -> None:
        """Take in three reports, one of them a round-up, and let the machine group at random."""
        number = len(self.reports)
        taken = capture(number)
        whole = " ".join([f"{SHIPPING[:-1]} since {number}.", BAKERY, CHOIR])
        new = [report(number, taken), report(number + 1, taken), report(number + 2, taken, whole)]
        self.store.save(taken, ANALYST)
        self.store.save(outcome(taken, new), ANALYST)
        batch = []
        for each in new:
            facts = events(each.title, each.text, extract(each.title, each.text, each.published))
            batch.append(told(each, *(as_finding(fact, each.id, each.version, "facts@1") for fact in facts)))
        self.store.save_enriched(batch, "one", ANALYST)
        self.reports += new
        self.regroup()

    def regroup(self) -> None:
        """Let the machine cluster at random, whole reports and passages that there are."""
        divided = self.incidents.divisions()
        units = [unit for each in self.reports for unit in divided.get(each.id, (each.id,))]
        self.chance.shuffle(units)
        clusters: list[list[str]] = []
        for unit in units:
            if clusters and self.chance.random() < 0.5:
                self.chance.choice(clusters).append(unit)
            else:
                clusters.append([unit])
        self.incidents.regroup(clusters, [], ANALYST)

    def merge(self) -> None:
        """Merge two incidents at random."""
        live = list(self.units())
        if len(live) > 1:
            target, into = self.chance.sample(live, 2)
            self._judge(Decision(verdict=Verdict.MERGE, target=target, value=into, reason="so it is"))

    def split(self) -> None:
        """Split an incident at random."""
        large = {key: told for key, told in self.units().items() if len(told) > 1}
        if large:
            key = self.chance.choice(sorted(large))
            leaving = self.chance.sample(large[key], self.chance.randint(1, len(large[key]) - 1))
            self._judge(
                Decision(verdict=Verdict.SPLIT, target=key, members=tuple(leaving), reason="so it is")
            )

    def divide(self) -> None:
        """Accept or reject a round-up at random."""
        if waiting := self.incidents.queue(why="round-up"):
            item = self.chance.choice(waiting)
            verdict = self.chance.choice([Verdict.ACCEPT, Verdict.ACCEPT, Verdict.REJECT])
            self._judge(Decision(verdict=verdict, target=item.finding.finding.id))

    def undo(self) -> None:
        """Take the newest judgement back; straight after it was made, all is as it was before."""
        if self.made:
            self.incidents.judge(Decision(verdict=Verdict.UNDO, target=self.made.pop().id), ANALYST)

    def do_and_undo(self) -> None:
        """Decide, take it back, and find everything as it was."""
        before, count = self.units(), len(self.made)
        self.chance.choice([self.merge, self.split, self.divide])()
        if len(self.made) > count:
            self.undo()
            assert {key: set(told) for key, told in self.units().items()} == {
                key: set(told) for key, told in before.items()
            }

    def _judge(self, decision: Decision) -> None:
        try:
            self.made.append(self.incidents.judge(decision, ANALYST))
        except (Stale, WrongUse):
            return

    def check(self) -> None:
        """Every report is told of, divided ones by all their passages alone, and every decision holds."""
        units = self.units()
        placed = {unit for told in units.values() for unit in told}
        divided = self.incidents.divisions()
        assert placed == {unit for each in self.reports for unit in divided.get(each.id, (each.id,))}
        assert all(told for told in units.values())
        together, apart = self.incidents.constraints()
        for one, other in together:
            if {one, other} <= placed:
                assert any({one, other} <= set(told) for told in units.values()), (one, other)
        for one, other in apart:
            assert not any({one, other} <= set(told) for told in units.values()), (one, other)
        for judgement in self.made[-1:]:
            self._check_newest(judgement, units)

    def _check_newest(self, judgement: Judgement, units: dict[str, list[str]]) -> None:
        """The last word is not only in the constraints: what it asked for is what there is."""
        homes = {unit: key for key, told in units.items() for unit in told}
        if judgement.verdict is Verdict.MERGE:
            assert len({homes[unit] for unit in (*judgement.members, *judgement.rest)}) == 1
        elif judgement.verdict is Verdict.SPLIT:
            sides = ({homes[unit] for unit in side} for side in (judgement.members, judgement.rest))
            assert set.isdisjoint(*sides)
        elif judgement.members:
            assert len({homes[unit] for unit in judgement.members}) == len(judgement.members)


@pytest.mark.parametrize("seed", range(12))
def test_decisions_hold_through_random_histories(store: Store, incidents: Incidents, seed: int) -> None:
    play = Play(store, incidents, seed)
    play.arrive()
    moves = [play.arrive, play.regroup, play.merge, play.split, play.divide, play.undo, play.do_and_undo]
    for _ in range(STEPS):
        play.chance.choices(moves, [1, 4, 3, 3, 2, 2, 2])[0]()
        play.check()
    for _ in range(len(play.made)):
        play.undo()
        play.check()
    assert incidents.constraints() == ([], [])
    assert incidents.divisions() == {}
