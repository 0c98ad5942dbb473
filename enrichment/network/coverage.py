"""Which sources have reported enough, for long enough, to be compared with their own past.

A source is compared if it reported something before, and not far less often than now: the topics of one that
has only begun say nothing about what happens more often. Each source is judged by itself, so adding one to
the library changes nothing about the others.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from enrichment.network.sightings import Sighting

WINDOWS = (90, 180, 365)
"""Recent days: a sharp rise shows early in the short one, a slow one in the long."""
BEFORE = 730
"""Days before the window that are compared."""
LEAST_PAST = 20
"""Incidents a source must have reported in those days: fewer do not show what share a leaf usually has."""
GROWTH = 4.0
"""A source that reports more than this many times as often as in those days is as good as new."""
LEADING_PAST = 100
"""Earlier incidents that let a source decide up to which day the library knows what happened."""


def past_counts(seen: Sequence[Sighting], as_of: date, days: int) -> dict[str, int]:
    """Return the sources that can be compared in a window of ``days``, with their earlier incidents."""
    since = as_of - timedelta(days=days - 1)
    start = since - timedelta(days=BEFORE)
    reported = [
        (source, day) for one in seen for source, day in one.reported.items() if start <= day <= as_of
    ]
    recent = Counter(source for source, day in reported if day >= since)
    past = Counter(source for source, day in reported if day < since)
    return {
        source: count
        for source, count in past.items()
        if count >= LEAST_PAST and 0 < recent[source] / days <= GROWTH * count / BEFORE
    }


def last_known_day(seen: Sequence[Sighting]) -> date:
    """Return the last day reported by a source with a long past, else by the largest source.

    After it hardly anything is known, and every leaf would seem to fall. A new feed has no long past, and an
    archive that ends earlier takes nothing back. ``seen`` must not be empty.
    """
    last: dict[str, date] = {}
    for one in seen:
        for source, day in one.reported.items():
            last[source] = max(day, last.get(source, day))
    leading = [
        day
        for source, day in last.items()
        if past_counts(seen, day, max(WINDOWS)).get(source, 0) >= LEADING_PAST
    ]
    return max(leading) if leading else last[_largest(seen)]


def unproven_sources(seen: Sequence[Sighting], as_of: date) -> tuple[str, ...]:
    """Return the sources that report in the longest window but have too short a past to be compared."""
    since = as_of - timedelta(days=max(WINDOWS) - 1)
    recent = {source for one in seen for source, day in one.reported.items() if since <= day <= as_of}
    proven = {source for days in WINDOWS for source in past_counts(seen, as_of, days)}
    return tuple(sorted(recent - proven))


def _largest(seen: Sequence[Sighting]) -> str:
    counts = Counter(source for one in seen for source in one.reported)
    return min(counts, key=lambda source: (-counts[source], source))
