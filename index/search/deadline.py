"""One bound on the time of everything that a search asks of a server."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_END: ContextVar[float | None] = ContextVar("end", default=None)


@contextmanager
def deadline(seconds: float | None) -> Iterator[None]:
    """Bound what is asked within the block, as a whole; None lifts the bound of a block around it."""
    before = _END.set(None if seconds is None else time.monotonic() + seconds)
    try:
        yield
    finally:
        _END.reset(before)


def seconds_left(most: float) -> float:
    """Return how long the next request may take: at most ``most``, and 0.0 once the time is up."""
    end = _END.get()
    return most if end is None else max(0.0, min(most, end - time.monotonic()))
