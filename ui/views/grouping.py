"""Merge and split: which reports tell one incident, decided by a person."""

from collections.abc import Sequence

import streamlit as st

from collectors.errors import MoriartyError, NotFound
from index.records import Decision, IncidentView, Verdict
from index.search.query import Hit
from ui import addresses, session
from ui.nodes import Node, div, el, link, span
from ui.sentences import coded
from ui.views import candidates
from ui.widgets import count, draw, empty, section, trouble

FOUND = 12
_TYPED = ("merge-from", "merge-into", "merge-reason", "split-from", "split-reason")


def show(of: str = "", into: str = "") -> None:
    """Draw the two forms, begun with the incident ``of``, and what the last decision did.

    With ``into`` it is to be merged into that one; with neither, pairs to begin with stand above.
    """
    done = st.session_state.pop("grouping-done", None)
    _begin(of, into, done=done is not None)
    if done:
        draw(div("box note", el("p", done[0]), el("p", _undo_link(done[1]))), key="grouping-done-box")
    if done or not of:
        with st.spinner("Comparing incidents"):
            candidates.show()
    merge, split = st.columns(2, gap="large")
    with merge:
        _merge()
    with split:
        _split()


def _begin(of: str, into: str, *, done: bool) -> None:
    """Empty the forms once a decision is done; begin them with other incidents the address names."""
    state = st.session_state
    if done:
        state.update(dict.fromkeys(_TYPED, ""))
    elif state.get("grouping-of", ("", "")) != (of, into):
        begun = {"merge-from": of, "merge-into": into, "split-from": "" if into else of}
        state.update(dict.fromkeys(_TYPED, "") | begun)
    state["grouping-of"] = (of, into)


def _undo_link(incident: str) -> Node:
    return link(addresses.incident(incident, tab="history"), "See it, or undo it, in the incident's history")


def _choose(label: str, key: str, beside: IncidentView | None = None) -> IncidentView | None:
    """Let a person find an incident by its id or by words; return it, or None while none is chosen.

    While nothing is typed, those most like the incident ``beside`` are offered.
    """
    library, actor = session.library(), session.actor()
    typed = st.text_input(
        label, key=key, placeholder="Words of the incident, or its id", max_chars=200
    ).strip()
    if not typed:
        return _pick("or one of those most like it", f"{key}-like", _like(beside)) if beside else None
    try:
        return library.incident(typed, actor=actor)
    except NotFound:
        hits = library.search(library.parse(typed).model_copy(update={"limit": FOUND}), actor=actor).hits
    if not hits:
        draw(empty("No incident matches", el("p", "Try other words.")), key=f"{key}-none")
    return _pick("Found", f"{key}-found", hits)


def _like(view: IncidentView) -> Sequence[Hit]:
    try:
        return session.library().similar(view.incident.id, actor=session.actor(), limit=FOUND)
    except NotFound:  # too new for the index, or without words to compare
        return ()


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
    to = addresses.incident(view.incident.id)
    return div(
        "box",
        el("h3", link(to, view.incident.title or "Untitled"), cls="untrusted"),
        div("small soft", _known(view)),
        *reports,
    )


def _known(view: IncidentView) -> str:
    """Return what tells one incident from another: when, what and how often told."""
    incident = view.incident
    when = incident.occurred or incident.first_published
    code = coded(session.library().typology, incident.primary) if incident.primary else ""
    return " · ".join(filter(None, (when.value if when else "", code, count(len(view.reports), "report"))))


def _merge() -> None:
    text = "All reports of the first go into the second. The first id then leads to the second."
    draw(section("Merge two incidents", el("p", text)), key="merge-head")
    first = _choose("Merge this incident", "merge-from")
    second = _choose("into this one", "merge-into", first)
    shown = [view for view in (first, second) if view]
    if shown:
        draw(div("cols", *(_preview(view) for view in shown)), key="merge-preview")
    reason = st.text_input("Why are they one incident? (required)", key="merge-reason", max_chars=500)
    pressed = st.button("Merge", key="merge", type="primary", disabled=not (first and second))
    if pressed and first and second:
        into = second.incident.id
        decision = Decision(
            verdict=Verdict.MERGE, target=first.incident.id, value=into, reason=reason.strip()
        )
        _carry_out(decision, into, "Merged.")


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
        said = f"{count(len(chosen), 'report')} now {verb}."
        _carry_out(decision, view.incident.id, said)


def _carry_out(decision: Decision, incident: str, done: str) -> None:
    try:
        session.library().judge(decision, actor=session.actor())
    except MoriartyError as error:
        trouble(error, key="grouping-trouble")
        return
    st.session_state["grouping-done"] = (done, incident)
    st.rerun()
