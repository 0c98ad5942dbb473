"""The signals that ask a long-running command to stop."""

import signal
from types import FrameType

STOPPING = ("SIGTERM", "SIGHUP")
"""Sent by service managers and containers, and by a terminal that is closed; Windows lacks the second."""


def treat_as_interrupts() -> None:
    """Let SIGTERM and SIGHUP end this process as Ctrl-C does, unless the caller of it ignores them."""
    for name in STOPPING:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _interrupt)


def _interrupt(_number: int, frame: FrameType | None) -> None:
    """Do what Ctrl-C does now: the web server replaces that handler while it runs."""
    handler = signal.getsignal(signal.SIGINT)
    if callable(handler):
        handler(signal.SIGINT, frame)
    else:  # a shell's background ignores Ctrl-C, not these signals
        raise KeyboardInterrupt
