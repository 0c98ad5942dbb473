"""Ways from one thing to another through what incidents state, each step with its evidence."""

import math
from collections.abc import Mapping, Sequence
from itertools import islice, pairwise
from typing import Any

import networkx as nx

from collectors.errors import NotFound
from enrichment.network.drawing import JOIN, rests_on_reports
from enrichment.network.incident_edges import KIND
from enrichment.network.measures import as_node
from enrichment.network.records import Edge, Path
from enrichment.records import Finding

MOST = 3
LOOKS = 3
"""Ways that are looked at for each one shown, as several lead through the same incidents."""
SHARED_TYPES = frozenset({"Family", "Indicator", "ExternalConcept", "Report"})
"""Types that say nothing of how two things are tied."""
_LOOSE = frozenset({"Location", "Capability"})
"""Types that tie things loosely: a step to one costs twice as much."""
_KIND = f":{KIND}"
"""In the key of a node that is a kind of party or channel, such as pensioners or adverts."""
_TRIES = tuple(
    (through_hubs, only_reported) for through_hubs in (False, True) for only_reported in (True, False)
)


def paths(
    graph: nx.MultiDiGraph, start: str, end: str, findings: Mapping[str, Finding], most: int = MOST
) -> tuple[Path, ...]:
    """Return the most telling ways between two nodes, the shortest first, none where there is no way.

    A step costs 1 plus the logarithm of how many edges its far end has, so that a way through what a few
    share comes before one through what everybody shares (as Faust et al. 2010 weigh hubs); capabilities cost
    twice that. Steps of the typology are taken only where reports alone give no way. Through a country or a
    kind of victim, offender or channel, which most incidents share by chance, a way leads only where there is
    no other. Raises NotFound for an unknown node.
    """
    for node in (start, end):
        if node not in graph:
            raise NotFound(f"no node {node} in the graph")
    if start == end:
        return ()
    for through_hubs, only_reported in _TRIES:
        plain = _plain(graph, {start, end}, through_hubs=through_hubs, only_reported=only_reported)
        found = _shortest(plain, start, end, most)
        if found:
            said = {"reported": only_reported, "through_hubs": through_hubs}
            return tuple(_path(graph, nodes, findings, **said) for nodes in found)
    return ()


def _is_hub(graph: nx.MultiDiGraph, node: str) -> bool:
    """Whether a node is a country or a kind: sharing it hardly ties incidents."""
    return _KIND in node or graph.nodes[node]["type"] == "Location"


def _plain(graph: nx.MultiDiGraph, ends: set[str], *, through_hubs: bool, only_reported: bool) -> nx.DiGraph:
    """Return the graph with one edge each way between neighbours, its weight the cost of the step."""
    plain = nx.DiGraph()
    hubs = set() if through_hubs else {node for node in graph if _is_hub(graph, node)} - ends
    cost = {
        node: (1 + math.log2(degree)) * (2 if graph.nodes[node]["type"] in _LOOSE else 1)
        for node, degree in graph.degree()
        if degree
    }
    for source, target, attributes in graph.edges(data=True):
        types = {graph.nodes[node]["type"] for node in (source, target) if node not in ends}
        if types & SHARED_TYPES or (only_reported and not rests_on_reports(attributes)):
            continue
        if source in hubs or target in hubs:
            continue
        plain.add_edge(source, target, weight=cost[target])
        plain.add_edge(target, source, weight=cost[source])
    return plain


def _shortest(plain: nx.DiGraph, start: str, end: str, most: int) -> list[list[str]]:
    """Return the shortest ways, of those through the same incidents the first alone."""
    if start not in plain or end not in plain:
        return []
    found: dict[object, list[str]] = {}
    try:
        for nodes in islice(nx.shortest_simple_paths(plain, start, end, weight="weight"), LOOKS * most):
            incidents = frozenset(node for node in nodes if node.startswith("incident:"))
            found.setdefault(incidents or tuple(nodes), nodes)
    except nx.NetworkXNoPath:
        return []
    return list(found.values())[:most]


def _path(
    graph: nx.MultiDiGraph,
    nodes: Sequence[str],
    findings: Mapping[str, Finding],
    *,
    reported: bool,
    through_hubs: bool,
) -> Path:
    steps = [_best(graph, left, right) for left, right in pairwise(nodes)]
    edges = tuple(as_edge(graph, source, target, held, findings) for source, target, held in steps)
    return Path(
        nodes=tuple(as_node(graph, node) for node in nodes),
        edges=edges,
        reported=reported,
        through_hubs=through_hubs,
    )


def _best(graph: nx.MultiDiGraph, left: str, right: str) -> tuple[str, str, dict[str, Any]]:
    """Return the edge between two neighbours, either way, that rests most on reports."""
    between = [
        (source, target, attributes)
        for source, target in ((left, right), (right, left))
        if graph.has_edge(source, target)
        for attributes in graph[source][target].values()
    ]
    return max(between, key=lambda edge: (rests_on_reports(edge[2]), edge[2]["confidence"], edge[2]["type"]))


def as_edge(
    graph: nx.MultiDiGraph,
    source: str,
    target: str,
    attributes: Mapping[str, Any],
    findings: Mapping[str, Finding],
) -> Edge:
    """Return an edge of the graph as a record, with those of its findings that are at hand."""
    ids = filter(None, attributes["evidence"].split(JOIN))
    ends = (source, target)
    return Edge(
        id=attributes["id"],
        type=attributes["type"],
        source=as_node(graph, source),
        target=as_node(graph, target),
        confidence=min(1.0, max(0.0, attributes["confidence"])),
        assertion_status=attributes["assertion_status"],
        first_seen=attributes["first_seen"],
        last_seen=attributes["last_seen"],
        note=attributes["note"],
        evidence=tuple(findings[id] for id in ids if id in findings),
        reports=tuple(filter(None, attributes["source_report_ids"].split(JOIN))),
        incidents=tuple(
            dict.fromkeys(
                node.partition(":")[2] for node in ends if node.startswith(("incident:", "proceeding:"))
            )
        ),
    )
