"""A decision with the button that takes it back."""

import streamlit as st

from collectors.errors import MoriartyError
from index.records import Decision, Judgement, Verdict
from ui import flash, session
from ui.nodes import Node
from ui.terms import error_text
from ui.widgets import draw

_PART = "undo"


def row(judgement: Judgement, entry: Node) -> None:
    """Draw a decision and, where it still stands, Undo beside it for who may decide."""
    stands = not judgement.undone and judgement.verdict is not Verdict.UNDO
    said, button = st.columns([6, 1], vertical_alignment="center")
    with said:
        draw(entry, key=f"told-{judgement.id}")
    with button:
        if stands and session.may("judge"):
            st.button("Undo", key=f"undo-{judgement.id}", type="tertiary", on_click=_undo, args=(judgement,))


def problem() -> None:
    """Draw why the last Undo did not work, if it did not."""
    flash.show(_PART)


def _undo(judgement: Judgement) -> None:
    decision = Decision(verdict=Verdict.UNDO, target=judgement.id)
    try:
        session.library().judge(decision, actor=session.actor())
    except MoriartyError as error:
        flash.failure(_PART, error_text(error))
