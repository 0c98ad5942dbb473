"""A release learnt from judgements, told in plain words: what it changes, and what speaks against it."""

from collections.abc import Sequence

from enrichment.learning.figures import AnalystPart, Compared
from index.learning import wording
from index.learning.release import Release
from index.learning.teaching import Learnable
from index.wording import subject
from ui.nodes import Node, div, el, span
from ui.widgets import count, section, table


def called(version: str) -> str:
    """Return the name of a release, or of the models that come with the program."""
    return version or "the models that come with Moriarty"


def described(release: Release, known: Learnable) -> Node:
    """Return a release with its figures before and after, and the guard's verdict."""
    return section(
        f"Release {release.version}",
        div("row small", _standing(release, known), span("soft", _learnt(release))),
        table(
            ("Right answers on", "Question", "Cases", "Before", "After", "Change", "95 % interval"),
            [_row(compared) for compared in (*release.guards, *release.unseen)],
            numbers=range(2, 7),
        ),
        el("p", wording.GUARDED_BY, cls="soft"),
        _verdict(release, known),
        _people(release.parts),
    )


def acceptable(release: Release, known: Learnable) -> bool:
    """Whether nothing speaks against a release and it rests on the present models."""
    return not release.refused and release.base == known.base


def _standing(release: Release, known: Learnable) -> Node:
    if release.version == known.in_use:
        return span("badge judged", "In use")
    if release.refused:
        return span("badge bad", "Refused")
    fits = acceptable(release, known)
    return span("badge", "May be accepted" if fits else "Learnt on earlier models; learn anew")


def _learnt(release: Release) -> str:
    lessons, incidents = count(release.lessons, "judged report"), count(release.incidents, "incident")
    return f"Learnt from {lessons} on {incidents}, begun by {release.by}"


def _row(compared: Compared) -> tuple[Node, ...]:
    return (
        compared.name,
        subject(compared.question),
        f"{compared.n:,}",
        f"{compared.before:.1%}",
        f"{compared.after:.1%}",
        f"{100 * compared.change:+.1f} points",
        f"{100 * compared.low:+.1f} to {100 * compared.high:+.1f}",
    )


def _verdict(release: Release, known: Learnable) -> Node:
    if release.refused:
        reasons = [el("li", f"{reason[:1].upper()}{reason[1:]}.") for reason in release.refused]
        return div("box bad", el("p", el("strong", "It may not be accepted.")), el("ul", *reasons))
    if not acceptable(release, known):
        said = "Moriarty's own models have changed since it was learnt, so it cannot be accepted. Learn anew."
        return div("box note", el("p", said))
    margin = f"{100 * release.margin:g} points"
    said = f"On no frozen set does it lose more than {margin}, and nobody's lessons alone cost that much."
    idle = [subject(taught.question).lower() for taught in release.taught if taught.idle]
    return div(
        "box note",
        el("p", el("strong", "Nothing speaks against it. "), said),
        el("p", f"{wording.IDLE} {', '.join(idle)}.") if idle else None,
    )


def _people(parts: Sequence[AnalystPart]) -> Node:
    rows = [
        (
            part.analyst,
            subject(part.question),
            f"{part.lessons:,}",
            _share(part.agreement),
            _share(part.others),
            f"{100 * part.gain:+.1f} points",
        )
        for part in parts
    ]
    people = len({part.analyst for part in parts})
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
