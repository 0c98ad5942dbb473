"""One incident: what is claimed about it, the words each claim rests on, and who said them."""

from functools import partial

import streamlit as st

from collectors.errors import NotFound
from index.records import IncidentView
from index.search.query import Hit
from ui import addresses, session
from ui.nodes import Node, div, el, link, span
from ui.views import evidence, history, reading
from ui.widgets import badge, concept_link, count, defanged, draw, empty, head, section

TABS = {"": "Overview", "reports": "Reports", "history": "History"}
SIMILAR = 6
EXPORTS = (
    ("docx", "Case study (Word)", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("md", "Case study (Markdown)", "text/markdown"),
    ("json", "Everything (JSON)", "application/json"),
)


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
    st.set_page_config(page_title=f"{view.incident.title[:80]} · Moriarty")
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
    judged = any(code.judged for code in incident.codes)
    primary = incident.primary
    when = incident.occurred or incident.first_published
    dated = "" if when is None else ("Happened " if incident.occurred else "First reported ") + when.value
    head(
        incident.title or "Untitled incident",
        div(
            "row sub",
            span("num", dated) if dated else None,
            concept_link(session.library().typology, primary) if primary else span("", "No typology code"),
            span("", _told(view)),
            badge(judged),
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
        for kind, label, mime in EXPORTS:
            st.download_button(
                label,
                partial(session.library().export, [view.incident.id], kind, actor=session.actor()),
                file_name=f"{view.incident.id}.{kind}",
                mime=mime,
                on_click="ignore",
                key=f"export-{kind}",
            )
        draw(el("button", "Copy link", copy="address"), key="copy")


def _tabs(view: IncidentView, tab: str) -> Node:
    numbers = {"reports": len(view.reports), "history": len(view.judgements)}
    return el(
        "nav",
        *(
            link(
                addresses.incident(view.incident.id, **({"tab": name} if name else {})),
                title,
                span("soft num", f" {numbers[name]}") if name in numbers else None,
                current="page" if name == tab else None,
            )
            for name, title in TABS.items()
        ),
        cls="tabs",
        label="Parts of this incident",
    )


def _overview(view: IncidentView) -> None:
    incident = view.incident
    left = div(
        "stack wide",
        section("Summary", el("p", incident.summary, cls="untrusted")) if incident.summary else None,
        evidence.codes(view, session.library().typology),
        evidence.facts(view),
        _lessons(view),
    )
    right = div(
        "stack wide",
        _timeline(view),
        _similar(_like(incident.id)),
        _grouped(view),
        _references(view),
    )
    draw(div("main-side", left, right), key="overview")


def _timeline(view: IncidentView) -> Node | None:
    if not view.timeline:
        return None
    rows: list[Node] = []
    for entry in view.timeline:
        rows += [div("when", entry.date), div("untrusted", entry.event)]
    return section("Timeline", div("timeline", *rows))


def _like(id: str) -> tuple[Hit, ...]:
    try:
        return session.library().similar(id, actor=session.actor(), limit=SIMILAR)
    except NotFound:  # too new for the index, or without words to compare
        return ()


def _similar(hits: tuple[Hit, ...]) -> Node:
    entries = [
        div(
            "entry",
            link(addresses.incident(hit.id), hit.title or "Untitled", cls="untrusted"),
            div("small soft", " · ".join(part for part in (hit.date, hit.why) if part)),
        )
        for hit in hits
    ]
    return section("Similar incidents", *(entries or [el("p", "None is close enough to show.", cls="soft")]))


def _grouped(view: IncidentView) -> Node | None:
    if len(view.reports) < 2:
        return None
    titles = {shown.report.id: shown.report.title or "Untitled report" for shown in view.reports}
    entries = [
        div(
            "entry small",
            div(
                "untrusted",
                f"{titles.get(tie.left, tie.left)[:90]} and {titles.get(tie.right, tie.right)[:90]}",
            ),
            el(
                "ul",
                *(el("li", reason, cls="untrusted") for reason in tie.reasons),
                *(el("li", el("strong", "Against: "), said, cls="untrusted") for said in tie.contradictions),
            ),
        )
        for tie in view.links[:6]
    ]
    return section(
        "Why these reports belong together", *(entries or [el("p", "A person put them together.")])
    )


def _references(view: IncidentView) -> Node | None:
    if not view.references:
        return None
    entries = [
        div(
            "entry small",
            div(
                "",
                el("strong", cited.publisher or "Unknown publisher", cls="untrusted"),
                " ",
                span("soft num", cited.published),
            ),
            div("untrusted", cited.title),
            div("mono untrusted", defanged(cited.url), " ", el("button", "Copy address", copy=cited.url))
            if cited.url
            else span("badge warn", "address not confirmed"),
            div("soft", f"For: {cited.supports}") if cited.supports else None,
        )
        for cited in view.references
    ]
    return section("References", *entries, note=str(len(entries)))


def _lessons(view: IncidentView) -> Node | None:
    if not view.lessons:
        return None
    return section("Lessons", el("ul", *(el("li", lesson, cls="untrusted") for lesson in view.lessons)))
