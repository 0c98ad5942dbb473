"""Pairs of incidents that may be one, for a person to merge or to leave."""

from enrichment.network.records import MergeCandidate
from ui import addresses, session
from ui.nodes import Node, div, el, link
from ui.widgets import draw, section

SHOWN = 6
COMPARED = 200
"""Likeliest pairs among which the reasons for one are looked up."""


def show() -> None:
    """Draw the likeliest pairs, each with its reasons and a link to begin; nothing where there is none."""
    found = session.library().analysis.merge_candidates(actor=session.actor(), limit=SHOWN)
    if not found:
        return
    text = "Similar accounts of about the same time, not joined by the machine. A series looks the same."
    rows = div("cols", *map(_pair, found))
    draw(section("These may be one incident", el("p", text, cls="small soft"), rows), key="candidates")


def reasons(first: str, second: str) -> tuple[str, ...]:
    """Return why two incidents may be one, in whichever order; none where they are no likely pair."""
    likely = session.library().analysis.merge_candidates(actor=session.actor(), limit=COMPARED)
    return next((pair.reasons for pair in likely if {pair.left, pair.right} == {first, second}), ())


def _pair(candidate: MergeCandidate) -> Node:
    begin = {"part": "grouping", "incident": candidate.left, "into": candidate.right}
    ends = zip((candidate.left, candidate.right), candidate.titles, strict=True)
    return div(
        "entry",
        el(
            "ul",
            *(
                el("li", link(addresses.incident(id), title or "Untitled incident", cls="untrusted"))
                for id, title in ends
            ),
        ),
        div("small soft untrusted", ". ".join(candidate.reasons) + "."),
        link(addresses.address("review", begin), "Compare and merge", cls="small"),
    )
