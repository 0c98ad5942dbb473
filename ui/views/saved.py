"""Saved searches: what they ask, and the incidents that came in since; opening one counts them as seen."""

import streamlit as st

from collectors.errors import MoriartyError
from index import wording
from index.records import Alert, SavedSearch
from index.search.query import Mode, Query
from ui import addresses, session
from ui.nodes import Node, div, el, link, span
from ui.pieces import concept_link
from ui.widgets import count, draw, empty, head, page_title, section, table, trouble

SHOWN = 200
"""Alerts of a saved search that are shown at least, where there are as many."""


def show() -> None:
    """Draw the list of saved searches, or the one that the address names."""
    library, actor = session.library(), session.actor()
    asked = session.param("of")
    searches = library.subscriptions.saved_searches(actor=actor)
    if not asked:
        head("Saved searches", div("sub", "Each is matched against all that comes in, by words and filters."))
        draw(_table(searches) if searches else _none(), key="saved")
        return
    chosen = next((one for one in searches if name_of(one) == asked), None)
    if chosen is None:
        draw(empty("There is no such saved search", el("p", link("/saved", "See all of them"))), key="none")
        return
    alerts = library.subscriptions.alerts(asked, actor=actor, seen=True, limit=max(chosen.new, SHOWN))
    page_title(f"Saved: {chosen.name}")
    head(
        chosen.name,
        div("sub", _asks(chosen.query)),
        div("row small", *_facts(chosen), link(search_address(chosen.query), "Search the whole library")),
        crumbs=(link("/saved", "Saved searches"),),
    )
    if chosen.owner == actor.name:
        _forget(chosen)
    draw(_alerts(alerts), key="alerts")


def name_of(search: SavedSearch) -> str:
    """Return the name of a saved search for the person who asks: others' with their owner."""
    mine = search.owner == session.actor().name
    return search.name if mine else f"{search.owner}/{search.name}"


def address_of(search: SavedSearch) -> str:
    """Return the address of a saved search."""
    return addresses.address("saved", {"of": name_of(search)})


def search_address(query: Query) -> str:
    """Return the address of the search a query was saved from, by words alone."""
    known = set(addresses.FILTERS.values())
    rest = [f'{name}:"{value}"' for name, of in query.filters.items() if name not in known for value in of]
    text = " ".join([query.text, *rest, *(f"id:{one}" for one in query.ids if one not in query.text)])
    return addresses.Search(
        text=text.strip(),
        filters={name: of for name, of in query.filters.items() if name in known},
        after=query.since,
        before=query.until,
        mode=Mode.KEYWORD,
    ).address()


def rows(searches: tuple[SavedSearch, ...]) -> Node:
    """Return saved searches as short lines with what is new, for the first page."""
    return section(
        "Saved searches",
        *(
            div(
                "row between",
                link(address_of(one), span("untrusted", name_of(one))),
                span("badge judged", f"{one.new:,} new") if one.new else span("soft small", "nothing new"),
            )
            for one in searches
        ),
        link("/saved", "All saved searches", cls="small"),
    )


def _table(searches: tuple[SavedSearch, ...]) -> Node:
    rows = [
        (
            link(address_of(one), name_of(one)),
            f"{one.new:,}",
            _asks(one.query),
            f"{one.at:%Y-%m-%d}" + (", shared" if one.shared else ""),
        )
        for one in searches
    ]
    return table(("Name", "New", "Asks for", "Saved"), rows, (1,), {3: "soft"})


def _none() -> Node:
    return empty(
        "No search is saved yet",
        el("p", link("/search", "Search"), " for words, with filters if you like, then save it there."),
    )


def _asks(query: Query) -> str:
    return "; ".join(filter(None, (query.text, wording.filters(query)))) or "Everything that comes in"


def _facts(search: SavedSearch) -> list[Node]:
    facts = [f"Saved by {search.owner} on {search.at:%Y-%m-%d}"]
    facts += ["shared with everybody"] if search.shared else []
    facts += ["alerts to changes too"] if search.changes else []
    return [span("soft", fact) for fact in facts]


def _alerts(alerts: tuple[Alert, ...]) -> Node:
    if not alerts:
        return empty(
            "Nothing has come in yet",
            el(
                "p",
                "What matched when the search was saved raises no alert. New incidents will, after a run.",
            ),
        )
    return section(
        count(len(alerts), "alert"),
        div("cards", *(_card(alert) for alert in alerts)),
    )


def _card(alert: Alert) -> Node:
    word = "changed" if alert.changed else "new"
    codes = [concept_link(session.library().typology, code) for code in alert.typologies[:1]]
    return el(
        "article",
        div(
            "top",
            el("h3", link(addresses.incident(alert.incident), alert.title or "Untitled")),
            span("badge judged", word) if alert.new else None,
        ),
        div(
            "facts",
            *[span("num", alert.date)] if alert.date else [],
            *codes,
            span("", f"Found {alert.at:%Y-%m-%d %H:%M} UTC"),
        ),
        div("why", alert.reason) if alert.reason else None,
        cls="card",
    )


def _forget(search: SavedSearch) -> None:
    with st.popover("Forget this search"):
        st.text("It will not be matched any more. The record keeps what it found.")
        st.button("Forget it", key="forget", on_click=_forgotten, args=(search.name,))


def _forgotten(name: str) -> None:
    session.library().subscriptions.forget_search(name, actor=session.actor())
    session.go("/saved")


def keep(query: Query) -> None:
    """Draw the control that saves a search."""
    with st.popover("Save this search"):
        name = st.text_input("Name", key="save-name", max_chars=80)
        shared = st.checkbox("Share with everybody", key="save-shared")
        changes = st.checkbox("Tell me of changes to an incident too", key="save-changes")
        st.text("New incidents are matched by words and filters, not by meaning.")
        if not st.button("Save", key="save"):
            return
        library, actor = session.library(), session.actor()
        try:
            made = library.subscriptions.save_search(name, query, actor=actor, shared=shared, changes=changes)
        except MoriartyError as error:
            trouble(error, key="save-trouble")
            return
        matching = f". It matches {count(made.matching, 'incident')} today, by words and filters."
        notes = (el("p", note) for note in made.notes)
        draw(
            div("box note", "Saved as ", link(address_of(made), made.name), matching, *notes), key="save-done"
        )
