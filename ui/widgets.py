"""Shared drawing: the one way text from reports reaches the screen, and the pieces pages are made of."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from collectors.errors import MoriartyError
from enrichment.typology import Typology
from index import wording
from index.records import JudgedFinding, State
from index.search.query import By, Hit
from ui import addresses
from ui.nodes import Node, div, el, link, marked, span

_ASSETS = Path(__file__).with_name("surface")


@cache
def _surface() -> Any:  # noqa: ANN401 (Streamlit does not say what a component is)
    return st.components.v2.component(
        "moriarty_surface",
        css=(_ASSETS / "surface.css").read_text("utf-8"),
        js=(_ASSETS / "surface.js").read_text("utf-8"),
    )


@cache
def own_words() -> dict[str, Any]:
    """Return what ``words.toml`` has the pages say."""
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))


@cache
def graph_words() -> dict[str, Any]:
    """Return what ``graph_words.toml`` has edges and nodes of the graph be called."""
    return tomllib.loads(Path(__file__).with_name("graph_words.toml").read_text("utf-8"))


def draw(*nodes: Node | None, key: str, jump: str = "") -> None:
    """Draw nodes. A link among them leads to another of our pages; ``jump`` names a mark to scroll to."""
    shown = [node for node in nodes if node is not None]
    _surface()(data={"nodes": shown, "jump": jump}, key=key)


def visit(to: str) -> None:
    """Send the browser to one of our addresses, as a link would."""
    _surface()(data={"nodes": [], "visit": to}, key="visit")


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


def badge(judged: bool) -> Node:
    """Return the badge that says who decided: a machine or a person."""
    name = "judged" if judged else "machine"
    return span(f"badge {name}", wording.value("status", name))


def state_badge(judged: JudgedFinding) -> Node:
    """Return where a finding stands and, where a person decided it, who."""
    if judged.state is State.SUGGESTED:
        return span("badge machine", "Machine suggestion")
    word = "Accepted" if judged.state is State.ACCEPTED else "Rejected"
    who = " (starter library)" if judged.by == "starter" else f" by {judged.by}"
    return span(f"badge {'judged' if judged.state is State.ACCEPTED else 'rejected'}", word + who)


def concept_link(typology: Typology, code: str) -> Node:
    """Return a code and its plain label, linked to its definition."""
    if code not in typology:
        return span("code", code)
    concept = typology.concept(code)
    return link(
        addresses.typology(code),
        span("code", code),
        concept.label,
        title=concept.definition or concept.counts_when,
    )


def meter(score: float) -> Node:
    """Return a score from 0 to 1 as a short bar with its figure."""
    return span(
        "num small", span("meter", span("", share=round(score, 3))), f"{score:.2f}", title="Score from 0 to 1"
    )


def card(hit: Hit, typology: Typology) -> Node:
    """Return one answer of a search as a card."""
    title = marked(hit.title or "Untitled", hit.title_spans)
    return el(
        "article",
        div("top", el("h3", link(_where(hit), *title)), badge(hit.judged)),
        div(
            "facts",
            *_known(hit.date, *(wording.country(code) for code in hit.countries[:4])),
            concept_link(typology, hit.typologies[0]) if hit.typologies else span("", "No typology code"),
            *_known(
                wording.value("outcome", hit.outcome) if hit.outcome else "",
                wording.money(hit.loss) if hit.loss else "",
                count(hit.reports, "report") if hit.by is By.INCIDENT else "report",
            ),
        ),
        div("quote", *marked(hit.passage.text, hit.passage.spans)) if hit.passage else None,
        div("why", hit.why) if hit.why else None,
        cls="card",
    )


def _where(hit: Hit) -> str:
    if hit.by is By.REPORT:
        return addresses.address("incident", {"report": hit.id})
    return addresses.incident(hit.id)


def _known(*words: str) -> list[Node]:
    return [span("num", word) for word in words if word]


def count(number: int, noun: str, plural: str = "") -> str:
    """Return ``1 report`` or ``3,200 reports``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


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

    On a narrow screen it scrolls sideways or, where it ``stacks``, shows the cells of a row below each other.
    """
    look = {**dict.fromkeys(numbers, "n"), **(looks or {})}
    named = [el("th", name, scope="col", cls=look.get(at, "")) for at, name in enumerate(heads)]
    body = [
        el("tr", *(el("td", cell, cls=look.get(at, "untrusted")) for at, cell in enumerate(row)))
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
    """Return what stands beside the main thing on a wide screen, and on a narrow one folds under a title."""
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
    """Return what a page says where it has nothing to show: why, and the next step."""
    return div("empty", el("h2", title), *children)


def trouble(error: MoriartyError, key: str = "trouble") -> None:
    """Draw an error of ours: what happened and what to do."""
    draw(div("box bad", el("h2", "This did not work"), el("p", str(error)), el("p", error.advice)), key=key)


def defanged(url: str) -> str:
    """Return an address as text nobody clicks by accident: ``hxxps://example[.]org/path``."""
    scheme, separator, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    if not separator or scheme.lower() not in {"http", "https"}:
        return url.replace(":", "[:]").replace(".", "[.]")
    return f"{scheme.lower().replace('tt', 'xx')}://{host.replace('.', '[.]')}{slash}{path}"
