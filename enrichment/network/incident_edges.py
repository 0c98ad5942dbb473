"""The edges that an incident's own codes and findings draw."""

from collections.abc import Sequence
from functools import cache

import networkx as nx

from collectors.records import STARTER
from enrichment.extraction.names import developer
from enrichment.extraction.phrases import load
from enrichment.network.codes import confidence_of, credible_codes
from enrichment.network.drawing import Basis, add_edge, add_node, from_findings, from_list, node_key
from enrichment.records import Code, CodeRole, Finding, Incident, Subject
from enrichment.typology import Typology

_LURE = ("MK-05", "CY-03")
"""Leaves in which an AI product is only the bait."""
_ATTACKED = "AT"
"""The family in which the AI system is the object of the attack."""
_EDGES = {
    Subject.CAPABILITY: ("involves_capability", "Capability"),
    Subject.PLATFORM: ("occurs_on", "Platform"),
    Subject.CHANNEL: ("occurs_on", "Platform"),
    Subject.COUNTRY: ("located_at", "Location"),
    Subject.VICTIM_TYPE: ("harms", "Party"),
    Subject.ACTOR_TYPE: ("attributed_to", "Actor"),
}
_ORGANISATIONS = {"harmed": "harms", "impersonated": "impersonates"}
"""Who deployed an AI system is not drawn: a source names platforms there as well as offenders."""
KINDS = frozenset({Subject.VICTIM_TYPE, Subject.ACTOR_TYPE, Subject.CHANNEL})
"""Subjects whose values name a kind of party or channel, not one of them."""
KIND = "kind:"
"""Begins the own key of such a kind."""
BY_PERSON, BY_STARTER = "coded by a person", "coded by the starter library"
"""The notes of a code that somebody decided: a person of this library, or the authors of its first cases."""
WITHOUT_WORDS = "without a quote"
"""Part of the note of an edge whose findings show no words of a report."""
_UNKNOWN = "unknown"
_STEPS = {
    "arrested_or_charged": "Arrest or charge",
    "convicted_or_sentenced": "Conviction or sentence",
    "acquitted_or_dropped": "Acquittal or dropped case",
    "civil_or_regulatory_action": "Civil or regulatory action",
}
_STAGES = {
    "investigated": "Investigation",
    "arrested": "Arrest or charge",
    "charged": "Arrest or charge",
    "convicted": "Conviction or sentence",
    "cleared": "Acquittal or dropped case",
}


def add_incident(graph: nx.MultiDiGraph, incident: Incident, typology: Typology) -> None:
    """Add an incident with all that its codes and standing findings say of it."""
    key = node_key("Incident", incident.id)
    graph.add_node(key, type="Incident", label=incident.title, refs="; ".join(incident.refs))
    _add_codes(graph, key, incident, typology)
    for (kind, node_type, name), findings in _by_edge(incident).items():
        target = add_node(graph, node_type, name, name.removeprefix(KIND).replace("_", " "))
        add_edge(graph, (key, target, kind), _stated(findings, incident))
        if node_type == "Tool":
            _add_developer(graph, target, name)
    if is_crime(incident):
        _add_law(graph, key, incident, typology)
        _add_measures(graph, key, incident, typology)


def is_crime(incident: Incident) -> bool:
    """Return whether no scope code says that the incident is no AI crime."""
    return not (incident.primary or "").startswith("X-")


def _add_codes(graph: nx.MultiDiGraph, key: str, incident: Incident, typology: Typology) -> None:
    by_id = {finding.id: finding for finding in incident.findings}
    for code in credible_codes(incident, typology):
        technique = add_node(graph, "Technique", code.concept, typology.label(code.concept))
        kind = "primary_technique" if code.role == CodeRole.PRIMARY else "uses_technique"
        evidence = [by_id[one] for one in code.findings if one in by_id]
        add_edge(graph, (key, technique, kind), _coded(code, evidence, incident))


def _by_edge(incident: Incident) -> dict[tuple[str, str, str], list[Finding]]:
    """Return the findings that draw an edge, by edge type, node type and the node's own key."""
    edges: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in incident.findings:
        drawn = _drawn(finding, incident)
        if drawn is not None and finding.value != _UNKNOWN:
            edges.setdefault((*drawn, _name(finding)), []).append(finding)
    return edges


