"""What the pages draw, as plain data: text and a few harmless elements.

A page never writes HTML. It makes nodes; ``surface/surface.js`` turns each into an element whose tag, class
and address are on its own short list, and every string into a text node. Nothing a report says can become
markup, a script or a request.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from index.search.query import Span

Value = str | float | bool | None
"""What an attribute of an element can be."""

Node = str | dict[str, Any]
"""A text, or an element made by ``el``; JSON, so that it can travel to the browser."""

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f\u2028\u2029\ufeff\ud800-\udfff]"
)


def visible(text: str) -> str:
    """Return text with each control, direction or broken character shown as a replacement sign.

    The length stays the same, so spans into the text still hold.
    """
    return _UNSEEN.sub("\ufffd", text)


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
    """Return a text cut into pieces, those within a span lit.

    Spans outside the text or overlapping an earlier one are left unlit; ``names`` gives each span, in the
    order handed in, the name by which ``jump`` finds it.
    """
    pairs = [(s.start, s.end) if isinstance(s, Span) else s for s in spans]
    order = sorted(range(len(pairs)), key=lambda index: pairs[index])
    pieces: list[Node] = []
    at = 0
    for index in order:
        start, end = pairs[index]
        if not at <= start < end <= len(text):
            continue
        pieces.append(visible(text[at:start]))
        pieces.append(el("mark", text[start:end], name=names[index] if names else None))
        at = end
    return [*pieces, visible(text[at:])]


def texts(node: Node) -> str:
    """Return everything a node says, for tests and for copying."""
    return node if isinstance(node, str) else "".join(texts(child) for child in node["k"])


def _clean(child: Node) -> Node:
    return visible(child) if isinstance(child, str) else child
