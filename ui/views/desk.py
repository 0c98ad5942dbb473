"""The review desk: one claim at a time, its words lit, decided with one key."""

import streamlit as st

from collectors.errors import MoriartyError
from enrichment.records import Subject
from index.desk.decisions import QueueItem
from index.records import Verdict
from ui import addresses, flash, session
from ui.nodes import Node, div, link
from ui.sentences import became, done_by
from ui.views import claims, review_state, suggested
from ui.views import stating as fields
from ui.views.review_state import Fetch
from ui.widgets import count, draw, trouble


@st.fragment
def show(asked: tuple[str, ...], fetch: Fetch, nothing: Node) -> None:
    """Draw the desk over what ``fetch`` gives, which is asked again once all of that is decided.

    ``asked`` says what the claims are of: another one begins anew. ``nothing`` is drawn where none waits.
    """
    try:
        queue = review_state.queue(asked, fetch)
    except (MoriartyError, OSError) as error:  # here, as what leaves a fragment is no longer an error of ours
        trouble(error)
        return
    place = review_state.place(queue)
    item = queue[place] if queue else None
    _buttons(item)
    relabels = item is not None and review_state.relabels()
    if item is not None and relabels:
        _relabel(item) if _typed(item) else _correct(item)
    draw(
        *flash.boxes(review_state.PART),
        div("small soft num", _progress(place, len(queue)), *_last()),
        nothing if item is None else div("main-side", suggested.text(item), suggested.suggestion(item)),
        key="item",
        jump=item.finding.finding.id if item else "",
        focus=("review-code" if _typed(item) else "review-value") if relabels else "",
    )


def _buttons(item: QueueItem | None) -> None:
    there = item is not None
    stated = item is not None and item.finding.finding.subject is not Subject.EVENTS
    other = "Relabel" if item is None or _typed(item) else "Correct"
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        for name, key, able, call, args in (
            ("Accept", "A", there, review_state.decide, (item, Verdict.ACCEPT)),
            ("Reject", "X", there, review_state.decide, (item, Verdict.REJECT)),
            (other, "L", stated, review_state.ask_relabel, (item,)),
            ("Undo", "U", bool(review_state.done()), review_state.undo, ()),
            ("Previous", "K", there, review_state.move, (-1,)),
            ("Next", "J", there, review_state.move, (1,)),
        ):
            st.button(
                name,
                key="relabel" if key == "L" else name.lower(),
                type="primary" if name == "Accept" else "secondary",
                shortcut=key,
                on_click=call,
                args=args,
                disabled=not able,
            )
        st.text_input(
            "Reason",
            key="review-reason",
            placeholder="Reason (optional); Tab, then a key",
            label_visibility="collapsed",
            max_chars=500,
        )


def _progress(place: int, held: int) -> str:
    done, rest = count(len(review_state.decided()), "decision"), review_state.rest()
    here = f"{place + 1} of {held + rest:,}" if held else "None left"
    return f"{here}; {done} in this sitting"


def _last() -> list[Node]:
    """Return the last decision that still stands, with a link to its incident."""
    done = review_state.done()
    if not done:
        return []
    judgement, item, _ = done[-1]
    where = link(addresses.incident(item.incident), "open it") if item.incident else ""
    instead = became(judgement, item.finding.finding.subject, session.library().typology)
    return [f". Last {done_by(judgement)}: {claims.named(item.finding)}{instead} ", where]


def _relabel(item: QueueItem) -> None:
    typology = session.library().typology
    near = [code.concept for code in item.siblings]
    rest = [code for code in typology.codes() if code not in near]
    st.selectbox(
        "The right code",
        [code for code in [*near, *rest] if code != item.finding.finding.value],
        format_func=lambda code: f"{code} {typology.label(code)}",
        index=None,
        key="review-code",
        filter_mode="contains",  # keeps the near misses first
        placeholder="Choose the right code: near misses come first",
        on_change=_relabelled,
        args=(item,),
    )


def _typed(item: QueueItem | None) -> bool:
    return item is not None and item.finding.finding.subject is Subject.TYPOLOGY


def _correct(item: QueueItem) -> None:
    """Draw the form that says what a fact is instead, on which words of the report."""
    finding = item.finding.finding
    with st.form("review-correct", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        typology = session.library().typology
        fields.value("The right value", finding.subject, typology, "review-value")
        fields.words("review-words")
        st.form_submit_button("Correct it", type="primary", on_click=_corrected, args=(item,))


def _corrected(item: QueueItem) -> None:
    value, words = (str(st.session_state.get(key) or "") for key in review_state.CORRECTION)
    review_state.decide(item, Verdict.RELABEL, value, words)


def _relabelled(item: QueueItem) -> None:
    code, st.session_state["review-code"] = st.session_state.get("review-code"), None
    if code:
        review_state.decide(item, Verdict.RELABEL, code)
