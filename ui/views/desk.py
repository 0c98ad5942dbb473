"""The review desk: one claim at a time, its words lit, decided with one key."""

from collections.abc import Callable, Sequence

import streamlit as st

from collectors.errors import MoriartyError, Stale
from enrichment.records import Subject
from index.records import Decision, QueueItem, Verdict
from ui import addresses, session
from ui.nodes import Node, div, el, link
from ui.terms import told
from ui.views import claims, suggested
from ui.views.history import DONE, whereto
from ui.widgets import count, draw, trouble

Fetch = Callable[[], tuple[Sequence[QueueItem], int]]
"""Gives the next claims to decide, and how many wait in all."""


@st.fragment
def show(asked: tuple[str, ...], fetch: Fetch, nothing: Node) -> None:
    """Draw the desk over what ``fetch`` gives, which is asked again once all of that is decided.

    ``asked`` says what the claims are of: another one begins anew. ``nothing`` is drawn where none waits.
    """
    try:
        queue = _queue(asked, fetch)
    except (MoriartyError, OSError) as error:  # here, as what leaves a fragment is no longer an error of ours
        trouble(error)
        return
    problem = st.session_state.pop("review-problem", "")
    place = max(0, min(st.session_state.get("review-place", 0), len(queue) - 1))
    item = queue[place] if queue else None
    _buttons(item)
    relabels = item is not None and st.session_state.get("review-relabel", False)
    if item is not None and relabels:
        _relabel(item)
    draw(
        div("box bad", el("p", problem)) if problem else None,
        div("small soft num", _progress(place, len(queue)), *_last()),
        nothing if item is None else div("main-side", suggested.text(item), suggested.suggestion(item)),
        key="item",
        jump=item.finding.finding.id if item else "",
        focus="review-code" if relabels else "",
    )


def decided() -> set[str]:
    """Return the claims decided in this sitting and not taken back."""
    return {item.finding.finding.id for _, item, _ in st.session_state.get("review-done", ())}


def _queue(asked: tuple[str, ...], fetch: Fetch) -> list[QueueItem]:
    state = st.session_state
    if state.get("review-asked") != asked or not state.get("review-queue"):
        found, waiting = fetch()
        state["review-asked"], state["review-queue"], state["review-place"] = asked, list(found), 0
        state["review-rest"] = waiting - len(found)
    queue: list[QueueItem] = state["review-queue"]
    return queue


def _buttons(item: QueueItem | None) -> None:
    there = item is not None
    typed = item is not None and item.finding.finding.subject is Subject.TYPOLOGY
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        for name, key, able, call, args in (
            ("Accept", "A", there, _decide, (item, Verdict.ACCEPT)),
            ("Reject", "X", there, _decide, (item, Verdict.REJECT)),
            ("Relabel", "L", typed, _ask_relabel, ()),
            ("Undo", "U", bool(decided()), _undo, ()),
            ("Previous", "K", there, _move, (-1,)),
            ("Next", "J", there, _move, (1,)),
        ):
            st.button(
                name,
                key=name.lower(),
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
    done, rest = count(len(decided()), "decision"), st.session_state["review-rest"]
    here = f"{place + 1} of {held:,}" if held else "None left"
    return f"{here}{f', {rest:,} more after these' if rest else ''}; {done} in this sitting"


def _last() -> list[Node]:
    """Return what was decided last and still stands, with the way to it."""
    done = st.session_state.get("review-done")
    if not done:
        return []
    judgement, item, _ = done[-1]
    where = link(addresses.incident(item.incident), "open it") if item.incident else ""
    said = f"{claims.named(item.finding)}{whereto(judgement)}"
    return [f". Last {DONE[judgement.verdict]}: {said} ", where]


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


def _ask_relabel() -> None:
    st.session_state["review-relabel"] = not st.session_state.get("review-relabel", False)


def _relabelled(item: QueueItem) -> None:
    code, st.session_state["review-code"] = st.session_state.get("review-code"), None
    if code:
        _decide(item, Verdict.RELABEL, code)


def _decide(item: QueueItem, verdict: Verdict, value: str = "") -> None:
    state = st.session_state
    decision = Decision(
        verdict=verdict,
        target=item.finding.finding.id,
        value=value,
        reason=str(state.get("review-reason") or "").strip(),
        expected=item.finding.judgements,
    )
    try:
        judgement = session.library().judge(decision, actor=session.actor())
    except MoriartyError as error:
        state["review-problem"] = told(error)
        if isinstance(error, Stale):
            state["review-queue"] = []  # as somebody else left it, it is fetched again
        return
    queue = state["review-queue"]
    place = queue.index(item)
    state["review-queue"] = queue[:place] + queue[place + 1 :]
    state.setdefault("review-done", []).append((judgement, item, place))
    state["review-relabel"], state["review-reason"] = False, ""


def _undo() -> None:
    state = st.session_state
    judgement, item, place = state["review-done"][-1]
    try:
        session.library().judge(Decision(verdict=Verdict.UNDO, target=judgement.id), actor=session.actor())
    except MoriartyError as error:
        state["review-problem"] = told(error)
        return
    state["review-done"].pop()
    back = item.model_copy(
        update={"finding": item.finding.model_copy(update={"judgements": item.finding.judgements + 2})}
    )
    state["review-queue"] = [*state["review-queue"][:place], back, *state["review-queue"][place:]]
    state["review-place"], state["review-relabel"] = place, False


def _move(steps: int) -> None:
    state = st.session_state
    last = max(0, len(state.get("review-queue", ())) - 1)
    state["review-place"] = min(last, max(0, state.get("review-place", 0) + steps))
    state["review-relabel"] = False
