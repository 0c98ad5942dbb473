"""Several claims of one kind on one incident, accepted or rejected in one go, and taken back in one go."""

from collections import Counter
from collections.abc import Iterable, Sequence

import streamlit as st

from collectors.errors import MoriartyError
from enrichment.records import Subject
from index import wording
from index.desk.deciding import MOST
from index.records import Decision, IncidentView, JudgedFinding, Verdict
from ui import addresses, flash, session
from ui.nodes import Node, div, el, link, span
from ui.pieces import meter
from ui.sentences import DONE
from ui.terms import error_text, place
from ui.views import claims, evidence
from ui.widgets import choices, count, draw, empty, head

_PART = "several"
FEW = 2
"""Claims of a kind below which there is nothing to decide at once."""


def show(view: IncidentView, kind: str) -> None:
    """Draw the open claims of one kind, each to be ticked, and the buttons that decide those ticked."""
    incident = view.incident
    back = addresses.incident(incident.id)
    head(
        "Decide several at once",
        div("sub", "Claims of one kind, decided alike. Each leaves a decision of its own."),
        crumbs=(link("/review", "Review"), link(back, incident.title or "Untitled incident")),
    )
    _said(incident.id)
    open_ = claims.undecided(view.findings)
    numbers = kinds_of(open_)
    kinds = sorted(numbers, key=place)
    if not kinds:
        one_by_one = link(addresses.address("review", {"incident": incident.id}), "Decide them one by one")
        draw(empty("No two open claims are of one kind", el("p", one_by_one, ".")), key="no-several")
        return
    chosen = next((subject for subject in kinds if subject == kind), kinds[0])
    draw(_kinds(incident.id, kinds, numbers, chosen), key="several-kinds")
    _list([judged for judged in open_ if judged.finding.subject is chosen][:MOST], view)


def kinds_of(undecided: Iterable[JudgedFinding]) -> dict[Subject, int]:
    """Return the kinds of which there are several among these claims, each with how many."""
    numbers = Counter(judged.finding.subject for judged in undecided)
    return {subject: number for subject, number in numbers.items() if number >= FEW}


def _kinds(incident: str, kinds: Sequence[Subject], numbers: dict[Subject, int], chosen: Subject) -> Node:
    return choices(
        "Kind of claim",
        [
            (
                addresses.several(incident, subject),
                f"{wording.subject(subject)} ({numbers[subject]})",
                subject is chosen,
            )
            for subject in kinds
        ],
    )


def _list(shown: Sequence[JudgedFinding], view: IncidentView) -> None:
    titles = {each.report.id: each.report.title or "Untitled report" for each in view.reports}
    ticked = []
    for number, judged in enumerate(shown, 1):
        box, said = st.columns([1, 24], vertical_alignment="center")
        with box:
            key = f"several-{judged.finding.id}"
            if st.checkbox(f"Claim {number}", key=key, label_visibility="collapsed"):
                ticked.append(judged)
        with said:
            draw(_claim(judged, titles, view.incident.id), key=f"said-{judged.finding.id}")
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        for verdict, verb in ((Verdict.ACCEPT, "Accept"), (Verdict.REJECT, "Reject")):
            st.button(
                f"{verb} {count(len(ticked), 'ticked claim')}",
                key=f"several-{verdict}",
                disabled=not ticked,
                on_click=_decide,
                args=(view.incident.id, verdict, ticked),
            )
        st.text_input(
            "Reason",
            key="several-reason",
            placeholder="Reason (optional)",
            label_visibility="collapsed",
            max_chars=500,
        )


def _claim(judged: JudgedFinding, titles: dict[str, str], incident: str) -> Node:
    return div(
        "entry small",
        div("row", el("strong", claims.said(judged)), meter(judged.finding.score)),
        evidence.quote(judged, incident) if judged.finding.quote else None,
        span("soft untrusted", titles[judged.finding.report]) if len(titles) > 1 else None,
    )


def _said(incident: str) -> None:
    """Draw what was decided last, with the way back, or why nothing was."""
    flash.show(_PART)
    where, said, made = st.session_state.get("several-done", ("", "", ()))
    if where == incident:
        draw(div("box note", el("p", f"{said}.")), key="several-done-box")
        st.button(f"Undo {count(len(made), 'decision')}", key="several-undo", on_click=_undo)


def _decide(incident: str, verdict: Verdict, ticked: Sequence[JudgedFinding]) -> None:
    state = st.session_state
    reason = str(state.get("several-reason") or "").strip()
    decisions = [
        Decision(verdict=verdict, target=each.finding.id, reason=reason, expected=each.judgements)
        for each in ticked
    ]
    try:
        made = session.library().judge_all(decisions, actor=session.actor())
    except MoriartyError as error:
        flash.failure(_PART, f"Nothing was decided. {error_text(error)}")
        return
    said = ", ".join(claims.said(each) for each in ticked)
    state["several-done"] = (incident, f"{DONE[verdict].capitalize()}: {said}", [each.id for each in made])
    state["several-reason"] = ""


def _undo() -> None:
    state = st.session_state
    *_, made = state["several-done"]
    undone = [Decision(verdict=Verdict.UNDO, target=key) for key in reversed(made)]
    try:
        session.library().judge_all(undone, actor=session.actor())
    except MoriartyError as error:
        flash.failure(_PART, f"Nothing was taken back. {error_text(error)}")
        return
    state.pop("several-done")
