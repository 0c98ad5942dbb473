"""The analyst's page: what stands around a thing, how two things are tied, what bridges, what emerges."""

from collections.abc import Callable

import streamlit as st

from enrichment.network.codes import FURTHER
from enrichment.network.records import Node
from ui import addresses, session
from ui.drawing import address_of, caption, tally
from ui.nodes import Node as Drawn
from ui.nodes import div, el, link, span
from ui.terms import kind
from ui.views import around, between, measures, outlook
from ui.widgets import count, draw, empty, head, page_title, section, tabs

START, FOUND = 12, 40
"""Things to begin with, and names that are found, at most."""
COUNTED = (
    "A platform or tool counts every incident that names it; the measures use only those with a typology "
    "code. A typology counts the incidents with it as primary code, or as a further one that a person chose "
    f"or the machine is at least {FURTHER:.0%} sure of. A search for AI crime leaves out warnings and tests, "
    "so it may find fewer."
)


def show() -> None:
    """Draw the part of the page that its address names."""
    part = session.param("part")
    part = part if part in PARTS else ""
    head(
        "Graph",
        div("sub", "Incidents and what they share: each tie with the words it rests on. Ties are leads."),
    )
    page_title(f"Graph: {PARTS[part][0]}" if part else "Graph")
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
        placeholder="Find a tool, platform, offence, incident …",
        label_visibility="collapsed",
        on_change=_ask,
    )
    if words:
        _found(words)
    elif wanted:
        around.show(wanted)
    else:
        _start()


def _ask() -> None:
    typed = str(st.session_state["graph-q"] or "")[: addresses.LONGEST]
    session.go(addresses.address("graph", {"q": typed} if typed else {}))


def _found(words: str) -> None:
    nodes = session.library().analysis.find_nodes(words, actor=session.actor(), limit=FOUND + 1)
    if not nodes:
        draw(
            empty(
                "Nothing in the graph is called that",
                el("p", "Names must hold all the words."),
                el("p", "In the graph is what incidents name; a tool only where a crime uses it."),
                el("p", link(addresses.Search(text=words).address(), "Search the texts instead")),
            ),
            key="none",
        )
        return
    title = count(len(nodes), "match", "matches")
    if len(nodes) > FOUND:
        title = f"The first {FOUND} matches; more words narrow them"
    draw(section(title, div("", *map(_row, nodes[:FOUND]))), key="found")


def _row(node: Node) -> Drawn:
    return div(
        "row between entry",
        link(address_of(node), caption(node), cls="untrusted"),
        span("soft small", ", ".join(filter(None, (kind(node), tally(node))))),
    )


def _start() -> None:
    found = session.library().analysis.find_nodes("", actor=session.actor(), limit=START)
    central = sorted(found, key=lambda node: -node.incidents)
    if not central:
        draw(_nothing(), key="nothing")
        return
    draw(
        section(
            "Where to begin",
            el("p", "These tie most incidents of AI crime together. Choose one, or find another above."),
            div("", *(_row(node) for node in central)),
            el("p", COUNTED, cls="small soft"),
            el("p", link("/graph?part=ties", "All measures, with what they mean")),
        ),
        key="start",
    )


PARTS: dict[str, tuple[str, Callable[[], None]]] = {
    "": ("Around one thing", _near),
    "path": ("Between two", between.show),
    "ties": ("What ties most", measures.show),
    "new": ("What emerges", outlook.show),
}
