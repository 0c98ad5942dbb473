"""Learning from decisions: how many can be learnt from, the releases made, and the choices of a lead."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from collectors.errors import MoriartyError
from index.access import PERMITTED
from index.learning import wording
from index.learning.release import Release
from index.learning.teaching import Learnable
from index.library import Progress
from index.records import Actor
from ui import flash, session, working
from ui.nodes import Node, div, el
from ui.terms import error_text
from ui.views import release as views
from ui.widgets import count, draw, section

TASK = "learning"


def show(actor: Actor) -> None:
    """Draw what can be learnt, what goes on, and the releases; only who may change them gets the buttons."""
    library = session.library()
    leads = actor.role in PERMITTED["retrain"]
    known = library.learning.learnable(actor=actor)
    kept = library.learning.releases(actor=actor)
    if problem := working.take_problem(TASK):
        flash.failure(TASK, problem)
    flash.show(TASK)
    draw(_awaits(known, leads=leads), key="learnable")
    if working.running(TASK):
        _going_on()
    elif leads:
        _work(actor, known)
    kept.sort(key=lambda release: (release.version != known.in_use, -release.lessons))
    for release in kept:
        draw(views.described(release, known), key=f"release-{release.version}")
        if leads:
            _choices(release, known, actor)


def _awaits(known: Learnable, *, leads: bool) -> Node:
    left_out = [el("li", f"{number:,}: {why}") for why, number in known.left_out.items()]
    need = f" At least {known.needed} are needed." if known.lessons < known.needed else ""
    learnt = f" They were learnt from as {known.release}." if known.release else ""
    return section(
        "What decisions can teach",
        el("p", f"Suggestions are made by {views.called(known.in_use)}."),
        el("p", f"{count(known.lessons, 'judged report')} can be learnt from.{need}{learnt}"),
        el("p", wording.TEACHES, cls="soft"),
        el("details", el("summary", "Judged reports that teach nothing"), el("ul", *left_out), cls="more")
        if left_out
        else None,
        None
        if leads
        else el(
            "p", "A lead starts learning, and accepts, refuses or rolls back what comes of it.", cls="soft"
        ),
    )


def _work(actor: Actor, known: Learnable) -> None:
    """Draw the buttons that begin to learn or to suggest anew."""
    library = session.library()
    waiting = library.status(actor=actor).unenriched

    def learn(progress: Progress) -> None:
        library.learning.retrain(actor=actor, progress=progress)

    def anew(progress: Progress) -> None:
        library.enrich(actor=actor, progress=progress)
        library.refresh(actor=actor, progress=progress)

    able = known.lessons >= known.needed and not known.release
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Learn from them",
            key="learn",
            type="primary",
            disabled=not able,
            on_click=working.start,
            args=(TASK, learn),
        )
        if waiting:
            said = f"Enrich {count(waiting, 'report')} with these models"
            st.button(said, key="suggest-anew", on_click=working.start, args=(TASK, anew))


@st.fragment(run_every=1.0)
def _going_on() -> None:
    """Draw how far the task is; once it has ended the page is drawn anew."""
    task = working.running(TASK)
    if task is None:
        st.rerun()
    steps = f" ({task.done:,} of {task.total:,})" if task.total else ""
    said = "It goes on while you look elsewhere, as long as the pages are served."
    draw(div("box note", el("p", el("strong", f"At work: {task.stage}{steps}."), f" {said}")), key="going-on")


def _choices(release: Release, known: Learnable, actor: Actor) -> None:
    """Draw what a lead can do with a release, each behind a second click that says what follows."""
    library, version = session.library(), release.version
    with st.container(horizontal=True, gap="small"):
        if version == known.in_use:
            before = views.called(known.before)
            _confirmed(
                "Roll back",
                version,
                f"Suggestions are made by {before} again.",
                partial(library.learning.roll_back_release, actor=actor),
            )
            return
        if views.acceptable(release, known):
            _confirmed(
                "Accept",
                version,
                "It makes the suggestions from now on. What people decided stays as it is.",
                partial(library.learning.accept_release, version, actor=actor),
            )
        if release.refused_by_people:
            _confirmed(
                "Lift refusal",
                version,
                "What people said against it is withdrawn; what the figures say stays.",
                partial(library.learning.lift_refusal, version, actor=actor),
            )
        with st.popover("Refuse"):
            reason = st.text_input("Why should it not be accepted?", key=f"why-{version}", max_chars=500)
            call = partial(library.learning.refuse_release, version, reason, actor=actor)
            st.button("Yes, refuse it", key=f"refuse-{version}", on_click=_carry_out, args=("Refused", call))


def _confirmed(name: str, version: str, follows: str, call: Callable[[], object]) -> None:
    with st.popover(name):
        st.text(follows)
        key = f"{name.lower().replace(' ', '-')}-{version}"
        done = {"Accept": "Accepted", "Roll back": "Rolled back", "Lift refusal": "Refusal lifted"}[name]
        st.button(f"Yes, {name.lower()}", key=key, on_click=_carry_out, args=(done, call))


def _carry_out(done: str, call: Callable[[], object]) -> None:
    try:
        call()
    except MoriartyError as error:
        flash.failure(TASK, error_text(error))
    else:
        flash.success(TASK, f"{done}.")
