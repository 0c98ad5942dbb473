"""The analyst's page: what stands around a thing, how two things are tied, what bridges, what emerges."""

from collections.abc import Callable
from itertools import groupby

import streamlit as st

from collectors.errors import NotFound
from enrichment.network.layers import NEAR
from enrichment.network.records import Node, Surroundings
from ui import addresses, session
from ui.drawing import address_of, caption, drawing, listed
from ui.nodes import Node as Drawn
from ui.nodes import div, el, link, span
from ui.terms import kind
from ui.views import between, outlook, standing, ties
from ui.widgets import count, draw, empty, folding, head, pairs, section, tabs

FOUND = 12
EVERY = 500
"""Ties that are listed at most where all are asked for."""
QUIET = ("Indicator", "ExternalConcept", "Family", "Report")
"""Types that only the typology or the files tell of; they would crowd out what incidents say."""
LEGEND = "Numbers count incidents. Dashed: the typology or a list of ours says so, no report does."


def show() -> None:
    """Draw the part of the page that its address names."""
    part = session.param("part")
    part = part if part in PARTS else ""
    head(
        "Graph",
        div("sub", "Incidents and what they share: each tie with the words it rests on. Ties are leads."),
    )
    titles = {name: title for name, (title, _) in PARTS.items()}
    draw(tabs("Parts of the graph", addresses.each("graph", "part", titles, part)), key="parts")
    with st.spinner("Reading the graph"):
        PARTS[part][1]()


def _nothing() -> Drawn:
    return empty(
        "There is nothing to tie together yet",
        el("p", "The graph is drawn from incidents. Fill the library, then reload this page:"),
        el("p", el("code", "moriarty run")),
    )


def _near() -> None:
    wanted, words = session.param("node"), session.param("q")
    st.text_input(
        "Find a tool, platform, organisation, offence, typology or incident",
        key="graph-q",
        type="search",
        value=words,
        placeholder="Find a tool, platform, organisation, offence, typology or incident",
        label_visibility="collapsed",
        on_change=_ask,
    )
    if words:
        _found(words)
    elif wanted:
        _around(wanted)
    else:
        _start()


def _ask() -> None:
    typed = str(st.session_state["graph-q"] or "")[: addresses.LONGEST]
    session.go(addresses.address("graph", {"q": typed} if typed else {}))


def _found(words: str) -> None:
    nodes = session.library().find_nodes(words, actor=session.actor(), limit=FOUND)
    if not nodes:
        draw(
            empty(
                "Nothing in the graph is called that",
                el("p", "Names must hold all the words. Only what an incident names is in the graph."),
                el("p", link(addresses.Search(text=words).address(), "Search the texts instead")),
            ),
            key="none",
        )
        return
    draw(
        section(count(len(nodes), "match", "matches"), div("", *(_row(node) for node in nodes))), key="found"
    )


def _row(node: Node) -> Drawn:
    told = count(node.incidents, "incident") if node.type != "Incident" else ""
    return div(
        "row between entry",
        link(address_of(node), caption(node), cls="untrusted"),
        span("soft small", ", ".join(filter(None, (kind(node), told)))),
    )


def _start() -> None:
    central = session.library().find_nodes("", actor=session.actor(), limit=FOUND)
    if not central:
        draw(_nothing(), key="nothing")
        return
    draw(
        section(
            "Where to begin",
            el("p", "These tie most incidents of AI crime together. Choose one, or find another above."),
            div("", *(_row(node) for node in central)),
            el("p", link("/graph?part=ties", "All measures, with what they mean")),
        ),
        key="start",
    )


def _around(wanted: str) -> None:
    every = session.param("ties") == "all"
    most = EVERY if every else NEAR
    try:
        around = session.library().surroundings(wanted, actor=session.actor(), without=QUIET, most=most)
    except NotFound:
        draw(
            empty(
                "The graph has no such thing",
                el("p", "It may have been merged, or no incident names it any more."),
                el("p", link("/graph", "Begin anew")),
            ),
            key="gone",
        )
        return
    draw(_centre(around), key="centre")
    if not around.layers[0]:
        draw(
            empty("Nothing is tied to it", el("p", "No report and no typology entry links it.")), key="alone"
        )
        return
    if not every:
        shown = div("scroll", drawing(around), el("p", LEGEND, cls="small soft"), focusable=True)
        draw(folding("drawing", "Drawing", shown), key="drawing")
    draw(div("stack wide", _table(around), _beyond(around)), key="edges")


def _centre(around: Surroundings) -> Drawn:
    centre = around.centre
    ways = [link(addresses.address("graph", {"part": "path", "from": centre.id}), "How is it tied to…")]
    if centre.type == "Incident":
        ways.append(link(addresses.incident(centre.id.partition(":")[2]), "Open the incident"))
    if centre.type in ("Technique", "Family"):
        ways.append(link(addresses.typology(centre.id.partition(":")[2]), "Definition"))
    told = count(centre.incidents, "incident") if centre.type != "Incident" else ""
    below = ", ".join(filter(None, (kind(centre), told)))
    return div(
        "row between",
        div("", el("h2", caption(centre), cls="untrusted"), span("soft small", below)),
        div("row", *ways),
    )


def _table(around: Surroundings) -> Drawn:
    own = [edge for edge in around.edges if around.centre.id in (edge.source.id, edge.target.id)]
    stated = sorted(own, key=lambda edge: not edge.reports)
    shown = len(around.layers[0])
    every = addresses.address("graph", {"node": around.centre.id, "ties": "all"})
    return section(
        "Ties",
        ties.edges(stated, around.centre.id),
        el("p", link(every, f"List all {shown + around.left_out:,}")) if around.left_out else None,
        note=f"the newest {shown} of {shown + around.left_out:,}" if around.left_out else str(shown),
    )


def _beyond(around: Surroundings) -> Drawn | None:
    """Return in words what most of these lead to, by its type."""
    far = groupby(sorted(around.layers[1], key=kind), key=kind)
    rows = [(name, span("", *listed([*map(_linked, nodes)]))) for name, nodes in far]
    return section("What most of these lead to", pairs(rows)) if rows else None


def _linked(node: Node) -> Drawn:
    number = "" if node.type == "Incident" else f" {node.incidents:,}"
    return span("", link(address_of(node), caption(node)), span("soft num", number))


PARTS: dict[str, tuple[str, Callable[[], None]]] = {
    "": ("Around one thing", _near),
    "path": ("Between two", between.show),
    "ties": ("What ties most", standing.show),
    "new": ("What emerges", outlook.show),
}
