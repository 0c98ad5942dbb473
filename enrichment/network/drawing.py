"""Nodes and edges as any graph format can hold them: every attribute a string or a number."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import networkx as nx

from collectors.records import digest
from enrichment.records import Finding, Incident, Link

JOIN = "; "
FOLLOWS, VARIANT_OF = "follows", "variant_of"


@dataclass(frozen=True)
class Basis:
    """What an edge rests on: which claims of which reports, when, by whom, and how sure."""

    by: Iterable[str]
    """The models, rules, lists or people that say so."""
    confidence: float = 1.0
    status: str = "inferred"
    """One of the typology's ``assertion_status_values``."""
    evidence: Iterable[str] = ()
    """Ids of findings, best first; repeated ones count once."""
    reports: Iterable[str] = ()
    """None for what no report says."""
    seen: tuple[str, str] = ("", "")
    """The first and last date known."""
    note: str = ""


def node_key(kind: str, value: str) -> str:
    """Return the key of a node: its type in lower case and its own key."""
    return f"{kind.lower()}:{value}"


def add_node(graph: nx.MultiDiGraph, kind: str, value: str, label: str) -> str:
    """Add a node unless it is there, and return its key."""
    key = node_key(kind, value)
    if key not in graph:
        graph.add_node(key, type=kind, label=label)
    return key


def add_edge(graph: nx.MultiDiGraph, ends: tuple[str, str, str], basis: Basis) -> None:
    """Add an edge from, to and of a type, in the place of one that is there."""
    source, target, kind = ends
    first, last = basis.seen
    graph.add_edge(
        source,
        target,
        key=kind,
        id=digest("edg", source, kind, target),
        type=kind,
        evidence=_joined(basis.evidence),
        source_report_ids=_joined(basis.reports),
        first_seen=first,
        last_seen=last,
        extracted_by=_joined(basis.by),
        confidence=float(basis.confidence),
        assertion_status=basis.status,
        note=basis.note,
    )


def from_findings(
    findings: Sequence[Finding],
    incident: Incident,
    *,
    confidence: float,
    status: str = "inferred",
    note: str = "",
) -> Basis:
    """Return the basis of what findings say of an incident; without any its own reports stand for them."""
    return Basis(
        by=[finding.origin for finding in findings],
        confidence=confidence,
        status=status,
        evidence=[finding.id for finding in findings],
        reports=[finding.report for finding in findings] or incident.reports,
        seen=date_range(incident),
        note=note,
    )


def from_list(graph: nx.MultiDiGraph, note: str = "from the typology", by: str = "") -> Basis:
    """Return the basis of what the graph's typology, or another list of ours, says rather than a report.

    What the typology says bears the day of its version.
    """
    if by:
        return Basis(by=[by], note=note)
    day = graph.graph["typology_date"]
    return Basis(by=[f"typology@{graph.graph['typology']}"], note=note, seen=(day, day))


def from_link(link: Link) -> Basis:
    """Return the basis of what a link says of two reports."""
    return Basis(
        by=[link.origin],
        confidence=link.weight,
        evidence=link.evidence,
        reports=(link.left, link.right),
        note=JOIN.join(link.reasons),
    )


def date_range(*incidents: Incident) -> tuple[str, str]:
    """Return the first and the last known date of incidents; both empty if none is known."""
    known = [date for one in incidents for date in (one.occurred, one.first_published) if date is not None]
    dates = sorted(date.value for date in known)
    return (dates[0], dates[-1]) if dates else ("", "")


def rests_on_reports(attributes: dict[str, Any]) -> bool:
    """Whether an edge rests on reports rather than on the typology alone."""
    return bool(attributes["source_report_ids"])


def _joined(values: Iterable[str]) -> str:
    return JOIN.join(dict.fromkeys(values))
