"""Messages that are shown once, in the next drawing of the page: what a click did, or why it did nothing.

A click is handled before the page is drawn again, so its message waits in the session of the browser page.
Each part of the pages keeps its messages under a name of its own.
"""

import streamlit as st

from ui.nodes import Node, div, el
from ui.widgets import draw


def success(part: str, *paragraphs: Node) -> None:
    """Keep the message that something was done; each paragraph is a text or a link."""
    _keep(part, div("box note", *(el("p", paragraph) for paragraph in paragraphs)))


def failure(part: str, reason: str) -> None:
    """Keep the message that something was not done, and why."""
    _keep(part, div("box bad", el("p", reason)))


def boxes(part: str) -> list[Node]:
    """Return the messages of a part that wait to be shown, and forget them."""
    kept: list[Node] = st.session_state.pop(_key(part), [])
    return kept


def show(part: str) -> None:
    """Draw the messages of a part that wait to be shown, and forget them."""
    if messages := boxes(part):
        draw(*messages, key=f"{part}-messages")


def _keep(part: str, box: Node) -> None:
    st.session_state.setdefault(_key(part), []).append(box)


def _key(part: str) -> str:
    return f"{part}-flash"
