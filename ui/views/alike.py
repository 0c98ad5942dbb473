"""The page that finds what is like a text somebody pastes: a complaint, a message, a press notice."""

import streamlit as st

from index.search.alike import LONGEST
from index.search.query import Hit
from ui import session
from ui.nodes import div, el
from ui.pieces import card
from ui.widgets import count, draw, empty, head

LIMIT = 25


def show() -> None:
    """Draw the box for a text and, once it is filled, the incidents most like it."""
    head(
        "Find incidents like a text",
        div(
            "sub",
            "Paste a complaint, a message or a press notice. It is compared and not added to the library.",
        ),
    )
    with st.form("alike", border=False):
        text = st.text_area(
            "Text",
            key="alike-text",
            max_chars=LONGEST,
            height=180,
            label_visibility="collapsed",
            persist_state="session",  # so that Back from an incident finds text and answers again
        )
        st.form_submit_button("Find incidents", type="primary")
    if not (text or "").strip():
        draw(empty("No text yet", el("p", "A few sentences are enough.")), key="alike-none")
        return
    with st.spinner("Comparing"):
        hits = session.library().similar(text=text, actor=session.actor(), limit=LIMIT)
    _answers(hits)


def _answers(hits: tuple[Hit, ...]) -> None:
    if not hits:
        nothing = el("p", "No incident is close enough in words or meaning. Try a longer passage.")
        draw(empty("Nothing in the library is like this text", nothing), key="alike-nothing")
        return
    typology = session.library().typology
    draw(
        el("h2", f"{count(len(hits), 'incident')}, most alike first"),
        div("cards", *(card(hit, typology) for hit in hits)),
        key="alike-hits",
    )
