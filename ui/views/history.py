"""Who decided what about an incident, when and why, with a way back."""

import streamlit as st

from collectors.errors import MoriartyError
from enrichment.records import report_of
from index import wording
from index.records import Decision, IncidentView, Judgement, Verdict
from ui import addresses, session
from ui.nodes import Node, div, el, link, span
from ui.views import claims
from ui.widgets import draw, empty, told

WORDS = {
    Verdict.ACCEPT: "accepted",
    Verdict.REJECT: "rejected",
    Verdict.RELABEL: "relabelled",
    Verdict.MERGE: "merged",
    Verdict.SPLIT: "split",
    Verdict.UNDO: "took back",
}


def show(view: IncidentView) -> None:
    """Draw the decisions on an incident, newest first, each with Undo where it still stands."""
    if not view.judgements:
        draw(_none(view), key="no-history")
        return
    names = _names(view)
    for judgement in view.judgements:
        entry, button = st.columns([6, 1], vertical_alignment="center")
        with entry:
            draw(_entry(judgement, names), key=f"told-{judgement.id}")
        if not judgement.undone and judgement.verdict is not Verdict.UNDO:
            with button:
                st.button("Undo", key=f"undo-{judgement.id}", on_click=_undo, args=(judgement,))
    problem = st.session_state.pop("undo-problem", "")
    if problem:
        draw(div("box bad", el("p", problem)), key="undo-problem-box")


def _none(view: IncidentView) -> Node:
    bundled = any(judged.by == "starter" for judged in view.findings)
    return empty(
        "Nobody has decided anything in this library yet",
        el("p", "What is marked accepted was coded by the authors of the starter library.")
        if bundled
        else None,
        el(
            "p",
            link(addresses.address("review", {"incident": view.incident.id}), "Decide its claims"),
            "; the decisions then appear here, each with who, when and why.",
        ),
    )


def _names(view: IncidentView) -> dict[str, str]:
    """Return what decisions are about in plain words: claims by kind and value, reports by title."""
    told = {
        judged.finding.id: f"{wording.subject(judged.finding.subject)}: {claims.said(judged)}"
        for judged in (*view.findings, *(found for shown in view.reports for found in shown.findings))
    }
    return told | {shown.report.id: shown.report.title or "Untitled report" for shown in view.reports}


def _entry(judgement: Judgement, names: dict[str, str]) -> Node:
    """Return one decision as a sentence."""
    what = names.get(judgement.target, judgement.target)
    more = f" as {judgement.value}" if judgement.verdict is Verdict.RELABEL else ""
    more = f" into {judgement.value}" if judgement.verdict is Verdict.MERGE else more
    return div(
        "entry undone" if judgement.undone else "entry",
        span("num soft", f"{judgement.at:%Y-%m-%d %H:%M} UTC  "),
        el("strong", judgement.by),
        f" ({judgement.role}) {WORDS[judgement.verdict]} ",
        span("mono untrusted", what),
        more,
        div("small soft untrusted", f"Reason: {judgement.reason}") if judgement.reason else None,
        _moved(judgement, names),
    )


def _moved(judgement: Judgement, names: dict[str, str]) -> Node | None:
    """Return the titles of the reports that a merge or split moved, as far as they are still here."""
    reports = dict.fromkeys(report_of(unit) for unit in judgement.members)
    titles = [names[report] for report in reports if report in names]
    return div("small soft untrusted", f"Moved: {'; '.join(titles)}") if titles else None


def _undo(judgement: Judgement) -> None:
    decision = Decision(verdict=Verdict.UNDO, target=judgement.id)
    try:
        session.library().judge(decision, actor=session.actor())
    except MoriartyError as error:
        st.session_state["undo-problem"] = told(error)
