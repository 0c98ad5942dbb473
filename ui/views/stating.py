"""The fields in which a person says what a report states: the value in its form, and the words for it."""

import streamlit as st

from enrichment.records import Subject
from enrichment.typology import Typology
from index.desk import stating
from ui import sentences


def value(label: str, subject: Subject, typology: Typology, key: str) -> None:
    """Draw the field for a value: one of a list, or typed in the form it says."""

    def worded(code: str) -> str:
        return sentences.value(typology, subject, code)

    known = stating.values(subject, typology)
    if known:
        ordered = sorted(known, key=lambda code: worded(code).casefold())
        st.selectbox(
            label,
            ordered,
            index=None,
            format_func=worded,
            key=key,
            filter_mode="contains",
            placeholder="Choose",
        )
        return
    form = stating.form(subject)
    st.text_input(label, key=key, placeholder=form[:1].upper() + form[1:], max_chars=120)


def words(key: str) -> None:
    """Draw the field for the words of the report."""
    st.text_input(
        "In the words of the report",
        key=key,
        placeholder="Copy them from the report; without any, a reason is needed",
        max_chars=stating.LONGEST,
    )
