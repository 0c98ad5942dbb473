"""The queue puts to people what machines do not know, and draws at random what measures them."""

from dataclasses import replace

import pytest
from sqlalchemy import event

from collectors.records import Report
from enrichment.records import Finding, Subject
from index.desk import weighing
from index.desk.decisions import alternatives
from index.incidents import Incidents
from index.learning import measuring
from index.records import Decision, Verdict
from index.store import Store
from tests.index.fictional import ANALYST, capture, finding, report, told
from tests.index.room import TYPOLOGY, furnish, keep


def made(store: Store, count: int) -> list[Report]:
    return keep(store, [report(number, capture()) for number in range(count)])


def undrawn(reports: list[Report], code: str = "FR-01") -> list[Report]:
    return [each for each in reports if not weighing.is_drawn(finding(each, code).id)]


def test_the_queue_asks_for_what_the_machine_does_not_know(incidents: Incidents, store: Store) -> None:
    reports = made(store, 60)
    sure, close, abstained, refused, odd, *_ = undrawn(reports)
    chosen = {each.id for each in (sure, close, abstained, refused, odd)}
    others = [each for each in reports if each.id not in chosen]
    said = [
        told(sure, finding(sure, "FR-01", score=0.95)),
        told(close, finding(close, "FR-01", score=0.5), finding(close, "FR-02", score=0.45, role="sibling")),
        told(abstained, finding(abstained, "FR-01", score=0.3, role="sibling")),
        told(
            refused, finding(refused, "FR-01"), finding(refused, "not-relevant", Subject.RELEVANCE, score=0.1)
        ),
        told(odd, finding(odd, "FR-01", score=0.9), finding(odd, "FR-02", origin="aiid", score=1.0)),
    ]
    said += [told(each, finding(each, "FR-01", score=0.9)) for each in others]
    store.save_enriched(said, "two", ANALYST)
    items = incidents.queue(limit=100)
    why = {item.report.id: item.why for item in items}
    assert items[0].report.id == odd.id
    assert items[0].finding.finding.origin == "classify@one"
    assert [item.report.id for item in incidents.queue(why="unsure")] == [close.id, abstained.id]
    [code] = incidents.queue(why="unsure")[0].siblings
    assert (code.concept, code.score) == ("FR-02", 0.45)
    assert not {sure.id, refused.id} & set(why)
    sampled = {key for key, reason in why.items() if reason == "sample"}
    assert sampled == {each.id for each in reports} - {each.id for each in undrawn(reports)}
    assert incidents.waiting_count() == len(items)
    assert incidents.queue(limit=2, offset=1) == items[1:3]
    for item in items:
        incidents.judge(Decision(verdict=Verdict.ACCEPT, target=item.finding.finding.id), ANALYST)
    assert incidents.waiting_count() == 0


def test_one_in_five_is_drawn_whatever_the_machine_thinks_and_every_fifth_shown_is(
    incidents: Incidents, store: Store
) -> None:
    reports = made(store, 200)
    scores = [(number % 98 + 1) / 100 for number in range(200)]
    saved = [
        told(each, finding(each, "FR-01", score=score)) for each, score in zip(reports, scores, strict=True)
    ]
    out = [finding(each, "not-relevant", Subject.RELEVANCE, score=0.1) for each in reports]
    saved = [
        replace(each, findings=(*each.findings, *([no] if place % 3 == 0 else [])))
        for place, (each, no) in enumerate(zip(saved, out, strict=True))
    ]
    store.save_enriched(saved, "two", ANALYST)
    items = incidents.queue(limit=500)
    at_random = [item for item in items if item.why == "sample"]
    assert 25 <= len(at_random) <= 55
    assert {item.finding.finding.id for item in at_random} == {
        finding(each, "FR-01").id for each in reports if weighing.is_drawn(finding(each, "FR-01").id)
    }
    drawn_scores = [item.finding.finding.score for item in at_random]
    assert sum(drawn_scores) / len(drawn_scores) == pytest.approx(sum(scores) / len(scores), abs=0.12)
    assert drawn_scores != sorted(drawn_scores)
    reasons = [item.why for item in items]
    assert reasons[4::5][:5] == ["sample"] * 5
    assert reasons[:4] == ["unsure"] * 4
    assert [item.finding.finding.id for item in incidents.queue(limit=500)] == [
        item.finding.finding.id for item in items
    ]


def test_what_waits_follows_what_machines_and_people_say_later(incidents: Incidents, store: Store) -> None:
    close, sure, *_ = undrawn(made(store, 20))
    incidents.regroup([[close.id], [sure.id]], [], ANALYST)

    def say(score: float) -> None:
        said = [told(each, finding(each, "FR-01", score=score)) for each in (close, sure)]
        store.save_enriched(said, f"at {score}", ANALYST)

    def waiting() -> list[str]:
        told_of = [item.report.id for item in incidents.queue(why="unsure")]
        return [key for key in told_of if key in (close.id, sure.id)]

    say(0.5)
    assert waiting() == [close.id, sure.id]
    say(0.99)
    assert waiting() == []
    say(0.6)
    made_then = incidents.judge(
        Decision(verdict=Verdict.REJECT, target=finding(close, "FR-01").id, reason="no"), ANALYST
    )
    assert waiting() == [sure.id]
    incidents.judge(Decision(verdict=Verdict.UNDO, target=made_then.id), ANALYST)
    assert waiting() == [close.id, sure.id]


