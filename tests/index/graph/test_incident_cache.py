"""What is held of incidents in memory is what the record says, and is read anew only where it changed."""

import pytest

from enrichment.facts import extract
from enrichment.grouping.roundup import events
from enrichment.records import Incident, Subject, as_finding
from index.graph.incident_cache import SUBJECTS, IncidentCache
from index.incidents import Incidents
from index.records import Decision, State, Verdict
from index.store import Store
from tests.index.fictional import ANALYST, finding, told
from tests.index.grouping.test_decisions_hold import Play
from tests.index.room import CODES, furnish

STEPS = 30


def expected(incidents: Incidents) -> list[Incident]:
    """Return what there is to hold, as the record tells all of it."""
    return [one.model_copy(update={"findings": _held(one)}) for one in incidents.all()]


def _held(incident: Incident) -> tuple[object, ...]:
    evidence = {key for code in incident.codes if code.role != "sibling" for key in code.findings}
    return tuple(
        each
        for each in incident.findings
        if each.subject in SUBJECTS and (each.role != "sibling" or each.id in evidence)
    )


class Curated(Play):
    """A library in which findings are decided too, and machines change their mind under one name."""

    def judge(self) -> None:
        """Accept, reject or relabel a code at random."""
        key = self.chance.choice(self.reports).id
        codes = [each for each in self.store.findings([key])[key] if each.finding.subject is Subject.TYPOLOGY]
        if codes:
            verdict = self.chance.choice([Verdict.ACCEPT, Verdict.REJECT, Verdict.RELABEL])
            value = self.chance.choice(CODES) if verdict is Verdict.RELABEL else ""
            target = self.chance.choice(codes).finding.id
            self._judge(Decision(verdict=verdict, target=target, value=value, reason="so it is"))

    def enrich(self) -> None:
        """Let the machine say something else of a report; its incident waits to be derived anew."""
        each = self.chance.choice(self.reports)
        facts = extract(each.title, each.text, each.published)
        facts += events(each.title, each.text, facts)
        said = [as_finding(fact, each.id, each.version, "facts@1") for fact in facts]
        said += [
            finding(each, code, role=self.chance.choice(["primary", "other", "sibling"]), score=score)
            for code, score in zip(self.chance.sample(CODES, 3), (0.9, 0.5, 0.3), strict=True)
        ]
        self.store.save_enriched([told(each, *said)], "one", ANALYST)

    def forget(self) -> None:
        """Let the index be level: what changed is no longer listed."""
        self.store.acknowledge(self.store.last_change())


@pytest.mark.parametrize("seed", range(8))
def test_incident_cache_equals_the_record_through_random_histories(
    store: Store, incidents: Incidents, seed: int
) -> None:
    play = Curated(store, incidents, seed)
    play.arrive()
    steady, seldom = IncidentCache(store, incidents), IncidentCache(store, incidents)
    moves = [play.arrive, play.regroup, play.merge, play.split, play.divide, play.undo]
    moves += [play.judge, play.enrich, play.forget]
    for _ in range(STEPS):
        play.chance.choices(moves, [1, 2, 2, 2, 2, 2, 6, 3, 2])[0]()
        change, held = steady.read()
        assert change == store.last_change()
        assert list(held) == expected(incidents)
        if play.chance.random() < 0.2:
            assert seldom.read() == (change, held)


def test_incident_cache_rereads_only_incidents_a_decision_touched(store: Store) -> None:
    room = furnish(store, 5)
    held = IncidentCache(store, room.incidents)
    before = {one.id: one for one in held.read()[1]}
    room.judge(Verdict.REJECT, room.state("FR-01", 2).finding.id)
    store.acknowledge(store.last_change())
    after = {one.id: one for one in held.read()[1]}
    assert [key for key in after if after[key] is not before[key]] == [room.incident(2)]
    assert all(one is after[one.id] for one in held.read()[1])


def test_incident_cache_leaves_out_near_misses_unless_accepted(store: Store) -> None:
    room = furnish(store)
    held = IncidentCache(store, room.incidents)
    assert [each.value for each in held.read()[1][0].findings] == ["FR-01"]
    room.judge(Verdict.ACCEPT, room.state("FR-02").finding.id)
    assert [each.value for each in held.read()[1][0].findings] == ["FR-01", "FR-02"]
    assert room.state("FR-02").state is State.ACCEPTED
