"""Measures of the graph: tools that bridge families, things that go together, the most central ones."""

from collections.abc import Mapping, Sequence

from enrichment.network.records import Association, Bridge, Centrality, Measures, Node
from ui import addresses, session
from ui.drawing import address_of, caption, listed
from ui.nodes import Node as Drawn
from ui.nodes import div, el, link, span
from ui.terms import graph_words, kind
from ui.widgets import count, draw, empty, section, table

CENTRAL, TOGETHER = 15, 15
"""Rows that are shown; more pairs fold under a line."""


def show() -> None:
    """Draw bridging tools, what goes together, and what is central, each with what the figures mean."""
    found = session.library().analysis.measures(actor=session.actor())
    if not found.incidents:
        draw(
            empty("No incident has a typology code yet", _review()),
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


def _review() -> Drawn | None:
    return el("p", link("/review", "Review suggestions")) if session.may("judge") else None


def _basis(found: Measures) -> str:
    return (
        f"From {count(found.incidents, 'incident')} with a typology code, called coded below. "
        "Counts of what is collected."
    )


def _named(node: Node) -> Drawn:
    return link(address_of(node), caption(node), cls="untrusted")


def _bridges(bridges: Sequence[Bridge]) -> Drawn:
    rows = [
        (
            _named(one.node),
            str(sum(one.families.values())),
            span("", *_families(one.families)),
        )
        for one in bridges
    ]
    spread = [(_named(one.node), f"{one.participation:.2f}") for one in bridges]
    return section(
        "Tools that bridge families of crime",
        table(("Tool", "Incidents", "Families of crime they belong to"), rows, (1,))
        if rows
        else el("p", "No tool is named in three incidents of more than one family.", cls="soft"),
        _computed("bridges", graph_words()["note"]["bridges"], table(("Tool", "Spread"), spread, (1,))),
    )


def _families(counts: Mapping[str, int]) -> list[Drawn]:
    label = session.library().typology.label
    named = [(link(addresses.typology(code), label(code)), number) for code, number in counts.items()]
    return listed([span("", family, f" {number}") for family, number in named])


def _computed(name: str, note: str, figures: Drawn) -> Drawn:
    """Return the statistics behind a table, folded."""
    said = el("p", note, cls="small soft")
    return el("details", el("summary", "How this is computed"), said, figures, cls="more", name=f"how-{name}")


def _together(pairs: Sequence[Association], compared: int) -> Drawn:
    if not pairs:
        none = "No tool or platform stands with a kind of crime more often than chance would have it."
        return section("What goes together beyond chance", el("p", none, cls="soft"))
    rest = pairs[TOGETHER:]
    return section(
        "What goes together beyond chance",
        _pairs(pairs[:TOGETHER]),
        el(
            "details",
            el("summary", f"{count(len(rest), 'weaker pair')}"),
            _pairs(rest),
            cls="more",
            name="weaker",
        )
        if rest
        else None,
        _computed("together", graph_words()["note"]["together"].format(compared=compared), _odds(pairs)),
        note=str(len(pairs)),
    )


def _pairs(pairs: Sequence[Association]) -> Drawn:
    rows = [
        (
            _named(one.left),
            _named(one.right),
            str(one.both),
            f"{one.expected:.1f}",
            f"{one.lift:.1f} times",
            f"{one.left_all} and {one.right_all}",
        )
        for one in pairs
    ]
    heads = (
        "Tool or platform",
        "Typology",
        "Together",
        "By chance",
        "As often as by chance",
        "Each in all",
    )
    return table(heads, rows, (2, 3, 4, 5))


def _odds(pairs: Sequence[Association]) -> Drawn:
    rows = [
        (_named(one.left), _named(one.right), f"{_short(one.low)} to {_short(one.high)}") for one in pairs
    ]
    return table(("Tool or platform", "Typology", "Odds ratio, 95 %"), rows, (2,))


def _short(figure: float) -> str:
    return f"{figure:.1f}" if figure < 100 else "over 100"


def _central(central: Sequence[Centrality]) -> Drawn:
    rows = [
        (
            _named(one.node),
            kind(one.node),
            str(one.node.incidents),
            str(one.node.coded),
            str(one.neighbours),
        )
        for one in central[:CENTRAL]
    ]
    scores = [
        (_named(one.node), f"{one.pagerank:.3f}", f"{one.betweenness:.2f}") for one in central[:CENTRAL]
    ]
    return section(
        "Named with most others",
        table(("Name", "Kind", "Incidents", "Coded", "Named beside it"), rows, (2, 3, 4)),
        _computed(
            "central",
            graph_words()["note"]["central"],
            table(("Name", "PageRank", "Between"), scores, (1, 2)),
        ),
    )
