"""One suggestion and the report it is about, side by side, as the review desk draws them."""

from collections.abc import Sequence

from index import wording
from index.desk.decisions import Part, QueueItem
from index.records import State
from ui import addresses, session
from ui.nodes import Node, div, el, link, marked, span
from ui.pieces import concept_link, meter, state_badge
from ui.views import claims, context
from ui.views.comparing import date_text
from ui.widgets import section

AROUND = 4_000
"""Characters of text drawn on either side of the words in question."""
PRECEDENTS = 4
"""Similar incidents shown beside a suggested code."""


def text(item: QueueItem) -> Node:
    """Return the report around the words in question, and these words lit."""
    report, finding = item.report, item.finding.finding
    body = report.text
    start, end = (finding.start or 0, finding.end or 0) if finding.field == "text" else (0, 0)
    first, last = max(0, start - AROUND), min(len(body), max(end, start) + AROUND)
    shown = body[first:last]
    lit = [(start - first, end - first)] if end > start and claims.fits(finding, body) else []
    named = finding.field == "title" and claims.fits(finding, report.title)
    title_lit = [(finding.start or 0, finding.end or 0)] if named else []
    return section(
        "What the report says",
        el("p", el("strong", *marked(report.title, title_lit, [finding.id] * len(title_lit))), cls="quote"),
        div(
            "reader tall",
            span("soft", "… ") if first else None,
            *marked(shown, lit, [finding.id] * len(lit)),
            span("soft", " …") if last < len(body) else None,
        ),
        div(
            "row small soft",
            span("untrusted", report.source),
            _dated(item),
            _incident(item),
        ),
    )


def _dated(item: QueueItem) -> str:
    """Return the report's date or, where it has none, that of the incident it tells."""
    if item.report.published is not None:
        return item.report.published.value
    if item.incident is None:
        return "undated"
    view = session.library().incident(item.incident, actor=session.actor())
    return date_text(view) or "undated"


def _incident(item: QueueItem) -> Node | None:
    return link(addresses.incident(item.incident), "Open the incident") if item.incident else None


def suggestion(item: QueueItem) -> Node:
    """Return the suggestion, the reason it is in the queue, and the definition to judge it by."""
    finding = item.finding.finding
    typology = session.library().typology
    coded = finding.subject == "typology" and finding.value in typology
    concept = typology.concept(finding.value) if coded else None
    value = concept_link(typology, finding.value) if coded else wording.value(finding.subject, finding.value)
    near = [
        div("row between entry small one", span("", concept_link(typology, code.concept)), meter(code.score))
        for code in item.siblings
    ]
    return div(
        "stack wide",
        section(
            "The suggestion",
            div("small soft", wording.subject(finding.subject)),
            el("h3", value, cls="untrusted"),
            div(
                "row tight",
                meter(finding.score),
                span("badge plain", f"here because: {wording.value('why', item.why)}") if item.why else None,
                state_badge(item.finding) if item.finding.state is not State.SUGGESTED else None,
            ),
            el("p", concept.definition, cls="small") if concept else None,
            el("p", el("strong", "Counts when: "), concept.counts_when, cls="small")
            if concept and concept.counts_when
            else None,
            el("p", el("strong", "Not when: "), concept.not_when, cls="small")
            if concept and concept.not_when
            else None,
            el("blockquote", finding.quote, cls="untrusted")
            if finding.quote
            else el("p", "No words of the report are given for it.", cls="small soft"),
            div("small soft", _maker(finding.origin)),
        ),
        section("Near misses", *near) if near else None,
        _precedents(item) if coded else None,
        _round_up(item.parts),
    )


def _precedents(item: QueueItem) -> Node | None:
    """Return how the incidents most like it are coded, by which a person may judge the suggestion."""
    if item.incident is None:
        return None
    return context.similar(context.most_similar(item.incident, PRECEDENTS), "How similar incidents are coded")


def _maker(origin: str) -> str:
    """Return who made a claim: a program of ours with its version, or the source or person as recorded."""
    program, at, version = origin.partition("@")
    return f"Suggested by the machine (part {program}, version {version})" if at else f"Stated by {origin}"


def _round_up(parts: Sequence[Part]) -> Node | None:
    """Return the passages of a round-up, each with the incident that it seems to report."""
    if not parts:
        return None
    return section("To accept divides the report", *map(_part, parts), note=f"{len(parts)} passages")


def _part(part: Part) -> Node:
    known = part.incident and link(addresses.incident(part.incident), part.title or part.incident)
    reasons = [el("li", reason, cls="untrusted") for reason in part.reasons]
    return div(
        "entry small",
        el("blockquote", part.quote, cls="untrusted"),
        div("untrusted", "Tells ", known) if known else div("", "Tells an incident new to the library"),
        el("ul", *reasons) if reasons else None,
    )
