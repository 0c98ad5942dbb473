"""The first page: what the library holds, what is new, and what waits for somebody."""

from datetime import UTC, datetime

import streamlit as st

from index.records import ConceptCount, Status
from index.search.query import Sort
from ui import addresses, session
from ui.identifiers import destination
from ui.nodes import Node, div, el, link, span
from ui.pieces import card
from ui.terms import own_words
from ui.views import saved
from ui.widgets import bars, count, draw, empty, head, inline, section

NEWEST = 6
FREQUENT = 10
MOST_SAVED = 8


def show() -> None:
    """Draw the page."""
    library, actor = session.library(), session.actor()
    said = "Reports are leads: what a source said, not proof that it happened."
    head("AI crime, as reported", div("sub", said))
    st.text_input(
        "Search the library",
        key="home-q",
        type="search",
        placeholder='Search incidents and reports: words, "a phrase", this OR that, -without, an id',
        label_visibility="collapsed",
        on_change=_ask,
    )
    draw(link("/alike", "Find incidents like a text", cls="small"), key="alike")
    with st.spinner("Opening the library"):  # its models take seconds the first time
        status = library.status(actor=actor)
    if not status.reports:
        draw(_first_run(), key="first-run")
        return
    newest = library.search(
        library.parse("").model_copy(
            update={"sort": Sort.NEWEST, "limit": NEWEST, "filters": {"scope": ("crime",)}}
        ),
        actor=actor,
    )
    tree = library.tree(actor=actor)
    waiting = _waiting(status) if session.may("judge") else None
    draw(
        *_notices(status),
        _figures(status),
        div(
            "main-side",
            section(
                "Newest incidents",
                div("cards", *(card(hit, library.typology, with_reason=False) for hit in newest.hits)),
            ),
            div("stack wide", _saved(), waiting, _frequent(tree), _sources(status)),
        ),
        key="home",
    )


def _notices(status: Status) -> list[Node]:
    """Return why the library shows less than it could, each with what to do."""
    notices: list[Node] = []
    if status.notice:
        notices.append(div("box warn", el("p", f"Suggestions rest on less than usual: {status.notice}.")))
    if status.unenriched:
        number = count(status.unenriched, "report waits", "reports wait")
        notices.append(
            div(
                "box note",
                el(
                    "p",
                    f"{number} to be enriched and grouped: ",
                    el("code", "moriarty enrich"),
                ),
            )
        )
    return notices


def _saved() -> Node | None:
    searches = session.library().subscriptions.saved_searches(actor=session.actor())
    return saved.rows(searches[:MOST_SAVED]) if searches else None


def _ask() -> None:
    typed = str(st.session_state["home-q"] or "")[: addresses.LONGEST]
    held = destination(session.library(), typed, session.actor())
    session.go(held or addresses.Search(text=typed).address())


def when(moment: datetime | None) -> str:
    """Return a moment as a short UTC date and time, with how long ago it was."""
    if moment is None:
        return "never"
    days = (datetime.now(UTC) - moment).days
    ago = "today" if days <= 0 else count(days, "day") + " ago"
    return f"{moment:%Y-%m-%d %H:%M} UTC ({ago})"


def _figures(status: Status) -> Node:
    live = sum(source.enabled for source in status.sources)
    figures = (
        (status.in_scope, "incidents of AI crime"),
        (status.incidents, "incidents in all"),
        (status.reports, "reports"),
        (live, "sources switched on"),
        (status.judgements, "decisions made here"),
    )
    return div(
        "figures",
        *(div("figure", div("value", f"{number:,}"), div("name", name)) for number, name in figures),
    )


def _waiting(status: Status) -> Node:
    waits = (link("/review", count(status.queue, "suggestion")), " of the machine to confirm or correct.")
    learns = ("What people decided can ", link("/review?part=learning", "teach the machine"), ".")
    return section(
        "Waiting for a decision",
        el("p", *(waits if status.queue else ("Nothing waits. New suggestions appear after the next run.",))),
        el("p", *learns, cls="small soft") if status.judgements else None,
    )


def _frequent(tree: tuple[ConceptCount, ...]) -> Node:
    leaves = [leaf for family in tree for leaf in family.children if leaf.incidents]
    rows = sorted(leaves, key=lambda leaf: (-leaf.incidents, leaf.concept.id))[:FREQUENT]
    return section(
        "Most reported typologies",
        bars(
            [
                (leaf.concept.id, leaf.concept.label, leaf.incidents, addresses.typology(leaf.concept.id))
                for leaf in rows
            ]
        ),
        el("p", own_words()["counted"], cls="small soft"),
    )


def _sources(status: Status) -> Node:
    unread = sum(source.enabled and not source.captured for source in status.sources)
    shown = [
        div(
            "entry",
            div("row", el("strong", issue.source), span("badge warn", issue.code)),
            div("small soft untrusted", issue.item),
            div("small", *inline(issue.advice)),
        )
        for issue in status.issues[:4]
    ]
    return section(
        "Sources with trouble" if shown else "Sources",
        el("p", f"Last collected {when(status.last_run)}."),
        el("p", f"{count(unread, 'source')} switched on and not read yet: ", el("code", "moriarty run"))
        if unread
        else None,
        *shown,
        link("/sources", "All sources", cls="small"),
        note=str(len(status.issues)) if shown else "",
    )


def _first_run() -> Node:
    return empty(
        "This library is empty",
        el("p", "Fill it from the command line, then reload this page:"),
        el("p", el("code", "moriarty run"), " collects from every source that is switched on."),
        el("p", el("code", "moriarty add FOLDER"), " takes in files you already have."),
        el("p", "Both keep the original bytes as evidence and need no further setting up."),
    )
