"""The drawing of what stands around a thing: three columns, so that every label can be read."""

from collections.abc import Sequence
from itertools import groupby

from enrichment.network.records import Edge, Node, Surroundings
from ui import addresses
from ui.nodes import Node as Drawn
from ui.nodes import el
from ui.terms import count, kind, named

WIDTH, ROW, TOP = 1120, 23, 24
_COLUMNS = (12, 170, 725)
_LABELS = (0, 64, 56)
"""Characters of a label that fit each column."""
_OUT = 600
"""Where the lines to the third column leave the second."""
LETTER = 6.2
"""How wide a letter of a label is on average."""
_FIRST = ("Incident", "Technique", "Tool", "Platform", "Party", "Actor", "Campaign", "Proceeding", "Offence")


def address_of(node: Node) -> str:
    """Return the address of the page that has this node in the middle."""
    return addresses.address("graph", {"node": node.id})


def caption(node: Node) -> str:
    """Return the name of a node, with the code of a typology entry before its label."""
    code = f"{node.id.partition(':')[2]} " if node.type in ("Technique", "Family") else ""
    return f"{code}{named(node)}"


def tally(node: Node) -> str:
    """Return how many incidents touch a thing, and how many of them have a typology code, where these differ.

    An incident has none: it is one itself.
    """
    if node.type == "Incident":
        return ""
    whole = count(node.incidents, "incident")
    return whole if node.coded == node.incidents else f"{whole}, {node.coded:,} with a typology code"


def listed(entries: Sequence[Drawn]) -> list[Drawn]:
    """Return entries with commas between them."""
    return [piece for entry in entries for piece in (", ", entry)][1:]


def drawing(around: Surroundings) -> Drawn:
    """Return a drawing of a centre, what is one step away, and what most of that leads to."""
    near, far = ([*_ordered(layer)] for layer in around.layers)
    height = TOP + ROW * max(len(near) + _groups(near), len(far) + _groups(far), 3) + 8
    places = {around.centre.id: (float(_COLUMNS[0]), height / 2)}
    middle = el("circle", cls="centre", cx=places[around.centre.id][0], cy=height / 2, r=7.0)
    shapes: list[Drawn] = [middle]
    for column, nodes in ((1, near), (2, far)):
        shapes += _column(nodes, column, height, places)
    lines = [line for edge in around.edges if (line := _line(edge, around.centre.id, places)) is not None]
    lines += _leaders(around, near, places)
    return el(
        "svg",
        *lines,
        *shapes,
        cls="drawing",
        width=WIDTH,
        height=height,
        label=f"What stands around {caption(around.centre)}; below it the same in words",
    )


def place(node: Node) -> int:
    """Return where nodes of this type come in a drawing or a list."""
    return _FIRST.index(node.type) if node.type in _FIRST else len(_FIRST)


def _ordered(nodes: Sequence[Node]) -> list[Node]:
    return sorted(nodes, key=lambda node: (place(node), node.type))


def _groups(nodes: Sequence[Node]) -> int:
    return len({node.type for node in nodes})


def _column(
    nodes: Sequence[Node], column: int, height: float, places: dict[str, tuple[float, float]]
) -> list[Drawn]:
    """Return the nodes of a column under the names of their types, and note where each stands."""
    x = _COLUMNS[column]
    y = max(TOP, (height - ROW * (len(nodes) + _groups(nodes))) / 2)
    shapes: list[Drawn] = []
    for _, group in groupby(nodes, key=lambda node: node.type):
        members = list(group)
        shapes.append(el("text", kind(members[0]), cls="heading", x=float(x - 6), y=y + 4))
        y += ROW
        for node in members:
            places[node.id] = (float(x), y)
            shapes.append(_spot(node, column, (x, y)))
            y += ROW
    return shapes


def _spot(node: Node, column: int, at: tuple[float, float]) -> Drawn:
    x, y = at
    name, most = caption(node), _LABELS[column]
    short = name if len(name) <= most else f"{name[: most - 1].rstrip()}…"
    number = f" {node.incidents}" if node.type != "Incident" and node.incidents else ""
    return el(
        "g",
        el("title", f"{kind(node)}: {name}"),
        el("circle", cls="incident" if node.type == "Incident" else "thing", cx=x, cy=y, r=4.5),
        el("text", short, el("tspan", number, cls="kind") if number else None, x=x + 11, y=y + 4.5),
        to=address_of(node),
        label=f"{kind(node)}: {name}",
    )


def _leaders(
    around: Surroundings, near: Sequence[Node], places: dict[str, tuple[float, float]]
) -> list[Drawn]:
    """Return a faint line behind each label of the second column to where its lines to the third begin."""
    centre = around.centre.id
    onward = [edge for edge in around.edges if centre not in (edge.source.id, edge.target.id)]
    leading = {end.id for edge in onward for end in (edge.source, edge.target)}
    return [
        el("line", cls="leader", x1=_end_of(node, places[node.id][0]), y1=y, x2=float(_OUT), y2=y)
        for node in near
        if node.id in leading and _end_of(node, places[node.id][0]) < _OUT
        for y in (places[node.id][1],)
    ]


def _end_of(node: Node, x: float) -> float:
    """Return about where the label of a node in the second column ends."""
    return x + 36 + LETTER * min(len(caption(node)), _LABELS[1])


def _line(edge: Edge, centre: str, places: dict[str, tuple[float, float]]) -> Drawn | None:
    ends = [places[node.id] for node in (edge.source, edge.target) if node.id in places]
    if len(ends) != 2:
        return None
    (x1, y1), (x2, y2) = sorted(ends)
    beside = centre in (edge.source.id, edge.target.id)
    look = ("near" if beside else "far") + ("" if edge.reports else " typology")
    look += " uncertain" if edge.uncertain else ""
    start = x1 if beside else float(_OUT)
    return el("line", cls=look, x1=start, y1=y1, x2=x2 - 8, y2=y2, share=round(edge.confidence, 2))
