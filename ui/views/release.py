"""A release learnt from judgements, told in plain words: what it changes, and what speaks against it."""

from collections.abc import Mapping
from typing import Any

from index.learning import wording
from index.learning.teaching import Learnable, Report
from index.wording import subject
from ui.nodes import Node, div, el, span
from ui.widgets import count, section, table


def called(version: str) -> str:
    """Return the name of a release, or of the models that come with the program."""
    return version or "the models that come with Moriarty"


def described(report: Report, known: Learnable) -> Node:
    """Return a release with its figures before and after, and the guard's verdict."""
    return section(
        f"Release {report['version']}",
        div("row small", _standing(report, known), span("soft", _learnt(report))),
        table(
            ("Right answers on", "Question", "Cases", "Before", "After", "Change", "95 % interval"),
            [_row(each) for each in (*report["guards"], *report["unseen"])],
            numbers=range(2, 7),
        ),
        el("p", wording.GUARDED_BY, cls="soft"),
        _verdict(report, known),
        _people(report["parts"]),
    )


def acceptable(report: Report, known: Learnable) -> bool:
    """Whether nothing speaks against a release and it rests on the present models."""
    return not report["refused"] and report["base"] == known.base


def _standing(report: Report, known: Learnable) -> Node:
    if report["version"] == known.in_use:
        return span("badge judged", "In use")
    if report["refused"]:
        return span("badge bad", "Refused")
    fits = acceptable(report, known)
    return span("badge", "May be accepted" if fits else "Learnt on earlier models; learn anew")


def _learnt(report: Report) -> str:
    lessons, incidents = count(report["lessons"], "judged report"), count(report["incidents"], "incident")
    return f"Learnt from {lessons} on {incidents}, begun by {report['by']}"


def _row(each: Mapping[str, Any]) -> tuple[Node, ...]:
    return (
        each["name"],
        subject(each["question"]),
        f"{each['n']:,}",
        f"{each['before']:.1%}",
        f"{each['after']:.1%}",
        f"{100 * each['change']:+.1f} points",
        f"{100 * each['low']:+.1f} to {100 * each['high']:+.1f}",
    )


def _verdict(report: Report, known: Learnable) -> Node:
    if report["refused"]:
        reasons = [el("li", f"{reason[:1].upper()}{reason[1:]}.") for reason in report["refused"]]
        return div("box bad", el("p", el("strong", "It may not be accepted.")), el("ul", *reasons))
    if not acceptable(report, known):
        said = "Moriarty's own models have changed since it was learnt, so it cannot be accepted. Learn anew."
        return div("box note", el("p", said))
    margin = f"{100 * report['margin']:g} points"
    said = f"On no frozen set does it lose more than {margin}, and nobody's lessons alone cost that much."
    idle = [subject(each["question"]).lower() for each in report["taught"] if each["strength"] == 0]
    return div(
        "box note",
        el("p", el("strong", "Nothing speaks against it. "), said),
        el("p", f"{wording.IDLE} {', '.join(idle)}.") if idle else None,
    )


def _people(parts: list[dict[str, Any]]) -> Node:
    rows = [
        (
            part["analyst"],
            subject(part["question"]),
            f"{part['lessons']:,}",
            _share(part["agreement"]),
            _share(part["others"]),
            f"{100 * part['gain']:+.1f} points",
        )
        for part in parts
    ]
    people = len({part["analyst"] for part in parts})
    heads = ("Who decided", "Question", "Lessons", "Agrees", "Others agree", "Worst change on frozen sets")
    return el(
        "details",
        el("summary", f"Whose decisions it learns from: {count(people, 'person', 'people')}"),
        table(heads, rows, numbers=range(2, 6)),
        cls="more",
        name=f"people-{people}",
    )


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"
