"""Whether a cost grows with its input, told on machines of any speed that may be busy with other things."""

import time
from collections.abc import Callable

LOOKS = 6
"""A busy machine may spoil a look or two; what grows faster than its input fails them all."""
UNTOLD = 0.05
"""Seconds of processor time within which nothing can be told of growth."""


def grows_slowly(work: Callable[[str], object], text: str) -> bool:
    """Return whether twice the text costs at most thrice the processor time, or next to nothing."""
    half = text[: len(text) // 2]
    return any(_cost(work, text) <= max(UNTOLD, 3 * _cost(work, half)) for _ in range(LOOKS))


def _cost(work: Callable[[str], object], text: str) -> float:
    began = time.process_time()
    work(text)
    return time.process_time() - began
