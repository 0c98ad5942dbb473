"""The review desk: one suggestion at a time, its words lit, decided with one key."""

import streamlit as st

from collectors.errors import MoriartyError
from index.records import Decision, QueueItem, Verdict
from ui import addresses, session
from ui.nodes import Node, div, el, link, span
from ui.views import grouping, suggested
from ui.widgets import count, draw, empty, head

WHYS = {
    "": "All",
    "unsure": "Unsure",
    "sample": "Random check",
    "disagreement": "Disagreement",
    "round-up": "Round-up",
}
BATCH = 100


def show() -> None:
    """Draw the review desk, or the grouping desk beside it."""
    part, why = session.param("part"), session.param("why")
    head(
        "Review",
        div(
            "sub",
            "A machine suggests, a person decides. Each decision keeps who, when and why, and can be undone.",
        ),
    )
    draw(_parts(part, why), key="parts")
    if part == "grouping":
        grouping.show()
    else:
        _desk(why if why in WHYS else "")


def _parts(part: str, why: str) -> Node:
    tabs = [("", "Suggestions"), ("grouping", "Merge and split")]
    return div(
        "",
        el(
            "nav",
            *(
                link(
                    addresses.address("review", {"part": name} if name else {}),
                    title,
                    current="page" if name == part else None,
                )
                for name, title in tabs
            ),
            cls="tabs",
            label="Parts of the review",
        ),
        None
        if part
        else el(
            "nav",
            span("soft", "Why in the queue"),
            *(
                link(
                    addresses.address("review", {"why": name} if name else {}),
                    title,
                    current="true" if name == why else None,
                )
                for name, title in WHYS.items()
            ),
            cls="choices",
            label="Why in the queue",
        ),
    )


@st.fragment
def _desk(why: str) -> None:
    queue = _queue(why)
    if not queue:
        draw(
            empty(
                "Nothing waits here",
                el(
                    "p",
                    "New suggestions appear after the next run. ",
                    link("/search", "Search"),
                    " meanwhile.",
                ),
            ),
            key="nothing",
        )
        return
    place = min(st.session_state.get("review-place", 0), len(queue) - 1)
    item = queue[place]
    _buttons(item)
    if st.session_state.get("review-relabel"):
        _relabel(item)
    problem = st.session_state.pop("review-problem", "")
    draw(
        div("box bad", el("p", problem)) if problem else None,
        _progress(place, len(queue)),
        div("main-side", suggested.text(item), suggested.suggestion(item)),
        key="item",
        jump=item.finding.finding.id,
    )


def _queue(why: str) -> list[QueueItem]:
    """Return the suggestions of this sitting; fetched again when all are decided or the filter changes."""
    state = st.session_state
    if state.get("review-why") != why or not state.get("review-queue"):
        found = session.library().queue(actor=session.actor(), why=why or None, limit=BATCH)
        state["review-why"], state["review-queue"], state["review-place"] = why, list(found), 0
    queue: list[QueueItem] = state["review-queue"]
    return queue


def _buttons(item: QueueItem) -> None:
    typed = item.finding.finding.subject == "typology"
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.button(
            "Accept",
            key="accept",
            type="primary",
            shortcut="A",
            on_click=_decide,
            args=(item, Verdict.ACCEPT),
        )
        st.button("Reject", key="reject", shortcut="X", on_click=_decide, args=(item, Verdict.REJECT))
        st.button("Relabel", key="relabel", shortcut="L", on_click=_ask_relabel, disabled=not typed)
        st.button("Skip", key="skip", shortcut="S", on_click=_move, args=(1,))
        st.button(
            "Undo", key="undo", shortcut="U", on_click=_undo, disabled=not st.session_state.get("review-done")
        )
        st.button("Previous", key="previous", shortcut="K", on_click=_move, args=(-1,))
        st.button("Next", key="next", shortcut="J", on_click=_move, args=(1,))
        st.text_input(
            "Reason",
            key="review-reason",
            placeholder="Reason (optional)",
            label_visibility="collapsed",
            max_chars=500,
        )


def _progress(place: int, waiting: int) -> Node:
    done = len(st.session_state.get("review-done", ()))
    return div(
        "small soft num", f"{place + 1} of {waiting} in this batch; {count(done, 'decision')} in this sitting"
    )


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
        placeholder="Choose the right code: near misses come first",
        on_change=_relabelled,
        args=(item,),
    )


def _ask_relabel() -> None:
    st.session_state["review-relabel"] = not st.session_state.get("review-relabel", False)


def _relabelled(item: QueueItem) -> None:
    if code := st.session_state.get("review-code"):
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
        state["review-problem"] = f"{error} {error.advice}"
        return
    queue = state["review-queue"]
    place = queue.index(item)
    state["review-queue"] = queue[:place] + queue[place + 1 :]
    state.setdefault("review-done", []).append((judgement.id, item, place))
    state["review-relabel"], state["review-reason"] = False, ""


def _undo() -> None:
    state = st.session_state
    if not state.get("review-done"):
        return
    judgement, item, place = state["review-done"][-1]
    try:
        session.library().judge(Decision(verdict=Verdict.UNDO, target=judgement), actor=session.actor())
    except MoriartyError as error:
        state["review-problem"] = f"{error} {error.advice}"
        return
    state["review-done"].pop()
    back = item.model_copy(
        update={"finding": item.finding.model_copy(update={"judgements": item.finding.judgements + 2})}
    )
    state["review-queue"] = [*state["review-queue"][:place], back, *state["review-queue"][place:]]
    state["review-place"] = place


def _move(steps: int) -> None:
    state = st.session_state
    last = max(0, len(state.get("review-queue", ())) - 1)
    state["review-place"] = min(last, max(0, state.get("review-place", 0) + steps))
    state["review-relabel"] = False
