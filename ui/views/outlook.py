"""What emerges: leaves that rise beyond a stated false-alarm rate, and groups that no leaf fits."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from enrichment.network.records import Cluster, Outlook, Rise
from ui import addresses, session
from ui.nodes import Node as Drawn
from ui.nodes import div, el, link, span
from ui.pieces import concept_link
from ui.terms import graph_words
from ui.widgets import choices, count, draw, empty, section, table

QUIET = 8
"""Leaves without an alarm that are shown, the likeliest first."""
NEWEST = 6
STALE_DAYS = 60
LIKELY_CHANCE = 0.05


def show() -> None:
    """Draw what emerges as of the day the address names, or of the last known day."""
    asked = _day(session.param("asof"))
    found = session.library().emerging(actor=session.actor(), as_of=asked)
    if found.as_of is None or not (found.rises or found.unfit):
        text = "A rise needs dated incidents of at least one source over more than three months."
        draw(_days(asked), empty("Too little is dated to compare", el("p", text)), key="outlook-none")
        return
    draw(
        _days(asked),
        div(
            "stack wide",
            _stale(found.as_of, asked),
            _rises(found),
            _clusters(found),
            _quiet(found),
            _method(found),
        ),
        key="outlook",
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _days(asked: date | None) -> Drawn:
    years = range(datetime.now(UTC).year - 1, datetime.now(UTC).year - 5, -1)
    days = [None, *(date(year, 12, 31) for year in years)]
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


def _stale(as_of: date, asked: date | None) -> Drawn | None:
    behind = (datetime.now(UTC).date() - as_of).days
    if asked is not None or behind <= STALE_DAYS:
        return None
    return div(
        "box warn",
        f"The largest source tells of nothing after {as_of:%d %B %Y}, {behind:,} days ago. What follows is "
        "as of then; collect anew to see later changes.",
    )


def _rises(found: Outlook) -> Drawn:
    flagged = [rise for rise in found.rises if rise.flagged]
    calm = "No leaf rises beyond what chance explains. That may also be because too few incidents are known."
    return section(
        "Leaves that rise",
        *([_rise(rise, found) for rise in flagged] or [el("p", calm)]),
        note=f"false alarms in at most {found.false_alarms:.0%} of looks",
    )


def _rise(rise: Rise, found: Outlook) -> Drawn:
    return el(
        "article",
        div(
            "top",
            el("h3", concept_link(session.library().typology, rise.concept)),
            span("badge warn", f"{_times(rise.ratio)} as frequent"),
        ),
        div(
            "facts",
            span("num", f"{count(rise.recent, 'incident')} in {rise.days} days, since {rise.since}"),
            span("num", f"{rise.before} in the two years before"),
            span("num", f"95 % interval {_times(rise.low)} to {_times(rise.high)}"),
            span("num", f"chance {_chance(rise.chance)}"),
        ),
        div("small", _shares(rise)),
        _incidents(rise.incidents, found),
        cls="card",
    )


def _shares(rise: Rise) -> str:
    told = [
        f"{one.source}: {one.of} of its {one.all:,} incidents, before {one.before_of} of {one.before_all:,}"
        for one in rise.sources
        if one.of or one.before_of
    ]
    return "Each source against its own past. " + "; ".join(told) + "."


def _incidents(ids: Sequence[str], found: Outlook) -> Drawn:
    shown = [
        el("li", link(addresses.incident(id), found.titles.get(id, id), cls="untrusted"))
        for id in ids[:NEWEST]
    ]
    rest = span("small soft", f"and {len(ids) - NEWEST} more") if len(ids) > NEWEST else None
    return el(
        "details",
        el("summary", f"The {count(len(ids), 'incident')}"),
        el("ul", *shown),
        rest,
        cls="more",
        name="-".join(ids[:1]),
    )


def _clusters(found: Outlook) -> Drawn:
    if not found.clusters:
        text = (
            f"{count(found.unfit, 'recent incident')} fit no leaf; no three of them are told alike."
            if found.unfit
            else "Every recent incident fits a leaf."
        )
        return section("Groups that no leaf fits", el("p", text))
    return section(
        "Groups that no leaf fits",
        *(_cluster(one, found) for one in found.clusters),
        note=f"from {count(found.unfit, 'recent incident')} without a fitting leaf",
    )


def _cluster(one: Cluster, found: Outlook) -> Drawn:
    likely = one.chance > LIKELY_CHANCE
    nearest = concept_link(session.library().typology, one.nearest) if one.nearest else "none"
    return el(
        "article",
        div(
            "top",
            el("h3", ", ".join(one.words) or "Told alike, without words of their own"),
            span("badge plain", "could be chance") if likely else span("badge warn", "unusual"),
        ),
        div(
            "facts",
            span("num", count(len(one.incidents), "incident")),
            span("num", f"likeness {one.likeness:.2f}"),
            span("", "nearest leaf ", nearest, f" {one.nearest_likeness:.2f}"),
            span("num", f"as large a group in {one.chance:.0%} of random draws"),
        ),
        _incidents(one.incidents, found),
        cls="card",
    )


def _quiet(found: Outlook) -> Drawn | None:
    rows = [
        (
            concept_link(session.library().typology, rise.concept),
            f"{rise.recent} in {rise.days} days",
            str(rise.before),
            f"{_times(rise.ratio)} ({_times(rise.low)} to {_times(rise.high)})",
            _chance(rise.chance),
            f"{rise.power:.0%}",
        )
        for rise in found.rises
        if not rise.flagged
    ][:QUIET]
    if not rows:
        return None
    heads = ("Typology", "Now", "Two years before", "Times as frequent", "Chance", "A threefold rise is seen")
    return section(
        "No alarm",
        table(heads, rows, (1, 2, 3, 4, 5)),
        el("p", graph_words()["note"]["power"], cls="small soft"),
    )


def _smallest(fewest: Mapping[int, int]) -> str:
    """Say from how many incidents on a leaf can be flagged, window by window."""
    return ", ".join(f"{least} in {days} days" for days, least in fewest.items()) or "no number at present"


def _method(found: Outlook) -> Drawn:
    said = {
        "compared": found.compared,
        "false_alarms": found.false_alarms,
        "undated": found.undated,
        "smallest": _smallest(found.smallest),
    }
    lines = [line.format(**said) for line in graph_words()["note"]["method"]]
    if found.new_sources:
        lines.append(f"Sources without a past, which raise no alarm yet: {', '.join(found.new_sources)}.")
    return el(
        "details",
        el("summary", "How this is worked out, and what can mislead"),
        el("ul", *(el("li", line) for line in lines)),
        cls="more",
        name="method",
    )


def _times(figure: float) -> str:
    return "over 100×" if figure > 100 else f"{figure:.1f}×"


def _chance(chance: float) -> str:
    return "under 0.001" if chance < 0.001 else f"{chance:.3f}"
