"""Each host gets its turn, its budget and its peace, across threads, processes and restarts."""

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from collectors.errors import BudgetSpent, RateLimited, Unreachable
from collectors.politeness import DAY, Budget, Politeness, retry_after
from collectors.robots import StoredRobots
from tests.collectors.fetching import Clock, child

HOST = "example.org"


def polite(folder: Path, clock: Clock, **budget: float) -> Politeness:
    return Politeness(
        folder / "state.sqlite",
        budget=Budget(**budget),  # type: ignore[arg-type]  # counts and seconds alike
        clock=clock,
        sleep=clock.sleep,
    )


def test_turns_keep_the_gap_and_outlive_the_process(tmp_path: Path) -> None:
    clock = Clock()
    for _ in range(3):
        polite(tmp_path, clock).wait_for_turn(HOST, 2.0)
    polite(tmp_path, clock).wait_for_turn("other.example", 2.0)
    assert clock.slept == [2.0, 2.0]


def test_no_gap_means_no_wait(tmp_path: Path) -> None:
    clock = Clock()
    for _ in range(3):
        polite(tmp_path, clock).wait_for_turn(HOST, 0.0)
    assert clock.slept == []


def test_threads_take_one_turn_each(tmp_path: Path) -> None:
    now, waits, lock = 1_900_000_000.0, list[float](), threading.Lock()

    def sleep(seconds: float) -> None:
        with lock:
            waits.append(round(seconds, 3))

    polite = Politeness(tmp_path / "state.sqlite", clock=lambda: now, sleep=sleep)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: polite.wait_for_turn(HOST, 2.0), range(20)))
    assert sorted(waits) == [2.0 * turn for turn in range(1, 20)]


TURNS = """
import sys
from pathlib import Path
from collectors.politeness import Politeness
polite = Politeness(Path(sys.argv[1]), clock=lambda: 1_900_000_000.0, sleep=lambda _: None)
for _ in range(50):
    polite.wait_for_turn("example.org", 0.001)
"""


def test_processes_lose_no_turn(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    workers = [child(TURNS, path) for _ in range(3)]
    assert [worker.communicate(timeout=60)[1] for worker in workers] == ["", "", ""]
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT requests FROM host").fetchone() == (150,)


def test_a_host_that_asks_for_peace_gets_it(tmp_path: Path) -> None:
    clock = Clock()
    polite(tmp_path, clock).settle(HOST, leave_alone=600)
    with pytest.raises(RateLimited, match="2030-03-17 17:56 UTC"):
        polite(tmp_path, clock).wait_for_turn(HOST, 0.0)
    clock.now += 597
    polite(tmp_path, clock).wait_for_turn(HOST, 0.0, patience=5.0)
    assert clock.slept == [3.0]


def test_another_answer_does_not_end_the_peace_early(tmp_path: Path) -> None:
    clock = Clock()
    polite(tmp_path, clock).settle(HOST, leave_alone=600)
    polite(tmp_path, clock).settle(HOST)
    with pytest.raises(RateLimited):
        polite(tmp_path, clock).wait_for_turn(HOST, 0.0)


def test_the_day_has_its_caps_and_ends(tmp_path: Path) -> None:
    clock = Clock()
    state = polite(tmp_path, clock, requests_per_day=2, bytes_per_day=100)
    state.wait_for_turn(HOST, 0.0)
    state.settle(HOST, wire_bytes=99)
    state.wait_for_turn(HOST, 0.0)
    with pytest.raises(BudgetSpent, match="2 requests"):
        state.wait_for_turn(HOST, 0.0)
    clock.now += DAY
    state.wait_for_turn(HOST, 0.0)
    state.settle(HOST, wire_bytes=100)
    with pytest.raises(BudgetSpent, match="100 bytes"):
        state.wait_for_turn(HOST, 0.0)


def test_a_long_queue_is_not_joined(tmp_path: Path) -> None:
    now = 1_900_000_000.0
    state = Politeness(tmp_path / "state.sqlite", clock=lambda: now, sleep=lambda _: None)
    for _ in range(3):
        state.wait_for_turn(HOST, 50.0)
    with pytest.raises(BudgetSpent, match="may be asked again"):
        state.wait_for_turn(HOST, 50.0)


def test_a_failing_host_is_paused_until_it_answers(tmp_path: Path) -> None:
    clock = Clock()
    state = polite(tmp_path, clock, failures=2)
    state.settle(HOST, failed=True)
    state.settle(HOST)
    state.settle(HOST, failed=True)
    state.wait_for_turn(HOST, 0.0)
    state.settle(HOST, failed=True)
    with pytest.raises(Unreachable, match="2 times running"):
        state.wait_for_turn(HOST, 0.0)
    clock.now += 601
    state.wait_for_turn(HOST, 0.0)
    state.settle(HOST, failed=True)
    with pytest.raises(Unreachable, match="3 times running"):
        state.wait_for_turn(HOST, 0.0)


def test_a_clock_that_was_wrong_locks_nobody_out(tmp_path: Path) -> None:
    clock = Clock()
    state = polite(tmp_path, clock, failures=1)
    clock.now += 365 * DAY
    state.wait_for_turn(HOST, 2.0)
    state.settle(HOST, failed=True, leave_alone=600)
    state.keep_robots("http://example.org", StoredRobots("refuse"))
    clock.now -= 365 * DAY
    state.wait_for_turn(HOST, 2.0)
    assert clock.slept == []
    assert state.robots("http://example.org") is None


@pytest.mark.parametrize(("kind", "lifetime"), [("rules", DAY), ("allow", DAY), ("refuse", 600.0)])
def test_robots_answers_are_kept_for_a_while(tmp_path: Path, kind: str, lifetime: float) -> None:
    clock = Clock()
    stored = StoredRobots(kind, "User-agent: *", "said so")  # type: ignore[arg-type]  # one of the three kinds
    polite(tmp_path, clock).keep_robots("http://example.org", stored)
    clock.now += lifetime - 1
    assert polite(tmp_path, clock).robots("http://example.org") == stored
    assert polite(tmp_path, clock).robots("https://example.org") is None
    clock.now += 1
    assert polite(tmp_path, clock).robots("http://example.org") is None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("120", 120.0),
        (" 120 ", 120.0),
        ("1000000000", DAY),
        ("9" * 5_000, DAY),
        ("Sun, 17 Mar 2030 17:48:40 GMT", 120.0),
        ("Sun, 17 Mar 2030 17:48:40", 120.0),
        ("Mon, 01 Jan 2001 00:00:00 GMT", 0.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", DAY),
        ("-5", None),
        ("1.5", None),
        ("١٢٠", None),
        ("soon", None),
        ("", None),
        ("Sun, 99 Mar 2030 99:99:99 GMT", None),
    ],
)
def test_retry_after_is_read_with_care(value: str, seconds: float | None) -> None:
    assert retry_after(value, 1_900_000_000.0) == seconds


FILLING = """
import resource, sys
from pathlib import Path
from collectors.errors import StorageFull
from collectors.politeness import Politeness
from collectors.robots import StoredRobots
path = Path(sys.argv[1])
state = Politeness(path)
resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000))
try:
    for number in range(1_000):
        state.keep_robots(f"http://{number}.example", StoredRobots("rules", "x" * 10_000))
except StorageFull as error:
    print(error)
"""


def test_a_full_disk_has_its_name(tmp_path: Path) -> None:
    with child(FILLING, tmp_path / "state.sqlite") as running:
        out, said = running.communicate(timeout=60)
    assert (out[:32], said) == ("no room to write state.sqlite: d", "")
