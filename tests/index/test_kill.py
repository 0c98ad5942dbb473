"""What was acknowledged survives a killed process and a full disk, once and whole."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from collectors.errors import StorageFull
from index.store import Store
from index.tables import captures, outbox, report_versions, reports, seen
from tests.index.fictional import ANALYST, capture, outcome, report
from tests.index.log import fault

ROOT = Path(__file__).resolve().parents[2]
KILLS = {"sqlite": 10, "postgresql": 3}


def _child(url: str, count: int, *limits: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.index.writer", url, "7", str(count), *map(str, limits)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def _kill_after(child: subprocess.Popen[str], seconds: float) -> list[int]:
    """Kill a child some time after its first acknowledgement, and return all it gave."""
    assert child.stdout is not None
    first = child.stdout.readline()
    time.sleep(seconds)
    child.send_signal(signal.SIGKILL)
    rest, _ = child.communicate()
    lines = [first, *rest.splitlines(keepends=True)]
    return [int(line) for line in lines if line.endswith("\n")]


def _await_end(store: Store) -> None:
    """Wait until a server has noticed that its killed client is gone: it may still be committing."""
    others = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
    while True:
        with store.reading() as connection:
            if connection.dialect.name == "sqlite" or connection.execute(others).scalar_one() == 1:
                return


def _whole(store: Store, acknowledged: set[int]) -> None:
    with store.reading() as connection:
        if connection.dialect.name == "sqlite":
            assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
        offsets = connection.execute(select(captures.c.requested_url, captures.c.started)).all()
        assert len(offsets) == len(set(offsets))
        whole = {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (reports, report_versions, seen, outbox)
        }
    counts = store.counts()
    assert len(acknowledged) <= counts["parsed"]
    assert set(whole.values()) == {counts["parsed"]}
    assert counts["captured"] == counts["parsed"] + counts["pending"]
    assert counts["audit_entries"] == counts["captured"] + counts["parsed"]
    assert fault(store) is None


@pytest.mark.databases("sqlite", "postgresql")
def test_a_killed_writer_loses_and_doubles_nothing(url: str, database: str) -> None:
    chance = random.Random(7)
    acknowledged: list[int] = []
    for _ in range(KILLS[database]):
        acknowledged += _kill_after(_child(url, 100_000), chance.uniform(0, 0.15))
        store = Store(url)
        _await_end(store)
        _whole(store, set(acknowledged))
        titles = {each.title for each in store.all_reports()}
        assert {f"Story {7_000_000 + number}" for number in acknowledged} <= titles
        store.close()
    assert len(acknowledged) == len(set(acknowledged))
    assert len(acknowledged) >= KILLS[database]


def test_what_a_kill_left_half_done_is_finished_by_saving_it_again(url: str) -> None:
    store = Store(url)
    taken = capture()
    store.save(taken, ANALYST)
    store.close()
    again = Store(url)
    [left] = again.pending()
    again.save(left, ANALYST)
    again.save(outcome(left, [report(1, left)]), ANALYST)
    _whole(again, {1})
    assert again.pending() == []
    again.close()


def test_a_full_disk_is_said_and_loses_nothing(url: str, tmp_path: Path) -> None:
    Store(url).close()
    child = _child(url, 1000, 400_000)
    output, _ = child.communicate(timeout=60)
    lines = output.splitlines()
    assert child.returncode == 28
    assert lines[-1].startswith("full the record could not be written")
    store = Store(url)
    _whole(store, {int(line) for line in lines[:-1]})
    assert len(lines) > 2
    fresh = capture(99)
    store.save(fresh, ANALYST)
    assert fresh in store.pending()
    store.close()


def test_a_full_database_refuses_the_whole_transaction_and_goes_on_once_there_is_room(store: Store) -> None:
    store.save(capture(1), ANALYST)
    before = store.counts()
    with pytest.raises(StorageFull), store.writing() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        connection.execute(text(f"PRAGMA max_page_count = {pages}"))
        for number in range(1000):
            connection.execute(outbox.insert().values(by="report", object=f"{number}" * 500))
    assert store.counts() == before
    for number in range(2, 40):
        store.save(capture(number), ANALYST)
    assert store.counts()["captured"] == 39
    assert fault(store) is None
