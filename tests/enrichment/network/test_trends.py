"""Rises against simulations in which we know what changed, and against the real data."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from collectors.records import PartialDate
from enrichment.network import coverage, trends
from enrichment.network.exact import Stratum
from enrichment.network.sightings import Sighting, sightings
from enrichment.network.trends import power, rising, smallest, unheard
from enrichment.records import Code, CodeRole, Incident
from enrichment.typology import Typology
from tests.enrichment.stories import dated

TYPOLOGY = Typology.load()
LEAVES = [leaf.id for leaf in TYPOLOGY.leaves()][:40]
AS_OF = date(2025, 12, 31)
SPAN = coverage.BEFORE + 365
SHARES = np.asarray([0.5, *np.geomspace(0.06, 0.003, len(LEAVES))])
"""Half of what a source tells is no crime; the leaves are of very different size."""
LOOKS = 200


def world(
    generator: np.random.Generator, *, times: float = 1.0, leaf: str = "", days: int = 180
) -> list[Sighting]:
    """Three years of two sources; the busier one tells three times as much in the last year.

    ``times`` as much of ``leaf`` happens in the last ``days``.
    """
    seen = []
    for source, a_day, growth in (("archive", 0.5, 3.0), ("gazette", 0.15, 1.0)):
        for age in range(SPAN):
            rate = a_day * (growth if age < 365 else 1.0)
            shares = SHARES.copy()
            if leaf and age < days:
                shares[LEAVES.index(leaf) + 1] *= times
                rate *= shares.sum() / SHARES.sum()
            for number in range(generator.poisson(rate)):
                kind = generator.choice(len(shares), p=shares / shares.sum())
                leaves = frozenset({LEAVES[kind - 1]} if kind else ())
                id = f"{source}-{age}-{number}"
                seen.append(Sighting(id, leaves, {source: AS_OF - timedelta(days=age)}))
    return sorted(seen, key=lambda one: (one.day, one.incident))


def flagged(seen: Sequence[Sighting]) -> set[str]:
    rises, _ = rising(seen, AS_OF, LEAVES, TYPOLOGY)
    return {rise.concept for rise in rises if rise.flagged}


def test_false_alarms_are_as_rare_as_stated() -> None:
    generator = np.random.default_rng(1)
    alarms = sum(bool(flagged(world(generator))) for _ in range(LOOKS))
    assert alarms <= trends.FALSE_ALARMS * LOOKS


@pytest.mark.parametrize(("leaf", "least"), [(LEAVES[0], 0.8), (LEAVES[3], 0.6)])
def test_threefold_rise_is_flagged_at_least_as_often_as_stated(leaf: str, least: float) -> None:
    generator = np.random.default_rng(2)
    found, stated = 0, []
    for _ in range(60):
        found += leaf in flagged(world(generator, times=3.0, leaf=leaf, days=365))
        rises, _ = rising(world(generator), AS_OF, LEAVES, TYPOLOGY)
        stated += [rise.power for rise in rises if rise.concept == leaf]
    assert found / 60 >= least
    assert found / 60 >= float(np.mean(stated or [0.0])) - 0.1  # 0.1: sixty worlds are few


def steady(generator: np.random.Generator, rare: str) -> list[Sighting]:
    """Three years of two sources that change nothing, but a leaf rises from one a year to two a quarter."""
    seen = []
    for source, a_day in (("archive", 0.5), ("gazette", 0.15)):
        for age in range(SPAN):
            for number in range(generator.poisson(a_day)):
                kind = generator.choice(len(SHARES), p=SHARES / SHARES.sum())
                leaves = frozenset({LEAVES[kind - 1]} if kind else ())
                seen.append(
                    Sighting(f"{source}-{age}-{number}", leaves, {source: AS_OF - timedelta(days=age)})
                )
            if generator.random() < (8 if age < 365 else 1) / 365 and source == "archive":
                day = AS_OF - timedelta(days=age)
                seen.append(Sighting(f"rare-{age}", frozenset({rare}), {source: day}))
    return sorted(seen, key=lambda one: (one.day, one.incident))


def test_rare_rising_leaf_is_mostly_shown_and_others_seldom_stir() -> None:
    generator, rare = np.random.default_rng(7), "OC-01"
    told, others = 0, 0
    for _ in range(40):
        seen = steady(generator, rare)
        rises, _ = rising(seen, AS_OF, [*LEAVES, rare], TYPOLOGY)
        stirring = {rise.concept for rise in rises if rise.flagged or rise.stirs}
        told += rare in stirring or rare in unheard(seen, AS_OF)
        others += len(stirring - {rare})
    assert told / 40 >= 0.6
    assert others / 40 <= 2.5  # of some forty compared: the pages say that one or two are to be expected


def test_unheard_leaf_is_shown_from_its_first_incident() -> None:
    def at(days: int, *leaves: str) -> Sighting:
        return Sighting(f"{days}", frozenset(leaves), {"gazette": AS_OF - timedelta(days=days)})

    seen = [at(1200, "TE-05"), at(500, "FR-01"), at(40, "TE-05"), at(9, "TE-05", "FR-01"), at(-3, "OC-03")]
    assert unheard(seen, AS_OF) == {"TE-05": ("9", "40")}


def test_prolific_new_feed_moves_no_rise() -> None:
    generator = np.random.default_rng(3)
    seen = world(generator)
    recent = [one for one in seen if (AS_OF - one.day).days < 90]
    again = {one.incident for one in recent[::2]} | {one.incident for one in seen[::5]}
    retold = [
        replace(one, reported={**one.reported, "flood": AS_OF}) if one.incident in again else one
        for one in seen
    ]
    flood = [
        Sighting(f"flood-{number}", frozenset({LEAVES[0]}), {"flood": AS_OF - timedelta(days=number % 90)})
        for number in range(3000)
    ]
    before, after = (
        rising(each, AS_OF, LEAVES, TYPOLOGY)
        for each in (seen, sorted([*retold, *flood], key=lambda one: one.day))
    )
    assert [(r.concept, r.chance, r.ratio, r.recent) for r in before[0]] == [
        (r.concept, r.chance, r.ratio, r.recent) for r in after[0]
    ]
    assert before[1] == after[1]
    assert coverage.unproven_sources([*retold, *flood], AS_OF) == ("flood",)


def test_feed_always_about_one_leaf_is_compared_with_itself() -> None:
    generator = np.random.default_rng(4)
    feed = [
        Sighting(
            f"f{age}-{n}",
            frozenset({LEAVES[0]} if (7 * age + n) % 3 else ()),
            {"feed": AS_OF - timedelta(days=age)},
        )
        for age in range(SPAN)
        for n in range(3 if age < 90 else 1)
    ]
    assert flagged(sorted([*world(generator), *feed], key=lambda one: one.day)) == set()


def test_rise_states_its_size_and_sources() -> None:
    seen = world(np.random.default_rng(5), times=5.0, leaf=LEAVES[2], days=90)
    rises, compared = rising(seen, AS_OF, LEAVES, TYPOLOGY)
    first = rises[0]
    assert (first.concept, first.flagged) == (LEAVES[2], True)
    assert first.low < first.ratio < first.high
    assert first.recent == sum(source.of for source in first.sources)
    assert {source.source for source in first.sources} == {"archive", "gazette"}
    assert len(first.incidents) == first.recent
    assert compared >= len(rises)


def test_power_grows_with_what_is_known_and_is_none_without_a_past() -> None:
    few, many = (Stratum(1 * size, 50 * size, 4 * size, 200 * size) for size in (1, 6))
    assert 0 <= power([few], 100) < power([many], 100) <= 1
    assert power([], 10) == 0.0


def test_an_incident_counts_once_and_only_by_month_or_day() -> None:
    codes = (
        Code(concept="FR-01", role=CodeRole.PRIMARY, score=0.9),
        Code(concept="FR-02", role=CodeRole.NEAR_MISS, score=0.3),
    )
    known = [dated("a", "2025-05-02", codes), dated("b", "2025-05", codes), dated("c", "2025", codes)]
    told = {f"rep-{name}": ("archive", None) for name in "abc"}
    seen, undated = sightings(known, told, TYPOLOGY)
    assert [(one.incident, one.day) for one in seen] == [("a", date(2025, 5, 2)), ("b", date(2025, 5, 15))]
    assert undated == 1
    assert seen[0].leaves == {"FR-01"}


def test_incident_counts_on_the_day_each_source_first_reported_it() -> None:
    late = dated("a", "2021-05-02", ()).model_copy(update={"reports": ("r1", "r2", "r3", "r4")})
    told = {
        "r1": ("gazette", PartialDate(value="2025-07")),
        "r2": ("gazette", PartialDate(value="2025-03-09")),
        "r3": ("archive", None),
        "r4": ("court", PartialDate(value="2025")),
    }
    [one], _ = sightings([late], told, TYPOLOGY)
    event = date(2021, 5, 2)
    assert one.reported == {"gazette": date(2025, 3, 9), "archive": event, "court": event}
    assert one.day == event


def delayed(generator: np.random.Generator) -> tuple[list[Sighting], list[Sighting]]:
    """Three years in which nothing changes, told late: frauds after weeks, the rest mostly after months.

    Dated by when they were told, and by when they happened.
    """
    told, happened = [], []
    for age in range(SPAN + 365):
        for number in range(generator.poisson(1.0)):
            fraud = generator.random() < 0.3
            late = int(generator.exponential(20 if fraud else 200))
            leaves = frozenset({LEAVES[0] if fraud else LEAVES[1 + number % 20]})
            event = AS_OF - timedelta(days=age)
            if event + timedelta(days=late) <= AS_OF:
                one = Sighting(f"{age}-{number}", leaves, {"gazette": event + timedelta(days=late)})
                told.append(one)
                happened.append(replace(one, reported={"gazette": event}))
    return told, happened


def test_late_reports_raise_no_alarm() -> None:
    generator = np.random.default_rng(6)
    worlds = [delayed(generator) for _ in range(60)]
    alarms = [sum(bool(flagged(seen)) for seen in dated) for dated in zip(*worlds, strict=True)]
    assert alarms[0] <= 2 * trends.FALSE_ALARMS * len(worlds)  # twice: sixty worlds are few
    assert alarms[1] > 0.5 * len(worlds)  # dated by the event, what is told soon seems to rise


def test_rises_as_of_a_past_day_count_what_was_known_then() -> None:
    since = AS_OF - timedelta(days=100)
    seen = [
        Sighting(f"n{n}", frozenset({LEAVES[0]}), {"gazette": since + timedelta(days=n)}) for n in range(9)
    ]
    past = [Sighting(f"p{n}", frozenset(), {"gazette": since - timedelta(days=9 * n)}) for n in range(1, 80)]
    retold = [replace(one, reported={**one.reported, "archive": AS_OF}) for one in (*past, *seen)]
    looks = [rising(each, since + timedelta(days=8), LEAVES, TYPOLOGY) for each in ([*past, *seen], retold)]
    assert looks[0] == looks[1]
    assert looks[0][0][0].flagged


@pytest.mark.parametrize("known", [[], [dated("a", "2025-05-02", ())]])
def test_rises_of_little_data_are_none(known: list[Incident]) -> None:
    seen, _ = sightings(known, {"rep-a": ("archive", None)}, TYPOLOGY)
    assert rising(seen, AS_OF, LEAVES, TYPOLOGY) == ([], 0)


@pytest.mark.parametrize("days", coverage.WINDOWS)
def test_smallest_flagged_rise_is_flagged_and_no_smaller_one(days: int) -> None:
    seen = [one for one in world(np.random.default_rng(5)) if LEAVES[-1] not in one.leaves]
    _, compared = rising(seen, AS_OF, LEAVES, TYPOLOGY)
    least = smallest(seen, AS_OF, compared)[days]
    assert least >= trends.LEAST

    def new(count: int) -> bool:
        recent = [one for one in seen if one.day > AS_OF - timedelta(days=days)][:count]
        leaf = frozenset({LEAVES[-1]})
        changed = [replace(one, leaves=leaf) if one in recent else one for one in seen]
        [rise] = [one for one in rising(changed, AS_OF, LEAVES, TYPOLOGY)[0] if one.concept == LEAVES[-1]]
        return rise.flagged

    assert new(least + 1)
    if days == min(coverage.WINDOWS) and least > trends.LEAST:
        assert not new(least - 2)
