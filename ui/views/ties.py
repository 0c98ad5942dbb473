"""Ties in words: edges with their evidence, and the ways between two things."""

from collections.abc import Sequence

import streamlit as st

from collectors.errors import NotFound
from enrichment.network.records import Edge, Path
from enrichment.records import Finding
from ui import addresses, session
from ui.drawing import address_of
from ui.nodes import Node as Drawn
from ui.nodes import div, el, link, span
from ui.terms import graph_words, kind, named, verb
from ui.widgets import count, draw, empty, section, table

QUOTES = 2
_PLAIN = ("tool", "platform", "party", "technique", "offence", "countermeasure")
"""Types whose nodes are found again by the part of the key behind the type."""


def edges(shown: Sequence[Edge], centre: str) -> Drawn:
    """Return edges as a table: what is tied, how, when, and in which words."""
    return table(
        ("How", "What", "Seen", "In the words of the reports"),
        [
            (
                verb(edge, centre),
                _other(edge, centre),
                _seen(edge),
                words(edge),
            )
            for edge in shown
        ],
        looks={0: "soft", 2: "soft num", 3: "wide untrusted"},
        stacks=True,
    )


def _other(edge: Edge, centre: str) -> Drawn:
    other = edge.target if edge.source.id == centre else edge.source
    below: list[Drawn] = [kind(other)]
    if other.type == "Incident":
        below += [", ", link(addresses.incident(other.id.partition(":")[2]), "open it")]
    return div("", link(address_of(other), named(other), cls="untrusted"), div("small soft", *below))


def _seen(edge: Edge) -> str:
    return edge.first_seen if edge.first_seen == edge.last_seen else f"{edge.first_seen} to {edge.last_seen}"


def words(edge: Edge) -> Drawn:
    """Return what an edge rests on: quotes that lead to their place, and what kind of claim it is."""
    quoted = [finding for finding in edge.evidence if finding.quote][:QUOTES]
    cited = [_quote(finding, edge) for finding in quoted]
    status = graph_words()["status"].get(edge.assertion_status, edge.assertion_status.replace("_", " "))
    basis = f"{status}, {edge.confidence:.2f}" if edge.reports else edge.note or "from the typology"
    more = edge.note if edge.reports else ""
    return div("", *cited, div("small soft", "; ".join(filter(None, (basis, more)))))


def _quote(finding: Finding, edge: Edge) -> Drawn:
    """Return a quote with a link to its place; where it is but the name, the link alone."""
    place: Drawn | None = None
    if edge.incidents:
        to = addresses.incident(edge.incidents[0], tab="reports", report=finding.report, at=finding.id)
        place = link(to, "in the report", cls="small")
    for node in (edge.source, edge.target):
        if finding.quote.casefold() == named(node).casefold():
            return div("small", "in its title, " if node.type == "Incident" else "named ", place)
    return el("blockquote", finding.quote, " ", place)


def path() -> None:
    """Draw the choice of two things and the ways between them."""
    start, end = session.param("from"), session.param("to")
    left, right, ask = st.columns([2, 2, 0.6], vertical_alignment="bottom")
    left.text_input("From", value=_shown(start), key="path-from", placeholder="ElevenLabs")
    right.text_input("To", value=_shown(end), key="path-to", placeholder="FR-01, an offence, a platform …")
    ask.button("Find", key="path-ask", on_click=_between, args=(start, end), type="primary")
    if not (start and end):
        text = "Name two things, such as a tool and an offence. The ways that say most come first."
        draw(el("p", text, cls="soft"), key="path-help")
        return
    try:
        found = session.library().paths(start, end, actor=session.actor())
    except NotFound as error:
        draw(
            empty(
                "One of them is not in the graph",
                el("p", f"{error}."),
                el("p", link("/graph", "Find it by name")),
            ),
            key="path-unknown",
        )
        return
    _ways(found)


def _shown(key: str) -> str:
    return key.partition(":")[2] if key.partition(":")[0] in _PLAIN else key


def _between(start: str, end: str) -> None:
    typed = [str(st.session_state[key] or "").strip()[:200] for key in ("path-from", "path-to")]
    # What was not changed keeps its exact key.
    ends = [old if new == _shown(old) else new for new, old in zip(typed, (start, end), strict=True)]
    asked = {name: value for name, value in zip(("from", "to"), ends, strict=True) if value}
    session.go(addresses.address("graph", {"part": "path", **asked}))


def _ways(found: Sequence[Path]) -> None:
    if not found:
        text = "No report and no typology entry ties them, not even over several steps."
        draw(empty("There is no way between them", el("p", text)), key="path-none")
        return
    if not found[0].reported:
        draw(
            div("box note", "No reports tie them; some steps below rest on the typology alone."),
            key="path-note",
        )
    draw(
        div("stack wide", *(_way(one, number) for number, one in enumerate(found, 1))),
        key="ways",
    )


def _way(one: Path, number: int) -> Drawn:
    rows: list[Drawn] = []
    for at, node in enumerate(one.nodes):
        rows += [
            span("dot"),
            div(
                "",
                link(address_of(node), named(node), cls="untrusted"),
                span("soft small", f"  {kind(node)}"),
            ),
        ]
        if at < len(one.edges):
            edge = one.edges[at]
            rows += [span("rail"), div("via", span("soft small", verb(edge, node.id)), words(edge))]
    return section(f"Way {number}", div("steps", *rows), note=count(len(one.edges), "step"))
