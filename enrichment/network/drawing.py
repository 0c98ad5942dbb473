"""Nodes and edges as any graph format can hold them: every attribute a string or a number."""

from collections.abc import Sequence
from typing import Any

import networkx as nx

from collectors.records import digest
from enrichment.records import Finding, Incident, Link

JOIN = "; "
FOLLOWS, VARIANT_OF = "follows", "variant_of"


def node_key(kind: str, value: str) -> str:
    """Return the key of a node: its type in lower case and its own key."""
    return f"{kind.lower()}:{value}"


def add_node(graph: nx.MultiDiGraph, kind: str, value: str, label: str) -> str:
    """Add a node unless it is there, and return its key."""
    key = node_key(kind, value)
    if key not in graph:
        graph.add_node(key, type=kind, label=label)
    return key


def add_edge(
    graph: nx.MultiDiGraph,
    ends: tuple[str, str, str],
    findings: Sequence[Finding],
    incident: Incident,
    attributes: dict[str, Any],
) -> None:
    """Add an edge from, to and of a type that rests on findings about an incident."""
    source, target, kind = ends
    first, last = seen(incident)
    reports = dict.fromkeys(finding.report for finding in findings)
    graph.add_edge(
        source,
        target,
        key=kind,
        id=digest("edg", source, kind, target),
        type=kind,
        evidence=JOIN.join(dict.fromkeys(finding.id for finding in findings)),
        source_report_ids=JOIN.join(reports or incident.reports),
        first_seen=first,
        last_seen=last,
        extracted_by=JOIN.join(dict.fromkeys(finding.origin for finding in findings)),
        **{"note": "", **attributes},
    )


def seen(incident: Incident) -> tuple[str, str]:
    """Return the first and last date known of an incident, both empty where there is none."""
    dates = sorted(date.value for date in (incident.occurred, incident.first_published) if date is not None)
    return (dates[0], dates[-1]) if dates else ("", "")


def add_typology_edge(
    graph: nx.MultiDiGraph, source: str, target: str, kind: str, *, note: str = "", by: str = ""
) -> None:
    """Add an edge that rests on the typology, or on another list, rather than on a report."""
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
        extracted_by=by or f"typology@{graph.graph['typology']}",
        confidence=1.0,
        assertion_status="inferred",
        note=note or "from the typology",
    )


def add_link_edge(graph: nx.MultiDiGraph, ends: tuple[str, str, str], link: Link) -> None:
    """Add an edge from, to and of a type that rests on a link between two reports."""
    source, target, kind = ends
    graph.add_edge(
        source,
        target,
        key=kind,
        id=digest("edg", source, kind, target),
        type=kind,
        evidence=JOIN.join(link.evidence),
        source_report_ids=JOIN.join((link.left, link.right)),
        first_seen="",
        last_seen="",
        extracted_by=link.origin,
        confidence=float(link.weight),
        assertion_status="inferred",
        note=JOIN.join(link.reasons),
    )


def reported(attributes: dict[str, Any]) -> bool:
    """Return whether an edge rests on reports rather than on the typology alone."""
    return bool(attributes["source_report_ids"])
