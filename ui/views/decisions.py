"""Who decided what across the library, newest first, each decision with the way to it and back."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import streamlit as st

from index.desk.decisions import DecisionLog, LoggedDecision
from index.records import Verdict
from ui import addresses, session
from ui.addresses import PAGE_SIZE, Decisions
from ui.nodes import Node, div, el, link, span
from ui.sentences import DONE, sentence
from ui.views import undoing
from ui.widgets import count, draw, empty

KINDS = {"": "Everything", "code": "Codes", "fact": "Facts", "grouping": "Merges, splits, round-ups"}
VERDICTS = {"": "Any decision", **{verdict.value: words.capitalize() for verdict, words in DONE.items()}}
VERDICTS[Verdict.RELABEL] = "Relabelled or corrected"
WIDE = 172
"""Pixels of a box that narrows the list: two stand side by side on a telephone."""
_EARLIEST = date(1990, 1, 1)


def show() -> None:
    """Draw the decisions the address asks for, what narrows them, and Undo beside each that stands."""
    asked = addresses.read_decisions(session.params())
    found = session.library().decisions(
        actor=session.actor(),
        by=asked.by,
        kind=asked.kind,
        verdict=asked.verdict,
        since=asked.since,
        limit=PAGE_SIZE,
        offset=(asked.page - 1) * PAGE_SIZE,
    )
    undoing.problem()
    if not found.people:
        draw(_none(), key="no-decisions")
        return
    _narrow(asked, found.people)
    draw(_bar(asked, found), key="decisions-bar")
    for item in found.items:
        undoing.row(item.judgement, _entry(item))
    draw(_pages(asked, found), key="decisions-pages")


def _none() -> Node:
    return empty(
        "Nobody has decided anything in this library yet",
        el("p", link("/review", "Decide on suggestions"), "; each decision then appears here."),
    )


def _narrow(asked: Decisions, people: tuple[str, ...]) -> None:
    """Draw what narrows the list; a choice leads to the address that says so."""
    who = {"": "Everybody", **{name: name for name in people}}
    kind, verdict = (asked.kind or ""), (asked.verdict or "")
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        _choose("Who", "by", who, asked.by)
        _choose("About", "kind", KINDS, str(kind))
        _choose("Decision", "verdict", VERDICTS, str(verdict))
        st.session_state["decisions-since"] = asked.since
        st.date_input(
            "Since",
            key="decisions-since",
            min_value=min(_EARLIEST, asked.since or _EARLIEST),
            format="YYYY-MM-DD",
            on_change=_since,
            args=(asked,),
            width=WIDE,
        )


def _choose(label: str, name: str, words: Mapping[str, str], current: str) -> None:
    key = f"decisions-{name}"
    st.session_state[key] = current if current in words else ""
    st.selectbox(
        label,
        list(words),
        key=key,
        format_func=words.__getitem__,
        on_change=_chosen,
        args=(name,),
        width=WIDE,
    )


def _chosen(name: str) -> None:
    asked = addresses.read_decisions(session.params())
    said = {**asked.params(), name: st.session_state[f"decisions-{name}"], "p": ""}
    session.go(addresses.address("review", said))


def _since(asked: Decisions) -> None:
    session.go(replace(asked, since=st.session_state["decisions-since"], page=1).address())


def _bar(asked: Decisions, found: DecisionLog) -> Node:
    if not found.total:
        every = link(Decisions().address(), "Show all decisions")
        return empty("No decision is like that", el("p", every, "."))
    first = (asked.page - 1) * PAGE_SIZE + 1
    shown = f", {first:,} to {first + len(found.items) - 1:,} shown" if found.total > PAGE_SIZE else ""
    narrowed = Decisions(page=asked.page) != asked
    clear = link(Decisions().address(), "Show all", cls="small") if narrowed else None
    return div("row between", el("h2", count(found.total, "decision"), span("soft small", shown)), clear)


def _entry(item: LoggedDecision) -> Node:
    judgement = item.judgement
    return div(
        "entry undone" if judgement.undone else "entry",
        span("num soft", f"{judgement.at:%Y-%m-%d %H:%M} UTC  "),
        el("strong", judgement.by),
        f" ({judgement.role}) ",
        span("untrusted", sentence(item, session.library().typology)),
        div("small", _where(item)),
        div("small soft untrusted", f"Reason: {judgement.reason}") if judgement.reason else None,
    )


def _where(item: LoggedDecision) -> Node | None:
    """Return the way to what was decided: the claim on the desk, else the incident or the report."""
    if item.incident:
        return link(addresses.incident(item.incident), item.incident_title or "Untitled incident")
    if item.report:
        return link(addresses.address("incident", {"report": item.report}), item.report_title or "Untitled")
    return None


def _pages(asked: Decisions, found: DecisionLog) -> Node | None:
    newer, older = replace(asked, page=asked.page - 1), replace(asked, page=asked.page + 1)
    made = [link(newer.address(), "Newer", top=True)] if asked.page > 1 else []
    if asked.page * PAGE_SIZE < found.total:
        made.append(link(older.address(), "Older", top=True))
    return el("nav", *made, cls="pages", label="Pages of decisions") if made else None
