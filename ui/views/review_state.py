"""One person's sitting at the review desk: the claims to decide, the place in them, the decisions taken.

It is kept in the session of the browser page. What is decided is in the record at once; only the order of
claims and the place in them end with the sitting.
"""

from collections.abc import Callable, Sequence

import streamlit as st

from collectors.errors import MoriartyError, Stale
from index.characters import visible
from index.desk.decisions import QueueItem
from index.records import Decision, Judgement, Verdict
from ui import flash, session
from ui.sentences import done_by
from ui.terms import error_text
from ui.views import claims

PART = "review"
CORRECTION = ("review-value", "review-words")
"""The fields in which a person says what a fact is instead, and in which words."""
Fetch = Callable[[], tuple[Sequence[QueueItem], int]]
"""Gives the next claims to decide, and how many wait in all."""


def queue(asked: tuple[str, ...], fetch: Fetch) -> list[QueueItem]:
    """Return the claims at hand; ``fetch`` is asked where none is left, or others than before are asked."""
    state = st.session_state
    if state.get("review-asked") != asked or not state.get("review-queue"):
        found, waiting = fetch()
        state["review-asked"], state["review-queue"], state["review-place"] = asked, list(found), 0
        state["review-rest"] = waiting - len(found)
    held: list[QueueItem] = state["review-queue"]
    return held


def place(held: Sequence[QueueItem]) -> int:
    """Return the position of the claim shown among those at hand; 0 if there are none."""
    return max(0, min(int(st.session_state.get("review-place", 0)), len(held) - 1))


def rest() -> int:
    """Return how many claims wait beyond those at hand."""
    return int(st.session_state["review-rest"])


def done() -> list[tuple[Judgement, QueueItem, int]]:
    """Return the decisions not undone, each with its claim and the claim's position; newest last."""
    return list(st.session_state.get("review-done", ()))


def decided() -> set[str]:
    """Return the claims decided in this sitting and not taken back."""
    return {item.finding.finding.id for _, item, _ in done()}


def relabels() -> bool:
    """Whether the person is entering a correction."""
    return bool(st.session_state.get("review-relabel", False))


def ask_relabel(item: QueueItem) -> None:
    """Begin to say what is right instead of this claim, on its words at first; or leave it."""
    state = st.session_state
    state["review-relabel"] = not relabels()
    value, words = CORRECTION
    state.pop(value, None)
    state[words] = item.finding.finding.quote


def decide(item: QueueItem, verdict: Verdict, value: str = "", words: str | None = None) -> None:
    """Decide the claim shown and go on to the next."""
    state = st.session_state
    decision = Decision(
        verdict=verdict,
        target=item.finding.finding.id,
        value=value,
        words=words,
        reason=str(state.get("review-reason") or "").strip(),
        expected=item.finding.judgements,
    )
    try:
        judgement = session.library().judge(decision, actor=session.actor())
    except Stale:
        flash.failure(PART, _overtaken(item))
        state["review-queue"] = []  # as somebody else left it, it is fetched again
        return
    except MoriartyError as error:
        flash.failure(PART, error_text(error))
        return
    held = state["review-queue"]
    at = held.index(item)
    state["review-queue"] = held[:at] + held[at + 1 :]
    state.setdefault("review-done", []).append((judgement, item, at))
    state["review-relabel"], state["review-reason"] = False, ""


def _overtaken(item: QueueItem) -> str:
    """Return the message that somebody else decided a claim first, and how."""
    said = f"{claims.named(item.finding)}, of “{visible(item.report.title)}”"
    now = session.library().report(item.report.id, actor=session.actor()).findings
    same = [judged for judged in now if judged.finding.id == item.finding.finding.id and judged.by]
    by = f" was {same[0].state} by {same[0].by}" if same else " was changed"
    return f"{said},{by} in the meantime. Your decision was not kept. Below is what waits now."


def undo() -> None:
    """Take the last decision of the sitting back, say which it was, and show its claim again."""
    state = st.session_state
    judgement, item, at = state["review-done"][-1]
    try:
        session.library().judge(Decision(verdict=Verdict.UNDO, target=judgement.id), actor=session.actor())
    except MoriartyError as error:
        flash.failure(PART, error_text(error))
        return
    state["review-done"].pop()
    flash.success(PART, f"Taken back: {done_by(judgement)} {claims.named(item.finding)}. It waits again.")
    back = item.model_copy(
        update={"finding": item.finding.model_copy(update={"judgements": item.finding.judgements + 2})}
    )
    state["review-queue"] = [*state["review-queue"][:at], back, *state["review-queue"][at:]]
    state["review-place"], state["review-relabel"] = at, False


def move(steps: int) -> None:
    """Go on to another claim, or back, without deciding."""
    state = st.session_state
    last = max(0, len(state.get("review-queue", ())) - 1)
    state["review-place"] = min(last, max(0, state.get("review-place", 0) + steps))
    state["review-relabel"] = False
