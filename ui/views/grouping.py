"""Joining incidents that are one, and dividing one that is several: decided by a person."""

from collections.abc import Sequence

import streamlit as st

from collectors.errors import MoriartyError, NotFound
from index.records import Decision, IncidentView, Verdict
from index.search.query import Hit
from ui import addresses, flash, session
from ui.nodes import Node, div, el, link
from ui.sentences import coded
from ui.terms import error_text
from ui.views import candidates
from ui.views.comparing import comparison, date_text, report_line
from ui.views.context import most_similar
from ui.widgets import count, draw, empty, section

FOUND = 12
_PART = "grouping"
_TYPED = ("merge-from", "merge-into", "merge-reason", "split-from", "split-reason")
_DECIDED = "grouping-decided"


def show(of: str = "", into: str = "") -> None:
    """Draw the two forms, begun with the incident ``of``, and what the last decision did.

    With ``into`` the two are compared, to be merged; with neither, pairs to begin with stand above.
    """
    decided = st.session_state.pop(_DECIDED, False)
    _begin(of, into, anew=decided)
    flash.show(_PART)
    if decided or not of:
        with st.spinner("Comparing incidents"):
            candidates.show()
    _merge()
    if decided or not into:
        _split()


def _begin(of: str, into: str, *, anew: bool) -> None:
    """Empty the forms once a decision is taken; begin them with other incidents the address names."""
    state = st.session_state
    if anew:
        state.update(dict.fromkeys(_TYPED, ""))
    elif state.get("grouping-of", ("", "")) != (of, into):
        begun = {"merge-from": of, "merge-into": into, "split-from": "" if into else of}
        state.update(dict.fromkeys(_TYPED, "") | begun)
    state["grouping-of"] = (of, into)


def _choose(label: str, key: str, beside: IncidentView | None = None) -> IncidentView | None:
    """Let a person find an incident by its id or by words; return it, or None while none is chosen.

    While nothing is typed, those most like the incident ``beside`` are offered.
    """
    library, actor = session.library(), session.actor()
    typed = st.text_input(
        label, key=key, placeholder="Words of the incident, or its id", max_chars=200
    ).strip()
    if not typed:
        if beside is None:
            return None
        return _pick("or one of those most like it", f"{key}-like", most_similar(beside.incident.id, FOUND))
    try:
        return library.incident(typed, actor=actor)
    except NotFound:
        hits = library.search(library.parse(typed).model_copy(update={"limit": FOUND}), actor=actor).hits
    if not hits:
        draw(empty("No incident matches", el("p", "Try other words.")), key=f"{key}-none")
    return _pick("Found", f"{key}-found", hits)


def _pick(label: str, key: str, hits: Sequence[Hit]) -> IncidentView | None:
    titles = {hit.id: f"{hit.date} {hit.title}" for hit in hits}
    if not titles:
        return None
    words = f"Choose one of {count(len(titles), 'incident')}"
    chosen = st.selectbox(
        label, list(titles), index=None, format_func=titles.__getitem__, key=key, placeholder=words
    )
    return session.library().incident(chosen, actor=session.actor()) if chosen else None


def _preview(view: IncidentView) -> Node:
    """Return an incident in a box: its title, what tells it from another, and its reports."""
    incident = view.incident
    code = coded(session.library().typology, incident.primary) if incident.primary else ""
    known = " · ".join(filter(None, (date_text(view), code, count(len(view.reports), "report"))))
    to = addresses.incident(incident.id)
    return div(
        "box",
        el("h3", link(to, incident.title or "Untitled incident"), cls="untrusted"),
        div("small soft", known),
        *map(report_line, view.reports),
    )


def _merge() -> None:
    text = "All reports of the first go into the second. The first id then leads to the second."
    draw(section("Merge two incidents", el("p", text)), key="merge-head")
    left, right = st.columns(2, gap="large")
    with left:
        first = _choose("Merge this incident", "merge-from")
    with right:
        second = _choose("into this one", "merge-into", first)
    if first and second:
        reasons = candidates.reasons(first.incident.id, second.incident.id)
        draw(comparison((first, second), reasons), key="merge-comparison")
    elif chosen := first or second:
        draw(_preview(chosen), key="merge-preview")
    reason = st.text_input("Why are they one incident? (required)", key="merge-reason", max_chars=500)
    with st.container(horizontal=True, gap="small"):
        pressed = st.button("Merge", key="merge", type="primary", disabled=not (first and second))
        if first and second:
            ids = first.incident.id, second.incident.id
            st.button("Swap the two", key="merge-swap", on_click=_fill, args=ids[::-1])
    if pressed and first and second:
        into = second.incident.id
        decision = Decision(
            verdict=Verdict.MERGE, target=first.incident.id, value=into, reason=reason.strip()
        )
        _carry_out(decision, into, "Merged.")


def _fill(first: str, second: str) -> None:
    """Have the first of two incidents merged into the second, however they were chosen before."""
    st.session_state.update({"merge-from": first, "merge-into": second})


def _split() -> None:
    text = "The reports you choose leave and become an incident of their own."
    draw(section("Split an incident", el("p", text)), key="split-head")
    view = _choose("Split this incident", "split-from")
    if view is None:
        return
    draw(_preview(view), key="split-preview")
    if len(view.reports) < 2:
        draw(el("p", "One report tells it: there is nothing to split.", cls="soft"), key="split-one")
        return
    titles = {shown.report.id: shown.report.title or "Untitled report" for shown in view.reports}
    chosen = st.multiselect(
        "Reports that leave", list(titles), format_func=titles.__getitem__, key=f"split-{view.incident.id}"
    )
    reason = st.text_input("Why are they another incident? (required)", key="split-reason", max_chars=500)
    if st.button("Split", key="split", type="primary"):
        decision = Decision(
            verdict=Verdict.SPLIT, target=view.incident.id, members=tuple(chosen), reason=reason.strip()
        )
        verb = "forms an incident of its own" if len(chosen) == 1 else "form an incident of their own"
        _carry_out(decision, view.incident.id, f"{count(len(chosen), 'report')} now {verb}.")


def _carry_out(decision: Decision, incident: str, done: str) -> None:
    """Take a decision and draw the page again: with empty forms, or with the reason why it was not taken."""
    try:
        session.library().judge(decision, actor=session.actor())
    except MoriartyError as error:
        flash.failure(_PART, error_text(error))
    else:
        history = addresses.incident(incident, tab="history")
        flash.success(_PART, done, link(history, "See it, or undo it, in the incident's history"))
        st.session_state[_DECIDED] = True
    st.rerun()
