"""Parsers run in children: limits hold, errors come back typed, nothing is left behind."""

import math
import operator
import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from collectors.documents import read_document
from collectors.errors import EmptyDocument, ItemError, Malformed, ParserKilled
from collectors.records import Document
from collectors.sandbox.pool import Sandbox
from collectors.sandbox.process import TASKS_PER_CHILD
from tests.collectors.fetching import child


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(workers=2, seconds=3, megabytes=1024) as running:
        yield running


def alive(process: int) -> bool:
    try:
        status = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def test_results_and_records_come_back(sandbox: Sandbox) -> None:
    assert sandbox.call(operator.add, 2, 3) == 5
    document = sandbox.call(read_document, b"A heading\nand a line of text", "note.txt", "")
    assert isinstance(document, Document)
    assert document.title == "A heading"


def test_work_happens_in_another_process(sandbox: Sandbox) -> None:
    assert sandbox.call(os.getpid) != os.getpid()


def test_nothing_is_started_before_the_first_call() -> None:
    with Sandbox() as idle:
        assert not idle._children


def test_item_errors_are_raised_again_with_their_message(sandbox: Sandbox) -> None:
    with pytest.raises(EmptyDocument, match="the file is empty"):
        sandbox.call(read_document, b"", "empty.txt", "")


def test_any_other_exception_is_malformed_and_named(sandbox: Sandbox) -> None:
    with pytest.raises(Malformed, match="the parser gave up: ZeroDivisionError: division by zero"):
        sandbox.call(operator.truediv, 1, 0)


def test_time_is_limited_by_the_wall_clock(sandbox: Sandbox) -> None:
    with pytest.raises(ParserKilled, match="the parser was stopped after 3 seconds"):
        sandbox.call(time.sleep, 3_600)
    assert sandbox.call(operator.add, 1, 1) == 2


def test_native_code_that_ignores_signals_is_killed(sandbox: Sandbox) -> None:
    with pytest.raises(ParserKilled):
        sandbox.call(math.factorial, 10_000_000)


def test_memory_is_limited(sandbox: Sandbox) -> None:
    with pytest.raises(ParserKilled, match="the parser needed more than 1,024 MB of memory"):
        sandbox.call(operator.mul, b"x", 3_000_000_000)
    assert sandbox.call(operator.add, 1, 1) == 2


def test_a_crash_is_contained(sandbox: Sandbox) -> None:
    with pytest.raises(ParserKilled, match=r"the parser crashed \(signal 6\)"):
        sandbox.call(os.abort)
    assert sandbox.call(operator.add, 1, 1) == 2


def test_a_child_that_died_idle_is_replaced(sandbox: Sandbox) -> None:
    os.kill(sandbox.call(os.getpid), signal.SIGKILL)
    time.sleep(0.1)
    assert sandbox.call(operator.add, 1, 1) == 2


