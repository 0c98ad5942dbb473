"""The Streamlit entry: one shell, its pages, one place where errors end."""

import logging
import secrets
from collections.abc import Callable
from functools import partial
from pathlib import Path

import streamlit as st

from collectors.errors import MoriartyError
from ui import addresses, session
from ui.nodes import div, el, span
from ui.views import about, alike, graph, home, incident, review, saved, search, sources, typology
from ui.widgets import draw, page_title, trouble, visit
from ui.working import KEPT

STATIC = Path(__file__).with_name("static")
VIEWS: dict[str, tuple[str, Callable[[], None]]] = {
    "home": ("Home", home.show),
    "search": ("Search", search.show),
    "saved": ("Saved", saved.show),
    "typology": ("Typology", typology.show),
    "graph": ("Graph", graph.show),
    "review": ("Review", review.show),
    "sources": ("Sources", sources.show),
    "about": ("About", about.show),
    "incident": ("Incident", incident.show),
    "alike": ("Find incidents like a text", alike.show),
    **{
        part: (name, partial(visit, addresses.address("review", {"part": part})))
        for part, name in review.PARTS.items()
        if part
    },
    "emerging": ("What emerges", partial(visit, addresses.address("graph", {"part": "new"}))),
}
# Parts of a page lead there from an address of their own, too, as people type it. (Streamlit would draw a
# bare string here on every page.)
REACHED_BY_LINK = {"incident", "alike", "emerging", *filter(None, review.PARTS)}
log = logging.getLogger(__name__)


def _guarded(view: Callable[[], None]) -> Callable[[], None]:
    def shown() -> None:
        try:
            view()
        except (MoriartyError, OSError) as error:
            trouble(error)
        except Exception:
            reference = secrets.token_hex(4)
            log.exception("page failed, reference %s", reference)
            draw(
                div(
                    "box bad",
                    el("h2", "This page could not be drawn"),
                    el(
                        "p",
                        f"The log holds the details under the reference {reference}. {KEPT}",
                    ),
                ),
                key="failure",
            )
        _foot()

    return shown


def _foot() -> None:
    who = session.actor()
    draw(
        div(
            "foot",
            span("", "Moriarty. Report, not proof."),
            span("", f"{who.name} ", span("badge plain", who.role.value)),
        ),
        key="foot",
    )


def _is_listed(name: str) -> bool:
    """Whether a page stands in the navigation: one for other roles is reached by its address, and says so."""
    return name not in REACHED_BY_LINK and (name != "review" or session.may("judge"))


def main() -> None:
    """Draw the shell and the page its address asks for."""
    st.set_page_config(page_title="Moriarty", page_icon=str(STATIC / "icon.png"), layout="wide")
    st.logo(str(STATIC / "wordmark.svg"), size="medium")
    pages = {
        name: st.Page(
            _guarded(view),
            title=title,
            url_path=name,
            default=name == "home",
            visibility="visible" if _is_listed(name) else "hidden",
        )
        for name, (title, view) in VIEWS.items()
    }
    current = st.navigation(list(pages.values()), position="top")
    page_title(current.title)
    to = st.session_state.pop("go", None)
    if to is not None:
        visit(to)
        return
    current.run()


main()
