"""The surroundings of one thing: a drawing, its ties with their evidence, and the things two steps away."""

from collections.abc import Sequence
from itertools import groupby

from collectors.errors import NotFound
from enrichment.network.layers import NEAR
from enrichment.network.records import Node, Surroundings
from ui import addresses, session
from ui.drawing import address_of, caption, drawing, listed, place, tally
from ui.nodes import Node as Drawn
from ui.nodes import div, el, link, span
from ui.terms import kind
from ui.views import ties
from ui.widgets import draw, empty, folding, page_title, pairs, section

EVERY = 500
"""Ties that are listed at most where all are asked for."""
QUIET = ("Indicator", "ExternalConcept", "Family", "Report")
"""Types that only the typology or the files tell of; they would crowd out what incidents say."""
LEGEND = (
    "Numbers count incidents. Dashed: the typology or a list of ours says so, no report does. "
    "Dotted: a machine says so and is not sure."
)


def show(wanted: str) -> None:
    """Draw the surroundings of the thing with this key or name, or say that the graph has no such thing."""
    every = session.param("ties") == "all"
    most = EVERY if every else NEAR
    try:
        around = session.library().analysis.surroundings(
            wanted, actor=session.actor(), without=QUIET, most=most
        )
    except NotFound:
        name = wanted.partition(":")[2] or wanted
        draw(
            empty(
                "The graph has no such thing",
                el("p", "It may have been merged, no incident names it, or no crime uses the tool."),
                el("p", link(addresses.Search(text=name).address(), "Search the texts instead")),
                el("p", link("/graph", "Begin anew")),
            ),
            key="gone",
        )
        return
    page_title(f"Graph: {caption(around.centre)}")
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
        code = centre.id.partition(":")[2]
        ways.append(link(addresses.typology(code), "Definition"))
        facet = "typology" if centre.type == "Technique" else "family"
        every = addresses.Search(filters={facet: (code,)}).address()
        ways.append(link(every, "Search all incidents with this code"))
    below = ", ".join(filter(None, (kind(centre), tally(centre))))
    return div(
        "row between",
        div("", el("h2", caption(centre), cls="untrusted"), span("soft small", below)),
        div("row", *ways),
    )


def _table(around: Surroundings) -> Drawn:
    own = [edge for edge in around.edges if around.centre.id in (edge.source.id, edge.target.id)]
    centre = around.centre.id
    stated = sorted(own, key=lambda edge: (not edge.reports, place(ties.other(edge, centre))))
    shown = len(around.layers[0])
    every = addresses.address("graph", {"node": centre, "ties": "all"})
    return section(
        "Ties",
        ties.edges(stated, centre),
        el("p", link(every, f"List all {shown + around.left_out:,}")) if around.left_out else None,
        note=f"the newest {shown} of {shown + around.left_out:,} things" if around.left_out else str(shown),
    )


def _beyond(around: Surroundings) -> Drawn | None:
    """Return in words what most of these lead to, by its type."""
    far = sorted(around.layers[1], key=lambda node: (place(node), kind(node)))
    rows = [(name, _together(list(nodes))) for name, nodes in groupby(far, key=kind)]
    return section("What most of these lead to", pairs(rows)) if rows else None


def _together(nodes: Sequence[Node]) -> Drawn:
    """Return links to these nodes of a type: titles below each other, names in a line."""
    links = [link(address_of(node), caption(node), cls="untrusted") for node in nodes]
    if nodes[0].type == "Incident":
        return div("", *(div("", one) for one in links))
    numbers = [span("soft num", f" {node.incidents:,}") for node in nodes]
    return span("", *listed([span("", *pair) for pair in zip(links, numbers, strict=True)]))
