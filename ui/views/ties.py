"""Ties in words: edges of the graph with the evidence they rest on."""

from collections.abc import Sequence

from enrichment.network.incident_edges import BY_PERSON, BY_STARTER
from enrichment.network.records import Edge, Node
from enrichment.records import Finding
from ui import addresses, session
from ui.drawing import address_of, caption
from ui.nodes import Node as Drawn
from ui.nodes import div, el, link
from ui.terms import graph_words, kind, named, verb
from ui.widgets import table

QUOTES = 2
CODED = ("primary_technique", "uses_technique")
"""Ties of an incident to the kinds of crime it is a case of."""


def edges(shown: Sequence[Edge], centre: str) -> Drawn:
    """Return edges as a table: what is tied, how, when, and in which words."""
    return table(
        ("How", "What", "Seen", "In the words of the reports"),
        [
            (
                verb(edge, centre),
                _what(other(edge, centre)),
                _seen(edge),
                words(edge),
            )
            for edge in shown
        ],
        looks={0: "soft", 2: "soft num", 3: "wide untrusted"},
        stacks=True,
    )


def other(edge: Edge, centre: str) -> Node:
    """Return the end of an edge that is not the centre."""
    return edge.target if edge.source.id == centre else edge.source


def _what(node: Node) -> Drawn:
    below: list[Drawn] = [kind(node)]
    if node.type == "Incident":
        below += [", ", link(addresses.incident(node.id.partition(":")[2]), "open it")]
    return div("", link(address_of(node), caption(node), cls="untrusted"), div("small soft", *below))


def _seen(edge: Edge) -> str:
    return edge.first_seen if edge.first_seen == edge.last_seen else f"{edge.first_seen} to {edge.last_seen}"


def words(edge: Edge) -> Drawn:
    """Return the evidence of an edge: quotes linked to their places, and the kind of claim it is."""
    quoted = [finding for finding in edge.evidence if finding.quote][:QUOTES]
    cited = [_cited(finding, edge) for finding in quoted or edge.evidence[:1]]
    return div("", *cited, div("small soft", _basis(edge)))


def _basis(edge: Edge) -> str:
    if not edge.reports:
        return edge.note or "from the typology"
    if edge.type in CODED:
        return _coding(edge)
    status = graph_words()["status"].get(edge.assertion_status, edge.assertion_status.replace("_", " "))
    return "; ".join(filter(None, (f"{status}, score {edge.confidence:.2f}", edge.note)))


def _coding(edge: Edge) -> str:
    """Return who says that an incident is a case of a kind of crime, and how sure a machine is."""
    if edge.note in (BY_PERSON, BY_STARTER):
        return edge.note
    said = f"{edge.note}, score {edge.confidence:.2f}"
    return f"{said}; {graph_words()['note']['uncertain']}" if edge.uncertain else said


def _cited(finding: Finding, edge: Edge) -> Drawn:
    """Return a claim with the ways to its place and to deciding it; where it quotes but the name, these."""
    place = {"tab": "reports", "report": finding.report, "at": finding.id}
    only = edge.incidents[0] if len(edge.incidents) == 1 else ""  # else the report tells which of them it is
    said = "in the report" if finding.quote else "the report"
    there = link(addresses.address("incident", {"id": only, **place}), said, cls="small")
    desk = link(addresses.address("review", {"incident": only, "at": finding.id}), "decide", cls="small")
    ways: list[Drawn] = [there, " · ", desk] if only and session.may("judge") else [there]
    if not finding.quote:
        return div("small", "no quote: ", *ways)
    for node in (edge.source, edge.target):
        if finding.quote.casefold() == named(node).casefold():
            return div("small", "in its title, " if node.type == "Incident" else "named ", *ways)
    return el("blockquote", finding.quote, " ", *ways)
