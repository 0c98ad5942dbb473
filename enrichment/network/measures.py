"""What the shape of the graph says: central things, tools that bridge families, things that go together."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from itertools import combinations

import networkx as nx

from enrichment.graph import incidents_by_node
from enrichment.network import incident_edges
from enrichment.network.exact import Stratum, adjusted, odds_ratio, upper_tail
from enrichment.network.records import Association, Bridge, Centrality, Measures, Node

SHARED = frozenset({"Technique", "Tool", "Platform", "Party", "Actor"})
"""Types of node that incidents are joined by. Capabilities and countries join nearly all."""
KIND = f":{incident_edges.KIND}"
"""In the key of a node that is a kind of party or channel: it joins too much to be central to anything."""
CENTRAL, BRIDGES, ASSOCIATIONS = 30, 20, 60
LEAST = 3
"""Incidents that both share before a pair counts, and that a bridge touches."""
FALSE_CALLS = 0.05


def measures(graph: nx.MultiDiGraph) -> Measures:
    """Return central things, bridging tools and associations, over incidents with a leaf. Deterministic."""
    held, size = _coded_memberships(graph)
    projected = project(held)
    ranks, between = _ranks(projected), _betweenness(projected)
    associations, compared = _associations(graph, held, size)
    return Measures(
        incidents=size,
        central=tuple(
            Centrality(
                node=as_node(graph, node),
                neighbours=projected.degree(node),
                pagerank=ranks[node],
                betweenness=between[node],
            )
            for node in list(ranks)[:CENTRAL]
        ),
        bridges=_bridges(graph, held, between),
        associations=associations,
        compared=compared,
    )


def central(graph: nx.MultiDiGraph) -> tuple[Node, ...]:
    """Return the things of ``measures`` that are most central, at a small part of its cost."""
    held, _ = _coded_memberships(graph)
    return tuple(as_node(graph, node) for node in list(_ranks(project(held)))[:CENTRAL])


def _coded_memberships(graph: nx.MultiDiGraph) -> tuple[dict[str, set[str]], int]:
    """Return the incidents with a leaf that touch each shared thing, and how many have one."""
    held = memberships(graph, SHARED)
    coded = set().union(*(held[node] for node in held if node.startswith("technique:")), set())
    return {node: told & coded for node, told in held.items() if told & coded}, len(coded)


def _ranks(projected: nx.Graph) -> dict[str, float]:
    """Return the PageRank of each thing, the most central first."""
    ranks: dict[str, float] = nx.pagerank(projected, weight="weight")
    return dict(sorted(ranks.items(), key=lambda pair: (-pair[1], pair[0])))


def as_node(graph: nx.MultiDiGraph, key: str) -> Node:
    """Return a node of the graph as a record."""
    held = graph.nodes[key]
    return Node(
        id=key,
        type=held["type"],
        label=held["label"],
        incidents=held.get("incidents", 0),
        coded=held.get("coded", 0),
    )


def memberships(graph: nx.MultiDiGraph, types: Collection[str]) -> dict[str, set[str]]:
    """Return the incidents that touch each node of these types, in the order of their keys."""
    return {
        node: incidents
        for node, incidents in sorted(incidents_by_node(graph).items())
        if graph.nodes[node]["type"] in types
    }


def project(held: dict[str, set[str]]) -> nx.Graph:
    """Return the things that incidents share, kinds of them left out, joined where an incident names both.

    Each incident adds 1 / (things it names - 1) to each pair, so that one that names many does not weigh
    more than its share (Newman 2001, "Scientific collaboration networks II"). ``distance`` is the inverse.
    """
    named: dict[str, list[str]] = defaultdict(list)
    graph = nx.Graph()
    for node, incidents in held.items():
        if KIND not in node:
            graph.add_node(node)
            for incident in sorted(incidents):
                named[incident].append(node)
    weights: Counter[tuple[str, str]] = Counter()
    for things in named.values():
        for left, right in combinations(things, 2):
            weights[left, right] += 1 / (len(things) - 1)  # type: ignore[assignment]  # a Counter may hold fractions
    for (left, right), weight in weights.items():
        graph.add_edge(left, right, weight=weight, distance=1 / weight)
    return graph


def _betweenness(graph: nx.Graph) -> Mapping[str, float]:
    """Return the share of shortest ways that lead through each node (Brandes 2001, Newman's distances).

    The last few are kept by what they were worked out from: most decisions change no tie between shared
    things, and this is the costliest measure.
    """
    return _between(tuple(graph), tuple(graph.edges(data="distance")))


@lru_cache(maxsize=4)
def _between(nodes: tuple[str, ...], edges: tuple[tuple[str, str, float], ...]) -> Mapping[str, float]:
    graph = nx.Graph()
    graph.add_nodes_from(nodes)
    graph.add_weighted_edges_from(edges, weight="distance")
    found: dict[str, float] = nx.betweenness_centrality(graph, weight="distance")
    return found


def _bridges(
    graph: nx.MultiDiGraph, held: dict[str, set[str]], between: Mapping[str, float]
) -> tuple[Bridge, ...]:
    """Return the tools that touch several families, by participation and then by betweenness."""
    family: dict[str, str] = {}
    for source, target, kind in graph.edges(keys=True):
        if kind == "primary_technique":
            family[source] = target.partition(":")[2].partition("-")[0]
    bridges = []
    for node, incidents in held.items():
        counts = Counter(family[incident] for incident in sorted(incidents) if incident in family)
        if node.startswith("tool:") and sum(counts.values()) >= LEAST and len(counts) > 1:
            bridges.append(
                Bridge(
                    node=as_node(graph, node),
                    families=dict(counts.most_common()),
                    participation=participation(counts),
                    betweenness=between[node],
                )
            )
    bridges.sort(key=lambda one: (-one.participation, -one.betweenness, one.node.id))
    return tuple(bridges[:BRIDGES])


def participation(counts: Counter[str]) -> float:
    """Return 1 minus the sum of squared shares: the participation coefficient (Guimera and Amaral 2005)."""
    whole = sum(counts.values())
    return 1.0 - sum((count / whole) ** 2 for count in counts.values()) if whole else 0.0


def _associations(
    graph: nx.MultiDiGraph, held: dict[str, set[str]], size: int
) -> tuple[tuple[Association, ...], int]:
    """Return the pairs that stand beyond chance, strongest first, and how many pairs were compared.

    Compared is every pair whose margins would let ``LEAST`` incidents be more than expected; that looks at
    no outcome, so that correcting for this number keeps its promise (Tarone 1990).
    """
    pairs = [
        (left, right) for left, right in _candidates(held) if min(len(held[left]), len(held[right])) >= LEAST
    ]
    tables = [
        Stratum(
            of=len(held[left] & held[right]),
            all=len(held[left]),
            other_of=len(held[right] - held[left]),
            other_all=size - len(held[left]),
        )
        for left, right in pairs
    ]
    chances = adjusted([upper_tail([table]) if table.of else 1.0 for table in tables])
    found = [
        _association(graph, pair, table, chance, size)
        for pair, table, chance in zip(pairs, tables, chances, strict=True)
        if table.of >= LEAST and chance <= FALSE_CALLS
    ]
    found.sort(key=lambda one: (-one.low, one.left.id, one.right.id))
    return tuple(found[:ASSOCIATIONS]), len(pairs)


def _candidates(held: dict[str, set[str]]) -> Iterator[tuple[str, str]]:
    leaves = [node for node in held if node.startswith("technique:")]
    for left in held:
        if left.startswith(("tool:", "platform:")):
            for right in leaves:
                yield left, right


def _association(
    graph: nx.MultiDiGraph, pair: tuple[str, str], table: Stratum, chance: float, size: int
) -> Association:
    left, right = pair
    right_all = table.of + table.other_of
    expected = table.all * right_all / size
    odds, low, high = odds_ratio(table)
    return Association(
        left=as_node(graph, left),
        right=as_node(graph, right),
        both=table.of,
        left_all=table.all,
        right_all=right_all,
        all=size,
        expected=expected,
        lift=table.of / expected,
        odds=odds,
        low=low,
        high=high,
        chance=chance,
    )
