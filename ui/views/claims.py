"""The claims about one report: those that stand, their order, and their places in its text."""

from collections.abc import Sequence

from enrichment.records import Finding, Subject
from index import wording
from index.records import JudgedFinding, State
from ui import session
from ui.nodes import Node, div, el, span
from ui.pieces import state_badge
from ui.sentences import claim, value
from ui.terms import near_miss, place
from ui.widgets import count, section


def undecided(findings: Sequence[JudgedFinding]) -> list[JudgedFinding]:
    """Return the claims that wait for somebody to accept or reject them."""
    return [
        judged
        for judged in findings
        if judged.state is State.SUGGESTED
        and judged.finding.subject is not Subject.EVENTS
        and not near_miss(judged)
    ]


def lying(findings: Sequence[JudgedFinding], field: str, text: str) -> list[JudgedFinding]:
    """Return the claims to be lit in this field."""
    return [judged for judged in standing(findings, field) if fits(judged.finding, text)]


def fits(finding: Finding, text: str) -> bool:
    """Whether a claim's words are at its place in the text; in a changed text they may not be."""
    return bool(finding.quote) and text[finding.start : finding.end] == finding.quote


def standing(findings: Sequence[JudgedFinding], field: str) -> list[JudgedFinding]:
    """Return the claims that rest on words of this field and are neither rejected nor near misses."""
    return [
        judged
        for judged in findings
        if judged.finding.field == field
        and judged.finding.start is not None
        and judged.state is not State.REJECTED
        and not near_miss(judged)
    ]


def spans(lit: Sequence[JudgedFinding]) -> tuple[list[tuple[int, int]], list[str]]:
    """Return where claims rest, and the name by which a jump finds each."""
    return [(judged.finding.start or 0, judged.finding.end or 0) for judged in lit], [
        judged.finding.id for judged in lit
    ]


def said(judged: JudgedFinding) -> str:
    """Return the value of a claim in plain words."""
    return value(session.library().typology, judged.finding.subject, judged.finding.value)


def named(judged: JudgedFinding) -> str:
    """Return the kind and the value of a claim in plain words."""
    return claim(session.library().typology, judged.finding.subject, judged.finding.value)


def listed(findings: Sequence[JudgedFinding]) -> Node | None:
    """Return the claims that stand, each leading to its words, then the near misses; None without any."""
    lit = sorted(
        (*standing(findings, "title"), *standing(findings, "text")),
        key=lambda judged: (place(judged.finding.subject), -judged.finding.score),
    )
    if not lit:
        return None
    near = sorted(filter(near_miss, findings), key=lambda judged: -judged.finding.score)
    return section("What is read out of it", *map(_claim, lit), _weighed(near), note=count(len(lit), "claim"))


def _claim(judged: JudgedFinding) -> Node:
    words = (wording.subject(judged.finding.subject), " ", el("strong", said(judged)))
    return div(
        "entry small",
        el("a", *words, jump=judged.finding.id, to="/search"),
        " ",
        state_badge(judged),
    )


def _weighed(near: Sequence[JudgedFinding]) -> Node | None:
    if not near:
        return None
    rows = [
        div("row between small", said(judged), span("num soft", f"{judged.finding.score:.2f}"))
        for judged in near
    ]
    title = f"{count(len(near), 'code')} weighed and not chosen"
    return el("details", el("summary", title), *rows, cls="more", name="weighed")
