"""Which leaves rise: each source compared with its own past, so that a new or busier feed moves nothing.

Counted are incidents, never reports, on the day a source first told of them, so that what is told late does
not seem to fall, and a look at a past day knows what was known then. Where a source's reports bear no date,
the day of the event stands in. A window of recent days is compared with the two years before it. Within each
source whose past is in proportion to its present, the share of a leaf among all that the source told is
compared by an exact conditional test, pooled over sources. What a source tells more of altogether, it tells
more of in the denominator; what a source with too short a past tells, says nothing yet. What is told of too
rarely cannot be flagged at all: ``smallest`` says from how many on, and ``Rise.stirs`` what might rise all
the same.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from enrichment.network.coverage import BEFORE, WINDOWS, past_counts
from enrichment.network.exact import Stratum, adjusted, binomial_below, rate_ratio, upper_tail
from enrichment.network.records import Rise, SourceCount
from enrichment.network.sightings import Sighting
from enrichment.typology import Typology

FALSE_ALARMS = 0.05
"""The most that any alarm is raised in a look at data where nothing changed."""
LEAST = 4
"""A leaf with fewer incidents in both windows together is not compared."""
RISE = 3.0
"""The rise whose chance of being noticed is given as the power."""


@dataclass(frozen=True)
class _Window:
    """The sightings of a window and of the time before it, each under one source that can be compared."""

    days: int
    since: date
    recent: tuple[tuple[Sighting, str], ...]
    before: tuple[tuple[Sighting, str], ...]


_Look = tuple[_Window, str, Sequence[tuple[str, Stratum]]]
"""A window, a leaf, and the leaf's counts in it by source."""


def rising(
    seen: Sequence[Sighting], as_of: date, leaves: Collection[str], typology: Typology
) -> tuple[list[Rise], int]:
    """Return how each leaf stands on a day, the flagged first, and how many comparisons were made.

    A leaf is shown in the window in which it rises most surely. It is flagged where the exact chance,
    corrected for all comparisons that could flag anything, is at most ``FALSE_ALARMS``.
    """
    looks = [
        (window, leaf, _strata(window, leaf))
        for window in (_window(seen, as_of, days) for days in WINDOWS)
        for leaf in _comparable(window, leaves)
    ]
    plain = [upper_tail([table for _, table in strata]) for _, _, strata in looks]
    telling = _telling(looks)
    chances = dict(zip(telling, adjusted([plain[place] for place in telling]), strict=True))
    best: dict[str, int] = {}
    seeing: dict[str, float] = defaultdict(float)
    order = sorted(range(len(looks)), key=lambda place: (chances.get(place, 1.0), plain[place]))
    for place in order:
        _, leaf, strata = looks[place]
        best.setdefault(leaf, place)
        seeing[leaf] = max(seeing[leaf], power([table for _, table in strata], len(telling)))
    rises = [
        _rise(*looks[place], chance=chances.get(place, 1.0), power=seeing[leaf], typology=typology)
        for leaf, place in best.items()
    ]
    return sorted(rises, key=lambda rise: (rise.chance, -rise.low, rise.concept)), len(telling)


def _telling(looks: Sequence[_Look]) -> list[int]:
    """Return the places of the comparisons that would be flagged, were all cases of the leaf recent.

    Which these are depends on the margins only, so the others need no correction (Tarone 1990, Gilbert
    2005): K is the smallest number such that at most K leaves can reach ``FALSE_ALARMS`` / K.
    """
    surest = [upper_tail([_all_recent(table) for _, table in strata]) for _, _, strata in looks]
    for number in range(1, len(looks) + 1):
        reaching = [place for place, chance in enumerate(surest) if chance <= FALSE_ALARMS / number]
        if len(reaching) <= number:
            return reaching
    return []


def _all_recent(table: Stratum) -> Stratum:
    marked = table.of + table.other_of
    recent = min(marked, table.all)
    return Stratum(recent, table.all, marked - recent, table.other_all)


def unheard(seen: Sequence[Sighting], as_of: date) -> dict[str, tuple[str, ...]]:
    """Return the leaves first told of in the longest window, each with its incidents there, newest first.

    No alarm: of many rare leaves some are always told of again after years. What a source without a past
    tells counts too.
    """
    since = as_of - timedelta(days=max(WINDOWS) - 1)
    start = since - timedelta(days=BEFORE)
    past = {leaf for one in seen if start <= one.day < since for leaf in one.leaves}
    found: dict[str, list[str]] = defaultdict(list)
    for one in reversed(seen):
        for leaf in one.leaves - past if since <= one.day <= as_of else ():
            found[leaf].append(one.incident)
    return {leaf: tuple(incidents) for leaf, incidents in sorted(found.items())}


