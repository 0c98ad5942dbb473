"""Merge and split: which reports tell one incident, decided by a person."""

import streamlit as st

from collectors.errors import MoriartyError
from index.records import Decision, IncidentView, Verdict
from ui import addresses, session
from ui.nodes import Node, div, el, link, span
from ui.widgets import count, draw, empty, section

FOUND = 12


def show() -> None:
    """Draw the two forms, and what the last one did."""
    said = st.session_state.pop("grouping-said", None)
    if said:
        draw(div(f"box {said[0]}", el("p", said[1]), _undo_link(said[2])), key="grouping-said-box")
    merge, split = st.columns(2, gap="large")
    with merge:
        _merge()
    with split:
        _split()


def _undo_link(incident: str) -> Node | None:
    if not incident:
        return None
    return el(
        "p",
        link(addresses.incident(incident, tab="history"), "See it, or undo it, in the incident's history"),
    )


def _choose(label: str, key: str) -> IncidentView | None:
    """Let a person find an incident by its id or by words; return it, or None while none is chosen."""
    library, actor = session.library(), session.actor()
    typed = st.text_input(
        label, key=key, placeholder="Words of the incident, or its id", max_chars=200
    ).strip()
    if not typed:
        return None
    try:
        return library.incident(typed, actor=actor)
    except MoriartyError:
        hits = library.search(library.parse(typed).model_copy(update={"limit": FOUND}), actor=actor).hits
    titles = {hit.id: f"{hit.date} {hit.title}" for hit in hits}
    if not titles:
        draw(empty("No incident matches", el("p", "Try other words.")), key=f"{key}-none")
        return None
    chosen = st.selectbox(
        "Found",
        list(titles),
        format_func=titles.__getitem__,
        key=f"{key}-found",
        label_visibility="collapsed",
    )
    return library.incident(chosen, actor=actor) if chosen else None


def _preview(view: IncidentView) -> Node:
    reports = [
        div(
            "entry small",
            div("untrusted", shown.report.title or "Untitled report"),
            div(
                "soft",
                f"{shown.report.published.value if shown.report.published else 'undated'} · ",
                span("untrusted", shown.publisher),
            ),
        )
        for shown in view.reports
    ]
    return div(
        "box",
        el(
            "h3",
            link(addresses.incident(view.incident.id), view.incident.title or "Untitled"),
            cls="untrusted",
        ),
        div("small soft", count(len(view.reports), "report")),
        *reports,
    )


def _merge() -> None:
    draw(
        section(
            "Merge two incidents",
            el("p", "All reports of the first go into the second. The first id then leads to the second."),
        ),
        key="merge-head",
    )
    first, second = _choose("Merge this incident", "merge-from"), _choose("into this one", "merge-into")
    shown = [view for view in (first, second) if view]
    if shown:
        draw(div("cols", *(_preview(view) for view in shown)), key="merge-preview")
    reason = st.text_input("Why are they one incident?", key="merge-reason", max_chars=500)
    ready = (
        first is not None
        and second is not None
        and first.incident.id != second.incident.id
        and bool(reason.strip())
    )
    if st.button("Merge", key="merge", type="primary", disabled=not ready) and first and second:
        _carry_out(
            Decision(
                verdict=Verdict.MERGE,
                target=first.incident.id,
                value=second.incident.id,
                reason=reason.strip(),
            ),
            second.incident.id,
            "Merged.",
        )


def _split() -> None:
    draw(
        section(
            "Split an incident", el("p", "The reports you choose leave and become an incident of their own.")
        ),
        key="split-head",
    )
    view = _choose("Split this incident", "split-from")
    if view is None:
        return
    draw(_preview(view), key="split-preview")
    titles = {shown.report.id: shown.report.title or "Untitled report" for shown in view.reports}
    chosen = st.multiselect(
        "Reports that leave", list(titles), format_func=titles.__getitem__, key=f"split-{view.incident.id}"
    )
    reason = st.text_input("Why are they another incident?", key="split-reason", max_chars=500)
    ready = 0 < len(chosen) < len(titles) and bool(reason.strip())
    if st.button("Split", key="split", type="primary", disabled=not ready):
        _carry_out(
            Decision(
                verdict=Verdict.SPLIT, target=view.incident.id, members=tuple(chosen), reason=reason.strip()
            ),
            view.incident.id,
            f"{count(len(chosen), 'report')} now form an incident of their own.",
        )


def _carry_out(decision: Decision, incident: str, done: str) -> None:
    try:
        session.library().judge(decision, actor=session.actor())
        st.session_state["grouping-said"] = ("note", done, incident)
    except MoriartyError as error:
        st.session_state["grouping-said"] = ("bad", f"{error} {error.advice}", "")
    st.rerun()
