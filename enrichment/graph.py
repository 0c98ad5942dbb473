"""The typology graph over incidents: typed nodes, typed edges, and on each edge what it rests on.

Node and edge types are those of ``typology.yaml``; every attribute is a string or a number, lists are joined
by ``; ``, so that any graph format can hold them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import networkx as nx

from collectors.errors import NotFound
from collectors.records import digest
from enrichment.likeness import is_coded
from enrichment.names import developer
from enrichment.records import Code, Finding, Incident, Subject
from enrichment.typology import Typology

JOIN = "; "
_LURE = ("MK-05", "CY-03")
"""Leaves in which an AI product is only the bait."""
_ATTACKED = "AT"
"""The family in which the AI system is the object of the attack."""
_EDGES = {
    Subject.CAPABILITY: ("involves_capability", "Capability"),
    Subject.PLATFORM: ("occurs_on", "Platform"),
    Subject.COUNTRY: ("located_at", "Location"),
}


@dataclass(frozen=True)
class Neighbourhood:
    """What stands around a node: ``nodes`` strongest first, the node itself leading."""

    graph: nx.MultiDiGraph
    nodes: tuple[str, ...]
    left_out: int
    """How many further nodes are within the depth."""


def node_key(kind: str, value: str) -> str:
    """Return the key of a node: its type in lower case and its own key."""
    return f"{kind.lower()}:{value}"


def build(incidents: Iterable[Incident], typology: Typology) -> nx.MultiDiGraph:
    """Return incidents with their techniques, tools, platforms, places and harmed organisations as one graph.

    Nodes carry ``type``, ``label`` and ``incidents`` (how many incidents touch them). Edges are keyed by
    their type and carry ``id``, ``type``, ``evidence`` (finding ids), ``source_report_ids``,
    ``assertion_status``, ``confidence``, ``first_seen``, ``last_seen``, ``extracted_by`` and ``note``.
    Scope codes and near-miss codes draw no edge.
    """
    graph = nx.MultiDiGraph(typology=typology.version)
    for incident in incidents:
        _add_incident(graph, incident, typology)
    _add_typology(graph, typology)
    for node, attributes in graph.nodes(data=True):
        touching = {source for source, _ in graph.in_edges(node) if source.startswith("incident:")}
        attributes["incidents"] = 1 if attributes["type"] == "Incident" else len(touching)
    return graph


def _add_incident(graph: nx.MultiDiGraph, incident: Incident, typology: Typology) -> None:
    key = node_key("Incident", incident.id)
    graph.add_node(key, type="Incident", label=incident.title, refs=JOIN.join(incident.refs))
    by_id = {finding.id: finding for finding in incident.findings}
    for code in incident.codes:
        if typology.is_leaf(code.concept) and code.role in ("primary", "other"):
            technique = _node(graph, "Technique", code.concept, typology.label(code.concept))
            kind = "primary_technique" if code.role == "primary" else "uses_technique"
            evidence = [by_id[one] for one in code.findings if one in by_id]
            _edge(graph, (key, technique, kind), evidence, incident, _of_code(code))
    for (kind, node_type, value), findings in _by_edge(incident).items():
        target = _node(graph, node_type, value, value.replace("_", " "))
        _edge(graph, (key, target, kind), findings, incident, _stated(findings))
        if node_type == "Tool":
            _add_developer(graph, target, value)


def _by_edge(incident: Incident) -> dict[tuple[str, str, str], list[Finding]]:
    """Return the findings that draw an edge, by edge type, node type and value."""
    edges: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in incident.findings:
        drawn = _drawn(finding, incident)
        if drawn is not None:
            edges.setdefault((*drawn, finding.value), []).append(finding)
    return edges


def _drawn(finding: Finding, incident: Incident) -> tuple[str, str] | None:
    """Return the edge and node type a finding draws, or None where the typology has no edge for it."""
    if finding.subject is Subject.TOOL:
        return _tool_edge(incident), "Tool"
    if finding.subject is Subject.ORGANISATION:
        return ("harms", "Party") if finding.role == "harmed" else None
    if finding.subject is Subject.COUNTRY and finding.role != "where" and not is_coded(finding):
        return None  # mentioned in passing
    return _EDGES.get(finding.subject)


def _tool_edge(incident: Incident) -> str:
    primary = incident.primary or ""
    if primary in _LURE:
        return "lures_with_tool"
    return "targets_tool" if primary.startswith(f"{_ATTACKED}-") else "uses_tool"


def _add_developer(graph: nx.MultiDiGraph, tool: str, name: str) -> None:
    maker = developer(name)
    if maker is not None:
        party = _node(graph, "Party", maker, maker)
        _typology_edge(graph, tool, party, "supplied_by", note="from the list of known tools")


def _add_typology(graph: nx.MultiDiGraph, typology: Typology) -> None:
    """Add to each technique its family, offences, countermeasures and confusable techniques."""
    techniques = [key.partition(":")[2] for key in list(graph) if key.startswith("technique:")]
    for leaf in sorted(techniques):
        key, family = node_key("Technique", leaf), typology.family_of(leaf)
        _typology_edge(graph, key, _node(graph, "Family", family, typology.label(family)), "child_of")
        for offence in typology.offences(leaf):
            target = _node(graph, "Offence", offence.id, offence.label)
            _typology_edge(graph, key, target, "may_constitute", note="a pointer, not a finding")
        for measure in typology.countermeasures(leaf):
            source = _node(graph, "Countermeasure", measure.id, measure.label)
            _typology_edge(graph, source, key, "mitigates")
        for other in typology.siblings(leaf):
            if leaf < other and other in techniques:
                _typology_edge(graph, key, node_key("Technique", other), "confusable_with")


def _node(graph: nx.MultiDiGraph, kind: str, value: str, label: str) -> str:
    key = node_key(kind, value)
    if key not in graph:
        graph.add_node(key, type=kind, label=label)
    return key


def _of_code(code: Code) -> dict[str, Any]:
    return {
        "confidence": float(code.score),
        "assertion_status": "inferred",
        "note": "coded by a person" if code.judged else "coded by a model",
    }


def _stated(findings: Sequence[Finding]) -> dict[str, Any]:
    quoted = any(finding.start is not None for finding in findings)
    return {
        "confidence": max(finding.score for finding in findings),
        # A span of the report's own words is stated there; a source's coding without one is its reading.
        "assertion_status": "stated_by_media" if quoted else "inferred",
        "note": "",
    }


def _edge(
    graph: nx.MultiDiGraph,
    ends: tuple[str, str, str],
    findings: Sequence[Finding],
    incident: Incident,
    attributes: dict[str, Any],
) -> None:
    source, target, kind = ends
    dates = sorted(date.value for date in (incident.occurred, incident.first_published) if date is not None)
    reports = dict.fromkeys(finding.report for finding in findings)
    graph.add_edge(
        source,
        target,
        key=kind,
        id=digest("edg", source, kind, target),
        type=kind,
        evidence=JOIN.join(dict.fromkeys(finding.id for finding in findings)),
        source_report_ids=JOIN.join(reports or incident.reports),
        first_seen=dates[0] if dates else "",
        last_seen=dates[-1] if dates else "",
        extracted_by=JOIN.join(dict.fromkeys(finding.origin for finding in findings)),
        **attributes,
    )


def _typology_edge(graph: nx.MultiDiGraph, source: str, target: str, kind: str, *, note: str = "") -> None:
    graph.add_edge(
        source,
        target,
        key=kind,
        id=digest("edg", source, kind, target),
        type=kind,
        evidence="",
        source_report_ids="",
        first_seen="",
        last_seen="",
        extracted_by=f"typology@{graph.graph['typology']}",
        confidence=1.0,
        assertion_status="inferred",
        note=note or "from the typology",
    )


def neighbourhood(graph: nx.MultiDiGraph, node: str, depth: int = 1, limit: int = 60) -> Neighbourhood:
    """Return the nodes within ``depth`` steps, nearer and stronger first, at most ``limit`` beside the node.

    A node's strength is the confidence of the edges that lead to it from nearer nodes, summed. The graph
    returned is a copy. Raises NotFound where the graph has no such node.
    """
    if node not in graph:
        raise NotFound(f"no node {node} in the graph")
    ordered, seen, frontier = [node], {node}, [node]
    for _ in range(depth):
        strength: dict[str, float] = {}
        for inner in frontier:
            for outer, confidence in _beside(graph, inner):
                if outer not in seen:
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
