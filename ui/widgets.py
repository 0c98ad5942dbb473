"""Shared drawing: the one way text from reports reaches the screen, and the forms pages are made of."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from collectors.errors import MoriartyError
from index.characters import visible
from ui.nodes import Node, div, el, link, span
from ui.terms import count as count  # pages take all their drawing from here
from ui.terms import error_text

TITLE_CHARACTERS = 80
_ASSETS = Path(__file__).with_name("surface")


@cache
def _surface() -> Any:  # noqa: ANN401 (Streamlit does not say what a component is)
    return st.components.v2.component(
        "moriarty_surface",
        css=(_ASSETS / "surface.css").read_text("utf-8"),
        js=(_ASSETS / "surface.js").read_text("utf-8"),
    )


def draw(*nodes: Node | None, key: str, jump: str = "", focus: str = "") -> None:
    """Draw nodes. A link among them leads to another of our pages.

    ``jump`` names a mark to scroll to, ``focus`` the key of a widget that gets the keyboard.
    """
    shown = [node for node in nodes if node is not None]
    _surface()(data={"nodes": shown, "jump": jump, "focus": focus}, key=key)


def visit(to: str) -> None:
    """Send the browser to one of our addresses, as a link would."""
    _surface()(data={"nodes": [], "visit": to}, key="visit")


def page_title(name: str) -> None:
    """Name the browser's tab and history entry after what the page shows."""
    short = name if len(name) <= TITLE_CHARACTERS else f"{name[:TITLE_CHARACTERS].rstrip()}…"
    st.set_page_config(page_title=f"{visible(short)} · Moriarty")


def head(title: Node, *below: Node | None, crumbs: Sequence[Node] = (), key: str = "head") -> None:
    """Draw the head of a page: where it stands, its name, and what it says of itself."""
    trail: list[Node] = []
    for crumb in crumbs:
        trail += [" / ", crumb] if trail else [crumb]
    draw(
        div("crumbs", *trail) if trail else None,
        div("head", el("h1", title, cls="untrusted"), *below),
        key=key,
    )


def section(title: str, *children: Node | None, note: str = "") -> Node:
    """Return a section with a heading and, beside it, a short note such as a count."""
    return el(
        "section", el("h2", title, span("soft", f"  {note}") if note else None), *children, cls="section"
    )


def tabs(label: str, entries: Iterable[tuple[str, Node, bool]]) -> Node:
    """Return the parts of a page as links: address, name, and whether it is the one shown."""
    shown = [link(to, name, current="page" if current else None) for to, name, current in entries]
    return el("nav", *shown, cls="tabs", label=label)


def choices(label: str, entries: Iterable[tuple[str, Node, bool]]) -> Node:
    """Return a row of links under a name, of which one is chosen: address, word, and whether it is."""
    shown = [link(to, word, current="true" if current else None) for to, word, current in entries]
    return el("nav", span("soft", label), *shown, cls="choices", label=label)


def pairs(known: Iterable[tuple[str, Node | None]]) -> Node:
    """Return names and values in two columns; a value that is None is left out with its name."""
    rows: list[Node] = []
    for name, value in known:
        if value is not None:
            rows += [el("dt", name), el("dd", value, cls="untrusted")]
    return el("dl", *rows, cls="pairs")


def table(
    heads: Sequence[str],
    rows: Iterable[Sequence[Node]],
    numbers: Sequence[int] = (),
    looks: Mapping[int, str] | None = None,
    *,
    stacks: bool = False,
) -> Node:
    """Return a table; the columns ``numbers`` hold figures, ``looks`` gives others a class.

    On a narrow screen it scrolls sideways or, where it ``stacks``, shows the cells of a row below each other,
    each figure with the heading of its column.
    """
    look = {**dict.fromkeys(numbers, "n"), **(looks or {})}
    named = [el("th", name, scope="col", cls=look.get(at, "")) for at, name in enumerate(heads)]
    body = [
        el(
            "tr",
            *(
                el("td", span("head", f"{heads[at]}: ") if stacks and at in numbers else None, cell, cls=cls)
                for at, cell in enumerate(row)
                for cls in (look.get(at, "untrusted"),)
            ),
        )
        for row in rows
    ]
    made = el(
        "table",
        el("thead", el("tr", *named)) if named else None,
        el("tbody", *body),
        cls="table stacks" if stacks else "table",
    )
    return div("scroll", made, focusable=True)


def folding(name: str, title: str, *children: Node | None) -> Node:
    """Return a side column that folds under a title on a narrow screen."""
    return el("details", el("summary", title), *children, cls="folding", name=name, open="wide")


def bars(rows: Sequence[tuple[str, str, int, str]]) -> Node:
    """Return horizontal bars; each row is code, label, number and address."""
    most = max((number for _, _, number, _ in rows), default=1) or 1
    return div(
        "bars",
        *(
            link(
                to,
                span("code", code),
                span("", label),
                span("n", f"{number:,}"),
                span("track", span("", share=round(number / most, 3))),
                cls="bar",
            )
            for code, label, number, to in rows
        ),
    )


def empty(title: str, *children: Node | None) -> Node:
    """Return the message of a page without content: the reason, and the next step."""
    return div("empty", el("h2", title), *children)


def inline(text: str) -> list[Node]:
    """Return a sentence of ours with what stands between backticks as code."""
    return [el("code", piece) if at % 2 else piece for at, piece in enumerate(text.split("`")) if piece]


def trouble(error: MoriartyError | OSError, key: str = "trouble") -> None:
    """Draw what went wrong and what to do."""
    draw(div("box bad", el("h2", "This did not work"), el("p", *inline(error_text(error)))), key=key)
