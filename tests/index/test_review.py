"""The queue puts to people what machines do not know."""

from enrichment.records import Subject
from index.incidents import Incidents
from index.records import Decision, Verdict
from index.store import Store
from tests.index.fictional import ANALYST, capture, finding, report, told
from tests.index.room import keep


def test_the_queue_asks_for_what_the_machine_does_not_know(incidents: Incidents, store: Store) -> None:
    made = keep(store, [report(number, capture()) for number in range(60)])
    sure, close, abstained, refused, odd, *others = made
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
    assert refused.id not in why
    sampled = [key for key, reason in why.items() if reason == "sample"]
    assert 4 <= len(sampled) <= 20
    assert incidents.waiting() == len(items)
    assert incidents.queue(limit=2, offset=1) == items[1:3]
    for item in items:
        incidents.judge(Decision(verdict=Verdict.ACCEPT, target=item.finding.finding.id), ANALYST)
    assert incidents.waiting() == 0
