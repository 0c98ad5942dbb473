"""What stands around a thing, in layers that fit a drawing."""

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise

import networkx as nx

from collectors.errors import NotFound
from enrichment.network.drawing import rests_on_reports
from enrichment.network.measures import as_node
from enrichment.network.paths import as_edge
from enrichment.network.records import Edge, Surroundings
from enrichment.records import Finding

NEAR, FAR = 24, 14
"""Nodes of each layer that fit a drawing."""


def surroundings(
    graph: nx.MultiDiGraph,
    centre: str,
    findings: Mapping[str, Finding],
    without: Collection[str] = (),
    limits: tuple[int, int] = (NEAR, FAR),
) -> Surroundings:
    """Return the nodes one step away, and those most of these lead to, at most ``limits`` of each.

    What reports state comes before what the typology adds, crimes before other incidents, and then the
    newest. Nodes of the types ``without`` are left out. Raises NotFound where the graph has no such node.
    """
    if centre not in graph:
        raise NotFound(f"no node {centre} in the graph")
    near = _near(graph, centre, without)
    layers, left_out = [[centre], near[: limits[0]]], max(0, len(near) - limits[0])
    layers.append(_beyond(graph, layers, without)[: limits[1]])
    edges = [edge for left, right in pairwise(layers) for edge in _between(graph, left, right, findings)]
    return Surroundings(
        centre=as_node(graph, centre),
        layers=tuple(tuple(as_node(graph, node) for node in layer) for layer in layers[1:]),
        edges=tuple(edges),
        left_out=left_out,
    )


def _near(graph: nx.MultiDiGraph, centre: str, without: Collection[str]) -> list[str]:
    best: dict[str, tuple[bool, bool, str, float]] = {}
    for source, target, attributes in (
        *graph.out_edges(centre, data=True),
        *graph.in_edges(centre, data=True),
    ):
        other = target if source == centre else source
        if graph.nodes[other]["type"] not in without:
            told, last = rests_on_reports(attributes), attributes["last_seen"]
            rank = (told, _matters(graph, other), last, attributes["confidence"])
            best[other] = max(best.get(other, rank), rank)
    ordered = sorted(best)
    ordered.sort(key=lambda node: best[node], reverse=True)
    return ordered


def _matters(graph: nx.MultiDiGraph, node: str) -> bool:
    """Return whether a node is a crime, or no incident at all."""
    kinds = {kind for _, _, kind in graph.out_edges(node, keys=True)}
    return graph.nodes[node]["type"] != "Incident" or "primary_technique" in kinds


def _beyond(graph: nx.MultiDiGraph, layers: Sequence[Sequence[str]], without: Collection[str]) -> list[str]:
    """Return the nodes that reports tie to the last layer at least twice, those with most ties first.

    Incidents lead on to things, things to incidents; what few incidents touch ties them more.
    """
    known = {node for layer in layers for node in layer}
    ties: dict[str, float] = {}
    counts: Counter[str] = Counter()
    for node in layers[-1]:
        own = graph.nodes[node]
        for other in _reported_neighbours(graph, node):
            kind = graph.nodes[other]["type"]
            leads = (own["type"] == "Incident") != (kind == "Incident") and own["type"] != "Location"
            if leads and other not in known and kind not in without:
                ties[other] = ties.get(other, 0.0) + 1 / (1 + math.log2(max(1, own["incidents"])))
                counts[other] += 1
    least = 2 if len(layers[-1]) > 4 else 1
    return [
        node
        for node, _ in sorted(ties.items(), key=lambda pair: (-pair[1], pair[0]))
        if counts[node] >= least and _matters(graph, node)
    ]


def _reported_neighbours(graph: nx.MultiDiGraph, node: str) -> set[str]:
    both = (*graph.out_edges(node, data=True), *graph.in_edges(node, data=True))
    ends = (target if source == node else source for source, target, held in both if rests_on_reports(held))
    return set(ends)


def _between(
    graph: nx.MultiDiGraph, left: Sequence[str], right: Sequence[str], findings: Mapping[str, Finding]
) -> list[Edge]:
    pairs = ((one, other) for other in right for one in left)
    return [
        as_edge(graph, source, target, attributes, findings)
        for one, other in pairs
        for source, target in ((one, other), (other, one))
        if graph.has_edge(source, target)
        for attributes in graph[source][target].values()
    ]
