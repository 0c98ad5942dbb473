"""One incident: what is claimed about it, the words each claim rests on, and who said them."""

from functools import partial

import streamlit as st

from collectors.errors import NotFound
from collectors.records import STARTER
from index.records import IncidentView, settled_by
from ui import addresses, session
from ui.nodes import Node, div, el, link, span
from ui.pieces import badge, concept_link
from ui.views import claims, context, evidence, history, reading
from ui.views.download import CASE_STUDIES, DATA, ENDINGS
from ui.widgets import count, draw, empty, head, page_title, section, tabs

TABS = {"": "Overview", "reports": "Reports", "history": "History"}
SIMILAR = 6
EXPORTS = (*((kind, f"Case study ({name})", mime) for kind, name, mime in CASE_STUDIES), *DATA)


def show() -> None:
    """Draw the incident its address names, or say that there is none."""
    wanted, report = session.param("id"), session.param("report")
    if not wanted and report:
        wanted = next(iter(session.library().report(report, actor=session.actor()).incidents), "")
        if not wanted:
            reading.alone(report)
            return
    try:
        view = session.library().incident(wanted, actor=session.actor())
    except NotFound as error:
        _unknown(wanted, error)
        return
    page_title(view.incident.title or "Untitled incident")
    _head(view)
    _exports(view)
    tab = session.param("tab") or ("reports" if report else "")
    draw(_tabs(view, tab if tab in TABS else ""), key="tabs")
    if tab == "reports":
        reading.reports(view, session.param("report"), session.param("at"))
    elif tab == "history":
        history.show(view)
    else:
        _overview(view)


def _unknown(wanted: str, error: NotFound) -> None:
    draw(
        empty(
            "There is no such incident",
            el("p", f"No incident has the id {wanted[:80]}." if wanted else "The address names no incident."),
            el("p", error.advice, " ", link("/search", "Search the library"), "."),
        ),
        key="unknown",
    )


def _head(view: IncidentView) -> None:
    incident = view.incident
    if view.redirected_from:
        draw(
            div(
                "box note",
                el(
                    "p",
                    f"{view.redirected_from} was merged into this incident, which holds now.",
                ),
            ),
            key="redirected",
        )
    judged = [code for code in incident.codes if code.judged]
    main = next((code.concept for code in incident.codes if not code.near_miss), "")
    primary = incident.primary or main
    when = incident.occurred or incident.first_published
    dated = "" if when is None else ("Happened " if incident.occurred else "First reported ") + when.value
    head(
        incident.title or "Untitled incident",
        div(
            "row sub",
            span("num", dated) if dated else None,
            concept_link(session.library().typology, primary) if primary else span("", "No typology code"),
            span("", _told(view)),
            badge(bool(judged), all(settled_by(code, view.findings) == STARTER for code in judged)),
        ),
        crumbs=[link("/search", "Search"), span("mono", incident.id)],
    )


def _told(view: IncidentView) -> str:
    """Return how many reports tell it and, where some copy others, how many accounts that makes."""
    reports, accounts = len(view.reports), len(view.accounts)
    said = count(reports, "report")
    return f"{said}, {count(accounts, 'independent account')}" if 0 < accounts < reports else said


def _exports(view: IncidentView) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if session.may("export"):
            usual, *others = EXPORTS
            _export(view.incident.id, *usual)
            with st.popover("Other formats"):
                for each in others:
                    _export(view.incident.id, *each)
        draw(el("button", "Copy link", copy="address"), key="copy")
    draw(_ways_on(view), key="ways-on")


def _export(incident: str, kind: str, label: str, mime: str) -> None:
    st.download_button(
        label,
        partial(session.library().export, [incident], kind, actor=session.actor()),
        file_name=f"{incident}.{ENDINGS.get(kind, kind)}",
        mime=mime,
        on_click="ignore",
        key=f"export-{kind}",
    )


def _ways_on(view: IncidentView) -> Node:
    """Return the links to where people decide about it and see what it is tied to."""
    id = view.incident.id
    decide = addresses.address("review", {"incident": id})
    regroup = addresses.address("review", {"part": "grouping", "incident": id})
    return div(
        "row small",
        *((link(decide, _open(view)), link(regroup, "Merge or split it")) if session.may("judge") else ()),
        link(addresses.address("graph", {"node": f"incident:{id}"}), "What it shares with others"),
    )


def _open(view: IncidentView) -> str:
    number = len(claims.undecided(view.findings))
    return f"Decide {count(number, 'open claim')}" if number else "Every claim is decided"


def _tabs(view: IncidentView, tab: str) -> Node:
    numbers = {"reports": len(view.reports), "history": len(view.judgements)}
    entries = [
        (
            addresses.incident(view.incident.id, tab=name),
            span("", title, span("soft num", f" {numbers[name]}") if name in numbers else None),
            name == tab,
        )
        for name, title in TABS.items()
    ]
    return tabs("Parts of this incident", entries)


def _overview(view: IncidentView) -> None:
    incident = view.incident
    left = div(
        "stack wide",
        section("Summary", el("p", incident.summary, cls="untrusted")) if incident.summary else None,
        evidence.codes(view, session.library().typology),
        evidence.facts(view),
        context.lessons(view),
    )
    right = div(
        "stack wide",
        context.timeline(view),
        context.similar(context.most_similar(incident.id, SIMILAR)),
        context.grouped(view),
        context.references(view),
    )
    draw(div("main-side", left, right), key="overview")
