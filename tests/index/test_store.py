"""The record keeps what it acknowledged, once, and in one piece."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import text

from collectors.errors import NotFound
from collectors.records import Disposition, Issue, Outcome
from enrichment.records import Subject
from index.records import State
from index.rows.saving import Saved
from index.store import Store
from tests.index.fictional import ANALYST, capture, finding, outcome, report, source, told
from tests.index.log import fault

pytestmark = pytest.mark.databases("sqlite", "postgresql")
DURABLE: dict[str, tuple[str, dict[str, object]]] = {
    "sqlite": (
        "PRAGMA",
        {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30000},
    ),
    "postgresql": (
        "SHOW",
        {"synchronous_commit": "on", "lock_timeout": "30s", "transaction_isolation": "repeatable read"},
    ),
}
"""How each database is asked for its settings, and what they must be."""


def test_saving_twice_changes_nothing(store: Store) -> None:
    taken = capture()
    event = outcome(taken, [report(n, taken) for n in range(5)])
    store.save(taken, ANALYST)
    assert store.save(event, ANALYST) == Saved(5, 0)
    before = (store.counts(), store.last_change(), store.audit_head())
    assert store.save(taken, ANALYST) == Saved()
    assert store.save(event, ANALYST) == Saved()
    assert (store.counts(), store.last_change(), store.audit_head()) == before


def test_an_outcome_needs_its_capture(store: Store) -> None:
    with pytest.raises(NotFound):
        store.save(outcome(capture(), []), ANALYST)
    assert store.counts()["audit_entries"] == 0


def test_a_changed_page_is_a_new_version_of_the_same_report(store: Store) -> None:
    first, second, third = capture(1), capture(2), capture(3)
    old, new = report(1, first), report(1, second, "Another wording.")
    for taken, told_now in ((first, old), (second, new), (third, new)):
        store.save(taken, ANALYST)
        store.save(outcome(taken, [told_now]), ANALYST)
    assert store.reports([old.id])[0] == new
    assert [version for version, _ in store.report_view(old.id).versions] == [new.version, old.version]
    assert store.counts()["reports"] == 1


def test_an_older_capture_parsed_again_changes_only_history(store: Store) -> None:
    first, second = capture(1), capture(2)
    old, new = report(1, first), report(1, second, "Another wording.")
    for taken, told_now in ((first, old), (second, new)):
        store.save(taken, ANALYST)
        store.save(outcome(taken, [told_now]), ANALYST)
    assert store.save(outcome(first, [old]), ANALYST) == Saved()
    read_better = report(1, first, "A wording that a better parser finds.")
    assert store.save(outcome(first, [read_better]), ANALYST) == Saved()
    assert store.reports([old.id])[0] == new
    assert len(store.report_view(old.id).versions) == 3


def test_a_shorter_text_of_another_source_does_not_take_over(store: Store) -> None:
    full, short = capture(1), capture(2, "https://digest.example/feed", "digest")
    whole, lines = report(1, full), report(1, short, "Only the first lines.")
    for taken, told_now in ((full, whole), (short, lines)):
        store.save(taken, ANALYST)
        store.save(outcome(taken, [told_now]), ANALYST)
    assert store.reports([whole.id])[0] == whole
    assert len(store.report_view(whole.id).versions) == 2


def test_new_facts_about_the_same_wording_are_kept_and_read_again(store: Store) -> None:
    first, second = capture(1), capture(2)
    before, after = report(1, first), report(1, second, refs=("aiid:9",))
    store.save(first, ANALYST)
    store.save(outcome(first, [before]), ANALYST)
    store.save_enriched([told(before)], "one", ANALYST)
    store.save(second, ANALYST)
    assert store.save(outcome(second, [after]), ANALYST) == Saved(0, 1)
    assert store.reports([before.id])[0].refs == ("aiid:9",)
    assert [each.id for each in store.unenriched("one")] == [before.id]


def test_what_is_interrupted_between_capture_and_parse_is_pending(store: Store) -> None:
    taken = capture()
    store.save(taken, ANALYST)
    assert store.pending() == [taken]
    assert store.previous(taken.requested_url) is None
    store.save(outcome(taken, []), ANALYST)
    assert store.pending() == []
    assert store.previous(taken.requested_url) == taken


def test_captures_always_balance(store: Store) -> None:
    ends = [Disposition.PARSED, Disposition.QUARANTINED, Disposition.UNCHANGED, None]
    for number in range(11):
        taken = capture(number)
        store.save(taken, ANALYST)
        end = ends[number % 4]
        if end is not None:
            store.save(outcome(taken, [], end), ANALYST)
    counts = store.counts()
    ended = counts["parsed"], counts["quarantined"], counts["unchanged"], counts["pending"]
    assert ended == (3, 3, 3, 2)
    assert counts["captured"] == sum(ended)


def test_an_issue_stays_open_until_its_item_succeeds(store: Store) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    bad, good = capture(1), capture(2)
    wrong = Issue(
        source="gazette", item=bad.requested_url, code="malformed", detail="no feed", advice="look", at=at
    )
    store.save(bad, ANALYST)
    store.save(Outcome(capture=bad.id, disposition=Disposition.QUARANTINED, issues=(wrong,)), ANALYST)
    again = wrong.model_copy(update={"at": at + timedelta(days=1)})
    store.save(again, ANALYST)
    assert store.issues() == [again]
    before = store.audit_head()
    store.save(again, ANALYST)
    assert store.audit_head() == before
    store.save(good, ANALYST)
    store.save(outcome(good, []), ANALYST)
    assert store.issues() == []


def test_enrichment_replaces_what_machines_said_and_waits_for_new_wordings(store: Store) -> None:
    first, second = capture(1), capture(2)
    old, new = report(1, first), report(1, second, "Another wording.")
    store.save(first, ANALYST)
    store.save(outcome(first, [old]), ANALYST)
    store.save_enriched([told(old, finding(old, "VCF"), finding(old, "GB", Subject.COUNTRY))], "one", ANALYST)
    assert list(store.unenriched("one")) == []
    assert [each.id for each in store.unenriched("two")] == [old.id]
    store.save_enriched([told(old, finding(old, "PHI"))], "two", ANALYST)
    assert [each.finding.value for each in store.findings([old.id])[old.id]] == ["PHI"]
    passages, vectors = store.vectors([old.id])[old.id]
    assert passages == ((0, 5), (5, 9))
    assert np.array_equal(vectors, np.full((2, 4), 0.5, np.float32))
    store.save(second, ANALYST)
    store.save(outcome(second, [new]), ANALYST)
    assert store.unenriched_count("two") == 1
    assert list(store.unenriched("two")) == [new]


def test_two_origins_of_one_claim_are_one_finding_and_the_bundled_coding_wins(store: Store) -> None:
    taken = capture()
    one = report(1, taken)
    store.save(taken, ANALYST)
    store.save(outcome(taken, [one]), ANALYST)
    machine, bundled = finding(one, "VCF", score=0.9), finding(one, "VCF", origin="starter", score=0.5)
    store.save_enriched([told(one, bundled, machine)], "one", ANALYST)
    [kept] = store.findings([one.id])[one.id]
    assert (kept.finding, kept.state, kept.by) == (bundled, State.ACCEPTED, "starter")


def test_the_outbox_names_each_change_and_its_numbers_never_return(store: Store) -> None:
    taken = capture()
    store.save(taken, ANALYST)
    store.save(outcome(taken, [report(1, taken), report(2, taken)]), ANALYST)
    changes = store.changes(0, 100)
    assert [change.by for change in changes] == ["report", "report"]
    last = store.last_change()
    store.acknowledge(last)
    assert store.changes(0, 100) == []
    assert store.last_change() == last
    later = capture(2)
    store.save(later, ANALYST)
    store.save(outcome(later, [report(3, later)]), ANALYST)
    assert store.last_change() > last


def test_a_bulk_set_is_saved_and_enriched_at_once(store: Store) -> None:
    taken = capture()
    many = [report(n, taken, f"Words of story {n}. " * 250) for n in range(1367)]
    store.save(taken, ANALYST)
    assert store.save(outcome(taken, many), ANALYST).new == 1367
    values = [f"value {n}" for n in range(12)]
    batch = [
        told(each, *(finding(each, value, Subject.TOOL) for value in values), dimensions=384) for each in many
    ]
    store.save_enriched(batch, "one", ANALYST)
    assert store.counts()["findings"] == 12 * 1367
    assert sum(1 for _ in store.all_reports()) == 1367


def test_sources_runs_and_what_is_due(store: Store) -> None:
    fed = source(expected_yield=2, every_hours=1)
    store.remember([fed, source("dormant", enabled=False, disabled_reason="robots")])
    now = datetime.now(UTC)
    assert store.due(fed, now)
    for yielded, error in ((3, ""), (0, ""), (1, ""), (0, "unreachable")):
        store.run_ended(store.run_started("gazette"), yielded, error)
    assert not store.due(fed, now)
    assert store.due(fed, now + timedelta(hours=2))
    dormant, health = store.health()
    assert (dormant.enabled, dormant.disabled_reason, dormant.last_ok) == (False, "robots", None)
    assert health.silent_runs == 3
    assert health.last_ok is not None
    assert health.next_due is not None


def test_threads_share_a_store(store: Store) -> None:
    def work(thread: int) -> int:
        for number in range(20):
            taken = capture(number, f"https://gazette.example/{thread}")
            store.save(taken, ANALYST)
            store.save(outcome(taken, [report(thread * 1000 + number, taken)]), ANALYST)
            balanced = store.counts()
            ended = balanced["parsed"] + balanced["pending"]
            assert balanced["captured"] == ended
        return sum(1 for _ in store.all_reports())

    with ThreadPoolExecutor(8) as pool:
        assert max(pool.map(work, range(8))) == 160
    assert fault(store) is None


@pytest.mark.databases("sqlite")
def test_four_processes_write_without_a_locked_error(url: str) -> None:
    command = [sys.executable, "-m", "tests.index.writer", url]
    root = Path(__file__).resolve().parents[2]
    children = [
        subprocess.Popen([*command, str(number), "50"], stdout=subprocess.DEVNULL, cwd=root)
        for number in range(4)
    ]
    assert [child.wait() for child in children] == [0, 0, 0, 0]
    store = Store(url)
    counts = store.counts()
    assert (counts["captured"], counts["parsed"], counts["reports"]) == (200, 200, 200)
    assert counts["audit_entries"] == 400
    assert fault(store) is None
    store.close()


def test_the_database_is_set_for_durability(store: Store) -> None:
    with store.reading() as connection:
        asked, expected = DURABLE[connection.dialect.name]
        settings = {name: connection.execute(text(f"{asked} {name}")).scalar() for name in expected}
    assert settings == expected
