"""Turn a machine's clusters into incidents that keep their ids and obey people, without a database."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import count

from collectors.records import digest

Pairs = Collection[tuple[str, str]]


def settle(
    clusters: Sequence[Sequence[str]], together: Pairs, apart: Pairs, order: Mapping[str, int]
) -> list[tuple[str, ...]]:
    """Return the clusters after joining and parting the reports as people decided.

    A report may be in several clusters. ``order`` gives each report's number; members and clusters come out
    in that order.
    """
    sets = list({frozenset(cluster): None for cluster in clusters if cluster})
    joined = _join([set(each) for each in sets], _groups(together))
    enemies = _enemies(apart)
    bound = _groups(together)
    parted = [part for cluster in joined for part in _part(cluster, bound, enemies, order)]
    ordered = {tuple(sorted(cluster, key=order.__getitem__)): None for cluster in parted}
    return sorted(ordered, key=lambda cluster: [order[report] for report in cluster])


def inherit(existing: Mapping[str, Collection[str]], clusters: Sequence[Sequence[str]]) -> dict[str, int]:
    """Return, for each incident that shares a report with a cluster, the cluster that holds most of it.

    Each incident goes to one cluster only: a report that tells two incidents does not join them.
    """
    places: dict[str, list[int]] = defaultdict(list)
    for number, cluster in enumerate(clusters):
        for report in cluster:
            places[report].append(number)
    heirs: dict[str, int] = {}
    for incident, reports in existing.items():
        shared = Counter(number for report in reports for number in places.get(report, ()))
        if shared:
            heirs[incident] = max(
                shared, key=lambda number: (shared[number], -len(clusters[number]), -number)
            )
    return heirs


def named(
    settled: Sequence[Sequence[str]], existing: Mapping[str, set[str]]
) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Give every cluster an id; return each id's reports, and the id that replaces each retired one."""
    heirs = inherit(existing, settled)
    claims: dict[int, list[str]] = defaultdict(list)
    for incident, number in heirs.items():
        claims[number].append(incident)
    covered = {report for cluster in settled for report in cluster}
    wanted: dict[str, list[str]] = {}
    retired: dict[str, str] = {}
    for number, claimants in claims.items():
        oldest, *younger = claimants
        left = {report for each in claimants for report in existing[each]} - covered
        wanted[oldest] = [*settled[number], *sorted(left)]
        retired |= dict.fromkeys(younger, oldest)
    taken = set(existing)
    for number, cluster in enumerate(settled):
        if number not in claims:
            new = name(taken, cluster)
            taken.add(new)
            wanted[new] = list(cluster)
    return wanted, retired


def connected(start: Collection[str], joined: Iterable[Collection[str]]) -> set[str]:
    """Return the connected component of ``start`` over the sets in ``joined``."""
    holding: dict[str, list[Collection[str]]] = defaultdict(list)
    for each in joined:
        for member in each:
            holding[member].append(each)
    reached, waiting = set(start), list(start)
    while waiting:
        for each in holding.pop(waiting.pop(), ()):
            waiting += (member for member in each if member not in reached)
            reached.update(each)
    return reached


def name(taken: Collection[str], told: Sequence[str]) -> str:
    """Return an id for a new incident of these reports that no live incident has; made from the first one."""
    return next(key for key in _names(told) if key not in taken)


def _groups(together: Pairs) -> list[set[str]]:
    """Return the groups of units that pairs connect."""
    of: dict[str, set[str]] = {}
    for one, other in together:
        larger, smaller = sorted((of.get(one, {one}), of.get(other, {other})), key=len, reverse=True)
        larger |= smaller
        of.update(dict.fromkeys(smaller, larger))
        of[one] = of[other] = larger
    return list({id(group): group for group in of.values()}.values())


def _join(clusters: list[set[str]], groups: list[set[str]]) -> list[set[str]]:
    alive = dict(enumerate(clusters))
    holding: dict[str, set[int]] = defaultdict(set)
    for number, cluster in alive.items():
        for unit in cluster:
            holding[unit].add(number)
    for group in groups:
        found = sorted(set().union(*(holding.get(unit, set()) for unit in group)))
        if not found:
            continue
        # A report shared with another incident does not pull that incident in.
        own = [
            number
            for number in found
            if alive[number] <= group or any(len(holding[unit]) == 1 for unit in alive[number] & group)
        ] or found[:1]
        whole = set().union(group, *(alive.pop(number) for number in own))
        alive[own[0]] = whole
        for unit in whole:
            holding[unit] = holding[unit] - set(own) | {own[0]}
    return list(alive.values())


def _enemies(apart: Pairs) -> dict[str, set[str]]:
    enemies: dict[str, set[str]] = defaultdict(set)
    for one, other in apart:
        enemies[one].add(other)
        enemies[other].add(one)
    return enemies


def _part(
    cluster: set[str], bound: Sequence[set[str]], known: Mapping[str, set[str]], order: Mapping[str, int]
) -> list[set[str]]:
    enemies = {unit: known[unit] & cluster for unit in cluster & known.keys() if known[unit] & cluster}
    if not enemies:
        return [cluster]
    units = [group & cluster for group in bound if group & cluster]
    grouped = set().union(*units)
    units += [{report} for report in cluster - grouped]
    parts: list[set[str]] = []
    # Those with enemies first, so that the undecided join a side instead of founding one.
    for unit in sorted(units, key=lambda unit: (not _foes(unit, enemies), min(order[each] for each in unit))):
        foes = _foes(unit, enemies)
        home = next((part for part in parts if not part & foes), None)
        if home is None:
            parts.append(set(unit))
        else:
            home |= unit
    return parts


def _foes(unit: set[str], enemies: Mapping[str, set[str]]) -> set[str]:
    return set().union(*(enemies.get(report, set()) for report in unit))


def _names(told: Sequence[str]) -> Iterator[str]:
    yield from (digest("inc", report) for report in told)
    yield from (digest("inc", told[0], str(number)) for number in count(2))
