"""Incidents keep their names, and obey people."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from collectors.errors import NotFound
from collectors.records import Claim, Reference, Report, digest
from enrichment.classify import pool
from enrichment.records import Code, Link, Subject, link_id
from index.incidents import RENEWED_AT_ONCE, Incidents
from index.records import Decision, Verdict
from index.store import Store
from tests.index.fictional import ANALYST, capture, finding, outcome, report, source, told
from tests.index.room import TYPOLOGY, keep

pytestmark = pytest.mark.databases("sqlite", "postgresql")


@pytest.fixture
def five(store: Store) -> list[Report]:
    return keep(store, [report(number, capture()) for number in range(5)])


def grouped(incidents: Incidents) -> dict[str, tuple[str, ...]]:
    return {each.id: each.reports for each in incidents.all()}


def merge(target: str, into: str) -> Decision:
    return Decision(verdict=Verdict.MERGE, target=target, value=into, reason="the same call")


def split(target: str, *members: str) -> Decision:
    return Decision(verdict=Verdict.SPLIT, target=target, members=members, reason="another bank")


def test_grouping_again_changes_nothing(incidents: Incidents, five: list[Report], store: Store) -> None:
    a, b, c, d, e = (each.id for each in five)
    assert incidents.regroup([[b, a], [c], [e, d]], [], ANALYST) == 3
    assert list(grouped(incidents).values()) == [(a, b), (c,), (d, e)]
    assert next(iter(grouped(incidents))) == digest("inc", a)
    last = store.last_change()
    assert incidents.regroup([[d, e], [a, b], [c]], [], ANALYST) == 0
    assert store.last_change() == last
    assert store.ungrouped() == 0


def test_clusters_that_meet_keep_the_oldest_name(incidents: Incidents, five: list[Report]) -> None:
    a, b, c, d, e = (each.id for each in five)
    incidents.regroup([[a], [b], [c, d], [e]], [], ANALYST)
    first, second, third, _ = grouped(incidents)
    incidents.regroup([[b, c, d], [a], [e]], [], ANALYST)
    assert incidents.resolve(third) == second
    assert incidents.view(third).redirected_from == third
    assert incidents.incident(first).reports == (a,)
    incidents.regroup([[a, b, c, d], [e]], [], ANALYST)
    assert [incidents.resolve(key) for key in (first, second, third)] == [first] * 3


def test_a_cluster_that_falls_apart_leaves_the_name_with_the_larger_part(
    incidents: Incidents, five: list[Report]
) -> None:
    a, b, c, d, e = (each.id for each in five)
    incidents.regroup([[a, b, c], [d], [e]], [], ANALYST)
    name = digest("inc", a)
    incidents.regroup([[a], [b, c], [d], [e]], [], ANALYST)
    now = grouped(incidents)
    assert now[name] == (b, c)
    assert sorted(now.values()) == sorted([(a,), (b, c), (d,), (e,)])


def test_a_report_that_tells_two_incidents_does_not_join_them(
    incidents: Incidents, five: list[Report]
) -> None:
    a, b, c, _, _ = (each.id for each in five)
    clusters = [[a, b], [a, c]]
    assert incidents.regroup(clusters, [], ANALYST) == 2
    before = grouped(incidents)
    assert set(before.values()) == {(a, b), (a, c)}
    assert incidents.regroup(clusters, [], ANALYST) == 0
    assert grouped(incidents) == before
    assert set(incidents.of_reports([a])[a]) == set(before)


def test_reports_that_a_grouping_leaves_out_stay_where_they_are(
    incidents: Incidents, five: list[Report]
) -> None:
    a, b, c, d, e = (each.id for each in five)
    incidents.regroup([[a, b], [c], [d, e]], [], ANALYST)
    before = grouped(incidents)
    incidents.regroup([[a]], [], ANALYST)
    assert grouped(incidents) == before


def test_a_grouping_neither_joins_what_people_split_nor_breaks_what_they_merged(
    incidents: Incidents, five: list[Report]
) -> None:
    a, b, c, d, e = (each.id for each in five)
    incidents.regroup([[a, b], [c], [d], [e]], [], ANALYST)
    one, other = digest("inc", a), digest("inc", c)
    incidents.judge(split(one, b), ANALYST)
    incidents.judge(merge(digest("inc", d), other), ANALYST)
    incidents.regroup([[a, b, e], [c], [d]], [], ANALYST)
    now = {frozenset(each) for each in grouped(incidents).values()}
    assert frozenset((c, d)) in now
    assert not any({a, b} <= each for each in now)
    assert frozenset((a, e)) in now
    together, apart = incidents.constraints()
    assert together == [(min(c, d), max(c, d))]
    assert apart == [(min(a, b), max(a, b))]


def test_a_merge_does_not_pull_in_the_other_incident_that_a_shared_report_tells(
    incidents: Incidents, five: list[Report]
) -> None:
    a, b, c, d, _ = (each.id for each in five)
    clusters = [[a, b], [a, c], [d]]
    incidents.regroup(clusters, [], ANALYST)
    one = next(key for key, told_by in grouped(incidents).items() if told_by == (a, b))
    incidents.judge(merge(digest("inc", d), one), ANALYST)
    incidents.regroup(clusters, [], ANALYST)
    assert set(grouped(incidents).values()) == {(a, b, d), (a, c)}


def test_undoing_a_merge_keeps_what_machines_added_since(incidents: Incidents, five: list[Report]) -> None:
    a, b, c, d, e = (each.id for each in five)
    incidents.regroup([[a], [b], [c], [d], [e]], [], ANALYST)
    one, other = digest("inc", a), digest("inc", b)
    judgement = incidents.judge(merge(other, one), ANALYST)
    incidents.regroup([[a, b, c], [d], [e]], [], ANALYST)
    incidents.judge(Decision(verdict=Verdict.UNDO, target=judgement.id), ANALYST)
    assert incidents.incident(one).reports == (a, c)
    assert incidents.incident(other).reports == (b,)
    assert incidents.view(other).redirected_from is None


def test_an_incident_is_told_by_its_best_report(incidents: Incidents, store: Store) -> None:
    taken, bundled = capture(), capture(9, key="starter")
    store.remember([source(), source("starter", kind="starter")])
    press = report(1, taken, refs=("aiid:7",))
    ours = report(2, bundled, "A sentence of ours. " * 60, title="The best title", refs=("aiid:8",))
    store.save(bundled, ANALYST)
    store.save(outcome(bundled, [ours]), ANALYST)
    store.save(taken, ANALYST)
    store.save(outcome(taken, [press]), ANALYST)
    dates = [
        finding(press, "2025-06", Subject.DATE, role="occurred"),
        finding(press, "2024", Subject.DATE, role="published"),
        finding(ours, "2025-06-03", Subject.DATE, role="occurred"),
    ]
    store.save_enriched([told(press, *dates[:2]), told(ours, dates[2])], "one", ANALYST)
    incidents.regroup([[press.id, ours.id]], [], ANALYST)
    [incident] = incidents.all()
    assert incident.title == "The best title"
    assert incident.summary.startswith("A sentence of ours.")
    assert incident.summary.endswith(".")
    assert len(incident.summary) <= 600
    assert incident.occurred is not None
    assert incident.occurred.value == "2025-06-03"
    assert incident.first_published is not None
    assert incident.first_published.value == "2026-01-02"
    assert set(incident.refs) == {"aiid:7", "aiid:8"}
    assert incidents.by_ref("aiid:7") == incident.id
    assert incidents.by_ref("aiid:70") is None
    assert incidents.by_ref("AIID:8") == incident.id
    for none in ("%", "a" * 60_000, "aiid:" + "7" * 60_000, "aiid:\x00", "aiid:\udcff", ""):
        assert incidents.by_ref(none) is None


def test_an_outside_id_leads_to_where_its_report_is_told_now(incidents: Incidents, store: Store) -> None:
    taken = capture()
    told_by = [report(number, taken, refs=(f"aiid:{number}",)) for number in (1, 2)]
    store.remember([source()])
    store.save(taken, ANALYST)
    store.save(outcome(taken, told_by), ANALYST)
    incidents.regroup([[each.id] for each in told_by], [], ANALYST)
    first, second = (digest("inc", each.id) for each in told_by)
    assert [incidents.by_ref(f"aiid:{number}") for number in (1, 2)] == [first, second]
    merged = incidents.judge(merge(second, first), ANALYST)
    assert [incidents.by_ref(f"aiid:{number}") for number in (1, 2)] == [first, first]
    incidents.judge(Decision(verdict=Verdict.UNDO, target=merged.id), ANALYST)
    assert [incidents.by_ref(f"aiid:{number}") for number in (1, 2)] == [first, second]


def test_an_incident_follows_its_findings_before_and_after_the_next_grouping(
    incidents: Incidents, five: list[Report], store: Store
) -> None:
    first = five[0]
    incidents.regroup([[each.id] for each in five], [], ANALYST)
    assert incidents.tally() == {"FR-01": (5, 0), "FR": (5, 0)}
    store.save_enriched([told(first, finding(first, "MK-02"))], "two", ANALYST)
    assert incidents.incident(digest("inc", first.id)).primary == "MK-02"
    assert digest("inc", first.id) in {
        change.id for change in store.changes(0, 1000) if change.by == "incident"
    }
    incidents.regroup([[each.id] for each in five], [], ANALYST)
    assert incidents.tally() == {"FR-01": (4, 0), "FR": (4, 0), "MK-02": (1, 0), "MK": (1, 0)}


def test_reports_are_indexed_again_when_their_incident_gets_other_codes(
    incidents: Incidents, five: list[Report], store: Store
) -> None:
    first, second, *rest = five
    clusters = [[first.id, second.id], *([each.id] for each in rest)]
    incidents.regroup(clusters, [], ANALYST)
    seen = max(change.seq for change in store.changes(0, 1000))
    store.save_enriched([told(first, finding(first, "MK-02", score=0.99))], "two", ANALYST)
    incidents.regroup(clusters, [], ANALYST)
    noted = {change.id for change in store.changes(seen, 1000) if change.by == "report"}
    assert noted == {first.id, second.id}


def test_a_view_holds_sources_reasons_and_history(incidents: Incidents, store: Store) -> None:
    claims = (
        Claim(subject="timeline", value="Arrest", role="2026-02"),
        Claim(subject="timeline", value="Call", role="2026-01"),
        Claim(subject="lesson", value="Call back on a known number."),
    )
    cited = Reference(publisher="Gazette", title="Story")
    one = report(1, capture(), claims=claims, references=(cited,))
    two = report(2, capture(), references=(cited,))
    store.remember([source()])
    keep(store, [one, two])
    why = Link(
        id=link_id("same-incident", one.id, two.id),
        kind="same-incident",
        left=one.id,
        right=two.id,
        weight=0.9,
        reasons=("both name the same bank",),
        origin="group@one",
    )
    incidents.regroup([[one.id, two.id]], [why], ANALYST)
    key = digest("inc", one.id)
    judgement = incidents.judge(split(key, two.id), ANALYST)
    assert incidents.view(key).links == ()
    incidents.judge(Decision(verdict=Verdict.UNDO, target=judgement.id), ANALYST)
    view = incidents.view(key)
    assert view.links == (why,)
    assert view.references == (cited,)
    assert [entry.event for entry in view.timeline] == ["Call", "Arrest"]
    assert view.lessons == ("Call back on a known number.",)
    assert [each.verdict for each in view.judgements] == [Verdict.UNDO, Verdict.SPLIT]
    assert view.judgements[1].undone
    assert view.reports[0].publisher == "Gazette"
    assert view.reports[0].incidents == (key,)


def test_what_is_not_there_is_not_found(incidents: Incidents) -> None:
    for call in (incidents.incident, incidents.view, incidents.resolve):
        with pytest.raises(NotFound):
            call("inc-none")


@pytest.mark.databases("sqlite")
def test_regrouping_that_breaks_off_keeps_what_was_derived_and_is_due_again(store: Store) -> None:
    reports = keep(store, [report(number, capture()) for number in range(RENEWED_AT_ONCE + 2)])
    calls = iter(range(RENEWED_AT_ONCE + 1))

    def breaking(*given: Any) -> tuple[Code, ...]:  # noqa: ANN401 (whatever a pool is given)
        if next(calls, None) is None:
            raise OSError("the machine was switched off")
        return pool(*given)

    with pytest.raises(OSError, match="switched off"):
        Incidents(store, TYPOLOGY, breaking).regroup([[each.id] for each in reports], [], ANALYST)
    assert store.ungrouped() == 2
    again = Incidents(store, TYPOLOGY, pool)
    assert {code.concept for each in again.all() for code in each.codes} == {"FR-01"}
    assert again.regroup([[each.id] for each in reports], [], ANALYST) == 0
    assert store.ungrouped() == 0


@pytest.mark.databases("sqlite")
def test_thousands_of_reports_are_grouped_at_once(incidents: Incidents, store: Store) -> None:
    made = [report(number, capture()) for number in range(1367)]
    store.save(capture(), ANALYST)
    store.save(outcome(capture(), made), ANALYST)
    tools = [f"tool {number}" for number in range(11)]
    batch = [
        told(each, finding(each, "FR-01"), *(finding(each, tool, Subject.TOOL) for tool in tools))
        for each in made
    ]
    store.save_enriched(batch, "one", ANALYST)
    assert incidents.regroup([[each.id] for each in made], [], ANALYST) == 1367
    assert sum(1 for _ in incidents.all()) == 1367
    incidents.judge(merge(digest("inc", made[5].id), digest("inc", made[6].id)), ANALYST)
    assert sum(1 for _ in incidents.all()) == 1366


def test_a_failed_decision_leaves_nothing_behind(
    incidents: Incidents, five: list[Report], store: Store
) -> None:
    incidents.regroup([[each.id] for each in five], [], ANALYST)
    before = (grouped(incidents), store.counts(), store.audit_head())
    with store.writing() as connection:
        connection.execute(text("CREATE UNIQUE INDEX one_object_alone ON judged (judgement)"))
    with pytest.raises(IntegrityError):
        incidents.judge(merge(digest("inc", five[0].id), digest("inc", five[1].id)), ANALYST)
    assert (grouped(incidents), store.counts(), store.audit_head()) == before


def test_reports_that_print_one_text_speak_with_one_voice(incidents: Incidents, store: Store) -> None:
    taken = capture()
    store.save(taken, ANALYST)
    printed, reprinted, other = (report(number, taken) for number in range(3))
    store.save(outcome(taken, [printed, reprinted, other]), ANALYST)
    scores = {printed: (0.9, 0.02), reprinted: (0.86, 0.05), other: (0.2, 0.7)}
    batch = [
        told(each, finding(each, "FR-01", score=one), finding(each, "CY-02", score=two))
        for each, (one, two) in scores.items()
    ]
    store.save_enriched(batch, "one", ANALYST)
    whole = [each.id for each in scores]
    copy = Link(
        id=link_id("near-copy", printed.id, reprinted.id),
        kind="near-copy",
        left=printed.id,
        right=reprinted.id,
        weight=0.9,
        origin="group@3",
    )

    def score() -> float:
        [incident] = incidents.all()
        return next(code.score for code in incident.codes if code.concept == "FR-01")

    incidents.regroup([whole], [], ANALYST)
    apart, seen = score(), store.last_change()
    incidents.regroup([whole], [copy], ANALYST)
    folded = score()
    assert folded < apart
    assert store.last_change() > seen
    incidents.regroup([whole], [], ANALYST)
    assert score() == apart
