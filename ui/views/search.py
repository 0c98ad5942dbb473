"""The search page: what matches, why, and how to narrow it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import TypeVar

import streamlit as st

from index.search.query import By, Mode, Query, Results, Sort
from ui import addresses, session
from ui.addresses import PAGE_SIZE, Search
from ui.identifiers import destination
from ui.nodes import Node, div, el, link, span
from ui.pieces import card
from ui.terms import own_words
from ui.views import download
from ui.views.months import histogram
from ui.views.narrowing import FACETS, chips, days, facets
from ui.views.saved import keep
from ui.views.unanswered import nothing
from ui.widgets import choices, count, draw, folding, page_title, table

SORTS = {
    Sort.RELEVANCE: "Best match",
    Sort.NEWEST: "Newest",
    Sort.OLDEST: "Oldest",
    Sort.LOSS: "Largest loss",
}
MODES = {Mode.HYBRID: "Words and meaning", Mode.KEYWORD: "Words only", Mode.SEMANTIC: "Meaning only"}
KINDS = {By.INCIDENT: "Incidents", By.REPORT: "Reports"}


def show() -> None:
    """Draw the page its address asks for."""
    asked = addresses.read_search(session.params())
    page_title(_title(asked))
    _box(asked)
    library, actor = session.library(), session.actor()
    query = library.parse(asked.text, **asked.overrides(FACETS))
    with st.spinner("Searching; a missing or damaged index is built anew first"):
        results = library.search(_steady(query, asked), actor=actor)
    if asked.page == 1:
        st.session_state["turning"] = (asked.address(), results.stamp)
    side, main = st.columns([1, 3.2], gap="medium")
    with side:
        draw(folding("facets", "Filters", *facets(results, asked)), key="facets")
    with main:
        if (above := [chips(asked), _notes(results, asked)]) != [None, None]:
            draw(*above, key="asked")
        _tools(results, asked)
        if results.hits:
            _answers(results, asked)
        else:
            draw(nothing(asked, results), key="nothing")


def _box(asked: Search) -> None:
    st.session_state["search-q"] = asked.text
    st.text_input(
        "Search",
        key="search-q",
        type="search",
        max_chars=addresses.LONGEST,
        placeholder='Words, "a phrase", this OR that, -without, start*, near~1, country:GB, loss>9999',
        label_visibility="collapsed",
        on_change=_ask,
        args=(asked,),
    )
    draw(el("h1", _title(asked), cls="unseen"), _help(), key="syntax")


def _tools(results: Results, asked: Search) -> None:
    """Draw what can be done with the search: keep it to certain days, save it, take its results along."""
    with st.container(horizontal=True, vertical_alignment="center"):
        days(asked)
        if asked.text or asked.narrowed:
            keep(results.query)
        if results.hits and session.may("export"):
            download.offer(results)
        draw(link("/alike", "Find incidents like a text", cls="small"), key="alike")


def _answers(results: Results, asked: Search) -> None:
    typology = session.library().typology
    draw(
        histogram(results.months, asked),
        _bar(results, asked),
        div("cards", *(card(hit, typology) for hit in results.hits)),
        _pages(results, asked),
        key="results",
    )


def _title(asked: Search) -> str:
    return f"Search: {asked.text}" if asked.text else "Search"


def _help() -> Node:
    """Return the table of query forms, each example linked to its search."""
    rows = [
        (link(Search(text=one["typed"]).address(), el("code", one["typed"])), one["finds"])
        for one in own_words()["syntax"]
    ]
    return el("details", el("summary", "What can be typed"), table((), rows), cls="more", name="syntax")


def _steady(query: Query, asked: Search) -> Query:
    """Return a later page's query held to the state of its first page: no hit repeats or is missed."""
    first, stamp = st.session_state.get("turning", ("", None))
    if asked.page == 1 or first != replace(asked, page=1).address():
        return query
    return query.model_copy(update={"as_of": stamp})


def _ask(asked: Search) -> None:
    typed = str(st.session_state["search-q"] or "")[: addresses.LONGEST]
    held = destination(session.library(), typed, session.actor())
    session.go(held or replace(asked, text=typed, page=1).address())


def _notes(results: Results, asked: Search) -> Node | None:
    notes: list[Node] = [
        div("small soft", note) for note in dict.fromkeys((*results.query.notes, *results.notes))
    ]
    if results.suggestion:
        other = replace(asked, text=results.suggestion, page=1)
        notes.insert(0, div("", "Searched for ", link(other.address(), results.suggestion)))
    if results.offered:
        other = replace(asked, text=results.offered, page=1)
        notes.insert(0, div("", "Did you mean ", link(other.address(), results.offered), "?"))
    return div("box note", *notes) if notes else None


def _bar(results: Results, asked: Search) -> Node:
    first = results.query.offset + 1
    last = results.query.offset + len(results.hits)
    noun = "incident" if asked.by is By.INCIDENT else "report"
    said = count(results.total, noun)
    where = f", {first:,} to {last:,} shown" if results.total > len(results.hits) else ""
    return div(
        "row between",
        el("h2", said, span("soft small", where)),
        div(
            "row",
            _choices("Show", KINDS, asked.by, lambda by: replace(asked, by=by, page=1)),
            _choices("Match", MODES, asked.mode, lambda mode: replace(asked, mode=mode, page=1)),
            _choices("Sort", SORTS, asked.sort, lambda sort: replace(asked, sort=sort, page=1)),
        ),
    )


_Choice = TypeVar("_Choice", bound=StrEnum)


def _choices(
    name: str, words: Mapping[_Choice, str], current: _Choice, change: Callable[[_Choice], Search]
) -> Node:
    return choices(name, [(change(value).address(), word, value is current) for value, word in words.items()])


def _pages(results: Results, asked: Search) -> Node | None:
    last = -(-results.total // PAGE_SIZE)
    if last <= 1:
        return None
    near = [page for page in range(asked.page - 2, asked.page + 3) if 1 <= page <= last]
    numbers = sorted({1, *near, last})
    made: list[Node] = []
    if asked.page > 1:
        made.append(link(replace(asked, page=asked.page - 1).address(), "Previous", top=True))
    for before, page in zip([0, *numbers], numbers, strict=False):
        if page > before + 1:
            made.append(span("soft", "…"))
        current = "page" if page == asked.page else None
        made.append(link(replace(asked, page=page).address(), f"{page:,}", current=current, top=True))
    if asked.page < last:
        made.append(link(replace(asked, page=asked.page + 1).address(), "Next", top=True))
    return el("nav", *made, cls="pages", label="Pages of results")
