"""A report of several incidents: proposed by machine, divided by a person, put together again exactly."""

import pytest

from collectors.errors import Stale, WrongUse
from collectors.records import Report
from enrichment.facts import extract
from enrichment.grouping import roundup
from enrichment.records import Subject, as_finding
from index.cards import showing
from index.desk.decisions import QueueItem
from index.grouping.regrouping import regroup
from index.incidents import Incidents
from index.records import Decision, Judgement, Verdict
from index.store import Store
from tests.enrichment.grouping.test_roundup import BAKERY, CHOIR, SHIPPING, TOGETHER
from tests.index.fictional import ANALYST, capture, outcome, report, source, told

ALONE = (
    "Brunwick, the bakers of Lisbon, lost EUR 92,500 when a false Petra Lindqvara, treasurer, asked for it."
)


def keep(store: Store, incidents: Incidents, *texts: str, first: int = 0) -> list[Report]:
    """Save and judge reports of these texts by the real rules, and group all."""
    store.remember([source()])
    taken = capture(first + 1)
    made = [report(first + number, taken, text) for number, text in enumerate(texts)]
    store.save(taken, ANALYST)
    store.save(outcome(taken, made), ANALYST)
    batch = []
    for each in made:
        facts = extract(each.title, each.text, each.published)
        facts += roundup.events(each.title, each.text, facts)
        batch.append(told(each, *(as_finding(fact, each.id, each.version, "facts@1") for fact in facts)))
    store.save_enriched(batch, "one", ANALYST)
    regroup(store, incidents, ANALYST)
    return made


def proposal(incidents: Incidents) -> QueueItem:
    [item] = incidents.queue(why="round-up")
    return item


def decide(incidents: Incidents, verdict: Verdict, item: QueueItem) -> Judgement:
    return incidents.judge(Decision(verdict=verdict, target=item.finding.finding.id), ANALYST)


def state(incidents: Incidents) -> dict[str, tuple[object, ...]]:
    return {each.id: (each.reports, each.title, each.summary, each.codes) for each in incidents.all()}


def test_a_round_up_of_three_frauds_becomes_three_incidents(incidents: Incidents, store: Store) -> None:
    [whole] = keep(store, incidents, TOGETHER)
    item = proposal(incidents)
    assert [part.quote for part in item.parts] == [SHIPPING, BAKERY, CHOIR]
    assert [part.incident for part in item.parts] == [None] * 3
    assert incidents.waiting_count() == 1
    before = state(incidents)
    judgement = decide(incidents, Verdict.ACCEPT, item)
    assert incidents.waiting_count() == 0
    now = list(incidents.all())
    assert [each.reports for each in now] == [(whole.id,)] * 3
    assert {each.id for each in now} > set(before)
    assert [each.summary for each in now] == [SHIPPING, BAKERY, CHOIR]
    losses = [[f.value for f in each.findings if f.subject is Subject.LOSS] for each in now]
    assert losses == [["NOK 4310000"], ["EUR 92500"], ["CAD 18000"]]
    with store.reading() as connection:  # a page of hits takes them from the record, passage by passage
        assert not showing.of_incidents(connection, [each.id for each in now])
    view = incidents.view(now[1].id)
    assert view.passages == (item.parts[1].unit,)
    assert view.reports[0].incidents == tuple(each.id for each in now)
    regroup(store, incidents, ANALYST)
    assert list(incidents.all()) == now
    incidents.judge(Decision(verdict=Verdict.UNDO, target=judgement.id), ANALYST)
    assert state(incidents) == before
    assert proposal(incidents).finding.finding == item.finding.finding
    regroup(store, incidents, ANALYST)
    assert state(incidents) == before


def test_passages_go_to_the_incidents_that_other_reports_tell(incidents: Incidents, store: Store) -> None:
    whole, alone = keep(store, incidents, TOGETHER, ALONE)
    known = incidents.of_reports([alone.id])[alone.id][0]
    item = proposal(incidents)
    assert [part.incident for part in item.parts] == [None, known, None]
    assert item.parts[1].reasons
    before = state(incidents)
    judgement = decide(incidents, Verdict.ACCEPT, item)
    assert incidents.incident(known).reports == (whole.id, alone.id)
    assert len(list(incidents.all())) == 3
    regroup(store, incidents, ANALYST)
    assert incidents.incident(known).reports == (whole.id, alone.id)
    incidents.judge(Decision(verdict=Verdict.UNDO, target=judgement.id), ANALYST)
    assert state(incidents) == before


def test_later_reports_join_the_passage_they_tell(incidents: Incidents, store: Store) -> None:
    [whole] = keep(store, incidents, TOGETHER)
    decide(incidents, Verdict.ACCEPT, proposal(incidents))
    bakery = next(each.id for each in incidents.all() if each.summary == BAKERY)
    [late] = keep(store, incidents, ALONE, first=7)
    assert incidents.incident(bakery).reports == (whole.id, late.id)


def test_a_report_that_a_person_keeps_whole_is_not_asked_about_again(
    incidents: Incidents, store: Store
) -> None:
    [whole] = keep(store, incidents, TOGETHER)
    decide(incidents, Verdict.REJECT, proposal(incidents))
    assert incidents.queue(why="round-up") == ()
    regroup(store, incidents, ANALYST)
    assert [each.reports for each in incidents.all()] == [(whole.id,)]


def test_what_rests_on_a_division_is_taken_back_first(incidents: Incidents, store: Store) -> None:
    keep(store, incidents, TOGETHER)
    item = proposal(incidents)
    divided = decide(incidents, Verdict.ACCEPT, item)
    one, two, three = (each.id for each in incidents.all())
    merged = incidents.judge(
        Decision(verdict=Verdict.MERGE, target=two, value=one, reason="one gang"), ANALYST
    )
    assert len(incidents.incident(one).reports) == 1
    regroup(store, incidents, ANALYST)
    assert {each.id for each in incidents.all()} == {one, three}
    with pytest.raises(Stale, match=merged.id):
        incidents.judge(Decision(verdict=Verdict.UNDO, target=divided.id), ANALYST)
    incidents.judge(Decision(verdict=Verdict.UNDO, target=merged.id), ANALYST)
    assert {each.id for each in incidents.all()} == {one, two, three}
    incidents.judge(Decision(verdict=Verdict.UNDO, target=divided.id), ANALYST)
    assert {each.id for each in incidents.all()} == {one}


def test_a_report_is_divided_once(incidents: Incidents, store: Store) -> None:
    keep(store, incidents, TOGETHER)
    item = proposal(incidents)
    asked = Decision(verdict=Verdict.ACCEPT, target=item.finding.finding.id)
    incidents.judge(asked, ANALYST)
    with pytest.raises(WrongUse):
        incidents.judge(asked, ANALYST)


def test_copies_are_counted_apart_from_independent_accounts(incidents: Incidents, store: Store) -> None:
    copy = SHIPPING.replace("look for", "are looking for") + " Share this story."
    retold = (
        "A shipping clerk in Oslo believed that Marlo Quistgaard was on the line. Vandelhorst Shipping lost "
        "NOK 4,310,000 on 2 March 2025 to men whom the police in Norway have yet to find."
    )
    made = keep(store, incidents, SHIPPING, copy, retold)
    [only] = incidents.all()
    assert incidents.view(only.id).accounts == ((made[0].id, made[1].id), (made[2].id,))
