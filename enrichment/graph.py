"""The typology graph over incidents: typed nodes, typed edges, and on each edge what it rests on.

Node and edge types are those of ``typology.yaml`` and ``network.drawing.EXTENSIONS``; every attribute is a
string or a number, lists are joined by ``; ``, so that any graph format can hold them.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

import networkx as nx

from collectors.errors import NotFound
from enrichment.network.context import add_typology
from enrichment.network.drawing import JOIN, add_edge, add_node, node_key
from enrichment.network.kinship import add_kinship
from enrichment.network.stated import add_incident
from enrichment.records import Incident
from enrichment.typology import Typology

__all__ = ["JOIN", "Neighbourhood", "build", "neighbourhood", "node_key"]


@dataclass(frozen=True)
class Neighbourhood:
    """What stands around a node: ``nodes`` strongest first, the node itself leading."""

    graph: nx.MultiDiGraph
    nodes: tuple[str, ...]
    left_out: int
    """How many further nodes are within the depth."""


def build(
    incidents: Iterable[Incident], typology: Typology, *, reports: Mapping[str, str] | None = None
) -> nx.MultiDiGraph:
    """Return incidents with their techniques, tools, parties, law and countermeasures as one graph.

    Nodes carry ``type``, ``label`` and ``incidents`` (how many incidents touch them). Edges are keyed by
    their type and carry ``id``, ``type``, ``evidence`` (finding ids), ``source_report_ids``,
    ``assertion_status``, ``confidence``, ``first_seen``, ``last_seen``, ``extracted_by`` and ``note``.
    Scope codes and near-miss codes draw no edge. ``reports``, titles by id, adds those reports as nodes.
    """
    graph, known = nx.MultiDiGraph(typology=typology.version), list(incidents)
    for incident in known:
        add_incident(graph, incident, typology)
        _add_reports(graph, incident, reports or {})
    add_kinship(graph, known, typology)
    add_typology(graph, typology)
    for node, touching in touched(graph).items():
        graph.nodes[node]["incidents"] = len(touching)
    return graph


def touched(graph: nx.MultiDiGraph) -> dict[str, set[str]]:
    """Return for each node the incidents it belongs to: its own, or those it is one reported step from.

    The offences of an incident stand behind its proceeding and count as one step.
    """
    found: dict[str, set[str]] = {node: set() for node in graph}
    for node, kind in graph.nodes(data="type"):
        if kind != "Incident":
            continue
        found[node].add(node)
        for _, target, edge in graph.out_edges(node, keys=True):
            if edge != "follows":
                found[target].add(node)
            if edge == "led_to":
                for _, offence in graph.out_edges(target):
                    found[offence].add(node)
        for source, _, edge in graph.in_edges(node, keys=True):
            if edge != "follows":
                found[source].add(node)
    return found


def _add_reports(graph: nx.MultiDiGraph, incident: Incident, titles: Mapping[str, str]) -> None:
    for report in incident.reports:
        if report in titles:
            source = add_node(graph, "Report", report, titles[report])
            said = {"confidence": 1.0, "assertion_status": "stated_by_media"}
            add_edge(graph, (source, node_key("Incident", incident.id), "describes"), (), incident, said)


def neighbourhood(
    graph: nx.MultiDiGraph, node: str, depth: int = 1, limit: int = 60, without: Collection[str] = ()
) -> Neighbourhood:
    """Return the nodes within ``depth`` steps, nearer and stronger first, at most ``limit`` beside the node.

    A node's strength is the confidence of the edges that lead to it from nearer nodes, summed. Nodes of the
    types ``without`` are neither counted nor passed through. The graph returned is a copy. Raises NotFound
    where the graph has no such node.
    """
    if node not in graph:
        raise NotFound(f"no node {node} in the graph")
    ordered, seen, frontier = [node], {node}, [node]
    for _ in range(depth):
        strength: dict[str, float] = {}
        for inner in frontier:
            for outer, confidence in _beside(graph, inner):
                if outer not in seen and graph.nodes[outer]["type"] not in without:
                    strength[outer] = strength.get(outer, 0.0) + confidence
        frontier = sorted(strength, key=lambda outer: (-strength[outer], outer))
        seen.update(frontier)
        ordered += frontier
    kept = ordered[: limit + 1]
    return Neighbourhood(graph.subgraph(kept).copy(), tuple(kept), len(ordered) - len(kept))


def _beside(graph: nx.MultiDiGraph, node: str) -> Iterator[tuple[str, float]]:
    for _, target, attributes in graph.out_edges(node, data=True):
        yield target, attributes["confidence"]
    for source, _, attributes in graph.in_edges(node, data=True):
        yield source, attributes["confidence"]
