"""The filters of a search: chips, facets, and the range of days."""

from dataclasses import replace
from datetime import date

import streamlit as st

from enrichment.records import ConceptKind
from index import wording
from index.search.query import FacetCount, Results
from ui import session
from ui.addresses import Search
from ui.nodes import Node, div, el, link, span
from ui.sentences import coded

FACETS = (
    "scope",
    "family",
    "typology",
    "outcome",
    "loss_band",
    "country",
    "modality",
    "event_kind",
    "year",
    "source",
    "tool",
    "organisation",
    "status",
)
_OPEN = {"scope", "family", "typology", "outcome", "country"}
_SHOWN = 7
_EARLIEST = date(1990, 1, 1)
"""The first day the calendar offers, unless the address asks for an earlier one."""
_HELP = {
    "scope": "AI crime, or a reason why not",
    "family": "The eleven groups of the typology",
    "typology": "The criminal conduct; hover over a value for its definition",
    "event_kind": "Whether it happened, was tried, is suspected, or is only a warning",
    "outcome": "What became of it by the time of the report",
    "modality": "What kind of content the AI made or handled",
    "status": "Whether a person has confirmed the code",
}


def chips(asked: Search) -> Node | None:
    """Return every filter and date as a chip that removes it, or None where there is none."""
    if not asked.narrowed:
        return None
    made = [
        _chip(f"{wording.facet(facet)}: {label(facet, value)}", asked.without_value(facet, value))
        for facet, values in asked.filters.items()
        for value in values
    ]
    if asked.after:
        made.append(_chip(f"From {asked.after}", replace(asked, after=None, page=1)))
    if asked.before:
        made.append(_chip(f"To {asked.before}", replace(asked, before=None, page=1)))
    return div("chips", *made, link(asked.bare().address(), "Clear all", cls="small"))


def _chip(words: str, without: Search) -> Node:
    return link(without.address(), words, span("x", "×"), cls="chip", label=f"Remove filter {words}")


def label(facet: str, value: str) -> str:
    """Return a facet's value in plain words."""
    typology = session.library().typology
    return coded(typology, value) if facet in {"typology", "family"} else wording.value(facet, value)


def facets(results: Results, asked: Search) -> list[Node]:
    """Return the facets that have a choice to offer, each with its values and counts."""
    return [
        _facet(name, counts, asked)
        for name in FACETS
        if (counts := results.facets.get(name)) and (len(counts) > 1 or name in asked.filters)
    ]


def _facet(name: str, counts: tuple[FacetCount, ...], asked: Search) -> Node:
    values = [_value(name, found, asked) for found in counts]
    rest = values[_SHOWN:]
    return el(
        "details",
        el("summary", wording.facet(name), title=_HELP.get(name)),
        div("values", *values[:_SHOWN]),
        el("details", el("summary", f"{len(rest)} more"), div("values", *rest), name=f"more-{name}")
        if rest
        else None,
        cls="facet",
        name=name,
        open=name in _OPEN or name in asked.filters,
    )


def _value(name: str, found: FacetCount, asked: Search) -> Node:
    chosen = found.value in asked.filters.get(name, ())
    to = asked.without_value(name, found.value) if chosen else asked.with_value(name, found.value)
    return link(
        to.address(),
        span("untrusted", found.label),
        span("n", f"{found.count:,}"),
        cls="value",
        title=_definition(name, found.value),
        current="true" if chosen else None,
        top=True,
    )


def _definition(name: str, value: str) -> str | None:
    typology = session.library().typology
    if name not in {"typology", "family"} or value not in typology:
        return None
    concept = typology.concept(value)
    return f"{value}: {concept.definition}" if concept.kind in ConceptKind else None


def days(asked: Search) -> None:
    """Draw a box that keeps the search to certain days; it opens with those of the address."""
    st.session_state["search-after"], st.session_state["search-before"] = asked.after, asked.before
    around = [day for day in (asked.after, asked.before, date.today()) if day is not None]
    with st.popover("Dates"):
        for key, words in (("search-after", "From"), ("search-before", "To")):
            st.date_input(
                words,
                key=key,
                min_value=min(_EARLIEST, *around),
                max_value=max(around),
                format="YYYY-MM-DD",
                on_change=_keep_to,
                args=(asked,),
            )


def _keep_to(asked: Search) -> None:
    after, before = st.session_state["search-after"], st.session_state["search-before"]
    session.go(replace(asked, after=after, before=before, page=1).address())