def _window(seen: Sequence[Sighting], as_of: date, days: int) -> _Window:
    since = as_of - timedelta(days=days - 1)
    start = since - timedelta(days=BEFORE)
    past = past_counts(seen, as_of, days)
    now: list[tuple[Sighting, str]] = []
    then: list[tuple[Sighting, str]] = []
    for one in seen:
        # The source with the longest past: another that tells the same incident takes it from nobody.
        known = [source for source, day in one.reported.items() if source in past and day <= as_of]
        source = min(known, key=lambda source: (-past[source], source), default="")
        if source and one.reported[source] >= start:
            (now if one.reported[source] >= since else then).append((one, source))
    return _Window(days, since, tuple(now), tuple(then))


def _comparable(window: _Window, leaves: Collection[str]) -> list[str]:
    totals = Counter(leaf for one, _ in (*window.recent, *window.before) for leaf in one.leaves)
    return sorted(leaf for leaf in leaves if totals[leaf] >= LEAST)


def _strata(window: _Window, leaf: str) -> list[tuple[str, Stratum]]:
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for place, sightings_ in ((0, window.recent), (2, window.before)):
        for one, source in sightings_:
            counts[source][place] += leaf in one.leaves
            counts[source][place + 1] += 1
    return [(source, Stratum(*four)) for source, four in sorted(counts.items())]


def _rise(
    window: _Window,
    leaf: str,
    strata: Sequence[tuple[str, Stratum]],
    *,
    chance: float,
    power: float,
    typology: Typology,
) -> Rise:
    tables = [stratum for _, stratum in strata]
    ratio, low, high = rate_ratio(tables)
    return Rise(
        concept=leaf,
        label=typology.label(leaf),
        since=window.since,
        days=window.days,
        recent=sum(table.of for table in tables),
        before=sum(table.other_of for table in tables),
        ratio=ratio,
        low=low,
        high=high,
        chance=chance,
        flagged=chance <= FALSE_ALARMS,
        power=power,
        sources=tuple(
            SourceCount(
                source=source,
                of=table.of,
                all=table.all,
                before_of=table.other_of,
                before_all=table.other_all,
            )
            for source, table in strata
        ),
        incidents=tuple(one.incident for one, _ in reversed(window.recent) if leaf in one.leaves),
    )


def power(tables: Sequence[Stratum], compared: int) -> float:
    """Return the chance that a leaf ``RISE`` times as frequent as before would be flagged.

    Of the tables pooled into one, at the strictest level the correction can ask (Bonferroni), so the true
    power is a little higher; the number of recent cases is binomial.
    """
    recent, before = sum(table.all for table in tables), sum(table.other_all for table in tables)
    past = sum(table.other_of for table in tables)
    if not recent or not before:
        return 0.0
    share = min(1.0, RISE * (past + 0.5) / (before + 1))
    needed = _needed(recent, past, before, FALSE_ALARMS / max(compared, 1))
    return max(0.0, 1.0 - binomial_below(needed, recent, share))


def smallest(seen: Sequence[Sighting], as_of: date, compared: int) -> dict[int, int]:
    """Return by days of the window how many incidents flag a leaf that nothing was told of before.

    A leaf of fewer is not flagged, however new it is: with two a quarter a rise never shows in 90 days.
    Taken at the strictest level, as ``power``: where several leaves rise at once, one less may do, but never
    fewer than ``LEAST``. A window in which all that was told would not do is left out.
    """
    found = {}
    for window in (_window(seen, as_of, days) for days in WINDOWS):
        recent, before = len(window.recent), len(window.before)
        needed = max(LEAST, _needed(recent, 0, before, FALSE_ALARMS / max(compared, 1)))
        if needed <= recent:
            found[window.days] = needed
    return found


@lru_cache(maxsize=4096)
def _needed(recent: int, past: int, before: int, level: float) -> int:
    """Return how many recent cases reach the level; one more than there can be where none do."""
    # The chance falls with every further case, so the first count that reaches the level is found by halving.
    return bisect_left(
        range(recent + 1), True, key=lambda count: upper_tail([Stratum(count, recent, past, before)]) <= level
    )
