"""What the shape of the graph says: bridging tools, what goes together, what is central."""

from collections.abc import Sequence

from enrichment.network.records import Association, Bridge, Centrality, Measures, Node
from ui import session
from ui.drawing import address_of
from ui.nodes import Node as Drawn
from ui.nodes import div, el, link
from ui.terms import graph_words, kind, named
from ui.widgets import count, draw, empty, section, table

CENTRAL = 15


def show() -> None:
    """Draw bridging tools, what goes together, and what is central, each with what the figures mean."""
    found = session.library().measures(actor=session.actor())
    if not found.incidents:
        draw(
            empty("No incident has a typology code yet", el("p", link("/review", "Review suggestions"))),
            key="uncoded",
        )
        return
    draw(
        div(
            "stack wide",
            el("p", _basis(found), cls="soft"),
            _bridges(found.bridges),
            _together(found.associations, found.compared),
            _central(found.central),
        ),
        key="measures",
    )


def _basis(found: Measures) -> str:
    return f"From {count(found.incidents, 'incident')} with a typology code. Counts of what is collected."


def _named(node: Node) -> Drawn:
    return link(address_of(node), named(node), cls="untrusted")


def _bridges(bridges: Sequence[Bridge]) -> Drawn:
    rows = [
        (
            _named(one.node),
            f"{one.participation:.2f}",
            str(sum(one.families.values())),
            ", ".join(f"{family} {number}" for family, number in one.families.items()),
        )
        for one in bridges
    ]
    return section(
        "Tools that bridge families of crime",
        table(("Tool", "Spread", "Incidents", "By family of the primary code"), rows, (1, 2))
        if rows
        else el("p", "No tool is named in three incidents of more than one family.", cls="soft"),
        el("p", graph_words()["note"]["bridges"], cls="small soft"),
    )


def _together(pairs: Sequence[Association], compared: int) -> Drawn:
    rows = [
        (
            _named(one.left),
            _named(one.right),
            str(one.both),
            f"{one.expected:.1f}",
            f"{one.lift:.1f}",
            f"{_short(one.low)} to {_short(one.high)}",
            f"{one.left_all} and {one.right_all}",
        )
        for one in pairs
    ]
    heads = ("Tool or platform", "Typology", "Together", "Expected", "Lift", "Odds ratio, 95 %", "Apart")
    return section(
        "What goes together beyond chance",
        table(heads, rows, (2, 3, 4, 5, 6))
        if rows
        else el(
            "p", "No tool or platform stands with a leaf more often than chance would have it.", cls="soft"
        ),
        el("p", graph_words()["note"]["together"].format(compared=compared), cls="small soft"),
        note=str(len(rows)) if rows else "",
    )


def _short(figure: float) -> str:
    return f"{figure:.1f}" if figure < 100 else "over 100"


def _central(central: Sequence[Centrality]) -> Drawn:
    rows = [
        (
            _named(one.node),
            kind(one.node),
            str(one.node.incidents),
            str(one.neighbours),
            f"{one.pagerank:.3f}",
            f"{one.betweenness:.2f}",
        )
        for one in central[:CENTRAL]
    ]
    return section(
        "Most central",
        table(("Name", "Kind", "Incidents", "Neighbours", "PageRank", "Between"), rows, (2, 3, 4, 5)),
        el("p", graph_words()["note"]["central"], cls="small soft"),
    )
