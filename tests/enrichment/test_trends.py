"""Rises against simulations in which we know what changed, and against the real data."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from enrichment.network import trends
from enrichment.network.exact import Stratum
from enrichment.network.trends import Sighting, new_sources, power, rising, sightings, smallest
from enrichment.records import Code, Incident
from enrichment.typology import Typology
from tests.enrichment.stories import dated

TYPOLOGY = Typology.load()
LEAVES = [leaf.id for leaf in TYPOLOGY.leaves()][:40]
AS_OF = date(2025, 12, 31)
SPAN = trends.BEFORE + 365
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
                seen.append(Sighting(id, AS_OF - timedelta(days=age), leaves, frozenset({source})))
    return sorted(seen, key=lambda one: (one.day, one.incident))


def flagged(seen: Sequence[Sighting]) -> set[str]:
    rises, _ = rising(seen, AS_OF, LEAVES, TYPOLOGY)
    return {rise.concept for rise in rises if rise.flagged}


def test_where_nothing_changed_alarms_are_as_rare_as_stated() -> None:
    generator = np.random.default_rng(1)
    alarms = sum(bool(flagged(world(generator))) for _ in range(LOOKS))
    assert alarms <= trends.FALSE_ALARMS * LOOKS


@pytest.mark.parametrize(("leaf", "least"), [(LEAVES[0], 0.8), (LEAVES[3], 0.6)])
def test_a_threefold_rise_is_found_at_least_as_often_as_stated(leaf: str, least: float) -> None:
    generator = np.random.default_rng(2)
    found, stated = 0, []
    for _ in range(60):
        found += leaf in flagged(world(generator, times=3.0, leaf=leaf, days=365))
        rises, _ = rising(world(generator), AS_OF, LEAVES, TYPOLOGY)
        stated += [rise.power for rise in rises if rise.concept == leaf]
    assert found / 60 >= least
    assert found / 60 >= float(np.mean(stated or [0.0])) - 0.1  # 0.1: sixty worlds are few


def test_a_prolific_new_feed_moves_nothing() -> None:
    generator = np.random.default_rng(3)
    seen = world(generator)
    recent = [one for one in seen if (AS_OF - one.day).days < 90]
    retold = {one.incident: frozenset({*one.sources, "flood"}) for one in recent[::2]}
    told = [
        Sighting(one.incident, one.day, one.leaves, retold.get(one.incident, one.sources)) for one in seen
    ]
    flood = [
        Sighting(
            f"flood-{number}",
            AS_OF - timedelta(days=number % 90),
            frozenset({LEAVES[0]}),
            frozenset({"flood"}),
        )
        for number in range(3000)
    ]
    before, after = (
        rising(each, AS_OF, LEAVES, TYPOLOGY)
        for each in (seen, sorted([*told, *flood], key=lambda one: one.day))
    )
    assert [(r.concept, r.chance, r.ratio, r.recent) for r in before[0]] == [
        (r.concept, r.chance, r.ratio, r.recent) for r in after[0]
    ]
    assert before[1] == after[1]
    assert new_sources([*told, *flood], AS_OF) == ("flood",)


def test_a_feed_that_was_always_about_one_leaf_is_compared_with_itself() -> None:
    generator = np.random.default_rng(4)
    feed = [
        Sighting(
            f"f{age}-{n}",
            AS_OF - timedelta(days=age),
            frozenset({LEAVES[0]} if (7 * age + n) % 3 else ()),
            frozenset({"feed"}),
        )
        for age in range(SPAN)
        for n in range(6 if age < 90 else 1)
    ]
    assert flagged(sorted([*world(generator), *feed], key=lambda one: one.day)) == set()


def test_a_rise_says_by_how_much_and_from_what() -> None:
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
        Code(concept="FR-01", role="primary", score=0.9),
        Code(concept="FR-02", role="sibling", score=0.3),
    )
    known = [dated("a", "2025-05-02", codes), dated("b", "2025-05", codes), dated("c", "2025", codes)]
    seen, undated = sightings(known, {"rep-a": "archive", "rep-b": "archive"}, TYPOLOGY)
    assert [(one.incident, one.day) for one in seen] == [("a", date(2025, 5, 2)), ("b", date(2025, 5, 15))]
    assert undated == 1
    assert seen[0].leaves == {"FR-01"}


@pytest.mark.parametrize("known", [[], [dated("a", "2025-05-02", ())]])
def test_little_or_nothing_raises_nothing(known: list[Incident]) -> None:
    seen, _ = sightings(known, {"rep-a": "archive"}, TYPOLOGY)
    assert rising(seen, AS_OF, LEAVES, TYPOLOGY) == ([], 0)


@pytest.mark.parametrize("days", trends.WINDOWS)
def test_the_smallest_rise_that_can_be_flagged_is_flagged_and_a_smaller_one_never(days: int) -> None:
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
    if days == min(trends.WINDOWS) and least > trends.LEAST:
        assert not new(least - 2)
