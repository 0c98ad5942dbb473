"""Reports to incidents: which reports tell of the same event, with reasons a person can check.

What people decided holds always. Next come outside ids: reports that share one tell the same incident, those
whose ids of one scheme differ do not. Near copies follow, then accounts of one event in other words.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from enrichment.candidates import near_copies, neighbours, shared_rarities
from enrichment.likeness import SAME_INCIDENT_AT, Corpus, Groupable, Likeness, mean_likeness
from enrichment.records import Link, link_id

__all__ = ["Groupable", "Grouping", "group"]

ORIGIN = "group@1"
MERGED_AT = 0.37
"""The mean likeness of all pairs across two clusters from which they become one: no chains form."""


@dataclass(frozen=True)
class Grouping:
    """Clusters of report ids, each an incident, and the links that explain them.

    Every report is in at least one cluster; a report that tells of several known incidents is in several.
    """

    clusters: tuple[tuple[str, ...], ...]
    links: tuple[Link, ...]


def group(
    items: Sequence[Groupable],
    together: Collection[tuple[str, str]] = (),
    apart: Collection[tuple[str, str]] = (),
) -> Grouping:
    """Return which reports tell of the same incident.

    ``together`` and ``apart`` are pairs of report ids that people decided on; where the two contradict each
    other, ``apart`` holds. Ids of reports that are not among the items are ignored. The order of the items
    does not matter.
    """
    ordered = sorted(items, key=lambda item: item.report)
    places = {item.report: place for place, item in enumerate(ordered)}
    judged = {report for pair in (*together, *apart) for report in pair}
    told = _tells_several(ordered, judged)
    clusters = _Clusters(ordered, _known(apart, places), told)
    for left, right in sorted(_known(together, places)):
        clusters.join(left, right, decided=True)
    _join_by_refs(ordered, clusters, told)
    links = _near_copy_links(ordered, clusters)
    links += _same_incident_links(ordered, clusters)
    members = [[ordered[place].report for place in cluster] for cluster in clusters.all()]
    _add_shared(ordered, clusters, told, members)
    return Grouping(
        tuple(sorted(tuple(sorted(cluster)) for cluster in members if cluster)),
        tuple(sorted(links, key=lambda link: (-link.weight, link.left, link.right))),
    )


def _known(pairs: Iterable[tuple[str, str]], places: dict[str, int]) -> set[tuple[int, int]]:
    return {
        (min(places[a], places[b]), max(places[a], places[b]))
        for a, b in pairs
        if a in places and b in places and a != b
    }


def _tells_several(items: Sequence[Groupable], judged: Collection[str]) -> set[int]:
    """Return the reports that carry ids of several incidents which other reports carry alone."""
    alone = Counter(item.refs[0] for item in items if len(item.refs) == 1)
    return {
        place
        for place, item in enumerate(items)
        if item.report not in judged and sum(ref in alone for ref in set(item.refs)) > 1
    }


class _Clusters:
    """A partition of places that only grows by allowed unions."""

    def __init__(
        self, items: Sequence[Groupable], apart: Collection[tuple[int, int]], told: set[int]
    ) -> None:
        self._of = list(range(len(items)))
        self._members = {place: [place] for place in range(len(items))}
        self._refs = [_by_scheme(item.refs) if place not in told else {} for place, item in enumerate(items)]
        self._apart: dict[int, set[int]] = defaultdict(set)
        for left, right in apart:
            self._apart[left].add(right)
            self._apart[right].add(left)
        self._frozen = told

    def members(self, place: int) -> list[int]:
        """Return the cluster of a place, in order."""
        return self._members[self._of[place]]

    def allowed(self, left: int, right: int, *, decided: bool = False) -> bool:
        """Return whether the clusters of two places may become one."""
        one, other = self._of[left], self._of[right]
        if one in self._frozen or other in self._frozen:
            return False
        smaller, larger = sorted((self._members[one], self._members[other]), key=len)
        banned = set().union(*(self._apart.get(place, set()) for place in smaller))
        if banned & set(larger):
            return False
        return decided or not _conflict(self._refs[one], self._refs[other])

    def join(self, left: int, right: int, *, decided: bool = False) -> bool:
        """Make two clusters one where that is allowed; return whether they now are."""
        one, other = sorted((self._of[left], self._of[right]))
        if one == other:
            return True
        if not self.allowed(left, right, decided=decided):
            return False
        for place in self._members[other]:
            self._of[place] = one
        self._members[one] = sorted(self._members[one] + self._members.pop(other))
        self._refs[one] = _union(self._refs[one], self._refs[other])
        return True

    def all(self) -> list[list[int]]:
        """Return every cluster, those of several known incidents left out."""
        return [places for first, places in sorted(self._members.items()) if first not in self._frozen]


def _by_scheme(refs: Iterable[str]) -> dict[str, set[str]]:
    schemes: dict[str, set[str]] = {}
    for ref in refs:
        schemes.setdefault(ref.partition(":")[0], set()).add(ref)
    return schemes


def _conflict(one: dict[str, set[str]], other: dict[str, set[str]]) -> bool:
    return any(not one[scheme] & other[scheme] for scheme in one.keys() & other.keys())


def _union(one: dict[str, set[str]], other: dict[str, set[str]]) -> dict[str, set[str]]:
    return {scheme: one.get(scheme, set()) | other.get(scheme, set()) for scheme in one.keys() | other.keys()}


def _join_by_refs(items: Sequence[Groupable], clusters: _Clusters, told: set[int]) -> None:
    first: dict[str, int] = {}
    for place, item in enumerate(items):
        if place not in told:
            for ref in item.refs:
                clusters.join(first.setdefault(ref, place), place)


def _near_copy_links(items: Sequence[Groupable], clusters: _Clusters) -> list[Link]:
    found = sorted(near_copies(items), key=lambda pair: (-pair[2], pair[0], pair[1]))
    links = []
    for left, right, ratio in found:
        if clusters.join(left, right):
            reason = f"texts agree in {ratio:.0%} of their words"
            links.append(_link("near-copy", items, (left, right), Likeness(ratio, (reason,), ())))
    return links


def _same_incident_links(items: Sequence[Groupable], clusters: _Clusters) -> list[Link]:
    corpus = Corpus(items)
    pairs = set(shared_rarities(corpus)) | set(neighbours([item.vector for item in items]))
    scored = [(pair, corpus.likeness(*pair)) for pair in pairs if clusters.allowed(*pair)]
    known = {pair: likeness.score for pair, likeness in scored}
    kept = sorted(
        ((pair, likeness) for pair, likeness in scored if likeness.score >= SAME_INCIDENT_AT),
        key=lambda one: (-one[1].score, one[0]),
    )
    for (left, right), _ in kept:
        one, other = clusters.members(left), clusters.members(right)
        if one is not other and mean_likeness(corpus, one, other, known) >= MERGED_AT:
            clusters.join(left, right)
    return [
        _link("same-incident", items, pair, likeness)
        for pair, likeness in kept
        if clusters.members(pair[0]) is clusters.members(pair[1])
    ]


def _link(kind: str, items: Sequence[Groupable], pair: tuple[int, int], likeness: Likeness) -> Link:
    left, right = items[pair[0]].report, items[pair[1]].report
    return Link(
        id=link_id(kind, left, right),
        kind=kind,
        left=left,
        right=right,
        weight=round(likeness.score, 4),
        reasons=likeness.reasons,
        evidence=likeness.evidence,
        origin=ORIGIN,
    )


def _add_shared(
    items: Sequence[Groupable], clusters: _Clusters, told: set[int], members: list[list[str]]
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
