"""The results of a search as files, made when somebody asks for them."""

from collections.abc import Callable, Iterable
from datetime import date
from functools import partial

import streamlit as st

from index.library import Library
from index.records import Actor
from index.search.query import By, Hit, Query, Results
from ui import session
from ui.widgets import count

MOST = 1000
"""Incidents in one file: the most that one query answers with."""
DATA = (
    ("csv", "Table (CSV)", "text/csv"),
    ("json", "Everything (JSON)", "application/json"),
    ("stix", "For other systems (STIX 2.1)", "application/stix+json"),
    ("misp", "For MISP", "application/json"),
)
OFFICE = "application/vnd.openxmlformats-officedocument"
CASE_STUDIES = (
    ("docx", "Word", f"{OFFICE}.wordprocessingml.document"),
    ("pptx", "slides", f"{OFFICE}.presentationml.presentation"),
    ("pdf", "PDF", "application/pdf"),
    ("html", "web page", "text/html"),
    ("md", "Markdown", "text/markdown"),
)
ENDINGS = {"stix": "stix.json", "misp": "misp.json"}
"""How a file of a format ends, where not in the format's name."""
"""Format, its name for people, and its type."""


def offer(results: Results) -> None:
    """Draw the control that hands out every incident of this search as data, or a page of case studies."""
    query = results.query.model_copy(update={"limit": MOST, "offset": 0, "facets": ()})
    page = incidents(results.hits)
    with st.popover("Download"):
        st.text(_amount(results))
        for kind, name, mime in DATA:
            _button(name, kind, ENDINGS.get(kind, kind), mime, partial(_found, query))
        if page:
            studies = count(len(page), "case study", "case studies")
            for kind, name, mime in CASE_STUDIES:
                ends = (kind, mime) if len(page) == 1 else ("zip", "application/zip")
                _button(f"{studies} ({name})", kind, *ends, lambda *_: page)


def incidents(hits: Iterable[Hit]) -> list[str]:
    """Return the incidents that these hits are or, where they are reports, tell, each once."""
    told = ((hit.id,) if hit.by is By.INCIDENT else hit.incidents for hit in hits)
    return list(dict.fromkeys(key for keys in told for key in keys))


def _found(query: Query, library: Library, actor: Actor) -> list[str]:
    return incidents(library.search(query, actor=actor).hits)


def _amount(results: Results) -> str:
    """Say what the data holds; hits are reports where those were asked for, or where only reports match."""
    told = any(hit.by is By.REPORT for hit in results.hits)
    noun = "report" if told else "incident"
    if results.total > MOST:
        found = f"the first {MOST:,} of {results.total:,} {noun}s, in this order"
    else:
        found = f"the {count(results.total, noun)} of this search"
    return f"The incidents told by {found}." if told else f"{found[0].upper()}{found[1:]}."


def _button(
    label: str, format_name: str, ending: str, mime: str, chosen: Callable[[Library, Actor], list[str]]
) -> None:
    library, actor = session.library(), session.actor()
    st.download_button(
        label,
        lambda: library.export(chosen(library, actor), format_name, actor=actor),
        file_name=f"moriarty-results-{date.today()}.{ending}",
        mime=mime,
        on_click="ignore",
        key=f"download-{format_name}",
    )
