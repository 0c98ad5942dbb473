"""The typology graph over incidents: typed nodes, typed edges, and on each edge what it rests on.

Node and edge types are those of ``typology.yaml``; every attribute is a string or a number, lists are joined
by ``; ``, so that any graph format can hold them.
"""

from collections.abc import Iterable, Mapping
from functools import partial

import networkx as nx

from enrichment.network.drawing import add_edge, add_node, from_findings, from_link, node_key
from enrichment.network.enabling import add_enabling, cases
from enrichment.network.incident_edges import add_incident
from enrichment.network.kinship import kinship
from enrichment.network.pieces import Pieces
from enrichment.network.typology_edges import add_typology, is_technique
from enrichment.records import Incident, Link, report_of
from enrichment.typology import Typology

__all__ = ["Pieces", "build", "incidents_by_node", "node_key"]


def build(
    incidents: Iterable[Incident],
    typology: Typology,
    *,
    reports: Mapping[str, str] | None = None,
    links: Iterable[Link] = (),
    pieces: Pieces | None = None,
) -> nx.MultiDiGraph:
    """Return incidents with their techniques, tools, parties, law and countermeasures as one graph.

    Nodes carry ``type``, ``label``, ``incidents`` (how many incidents touch them) and ``coded`` (how many of
    these have a typology code). Edges are keyed by
    their type and carry ``id``, ``type``, ``evidence`` (finding ids), ``source_report_ids``,
    ``assertion_status``, ``confidence``, ``first_seen``, ``last_seen``, ``extracted_by`` and ``note``.
    Scope codes and near-miss codes draw no edge. ``reports``, titles by id, adds those reports as nodes;
    ``links`` says which of them print one text. ``enables`` rests on incidents that are cases of both
    techniques, or on the typology's own words where none is. ``pieces`` of an earlier graph spare drawing
    again what stayed the same.
    """
    known, pieces = list(incidents), Pieces(typology) if pieces is None else pieces
    parts = {
        one.id: pieces.part(one.id, (one,), partial(add_incident, incident=one, typology=typology))
        for one in known
    }
    techniques = tuple(sorted({node for part in parts.values() for node in part if is_technique(node)}))
    parts |= kinship(known, typology, pieces)
    explained = partial(add_typology, techniques=techniques, typology=typology)
    parts["typology"] = pieces.part("typology", techniques, explained)
    shown = cases(known, typology)
    enabled = partial(add_enabling, techniques=techniques, shown=shown, typology=typology)
    parts["enabling"] = pieces.part("enabling", (techniques, shown), enabled)
    pieces.keep(parts)
    graph = nx.compose_all([pieces.empty(), *parts.values()])
    for incident in known:
        _add_reports(graph, incident, reports or {})
    _add_copies(graph, links)
    touching = incidents_by_node(graph)
    coded = set().union(*(touching[node] for node in techniques))
    for node, incidents_ in touching.items():
        graph.nodes[node].update(incidents=len(incidents_), coded=len(incidents_ & coded))
    return graph


def incidents_by_node(graph: nx.MultiDiGraph) -> dict[str, set[str]]:
    """Map each node to the incidents it belongs to: its own, or those one reported step away.

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
            said = from_findings((), incident, confidence=1.0, status="stated_by_media")
            add_edge(graph, (source, node_key("Incident", incident.id), "describes"), said)


def _add_copies(graph: nx.MultiDiGraph, links: Iterable[Link]) -> None:
    """Add an edge from each report that prints the text of another."""
    for link in links:
        copy, printed = (node_key("Report", report_of(end)) for end in (link.right, link.left))
        if link.kind == "near-copy" and copy in graph and printed in graph:
            add_edge(graph, (copy, printed, "same_as"), from_link(link))
