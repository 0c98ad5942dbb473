"""The ways between two things of the graph, step by step with the evidence."""

from collections.abc import Mapping, Sequence

import streamlit as st

from enrichment.network.records import Node, Path
from ui import addresses, session
from ui.drawing import address_of, caption
from ui.nodes import Node as Drawn
from ui.nodes import div, el, link, span
from ui.terms import kind, verb
from ui.views.ties import words
from ui.widgets import count, draw, empty, section

_PLAIN = ("tool", "platform", "party", "technique", "offence", "countermeasure")
"""Types whose nodes are found again by the part of the key behind the type."""

_TYPOLOGY = "No reports tie them; some steps below rest on the typology alone."
_HUBS = (
    "They share only a country, or a kind of victim, offender or channel, as many incidents do by chance: "
    "this says little."
)


def show() -> None:
    """Draw the choice of two things and the ways between them."""
    start, end = session.param("from"), session.param("to")
    with st.form("between", border=False):
        left, right, ask = st.columns([2, 2, 0.6], vertical_alignment="bottom")
        left.text_input("From", value=_shown(start), key="path-from", placeholder="ElevenLabs")
        right.text_input(
            "To", value=_shown(end), key="path-to", placeholder="FR-01, an offence, a platform …"
        )
        ask.form_submit_button("Find", key="path-ask", on_click=_between, args=(start, end), type="primary")
    if not (start and end):
        text = "Name two things, such as a tool and an offence. The ways that say most come first."
        draw(el("p", text, cls="soft"), key="path-help")
        return
    found = session.library().analysis.paths(start, end, actor=session.actor())
    if found.alike:
        draw(_unknown(found.alike, {"from": start, "to": end}), key="path-unknown")
    else:
        _ways(found.paths)


def _unknown(alike: Mapping[str, Sequence[Node]], ends: Mapping[str, str]) -> Drawn:
    """Return the names that the graph does not have, with things of similar names to choose instead."""
    missing = {end: name for end, name in ends.items() if name in alike}
    names = " nor ".join(repr(name[:80]) for name in missing.values())
    rows = [_choice(end, ends, node) for end, name in missing.items() for node in alike[name]]
    return empty(
        "One of them is not in the graph" if len(missing) == 1 else "Neither is in the graph",
        el("p", f"Nothing is called {names}. {'Choose what is meant:' if rows else ''}"),
        *rows,
        el("p", link("/graph", "Find it by another name")),
    )


def _choice(end: str, ends: Mapping[str, str], node: Node) -> Drawn:
    """Return a row that puts a known thing in the place of an unknown name."""
    to = addresses.address("graph", {"part": "path", **ends, end: node.id})
    return div(
        "row entry",
        span("soft", end.capitalize()),
        link(to, caption(node), cls="untrusted"),
        span("soft small", kind(node)),
    )


def _shown(key: str) -> str:
    return key.partition(":")[2] if key.partition(":")[0] in _PLAIN else key


def _between(start: str, end: str) -> None:
    typed = [str(st.session_state[key] or "").strip()[:200] for key in ("path-from", "path-to")]
    # What was not changed keeps its exact key.
    ends = [old if new == _shown(old) else new for new, old in zip(typed, (start, end), strict=True)]
    asked = dict(zip(("from", "to"), ends, strict=True))
    session.go(addresses.address("graph", {"part": "path", **asked}))


def _ways(found: Sequence[Path]) -> None:
    if not found:
        text = "No report and no typology entry ties them, not even over several steps."
        draw(empty("There is no way between them", el("p", text)), key="path-none")
        return
    reasons = ((not found[0].reported, _TYPOLOGY), (found[0].through_hubs, _HUBS))
    notes = [reason for applies, reason in reasons if applies]
    if notes:
        draw(div("box note", " ".join(notes)), key="path-note")
    draw(
        div("stack wide", *(_way(one, number) for number, one in enumerate(found, 1))),
        key="ways",
    )


def _way(one: Path, number: int) -> Drawn:
    rows: list[Drawn] = []
    for at, node in enumerate(one.nodes):
        rows += [
            span("dot"),
            div(
                "",
                link(address_of(node), caption(node), cls="untrusted"),
                span("soft small", f"  {kind(node)}"),
            ),
        ]
        if at < len(one.edges):
            edge = one.edges[at]
            rows += [span("rail"), div("via", span("soft small", verb(edge, node.id)), words(edge))]
    return section(f"Way {number}", div("steps", *rows), note=count(len(one.edges), "step"))
