"""Deadline shared by all requests that one search makes to a server."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_END: ContextVar[float | None] = ContextVar("end", default=None)


@contextmanager
def deadline(seconds: float | None) -> Iterator[None]:
    """Context manager: one time limit for all requests in the block; None lifts an outer limit."""
    before = _END.set(None if seconds is None else time.monotonic() + seconds)
    try:
        yield
    finally:
        _END.reset(before)


def seconds_left(most: float) -> float:
    """Return the next request's timeout: at most ``most``, 0.0 once the deadline has passed."""
    end = _END.get()
    return most if end is None else max(0.0, min(most, end - time.monotonic()))
