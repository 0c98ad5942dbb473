"""What emerges as of a day: which day, how old the data is, the signals, and how they are worked out."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

from enrichment.network.records import Outlook
from ui import addresses, session
from ui.nodes import Node, div, el
from ui.terms import graph_words
from ui.views import signals
from ui.widgets import choices, draw, empty

STALE_DAYS = 60
YEARS = 4
"""Ends of past years that can be looked back from."""


def show() -> None:
    """Draw what emerges as of the day the address names, or of the last known day."""
    asked = addresses.day(session.param("asof"))
    found = session.library().analysis.emerging(actor=session.actor(), as_of=asked)
    if found.as_of is None or not (found.rises or found.unfit):
        text = "A rise needs dated incidents of at least one source over more than three months."
        draw(_days(asked), empty("Too little is dated to compare", el("p", text)), key="outlook-none")
        return
    shown = (
        _stale(found.as_of, asked),
        signals.rises(found),
        signals.stirring(found),
        signals.groups(found),
        signals.quiet(found),
        _method(found),
    )
    draw(_days(asked), div("stack wide", *shown), key="outlook")


def _days(asked: date | None) -> Node:
    last = datetime.now(UTC).year - 1
    days = [None, *(date(year, 12, 31) for year in range(last, last - YEARS, -1))]
    if asked not in days:
        days.append(asked)
    entries = [
        (
            addresses.address("graph", {"part": "new", "asof": day.isoformat() if day else ""}),
            f"{day:%d %B %Y}" if day else "the last known day",
            day == asked,
        )
        for day in days
    ]
    return div("row tight", choices("As of", entries))


def _stale(as_of: date, asked: date | None) -> Node | None:
    behind = (datetime.now(UTC).date() - as_of).days
    if asked is not None or behind <= STALE_DAYS:
        return None
    return div(
        "box warn",
        f"No source with a long past tells of anything after {as_of:%d %B %Y}, {behind:,} days ago. "
        "What follows is as of then; collect anew to see later changes.",
    )


def _method(found: Outlook) -> Node:
    said = {
        "compared": found.compared,
        "false_alarms": found.false_alarms,
        "undated": found.undated,
        "smallest": _smallest(found.smallest),
    }
    lines = [line.format(**said) for line in graph_words()["note"]["method"]]
    if found.new_sources:
        lines.append(
            f"Sources with too short a past, which raise no alarm yet: {', '.join(found.new_sources)}."
        )
    return el(
        "details",
        el("summary", "How this is worked out, and what can mislead"),
        el("ul", *(el("li", line) for line in lines)),
        cls="more",
        name="method",
    )


def _smallest(fewest: Mapping[int, int]) -> str:
    """Say from how many incidents on a kind of crime can be flagged, window by window."""
    return ", ".join(f"{least} in {days} days" for days, least in fewest.items()) or "no number at present"
