"""The page on which a person states what no machine found in a report."""

import streamlit as st

from collectors.errors import MoriartyError
from enrichment.records import Subject
from index import wording
from index.desk import stating
from index.records import Decision, IncidentView, ReportView, Verdict
from ui import addresses, flash, sentences, session
from ui.nodes import div, link
from ui.terms import error_text, place
from ui.views import reading
from ui.views import stating as fields
from ui.widgets import draw, head

FIRST = (Subject.LOSS, Subject.DATE, Subject.COUNTRY, Subject.OUTCOME, Subject.TYPOLOGY)
"""The kinds that people add most; the others follow in the order of every list of claims."""
_PART = "adding"
_TYPED = ("adding-value", "adding-words", "adding-reason")


def show(view: IncidentView) -> None:
    """Draw a report of the incident and, beside it, the form that adds what it states."""
    back = addresses.incident(view.incident.id)
    head(
        "Add a fact",
        div(
            "sub",
            "What a report states and no machine found. It counts as decided by you; it can be undone.",
        ),
        crumbs=(link("/review", "Review"), link(back, view.incident.title or "Untitled incident")),
    )
    text, form = st.columns([3, 2], gap="large")
    with form:
        flash.show(_PART)
        shown = _report(view)
        _form(view.incident.id, shown)
    with text:
        draw(reading.text(shown, scrolls=True), key="adding-report")


def _report(view: IncidentView) -> ReportView:
    """Return the report of which something is stated; of several a person chooses one."""
    by_id = {shown.report.id: shown for shown in view.reports}
    if len(by_id) == 1:
        return view.reports[0]
    named = {key: shown.report.title or "Untitled report" for key, shown in by_id.items()}
    key = st.selectbox("Which report", list(by_id), format_func=named.__getitem__, key="adding-report-id")
    return by_id[key]


def _form(incident: str, shown: ReportView) -> None:
    typology = session.library().typology
    rest = sorted((each for each in stating.STATED if each not in FIRST), key=place)
    subject = st.selectbox(
        "What it states", [*FIRST, *rest], format_func=wording.subject, key="adding-subject", on_change=_anew
    )
    with st.form("adding", border=False):
        fields.value("Value", subject, typology, "adding-value")
        fields.words("adding-words")
        optional = "Optional where there are words"
        st.text_input("Reason", key="adding-reason", max_chars=500, placeholder=optional)
        st.form_submit_button(
            "Add it", type="primary", on_click=_add, args=(incident, shown.report.id, subject)
        )


def _anew() -> None:
    """Forget a value that was typed or chosen for another kind of fact."""
    st.session_state.pop("adding-value", None)


def _add(incident: str, report: str, subject: Subject) -> None:
    state = st.session_state
    value, words, reason = (str(state.get(key) or "").strip() for key in _TYPED)
    decision = Decision(
        verdict=Verdict.ADD, target=report, subject=subject, value=value, words=words, reason=reason
    )
    library = session.library()
    try:
        made = library.judge(decision, actor=session.actor())
    except MoriartyError as error:
        flash.failure(_PART, error_text(error))
        return
    for key in _TYPED:
        state.pop(key, None)
    added = f"Added {sentences.claim(library.typology, subject, made.value)}."
    history = addresses.incident(incident, tab="history")
    flash.success(_PART, added, link(history, "See or undo it in the incident's history"))
