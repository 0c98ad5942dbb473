"""The side column of an incident: timeline, similar incidents, reasons for the grouping, references."""

from collectors.errors import NotFound
from collectors.records import STARTER
from index.records import IncidentView
from index.search.query import Hit
from ui import addresses, session
from ui.nodes import Node, div, el, link, span
from ui.pieces import badge, concept_link, defanged
from ui.widgets import section


def timeline(view: IncidentView) -> Node | None:
    """Return the dated events of an incident, or None where it has none."""
    if not view.timeline:
        return None
    rows: list[Node] = []
    for entry in view.timeline:
        rows += [div("when", entry.date), div("untrusted", entry.event)]
    return section("Timeline", div("timeline", *rows))


def most_similar(incident: str, limit: int) -> tuple[Hit, ...]:
    """Return the incidents most like one; none where it is not in the index yet or has no words."""
    try:
        return session.library().similar(incident, actor=session.actor(), limit=limit)
    except NotFound:
        return ()


def similar(hits: tuple[Hit, ...], heading: str = "Similar incidents") -> Node:
    """Return the incidents most like it, each with why, its code, and who decided that."""
    none = el("p", "None is close enough to show.", cls="soft")
    return section(heading, *([_alike(hit) for hit in hits] or [none]))


def _alike(hit: Hit) -> Node:
    typology = session.library().typology
    code = hit.typologies[0] if hit.typologies else ""
    return div(
        "entry",
        link(addresses.incident(hit.id), hit.title or "Untitled", cls="untrusted"),
        div("small soft", " · ".join(part for part in (hit.date, hit.why) if part)),
        div("row tight small", concept_link(typology, code), badge(hit.judged, STARTER in hit.sources))
        if code
        else div("small soft", "No typology code"),
    )


def grouped(view: IncidentView) -> Node | None:
    """Return the reasons for and against grouping its reports; None where there is only one."""
    if len(view.reports) < 2:
        return None
    titles = {shown.report.id: shown.report.title or "Untitled report" for shown in view.reports}
    entries = [
        div(
            "entry small",
            div(
                "untrusted",
                f"{titles.get(tie.left, tie.left)[:90]} and {titles.get(tie.right, tie.right)[:90]}",
            ),
            el(
                "ul",
                *(el("li", reason, cls="untrusted") for reason in tie.reasons),
                *(el("li", el("strong", "Against: "), said, cls="untrusted") for said in tie.contradictions),
            ),
        )
        for tie in view.links[:6]
    ]
    return section(
        "Why these reports belong together", *(entries or [el("p", "A person put them together.")])
    )


def references(view: IncidentView) -> Node | None:
    """Return the sources that its reports cite, addresses defanged, or None."""
    if not view.references:
        return None
    entries = [
        div(
            "entry small",
            div(
                "",
                el("strong", cited.publisher or "Unknown publisher", cls="untrusted"),
                " ",
                span("soft num", cited.published),
            ),
            div("untrusted", cited.title),
            div("mono untrusted", defanged(cited.url), " ", el("button", "Copy address", copy=cited.url))
            if cited.url
            else span("badge warn", "address not confirmed"),
            div("soft", f"For: {cited.supports}") if cited.supports else None,
        )
        for cited in view.references
    ]
    return section("References", *entries, note=str(len(entries)))


def lessons(view: IncidentView) -> Node | None:
    """Return the lessons that its reports draw, or None."""
    if not view.lessons:
        return None
    return section("Lessons", el("ul", *(el("li", lesson, cls="untrusted") for lesson in view.lessons)))
