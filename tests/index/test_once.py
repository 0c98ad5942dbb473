"""Values of a shared chart are worked out once, however many threads ask at the same moment."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from index.once import once


class Chart:
    """Counts how often its value is worked out, and lets nobody finish before all have asked."""

    def __init__(self, threads: int) -> None:
        self.begun, self.asking = 0, threading.Barrier(threads)

    @once
    def value(self) -> object:
        """A value of its own for each working."""
        self.begun += 1
        return object()

    def ask(self) -> object:
        self.asking.wait()
        return self.value


def test_once_works_a_value_out_a_single_time_for_all_threads() -> None:
    for _ in range(50):
        chart = Chart(threads=4)
        with ThreadPoolExecutor(4) as threads:
            values = [asked.result() for asked in [threads.submit(chart.ask) for _ in range(4)]]
        assert chart.begun == 1
        assert len(set(map(id, values))) == 1


def test_once_keeps_a_value_for_each_owner_and_none_after_an_error() -> None:
    first, second = Chart(1), Chart(1)
    assert first.value is first.value
    assert first.value is not second.value

    class Failing:
        tries = 0

        @once
        def value(self) -> int:
            self.tries += 1
            return 10 // (self.tries - 1)

    failing = Failing()
    with pytest.raises(ZeroDivisionError):
        _ = failing.value
    assert failing.value == 10


def test_one_owner_does_not_wait_for_another() -> None:
    class Meeting:
        both = threading.Barrier(2, timeout=10)

        @once
        def value(self) -> int:
            return self.both.wait()  # returns only while the other owner works, too

    with ThreadPoolExecutor(2) as threads:
        values = [threads.submit(lambda: Meeting().value) for _ in range(2)]
        assert {value.result() for value in values} == {0, 1}
