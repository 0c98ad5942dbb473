"""Which leaves rise: each source compared with its own past, so that a new or busier feed moves nothing.

Counted are incidents, never reports, at the day they happened or else were first told. A window of recent
days is compared with the two years before it. Within each source that told anything in both, the share of a
leaf among all that the source told is compared by an exact conditional test, pooled over sources. What a
source tells more of altogether, it tells more of in the denominator; what a source without a past tells,
says nothing yet. What is told of too rarely cannot be flagged at all: ``smallest`` says from how many on.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from enrichment.network.codes import believed
from enrichment.network.exact import Stratum, adjusted, binomial_below, rate_ratio, upper_tail
from enrichment.network.records import Rise, SourceCount
from enrichment.network.times import day_of
from enrichment.records import Incident
from enrichment.typology import Typology

WINDOWS = (90, 180, 365)
"""Recent days: a sharp rise shows early in the short one, a slow one in the long."""
BEFORE = 730
"""Days before the window that are compared."""
FALSE_ALARMS = 0.05
"""At most this share of looks raises any alarm where nothing changed."""
LEAST = 4
"""A leaf with fewer incidents in both windows together cannot tell anything and is not compared."""
RISE = 3.0
"""The rise whose chance of being noticed is given as the power."""


@dataclass(frozen=True)
class Sighting:
    """An incident as trends count it: once, on one day, under each of its leaves."""

    incident: str
    day: date
    leaves: frozenset[str]
    sources: frozenset[str]


def sightings(
    incidents: Iterable[Incident], source_of: Mapping[str, str], typology: Typology
) -> tuple[list[Sighting], int]:
    """Return the dated incidents, in order of their day, and how many have no known month.

    ``source_of`` gives each report's source.
    """
    dated, undated = [], 0
    for incident in incidents:
        day = day_of(incident)
        if day is None:
            undated += 1
            continue
        leaves = frozenset(code.concept for code in believed(incident, typology))
        told = frozenset(source_of[report] for report in incident.reports if report in source_of)
        dated.append(Sighting(incident.id, day, leaves, told))
    return sorted(dated, key=lambda one: (one.day, one.incident)), undated


@dataclass(frozen=True)
class _Window:
    """The sightings of a window and of the time before it, each under its one source.

    Only sources that told something in both are in it.
    """

    days: int
    since: date
    recent: tuple[tuple[Sighting, str], ...]
    before: tuple[tuple[Sighting, str], ...]


def rising(
    seen: Sequence[Sighting], as_of: date, leaves: Collection[str], typology: Typology
) -> tuple[list[Rise], int]:
    """Return how each leaf stands on a day, the flagged first, and how many comparisons were made.

    A leaf is shown in the window in which it rises most surely. It is flagged where the exact chance,
    corrected for all comparisons, is at most ``FALSE_ALARMS``.
    """
    compared = [
        (window, leaf, _strata(window, leaf))
        for window in (_window(seen, as_of, days) for days in WINDOWS)
        for leaf in _comparable(window, leaves)
    ]
    chances = adjusted([upper_tail([stratum for _, stratum in strata]) for _, _, strata in compared])
    best: dict[str, tuple[float, int]] = {}
    seeing: dict[str, float] = defaultdict(float)
    for _, leaf, strata in compared:
        seeing[leaf] = max(seeing[leaf], power([table for _, table in strata], len(compared)))
    for place, ((window, leaf, _), chance) in enumerate(zip(compared, chances, strict=True)):
        if leaf not in best or (chance, window.days) < (best[leaf][0], compared[best[leaf][1]][0].days):
            best[leaf] = chance, place
    rises = [
        _rise(*compared[place], chance=chance, power=seeing[leaf], typology=typology)
        for leaf, (chance, place) in best.items()
    ]
    return sorted(rises, key=lambda rise: (rise.chance, -rise.ratio, rise.concept)), len(compared)


def last_told(seen: Sequence[Sighting]) -> date:
    """Return the last day that the source with the most incidents tells of; ``seen`` must not be empty.

    After it hardly anything is known, and every leaf would seem to fall.
    """
    counts = Counter(source for one in seen for source in one.sources)
    main = min(counts, key=lambda source: (-counts[source], source), default="")
    return max((one.day for one in seen if main in one.sources), default=seen[-1].day)


def new_sources(seen: Sequence[Sighting], as_of: date) -> tuple[str, ...]:
    """Return the sources that told something in the longest window up to a day, and nothing before it."""
    since = as_of - timedelta(days=max(WINDOWS) - 1)
    past = {source for one in seen if one.day < since for source in one.sources}
    return tuple(sorted({source for one in seen if since <= one.day for source in one.sources} - past))


def _window(seen: Sequence[Sighting], as_of: date, days: int) -> _Window:
    since = as_of - timedelta(days=days - 1)
    start = since - timedelta(days=BEFORE)
    recent = [one for one in seen if since <= one.day <= as_of]
    before = [one for one in seen if start <= one.day < since]
    past = Counter(source for one in before for source in one.sources)

    def under(sighting: Sighting) -> str:
        # The source with the longest past: a new feed that tells the same incident takes it from nobody.
        return min(sighting.sources, key=lambda source: (-past[source], source), default="")

    now, then = [(one, under(one)) for one in recent], [(one, under(one)) for one in before]
    both = {source for _, source in now} & {source for _, source in then}
    return _Window(
        days,
        since,
        tuple(pair for pair in now if pair[1] in both),
        tuple(pair for pair in then if pair[1] in both),
    )


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
