"""The content of pages as plain data: text and a few harmless elements.

A page never writes HTML. It makes nodes; ``surface/surface.js`` turns each into an element whose tag, class
and address are on its own short list, and every string into a text node. Nothing a report says can become
markup, a script or a request.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from index.characters import visible
from index.search.query import Span

Value = str | float | bool | None
"""The value of an element's attribute."""

Node = str | dict[str, Any]
"""A text, or an element made by ``el``; JSON, so that it can travel to the browser."""


def el(tag: str, *children: Node | None, cls: str = "", **more: Value) -> Node:
    """Return an element; ``to`` makes it a link to one of our pages, ``jump`` to a mark on this one."""
    node: dict[str, Any] = {"t": tag, "k": [_clean(child) for child in children if child is not None]}
    if cls:
        node["c"] = cls
    node.update(
        {
            name: visible(value) if isinstance(value, str) else value
            for name, value in more.items()
            if value is not None
        }
    )
    return node


def div(cls: str, *children: Node | None, **more: Value) -> Node:
    """Return a ``div`` of this class."""
    return el("div", *children, cls=cls, **more)


def span(cls: str, *children: Node | None, **more: Value) -> Node:
    """Return a ``span`` of this class."""
    return el("span", *children, cls=cls, **more)


def link(to: str, *children: Node | None, cls: str = "", **more: Value) -> Node:
    """Return a link to one of our own pages, such as ``/incident?id=inc-1``."""
    return el("a", *children, cls=cls, to=to, **more)


def marked(text: str, spans: Iterable[Span | tuple[int, int]], names: Sequence[str] = ()) -> list[Node]:
    """Return a text cut into pieces, those within a span lit; spans outside the text are left out.

    Where spans overlap, the shared piece belongs to each. ``names`` gives each span, in the order handed in,
    the name by which ``jump`` finds its pieces.
    """
    pairs = [(span.start, span.end) if isinstance(span, Span) else span for span in spans]
    named = dict(enumerate(names))
    held = [(*pair, named.get(at)) for at, pair in enumerate(pairs) if 0 <= pair[0] < pair[1] <= len(text)]
    cuts = sorted({0, len(text), *(cut for start, end, _ in held for cut in (start, end))})
    pieces: list[Node] = []
    for first, last in pairwise(cuts):
        over = [name for start, end, name in held if start <= first and last <= end]
        piece = text[first:last]
        called = " ".join(name for name in over if name)
        pieces.append(el("mark", piece, name=called or None) if over else visible(piece))
    return pieces


def texts(node: Node) -> str:
    """Return everything a node says, for tests and for copying."""
    return node if isinstance(node, str) else "".join(texts(child) for child in node["k"])


def _clean(child: Node) -> Node:
    return visible(child) if isinstance(child, str) else child
