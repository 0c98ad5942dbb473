"""An interrupt that comes while a program starts is kept until somebody can heed it."""

import signal
from collections.abc import Iterator

import pytest

from ui import interrupts


@pytest.fixture(autouse=True)
def handler() -> Iterator[None]:
    """Interrupts as a program in a terminal has them, and afterwards as they were."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_an_interrupt_goes_to_the_handler_that_the_program_sets_meanwhile() -> None:
    heard: list[int] = []
    with interrupts.kept() as hand_over:
        signal.raise_signal(signal.SIGINT)
        signal.signal(signal.SIGINT, lambda number, _: heard.append(number))
        hand_over()
        hand_over()
    assert heard == [signal.SIGINT]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_interrupt_that_nobody_took_ends_the_block() -> None:
    reached = []
    with pytest.raises(KeyboardInterrupt), interrupts.kept():
        signal.raise_signal(signal.SIGINT)
        reached.append("the end")
    assert reached == ["the end"]


def test_where_interrupts_are_ignored_they_stay_so() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with interrupts.kept() as hand_over:
        signal.raise_signal(signal.SIGINT)
        hand_over()
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
