"""Reports to incidents: which reports tell of the same event, with reasons a person can check.

What people decided holds always. Next come outside ids: reports that share one tell the same incident, those
whose ids of one scheme differ do not. Near copies follow, then accounts of one event in other words. A
round-up that nobody has divided yet joins nothing: it would chain together the incidents it tells.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from enrichment.grouping.comparison import Comparison, link
from enrichment.grouping.likeness import Likeness
from enrichment.grouping.nearcopy import Folding, fold
from enrichment.grouping.partition import Partition
from enrichment.grouping.profile import Groupable
from enrichment.grouping.rarity import Rarity
from enrichment.grouping.roundup import passages, units
from enrichment.grouping.sketch import NOWHERE, Sketch
from enrichment.records import Link, report_of

__all__ = ["Groupable", "Grouping", "group"]

Pair = tuple[int, int]
_REPRINTED = timedelta(days=366)
"""The time within which most printings of a text follow its first."""


@dataclass(frozen=True)
class Grouping:
    """Clusters of report ids, each an incident, and the links that explain them.

    Every report is in at least one cluster; a report that tells of several known incidents is in several.
    """

    clusters: tuple[tuple[str, ...], ...]
    links: tuple[Link, ...]
    rarity: Rarity
    """How rare words are among these reports, or were among those it was given for."""
    sketches: tuple[Sketch, ...] = field(repr=False, compare=False)
    """What finds each report when a new one comes that may belong with it."""


def group(
    items: Iterable[Groupable],
    together: Collection[tuple[str, str]] = (),
    apart: Collection[tuple[str, str]] = (),
    rarity: Rarity | None = None,
) -> Grouping:
    """Group reports by incident.

    ``together`` and ``apart`` are pairs of report ids that people decided on; where the two contradict each
    other, ``apart`` holds. Ids of reports that are not among the items are ignored. A passage that a person
    set apart is an item of its own, named ``<report>#<start>-<end>``. The order of the items does not matter.
    ``rarity`` is given where these are some reports of a library: two reports are then as alike as among all.
    """
    ordered = sorted(items, key=lambda item: item.report)
    names = [item.report for item in ordered]
    places = {name: place for place, name in enumerate(names)}
    told = _tells_several(ordered, {report for pair in (*together, *apart) for report in pair})
    banned = _known(apart, places) | set(_siblings(names))
    clusters = Partition(
        [() if place in told else item.refs for place, item in enumerate(ordered)], banned, told
    )
    for left, right in sorted(_known(together, places)):
        clusters.join(left, right, decided=True)
    _join_by_refs(ordered, clusters, told)
    folding, comparison = _fold(ordered, clusters, rarity)
    links = [*_copy_links(ordered, folding), *comparison.same_incident(), *comparison.passages()]
    members = [[names[place] for place in cluster] for cluster in clusters.all()]
    _add_shared(ordered, clusters, told, members)
    return Grouping(
        tuple(sorted(tuple(sorted(cluster)) for cluster in members if cluster)),
        tuple(sorted(links, key=lambda each: (-each.weight, each.left, each.right))),
        comparison.corpus.rarity,
        tuple(_sketches(ordered, folding, comparison)),
    )


def _known(pairs: Iterable[tuple[str, str]], places: dict[str, int]) -> set[Pair]:
    return {
        (min(places[a], places[b]), max(places[a], places[b]))
        for a, b in pairs
        if a in places and b in places and a != b
    }


def _siblings(names: Sequence[str]) -> Iterable[Pair]:
    """Yield the pairs of passages of one report: a person said that they tell different incidents."""
    of: dict[str, list[int]] = defaultdict(list)
    for place, name in enumerate(names):
        if "#" in name:
            of[report_of(name)].append(place)
    return ((one, other) for places in of.values() for one in places for other in places if one < other)


def _tells_several(items: Sequence[Groupable], judged: Collection[str]) -> set[int]:
    """Return the reports that carry ids of several incidents which other reports carry alone."""
    alone = Counter(item.refs[0] for item in items if len(item.refs) == 1)
    return {
        place
        for place, item in enumerate(items)
        if item.report not in judged and sum(ref in alone for ref in set(item.refs)) > 1
    }


def _join_by_refs(items: Sequence[Groupable], clusters: Partition, told: set[int]) -> None:
    first: dict[str, int] = {}
    for place, item in enumerate(items):
        if place not in told:
            for ref in item.refs:
                clusters.join(first.setdefault(ref, place), place)


def _fold(
    items: Sequence[Groupable], clusters: Partition, rarity: Rarity | None
) -> tuple[Folding, Comparison]:
    """Join near copies, then compare one of each with each other and with the passages of round-ups."""
    divided = [passages(item.findings) for item in items]
    folding = fold(
        items, lambda one, other: bool(divided[one]) == bool(divided[other]) and clusters.join(one, other)
    )
    single = [place for place in _accounts(items, folding) if not divided[place]]
    parts = [(place, unit) for place, item in enumerate(items) for unit in units(item, divided[place])]
    accounts = [*((place, items[place]) for place in single), *parts]
    return folding, Comparison(accounts, len(single), rarity, clusters)


def _accounts(items: Sequence[Groupable], folding: Folding) -> list[int]:
    """Return one printing of each text, in order."""
    printings = {place: [place] for place in range(len(items))}
    for copy in folding.copies:
        printings[copy.leader] += printings.pop(copy.place)
    return sorted(_account(items, places) for places in printings.values())


def _account(items: Sequence[Groupable], printings: Sequence[int]) -> int:
    """Return the earliest printing of a text, but none that a false date puts far before most others."""
    days = [(day.first, place) for place in printings if (day := items[place].published) is not None]
    if not days:
        return printings[0]
    middle = sorted(day for day, _ in days)[(len(days) - 1) // 2]
    return min((day, place != printings[0], place) for day, place in days if middle - day <= _REPRINTED)[2]


def _sketches(items: Sequence[Groupable], folding: Folding, comparison: Comparison) -> Iterable[Sketch]:
    printed = dict(folding.signatures)
    printed |= {copy.place: printed[copy.leader] for copy in folding.copies if copy.place not in printed}
    for place, item in enumerate(items):
        yield Sketch.of(item, printed[place], comparison.told[place], comparison.reach.get(place, NOWHERE))


def _copy_links(items: Sequence[Groupable], folding: Folding) -> Iterable[Link]:
    for copy in folding.copies:
        said = "The texts are the same"
        if copy.ratio < 1:
            said = f"One text copies the other: {copy.ratio:.0%} of the shorter stands in both word for word"
        likeness = Likeness(copy.ratio, (said,), (), ())
        yield link("near-copy", items[copy.leader].report, items[copy.place].report, likeness)


def _add_shared(
    items: Sequence[Groupable], clusters: Partition, told: set[int], members: list[list[str]]
) -> None:
    """Add each report that tells of several incidents to the clusters that carry its ids."""
    by_ref: dict[str, set[int]] = defaultdict(set)
    for number, cluster in enumerate(clusters.all()):
        for place in cluster:
            for ref in items[place].refs:
                by_ref[ref].add(number)
    for place in sorted(told):
        for number in sorted(set().union(*(by_ref[ref] for ref in items[place].refs))):
            members[number].append(items[place].report)
