"""The histogram of hits by month."""

from collections.abc import Mapping


def without_gaps(months: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """Return (``YYYY-MM``, count) of every month from the first to the last, zeros filled in."""
    if not months:
        return ()
    first, last = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (min(months), max(months)))
    names = (f"{number // 12:04}-{number % 12 + 1:02}" for number in range(first, last + 1))
    return tuple((name, months.get(name, 0)) for name in names)