def _drawn(finding: Finding, incident: Incident) -> tuple[str, str] | None:
    """Return the edge and node type a finding draws, or None where the typology has no edge for it."""
    if finding.subject is Subject.TOOL:
        return _of_tool(finding, incident)
    if finding.subject is Subject.ORGANISATION:
        kind = _ORGANISATIONS.get(finding.role)
        return (kind, "Party") if kind else None
    if finding.passing:
        return None  # mentioned in passing
    if finding.subject is Subject.ACTOR_TYPE and not is_crime(incident):
        return None  # nobody offended
    return _EDGES.get(finding.subject)


def _of_tool(finding: Finding, incident: Incident) -> tuple[str, str] | None:
    if finding.value in _platforms():
        return "occurs_on", "Platform"
    if not is_crime(incident):
        return None  # a system that failed or was tried out was no means
    primary = incident.primary or ""
    if primary in _LURE:
        return "lures_with_tool", "Tool"
    return ("targets_tool" if primary.startswith(f"{_ATTACKED}-") else "uses_tool"), "Tool"


def _name(finding: Finding) -> str:
    if finding.subject is Subject.TOOL:
        return _platforms().get(finding.value, finding.value)
    return f"{KIND}{finding.value}" if finding.subject in KINDS else finding.value


@cache
def _platforms() -> dict[str, str]:
    """Return the listed platforms by each of their names: a source may count them among the tools."""
    return {
        name: entry["name"]
        for entry in load("platforms")
        for name in (entry["name"], *entry.get("aliases", ()))
    }


def _add_developer(graph: nx.MultiDiGraph, tool: str, name: str) -> None:
    maker = developer(name)
    if maker is not None:
        party = add_node(graph, "Party", maker, maker)
        said = from_list(graph, "from the list of known tools", by="tools")
        add_edge(graph, (tool, party, "supplied_by"), said)


def _add_law(graph: nx.MultiDiGraph, key: str, incident: Incident, typology: Typology) -> None:
    """Add the legal step that followed, and the offences that a text says somebody is pursued for."""
    # Who coded the outcome knows more than a word of it.
    steps = sorted(
        (one for one in incident.findings if one.subject is Subject.OUTCOME and one.value in _STEPS),
        key=lambda one: -one.score,
    )
    offences = [f for f in incident.findings if f.subject is Subject.OFFENCE and f.role in _STAGES]
    if not steps and not offences:
        return
    label = _STEPS[steps[0].value] if steps else _STAGES[offences[0].role]
    step = add_node(graph, "Proceeding", incident.id, label)
    add_edge(graph, (key, step, "led_to"), _stated([*steps, *offences], incident))
    by_value: dict[str, list[Finding]] = {}
    for finding in offences:
        by_value.setdefault(finding.value, []).append(finding)
    for value, findings in by_value.items():
        if value in typology:
            target = add_node(graph, "Offence", value, typology.label(value))
            note = f"{findings[0].role}; the nearest pointer for England and Wales to the words of the report"
            add_edge(graph, (step, target, "charged_as"), _stated(findings, incident, note))


def _add_measures(graph: nx.MultiDiGraph, key: str, incident: Incident, typology: Typology) -> None:
    by_value: dict[str, list[Finding]] = {}
    for finding in incident.findings:
        if finding.subject is Subject.COUNTERMEASURE and finding.value in typology:
            by_value.setdefault(finding.value, []).append(finding)
    for value, findings in by_value.items():
        source = add_node(graph, "Countermeasure", value, typology.label(value))
        note = "named in the report; whether it worked is for a reader"
        add_edge(graph, (source, key, "applied_in"), _stated(findings, incident, note))


def _coded(code: Code, evidence: Sequence[Finding], incident: Incident) -> Basis:
    return from_findings(evidence, incident, confidence=confidence_of(code), note=_coder(code, evidence))


def _coder(code: Code, evidence: Sequence[Finding]) -> str:
    """Return in words who says that an incident is a case of a leaf."""
    if not code.judged:
        return "coded by a model"
    return BY_STARTER if any(finding.origin == STARTER for finding in evidence) else BY_PERSON


def _stated(findings: Sequence[Finding], incident: Incident, note: str = "") -> Basis:
    # A span of the report's own words is stated there; a source's coding without one is its reading.
    quoted = any(finding.start is not None for finding in findings)
    status = "stated_by_media" if quoted else "inferred"
    if not quoted:
        coder = "coded by the source" if any(finding.coded for finding in findings) else ""
        note = ", ".join(filter(None, (note or coder, WITHOUT_WORDS)))
    sure = max(finding.score for finding in findings)
    return from_findings(findings, incident, confidence=sure, status=status, note=note)
