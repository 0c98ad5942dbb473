"""Work beside the pages: one task of a name at a time, and a failure that is reported once."""

import sys
import threading
from collections.abc import Iterator

import pytest
import streamlit as st

from collectors.errors import WrongUse
from index.library import Progress
from ui import working

STARTERS = 16
TRIALS = 100


@pytest.fixture(autouse=True)
def no_tasks() -> Iterator[None]:
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


@pytest.fixture
def eager_switches() -> Iterator[None]:
    """Let threads interrupt each other after a microsecond, so that every gap between two steps is hit."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def join(name: str) -> None:
    for thread in threading.enumerate():
        if thread.name == name:
            thread.join()


def test_a_task_started_by_many_at_once_begins_once(eager_switches: None) -> None:
    working.running("warm-up")  # the store of tasks exists before they race for it
    for trial in range(TRIALS):
        begun: list[int] = []
        release, together = threading.Event(), threading.Barrier(STARTERS)

        def work(_: Progress, begun: list[int] = begun, release: threading.Event = release) -> None:
            begun.append(1)
            release.wait()

        def starter(name: str = f"task-{trial}", together: threading.Barrier = together) -> None:
            together.wait()
            working.start(name, work)

        threads = [threading.Thread(target=starter) for _ in range(STARTERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        release.set()
        join(f"task-{trial}")
        assert len(begun) == 1


def test_a_task_can_be_started_again_once_it_has_ended() -> None:
    begun: list[int] = []
    for _ in range(2):
        working.start("again", lambda _: begun.append(1))
        join("again")
    assert len(begun) == 2 and working.running("again") is None


def test_an_unexpected_failure_says_what_is_kept_and_is_reported_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    stored: list[int] = []

    def work(progress: Progress) -> None:
        progress("reading", 1, 2)
        stored.append(1)
        raise RuntimeError("the second part failed")

    working.start("parts", work)
    join("parts")
    assert stored
    assert working.take_problem("parts") == working.UNEXPECTED
    assert "finished before is kept" in working.UNEXPECTED
    assert working.take_problem("parts") == ""
    assert "the second part failed" in caplog.text


def test_a_failure_of_ours_is_reported_in_its_own_words() -> None:
    def work(_: Progress) -> None:
        raise WrongUse("nothing here can be learnt from")

    working.start("refused", work)
    join("refused")
    assert working.take_problem("refused") == "Nothing here can be learnt from."


def test_a_running_task_reports_its_progress_and_no_problem() -> None:
    release, reported = threading.Event(), threading.Event()

    def work(progress: Progress) -> None:
        progress("learning", 3, 7)
        reported.set()
        release.wait()

    working.start("slow", work)
    reported.wait()
    task = working.running("slow")
    assert task is not None and (task.stage, task.done, task.total) == ("learning", 3, 7)
    assert working.take_problem("slow") == ""
    release.set()
    join("slow")
