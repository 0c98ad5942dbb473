"""The results of a search as files, made when somebody asks for them."""

from collections.abc import Callable
from datetime import date

import streamlit as st

from index.search.query import By, Query, Results
from ui import session
from ui.addresses import PAGE_SIZE
from ui.widgets import count

MOST = 1000
"""Incidents in one file: the most that one query answers with."""
CASE_STUDIES = (
    ("docx", "Word", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("md", "Markdown", "text/markdown"),
)
"""Format, its name for people, and its type."""


def offer(results: Results) -> None:
    """Draw the control that hands out every incident of this search as data, or a page of case studies."""
    query = results.query.model_copy(update={"limit": MOST, "offset": 0, "facets": (), "by": By.INCIDENT})
    page = query.model_copy(update={"limit": PAGE_SIZE, "offset": results.query.offset})
    with st.popover("Download"):
        st.text(_amount(results))
        _button("Table (CSV)", query, "csv", "csv", "text/csv")
        _button("Everything (JSON)", query, "json", "json", "application/json")
        if results.query.by is By.INCIDENT:
            studies = count(len(results.hits), "case study", "case studies")
            for kind, name, mime in CASE_STUDIES:
                ends = (kind, mime) if len(results.hits) == 1 else ("zip", "application/zip")
                _button(f"{studies} ({name})", page, kind, *ends)


def _amount(results: Results) -> str:
    if results.query.by is By.REPORT:
        return f"The incidents that these {count(results.total, 'report')} tell, {MOST:,} at most."
    if results.total > MOST:
        return f"The first {MOST:,} of {results.total:,} incidents, in this order."
    return f"All {count(results.total, 'incident')} of this search."


def _button(label: str, query: Query, format_name: str, ending: str, mime: str) -> None:
    st.download_button(
        label,
        _file(query, format_name),
        file_name=f"moriarty-results-{date.today()}.{ending}",
        mime=mime,
        on_click="ignore",
        key=f"download-{format_name}",
    )


def _file(query: Query, format_name: str) -> Callable[[], bytes]:
    library, actor = session.library(), session.actor()

    def write() -> bytes:
        ids = [hit.id for hit in library.search(query, actor=actor).hits]
        return library.export(ids, format_name, actor=actor)

    return write
