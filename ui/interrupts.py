"""The signals that ask a long-running command to stop."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

STOPPING = ("SIGTERM", "SIGHUP")
"""Sent by service managers and containers, and by a terminal that is closed; Windows lacks the second."""


def treat_as_interrupts() -> None:
    """Let SIGTERM and SIGHUP end this process as Ctrl-C does, unless the caller of it ignores them."""
    for name in STOPPING:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _interrupt)


@contextmanager
def kept() -> Iterator[Callable[[], None]]:
    """Keep an interrupt that comes in this block until the function given to it is called, or the block ends.

    While modules are imported, an exception may be swallowed by one of them, and an interrupt with it. The
    function is for a program that has set its own handler meanwhile, which then gets the interrupt. Where
    interrupts are ignored, they stay so.
    """
    handler, came = signal.getsignal(signal.SIGINT), list[int]()
    if handler is not signal.default_int_handler:
        yield lambda: None
        return

    def hand_over() -> None:
        if came:
            came.clear()
            signal.raise_signal(signal.SIGINT)

    signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    try:
        yield hand_over
    finally:
        signal.signal(signal.SIGINT, handler)
        hand_over()


def _interrupt(_number: int, frame: FrameType | None) -> None:
    """Do what Ctrl-C does now: the web server replaces that handler while it runs."""
    handler = signal.getsignal(signal.SIGINT)
    if callable(handler):
        handler(signal.SIGINT, frame)
    else:  # a shell's background ignores Ctrl-C, not these signals
        raise KeyboardInterrupt
