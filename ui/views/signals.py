"""The signals of something new: a kind of crime that rises, and incidents that fit no kind."""

from collections.abc import Sequence

from enrichment.network.records import Cluster, Outlook, Rise
from ui import addresses, session
from ui.nodes import Node, div, el, link, span
from ui.pieces import concept_link
from ui.terms import graph_words
from ui.widgets import count, section, table

QUIET = 8
"""Kinds of crime that seem as ever and are shown, the likeliest to rise first."""
NEWEST = 6
LIKELY_CHANCE = 0.05


def rises(found: Outlook) -> Node:
    """Return the kinds of crime that rise beyond chance, each with its figures and incidents."""
    flagged = [rise for rise in found.rises if rise.flagged]
    calm = "No kind of crime rises beyond what chance explains. Too few known incidents would look the same."
    return section(
        "Kinds of crime that rise",
        *([_rise(rise, found) for rise in flagged] or [el("p", calm)]),
        note=f"false alarms in at most {found.false_alarms:.0%} of looks",
    )


def groups(found: Outlook) -> Node:
    """Return the incidents that fit no kind of crime, those told alike together."""
    said = f"{count(found.unfit, 'recent incident fits', 'recent incidents fit')} no kind of crime"
    if not found.unfit:
        text = "Every recent incident fits a kind of crime."
    elif not found.clusters:
        text = f"{said}; no three of them have similar accounts."
    else:
        text = f"{said}; those with similar accounts stand together."
    return section(
        "What fits no kind of crime yet",
        el("p", text),
        *(_cluster(one, found) for one in found.clusters),
        _incidents("all", found.unfit_incidents, found, shown=len(found.unfit_incidents))
        if found.unfit
        else None,
    )


def stirring(found: Outlook) -> Node | None:
    """Return the kinds that perhaps rise or are new, too few to tell, or None where there are none."""
    perhaps = [_perhaps(rise, found) for rise in found.rises if rise.stirs]
    new = [_unheard(leaf, incidents, found) for leaf, incidents in found.unheard.items()]
    if not perhaps and not new:
        return None
    rare = el("summary", f"{count(len(new), 'kind')} not told of in the two years before")
    return section(
        "Too few to tell",
        el("p", graph_words()["note"]["stirs"], cls="small soft"),
        *perhaps,
        el("details", rare, *new, cls="more", name="unheard") if new else None,
        note="no alarm, but a reason to look",
    )


def _perhaps(rise: Rise, found: Outlook) -> Node:
    figures = (
        f"{rise.recent} in {rise.days} days, {rise.before} in the two years before",
        f"{_times(rise.ratio)} as frequent ({_times(rise.low)} to {_times(rise.high)})",
        f"chance {_chance(rise.chance)}",
    )
    return div(
        "entry",
        concept_link(session.library().typology, rise.concept),
        div("small soft num", " · ".join(figures)),
        _incidents(rise.concept, rise.incidents, found),
    )


def _unheard(leaf: str, incidents: Sequence[str], found: Outlook) -> Node:
    return div(
        "entry",
        concept_link(session.library().typology, leaf),
        _incidents(f"new-{leaf}", incidents, found),
    )


def quiet(found: Outlook) -> Node | None:
    """Return how the likeliest of the other kinds stand, or None where there are none."""
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
        if not rise.flagged and not rise.stirs
    ][:QUIET]
    if not rows:
        return None
    heads = ("Typology", "Now", "Two years before", "Times as frequent", "Chance", "Tripling seen")
    return section(
        "As before",
        table(heads, rows, (1, 2, 3, 4, 5), stacks=True),
        el("p", graph_words()["note"]["power"], cls="small soft"),
    )


def _rise(rise: Rise, found: Outlook) -> Node:
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
        _incidents(rise.concept, rise.incidents, found),
        cls="card",
    )


def _shares(rise: Rise) -> str:
    told = [
        f"{one.source}: {one.of} of its {one.all:,} incidents, before {one.before_of} of {one.before_all:,}"
        for one in rise.sources
        if one.of or one.before_of
    ]
    return "Each source against its own past. " + "; ".join(told) + "."


def _cluster(one: Cluster, found: Outlook) -> Node:
    likely = one.chance > LIKELY_CHANCE
    nearest = concept_link(session.library().typology, one.nearest) if one.nearest else "none"
    return el(
        "article",
        div(
            "top",
            el("h3", ", ".join(one.words) or "Similar accounts, without words of their own"),
            span("badge plain", "could be chance") if likely else span("badge warn", "unusual"),
        ),
        div(
            "facts",
            span("num", count(len(one.incidents), "incident")),
            span("num", f"likeness {one.likeness:.2f}"),
            span("", "nearest kind ", nearest, f" {one.nearest_likeness:.2f}"),
            span("num", f"as large a group in {one.chance:.0%} of random draws"),
        ),
        _incidents("-".join(one.incidents[:1]), one.incidents, found),
        cls="card",
    )


def _incidents(name: str, ids: Sequence[str], found: Outlook, shown: int = NEWEST) -> Node:
    entries = [
        el("li", link(addresses.incident(id), found.titles.get(id, id), cls="untrusted"))
        for id in ids[:shown]
    ]
    rest = span("small soft", f"and {len(ids) - shown} more") if len(ids) > shown else None
    summary = el("summary", f"The {count(len(ids), 'incident')}")
    return el("details", summary, el("ul", *entries), rest, cls="more", name=f"list-{name}")


def _times(figure: float) -> str:
    return "over 100×" if figure > 100 else f"{figure:.1f}×"


def _chance(chance: float) -> str:
    return "under 0.001" if chance < 0.001 else f"{chance:.3f}"
