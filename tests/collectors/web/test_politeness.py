"""Each host gets its turn, its budget and its peace, across threads, processes and restarts."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from collectors.errors import BudgetSpent, RateLimited, StorageRefused, Unreachable
from collectors.web.politeness import DAY, Budget, Politeness, retry_after
from collectors.web.robots import StoredRobots
from tests.collectors.fetching import Clock, child

HOST = "example.org"


Maker = Callable[..., Politeness]


@pytest.fixture
def polite(tmp_path: Path) -> Iterator[Maker]:
    """Return what opens the same state again and again, as later runs would."""
    with ExitStack() as stack:

        def make(clock: Clock, **budget: Any) -> Politeness:  # noqa: ANN401 -- counts and seconds alike
            path = tmp_path / "state.sqlite"
            state = Politeness(path, budget=Budget(**budget), clock=clock, sleep=clock.sleep)
            return stack.enter_context(closing(state))

        yield make


def test_turns_keep_the_gap_and_outlive_the_process(polite: Maker) -> None:
    clock = Clock()
    for _ in range(3):
        polite(clock).wait_for_turn(HOST, 2.0)
    polite(clock).wait_for_turn("other.example", 2.0)
    assert clock.slept == [2.0, 2.0]


def test_no_gap_means_no_wait(polite: Maker) -> None:
    clock = Clock()
    for _ in range(3):
        polite(clock).wait_for_turn(HOST, 0.0)
    assert clock.slept == []


def test_threads_take_one_turn_each(tmp_path: Path) -> None:
    now, waits, lock = 1_900_000_000.0, list[float](), threading.Lock()

    def sleep(seconds: float) -> None:
        with lock:
            waits.append(round(seconds, 3))

    path = tmp_path / "state.sqlite"
    with closing(Politeness(path, clock=lambda: now, sleep=sleep)) as state, ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: state.wait_for_turn(HOST, 2.0), range(20)))
    assert sorted(waits) == [2.0 * turn for turn in range(1, 20)]


def noise(path: Path) -> bytes:
    return b"this is no database" * 1000


def torn_inside(path: Path) -> bytes:
    """Return a state whose head is sound and whose pages are not."""
    with closing(Politeness(path)) as state:
        for number in range(100):
            state.keep_robots(f"http://{number}.example", StoredRobots("rules", "x" * 1000))
    whole = path.read_bytes()
    return whole[:8192] + bytes(len(whole) - 8192)


@pytest.mark.parametrize("damaged", [noise, torn_inside])
def test_a_damaged_file_is_put_aside(tmp_path: Path, polite: Maker, damaged: Callable[[Path], bytes]) -> None:
    path = tmp_path / "state.sqlite"
    content = damaged(path)
    path.write_bytes(content)
    state = polite(Clock())
    state.wait_for_turn(HOST, 0.0)
    assert state.robots("http://7.example") is None
    assert (tmp_path / "state.sqlite.damaged").read_bytes() == content


def test_a_file_that_cannot_be_had_is_named(tmp_path: Path) -> None:
    (tmp_path / "folder.sqlite").mkdir()
    with pytest.raises(StorageRefused, match=r"folder\.sqlite cannot be read or written: unable to open"):
        Politeness(tmp_path / "folder.sqlite")
    (tmp_path / "taken").write_bytes(b"")
    with pytest.raises(StorageRefused, match=r"state\.sqlite cannot be read or written: File exists"):
        Politeness(tmp_path / "taken" / "state.sqlite")


TURNS = """
import sys
from pathlib import Path
from collectors.web.politeness import Politeness
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


def test_a_host_that_asks_for_peace_gets_it(polite: Maker) -> None:
    clock = Clock()
    polite(clock).settle(HOST, leave_alone=600)
    with pytest.raises(RateLimited, match="2030-03-17 17:56 UTC"):
        polite(clock).wait_for_turn(HOST, 0.0)
    clock.now += 597
    polite(clock).wait_for_turn(HOST, 0.0, patience=5.0)
    assert clock.slept == [3.0]


def test_another_answer_does_not_end_the_peace_early(polite: Maker) -> None:
    clock = Clock()
    polite(clock).settle(HOST, leave_alone=600)
    polite(clock).settle(HOST)
    with pytest.raises(RateLimited):
        polite(clock).wait_for_turn(HOST, 0.0)


def test_the_day_has_its_caps_and_ends(polite: Maker) -> None:
    clock = Clock()
    state = polite(clock, requests_per_day=2, bytes_per_day=100)
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
    path = tmp_path / "state.sqlite"
    with closing(Politeness(path, clock=lambda: now, sleep=lambda _: None)) as state:
        for _ in range(3):
            state.wait_for_turn(HOST, 50.0)
        with pytest.raises(BudgetSpent, match="may be asked again"):
            state.wait_for_turn(HOST, 50.0)


def test_a_failing_host_is_paused_until_it_answers(polite: Maker) -> None:
    clock = Clock()
    state = polite(clock, failures=2)
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


def test_a_clock_that_was_wrong_locks_nobody_out(polite: Maker) -> None:
    clock = Clock()
    state = polite(clock, failures=1)
    clock.now += 365 * DAY
    state.wait_for_turn(HOST, 2.0)
    state.settle(HOST, failed=True, leave_alone=600)
    state.keep_robots("http://example.org", StoredRobots("refuse"))
    clock.now -= 365 * DAY
    state.wait_for_turn(HOST, 2.0)
    assert clock.slept == []
    assert state.robots("http://example.org") is None


@pytest.mark.parametrize(("kind", "lifetime"), [("rules", DAY), ("allow", DAY), ("refuse", 600.0)])
def test_robots_answers_are_kept_for_a_while(polite: Maker, kind: str, lifetime: float) -> None:
    clock = Clock()
    stored = StoredRobots(kind, "User-agent: *", "said so")  # type: ignore[arg-type]  # one of the three kinds
    polite(clock).keep_robots("http://example.org", stored)
    clock.now += lifetime - 1
    assert polite(clock).robots("http://example.org") == stored
    assert polite(clock).robots("https://example.org") is None
    clock.now += 1
    assert polite(clock).robots("http://example.org") is None


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


FULL_AT_ONCE = """
import resource, sys
from pathlib import Path
from collectors.errors import StorageFull
from collectors.web.politeness import Politeness
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, 1_000))
try:
    Politeness(Path(sys.argv[1]))
except StorageFull as error:
    print(error)
"""
FILLING = """
import resource, sys
from pathlib import Path
from collectors.errors import StorageFull
from collectors.web.politeness import Politeness
from collectors.web.robots import StoredRobots
path = Path(sys.argv[1])
state = Politeness(path)
resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000))
try:
    for number in range(1_000):
        state.keep_robots(f"http://{number}.example", StoredRobots("rules", "x" * 10_000))
except StorageFull as error:
    print(error)
"""


@pytest.mark.parametrize("program", [FULL_AT_ONCE, FILLING])
def test_a_full_disk_has_its_name(tmp_path: Path, program: str) -> None:
    with child(program, tmp_path / "state.sqlite") as running:
        out, said = running.communicate(timeout=60)
    assert (out[:32], said) == ("no room to write state.sqlite: d", "")