def test_parsers_reach_neither_network_nor_disk_nor_programs(sandbox: Sandbox, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.raises(Malformed, match="may not"):
        sandbox.call(socket.create_connection, server.getsockname())
    with pytest.raises(Malformed, match="may not"):
        sandbox.call(os.system, "true")
    with pytest.raises(Malformed, match="may not"):
        sandbox.call(os.open, str(tmp_path / "left"), os.O_CREAT | os.O_WRONLY)
    assert not list(tmp_path.iterdir())
    kept = tmp_path / "evidence"
    kept.write_bytes(b"kept")
    for harm in ((os.remove, str(kept)), (os.truncate, str(kept), 0), (os.rename, str(kept), f"{kept}.old")):
        with pytest.raises(Malformed, match="may not"):
            sandbox.call(*harm)
    with pytest.raises(Malformed, match="may not"):
        sandbox.call(os.kill, os.getpid(), int(signal.SIGTERM))
    assert kept.read_bytes() == b"kept"


STARVED = """
import operator, resource, sys
from collectors.errors import SandboxDown
from collectors.sandbox.pool import Sandbox
resource.setrlimit(getattr(resource, sys.argv[1]), (int(sys.argv[2]), int(sys.argv[2])))
try:
    Sandbox().call(operator.add, 1, 1)
except SandboxDown as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("limit", "value", "said"),
    [
        ("RLIMIT_NOFILE", 4, "no parser process can be started: Too many open files"),
        ("RLIMIT_AS", 200_000_000, "the parser process does not start: "),
    ],
)
def test_a_machine_without_room_for_a_child_has_its_name(limit: str, value: int, said: str) -> None:
    with child(STARVED, limit, value) as starved:
        out, wrong = starved.communicate(timeout=60)
    assert (out[: len(said)], wrong) == (said, "")


def test_no_environment_and_no_open_file_is_handed_on(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SECRET_DATABASE", "value")
    with Sandbox(workers=1) as fresh, (tmp_path / "open").open("wb"):
        assert fresh.call(os.getenv, "SECRET_DATABASE") is None
        handed = Path(f"/proc/{fresh.call(os.getpid)}/fd").iterdir()
        assert not [link for link in handed if str(tmp_path) in str(link.readlink())]


def test_only_data_comes_back(sandbox: Sandbox) -> None:
    with pytest.raises(TypeError, match="not a value"):
        sandbox.call(threading.current_thread)


def test_only_functions_at_the_top_of_a_module_are_run(sandbox: Sandbox) -> None:
    with pytest.raises(TypeError, match="top of a module"):
        sandbox.call(lambda: 1)
    assert sandbox.call(operator.add, 1, 1) == 2


def test_map_keeps_the_order_and_yields_errors_in_their_place(sandbox: Sandbox) -> None:
    payloads = [f"line {number}".encode() if number % 5 else b"" for number in range(40)]
    results = list(sandbox.map(read_document, ((payload, "note.txt", "") for payload in payloads)))
    assert [isinstance(result, ItemError) for result in results] == [number % 5 == 0 for number in range(40)]
    assert [result.text for result in results if isinstance(result, Document)][:3] == [
        "line 1",
        "line 2",
        "line 3",
    ]


def test_map_takes_only_a_few_items_in_advance(sandbox: Sandbox) -> None:
    taken: list[int] = []

    def numbers() -> Iterator[tuple[int, int]]:
        for number in range(100):
            taken.append(number)
            yield number, 1

    results = sandbox.map(operator.add, numbers())
    assert next(results) == 1
    assert len(taken) <= 4
    results.close()


def test_map_works_in_parallel(tmp_path: Path) -> None:
    first, second = (str(tmp_path / name) for name in ("first", "second"))
    for pipe in (first, second):
        os.mkfifo(pipe)

    def let_go() -> None:
        for pipe in (second, first):  # an end opens once the other end is waited at
            os.close(os.open(pipe, os.O_WRONLY))

    threading.Thread(target=let_go, daemon=True).start()
    with Sandbox(workers=2, seconds=60) as pair:
        opened = list(pair.map(os.open, [(first, os.O_RDONLY), (second, os.O_RDONLY)]))
    assert [type(end) for end in opened] == [int, int], "the second job began while the first one waited"


def test_many_threads_may_call_at_once(sandbox: Sandbox) -> None:
    results: list[int] = []
    threads = [
        threading.Thread(target=lambda number=number: results.append(sandbox.call(operator.add, number, 0)))
        for number in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == list(range(12))


def test_a_worker_is_replaced_after_many_tasks() -> None:
    with Sandbox(workers=1) as single:
        first = single.call(os.getpid)
        for _ in range(TASKS_PER_CHILD):
            single.call(operator.add, 1, 1)
        assert single.call(os.getpid) != first


def test_closing_ends_the_children_and_refuses_more_work() -> None:
    closing = Sandbox(workers=1)
    process = closing.call(os.getpid)
    closing.close()
    assert not alive(process)
    with pytest.raises(RuntimeError, match="closed"):
        closing.call(operator.add, 1, 1)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_no_child_outlives_its_parent(how: signal.Signals, tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    # Without a guard on __main__: starting children must not run the caller's program again.
    script.write_text(
        textwrap.dedent("""
        import os, time
        from collectors.sandbox.pool import Sandbox
        sandbox = Sandbox(workers=1, seconds=4)
        print(sandbox.call(os.getpid), flush=True)
        sandbox.call(time.sleep, 3)
        """)
    )
    with subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        assert alive(worker)
        parent.send_signal(how)
    deadline = time.monotonic() + 60
    while alive(worker) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not alive(worker)