def test_a_page_of_any_place_and_length_is_that_part_of_the_whole_queue(
    incidents: Incidents, store: Store
) -> None:
    reports = made(store, 60)
    said = [told(each, finding(each, "FR-01", score=0.4 + place / 200)) for place, each in enumerate(reports)]
    store.save_enriched(said, "two", ANALYST)
    whole = incidents.queue(limit=100)
    assert {item.why for item in whole} == {"unsure", "sample"}
    for size in (1, 4, 7):
        pages = [incidents.queue(limit=size, offset=start) for start in range(0, len(whole) + size, size)]
        assert tuple(item for page in pages for item in page) == whole
    drawn = [item for item in whole if item.why == "sample"]
    assert incidents.queue(limit=3, offset=2, why="sample") == tuple(drawn[2:5])


def test_a_code_has_the_same_alternatives_in_the_queue_and_on_its_incident(
    incidents: Incidents, store: Store
) -> None:
    one, other, *_ = undrawn(made(store, 20))
    said = [
        finding(one, "FR-01", score=0.5),
        finding(one, "MK-02", score=0.2, role="sibling"),
        finding(one, "FR-03", score=0.3, role="other"),
        finding(one, "FR-02", score=0.45, role="sibling"),
        finding(one, "GB", Subject.COUNTRY),
    ]
    store.save_enriched([told(one, *said), told(other, finding(other, "PH-01"))], "two", ANALYST)
    incidents.regroup([[one.id, other.id]], [], ANALYST)
    [item] = [item for item in incidents.queue(why="unsure") if item.report.id == one.id]
    view = incidents.view(str(item.incident))
    assert [code.concept for code in item.siblings] == ["FR-02", "FR-03", "MK-02"]
    assert alternatives(view.findings, item.finding.finding) == item.siblings
    country = next(each.finding for each in view.findings if each.finding.value == "GB")
    assert alternatives(view.findings, country) == ()
    incidents.judge(
        Decision(verdict=Verdict.REJECT, target=finding(one, "MK-02").id, reason="no market"), ANALYST
    )
    later = incidents.view(str(item.incident)).findings
    assert alternatives(later, item.finding.finding) == item.siblings[:2]


def judged(incidents: Incidents, store: Store, wrong: int) -> list[Finding]:
    """Judge the whole random draw of a hundred reports, rejecting so many, and return what was drawn."""
    reports = made(store, 100)
    store.save_enriched([told(each, finding(each, "FR-01", score=0.8)) for each in reports], "two", ANALYST)
    items = [item.finding.finding for item in incidents.queue(limit=200, why="sample")]
    for place, item in enumerate(items):
        verdict = Verdict.REJECT if place < wrong else Verdict.ACCEPT
        incidents.judge(Decision(verdict=verdict, target=item.id), ANALYST)
    return items


def test_calibration_is_measured_on_the_judged_draw_alone(incidents: Incidents, store: Store) -> None:
    items = judged(incidents, store, wrong=4)
    n = len(items)
    found = measuring.calibration(store, TYPOLOGY)
    assert (found.drawn, found.judged) == (n, n)
    assert found.accuracy == pytest.approx((n - 4) / n)
    assert found.error == pytest.approx(abs(0.8 - (n - 4) / n))
    assert found.accuracy_low is not None and found.accuracy_high is not None and found.accuracy is not None
    assert found.accuracy_low <= found.accuracy <= found.accuracy_high
    figure, error = measuring.figures(store, TYPOLOGY)
    assert (figure.n, error.value) == (n, found.error)


def test_the_score_counts_as_it_was_when_judged(incidents: Incidents, store: Store) -> None:
    items = judged(incidents, store, wrong=0)
    before = measuring.calibration(store, TYPOLOGY)
    again = [store.reports([item.report])[0] for item in items]
    store.save_enriched([told(each, finding(each, "FR-01", score=1.0)) for each in again], "three", ANALYST)
    assert measuring.calibration(store, TYPOLOGY) == before


def test_what_was_not_drawn_or_was_taken_back_measures_nothing(incidents: Incidents, store: Store) -> None:
    [first, *_] = undrawn(made(store, 20))
    incidents.judge(Decision(verdict=Verdict.ACCEPT, target=finding(first, "FR-01").id), ANALYST)
    assert measuring.calibration(store, TYPOLOGY).judged == 0
    assert measuring.figures(store, TYPOLOGY) == []
    [item, *_] = incidents.queue(why="sample")
    judgement = incidents.judge(Decision(verdict=Verdict.ACCEPT, target=item.finding.finding.id), ANALYST)
    assert measuring.calibration(store, TYPOLOGY).judged == 1
    incidents.judge(Decision(verdict=Verdict.UNDO, target=judgement.id), ANALYST)
    assert measuring.calibration(store, TYPOLOGY).judged == 0


def test_a_judgement_keeps_the_machines_score_only_for_its_leading_code(store: Store) -> None:
    room = furnish(store)
    near = room.judge(Verdict.REJECT, room.state("FR-02").finding.id)
    assert near.score is None
    lead = room.judge(Verdict.ACCEPT, room.state("FR-01", 1).finding.id)
    assert (lead.score, lead.origin) == (0.6, "classify@one")
    again = room.judge(Verdict.REJECT, room.state("FR-02", 1).finding.id)
    assert again.score is None


def test_choosing_what_waits_reads_the_findings_of_its_reports_alone(store: Store) -> None:
    reports = made(store, 30)
    store.save_enriched([told(each, finding(each, "FR-01")) for each in reports], "two", ANALYST)
    asked: list[tuple[str, tuple[str, ...]]] = []
    with store.writing() as connection:
        event.listen(connection, "before_cursor_execute", lambda *said: asked.append((said[2], said[3])))
        weighing.weigh(connection, TYPOLOGY)
        of_findings = [said for said in asked if "FROM findings" in said[0]]
        assert len(of_findings) == 2  # codes, and refusals
        for statement, parameters in of_findings:
            explained = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            assert [row.detail for row in explained] == [
                "SEARCH findings USING INDEX findings_report (report=?)"
            ]
