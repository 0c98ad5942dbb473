"""Reports to incidents: which reports tell of the same event, with reasons a person can check.

What people decided holds always. Next come outside ids: reports that share one tell the same incident, those
whose ids of one scheme differ do not. Near copies follow, then accounts of one event in other words. A
round-up that nobody has divided yet joins nothing: it would chain together the incidents it tells.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from enrichment.candidates import neighbours, shared_rarities
from enrichment.likeness import SAME_INCIDENT_AT, Corpus, Likeness
from enrichment.nearcopy import Folding, fold
from enrichment.partition import Partition
from enrichment.profile import Groupable
from enrichment.records import Link, link_id, report_of
from enrichment.roundup import passages, units

__all__ = ["Groupable", "Grouping", "group"]

ORIGIN = "group@2"
MERGED_AT = 0.37
"""The mean likeness of all pairs across two clusters from which they become one: no chains form."""

Pair = tuple[int, int]


@dataclass(frozen=True)
class Grouping:
    """Clusters of report ids, each an incident, and the links that explain them.

    Every report is in at least one cluster; a report that tells of several known incidents is in several.
    """

    clusters: tuple[tuple[str, ...], ...]
    links: tuple[Link, ...]


def group(
    items: Iterable[Groupable],
    together: Collection[tuple[str, str]] = (),
    apart: Collection[tuple[str, str]] = (),
) -> Grouping:
    """Return which reports tell of the same incident.

    ``together`` and ``apart`` are pairs of report ids that people decided on; where the two contradict each
    other, ``apart`` holds. Ids of reports that are not among the items are ignored. A passage that a person
    set apart is an item of its own, named ``<report>#<start>-<end>``. The order of the items does not matter.
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
    links = _fold(ordered, clusters)
    members = [[names[place] for place in cluster] for cluster in clusters.all()]
    _add_shared(ordered, clusters, told, members)
    return Grouping(
        tuple(sorted(tuple(sorted(cluster)) for cluster in members if cluster)),
        tuple(sorted(links, key=lambda link: (-link.weight, link.left, link.right))),
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


def _fold(items: Sequence[Groupable], clusters: Partition) -> list[Link]:
    """Join near copies, then compare one of each; return the links."""
    divided = [passages(item.findings) for item in items]
    folding = fold(
        items, lambda one, other: bool(divided[one]) == bool(divided[other]) and clusters.join(one, other)
    )
    for left, right in folding.templates:
        clusters.keep_apart(left, right)
    copied = {copy.place for copy in folding.copies}
    single = [place for place in range(len(items)) if place not in copied and not divided[place]]
    parts = [unit for item, spans in zip(items, divided, strict=True) for unit in units(item, spans)]
    comparison = _Comparison([*(items[place] for place in single), *parts], single, clusters)
    return [*_copy_links(items, folding), *comparison.same_incident(), *comparison.passages()]


def _copy_links(items: Sequence[Groupable], folding: Folding) -> Iterable[Link]:
    for copy in folding.copies:
        said = "The texts are the same"
        if copy.ratio < 1:
            said = f"One text copies the other: {copy.ratio:.0%} of the shorter stands in both word for word"
        likeness = Likeness(copy.ratio, (said,), (), ())
        yield _link("near-copy", items[copy.leader].report, items[copy.place].report, likeness)


class _Comparison:
    """Accounts in their own words, compared by facts; behind them the passages of undivided round-ups."""

    def __init__(self, accounts: Sequence[Groupable], places: Sequence[int], clusters: Partition) -> None:
        self._names = [account.report for account in accounts]
        self._places, self._clusters = places, clusters
        self._corpus = Corpus(accounts)
        pairs = set(shared_rarities(self._corpus)) | set(neighbours([account.vector for account in accounts]))
        scored = ((pair, self._corpus.likeness(*pair)) for pair in pairs if self._worthwhile(pair))
        self._kept = sorted(
            ((pair, likeness) for pair, likeness in scored if likeness.score >= SAME_INCIDENT_AT),
            key=lambda one: (-one[1].score, one[0]),
        )

    def same_incident(self) -> list[Link]:
        """Join accounts that tell the same incident, the surest first; return the links within clusters."""
        own = {place: account for account, place in enumerate(self._places)}
        between = [one for one in self._kept if one[0][1] < len(self._places)]
        for pair, _ in between:
            left, right = (self._places[account] for account in pair)
            if self._clusters.same(left, right):
                continue
            sides = (
                [own[each] for each in self._clusters.first(side) if each in own] for side in (left, right)
            )
            if self._corpus.mean(*sides) >= MERGED_AT:
                self._clusters.join(left, right)
        return [
            _link("same-incident", self._names[one], self._names[other], likeness)
            for (one, other), likeness in between
            if self._clusters.same(self._places[one], self._places[other])
        ]

    def passages(self) -> list[Link]:
        """Return, for each passage of a round-up, the link to the account most like it."""
        best: dict[int, Link] = {}
        for (one, other), likeness in self._kept:
            if one < len(self._places) <= other and other not in best:
                best[other] = _link("passage", self._names[other], self._names[one], likeness)
        return list(best.values())

    def _worthwhile(self, pair: Pair) -> bool:
        """Return whether two accounts may be linked; passages are compared with accounts only."""
        one, other = pair
        if other < len(self._places):
            return self._clusters.allowed(self._places[one], self._places[other])
        return one < len(self._places)


def _link(kind: str, left: str, right: str, likeness: Likeness) -> Link:
    return Link(
        id=link_id(kind, left, right),
        kind=kind,
        left=left,
        right=right,
        weight=round(likeness.score, 4),
        reasons=likeness.reasons,
        contradictions=likeness.contradictions,
        evidence=likeness.evidence,
        origin=ORIGIN,
    )


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
