"""The reader: a report's text with the claims lit, beside where the report came from."""

from datetime import datetime

from index.records import IncidentView, ReportView
from ui import addresses, session
from ui.nodes import Node, div, el, link, marked, span
from ui.pieces import defanged
from ui.views import claims
from ui.widgets import draw, empty, head, page_title, pairs, section, table

LONGEST = 60_000
"""Characters of a text that are drawn; the rest is in the evidence file."""


def reports(view: IncidentView, wanted: str, at: str) -> None:
    """Draw the reports of an incident, one of them opened at a finding."""
    chosen = next((shown for shown in view.reports if shown.report.id == wanted), None)
    chosen = chosen or next(iter(view.reports), None)
    if chosen is None:
        draw(empty("No report", el("p", "Every report of this incident was moved to another.")), key="reader")
        return
    draw(
        _list(view, chosen) if len(view.reports) > 1 else None,
        div("main-side", text(chosen), _provenance(chosen)),
        key="reader",
        jump=at,
    )


def alone(id: str) -> None:
    """Draw a report that tells no incident."""
    shown = session.library().report(id, actor=session.actor())
    page_title(shown.report.title or "Untitled report")
    head(shown.report.title or "Untitled report", crumbs=[link("/search?by=report", "Reports")])
    draw(div("main-side", text(shown), _provenance(shown)), key="reader")


def _list(view: IncidentView, chosen: ReportView) -> Node:
    rows = [
        (
            shown.report.published.value if shown.report.published else "undated",
            link(
                addresses.incident(view.incident.id, tab="reports", report=shown.report.id),
                shown.report.title or "Untitled report",
                current="true" if shown is chosen else None,
                cls="untrusted",
            ),
            shown.publisher,
            shown.report.language,
        )
        for shown in view.reports
    ]
    heads = ("Published", "Report", "Publisher", "Language")
    return table(heads, rows, looks={0: "soft num", 3: "soft"}, stacks=True)


def text(shown: ReportView, *, scrolls: bool = False) -> Node:
    """Return a report's title and text, the claims lit that rest on its words; it may scroll by itself."""
    report = shown.report
    body = report.text[:LONGEST]
    lit = claims.lying(shown.findings, "text", report.text)
    named = claims.lying(shown.findings, "title", report.title)
    cut = len(report.text) > LONGEST
    return section(
        "What the report says",
        el("p", el("strong", *marked(report.title, *claims.spans(named))), cls="quote"),
        div("reader tall" if scrolls else "reader", *marked(body, *claims.spans(lit))),
        el("p", f"The first {LONGEST:,} of {len(report.text):,} characters.", cls="small soft")
        if cut
        else None,
        el("p", "Some of the document's text is known to be missing.", cls="small soft")
        if report.truncated
        else None,
    )


def _provenance(shown: ReportView) -> Node:
    report, capture = shown.report, shown.capture
    address = report.url or (capture.final_url if capture else "")
    known: list[tuple[str, Node | None]] = [
        ("Publisher", shown.publisher or None),
        ("Source", shown.source_title or report.source),
        (
            "Published",
            f"{report.published.value} ({report.published.origin})" if report.published else "not stated",
        ),
        ("Language", report.language),
        ("Licence", shown.licence + ("" if shown.republish else "; text may not leave the library")),
        (
            "Address",
            span("mono untrusted", defanged(address))
            if address
            else span("badge warn", "address not confirmed"),
        ),
    ]
    if capture:
        known += [
            ("Fetched", f"{capture.finished:%Y-%m-%d %H:%M:%S} UTC"),
            ("Answered by", capture.peer or "a file"),
            ("robots.txt", capture.robots.value.replace("-", " ")),
            ("Size", f"{capture.length:,} bytes" + (", cut off" if capture.truncated else "")),
            ("SHA-256", el("code", capture.sha256)),
            ("Evidence file", span("mono", f"{capture.warc} at {capture.offset:,}")),
            ("Captured with", capture.tool),
        ]
    return div(
        "stack wide",
        section("Where it comes from", pairs(known)),
        claims.listed(shown.findings),
        _versions(shown.versions),
    )


def _versions(versions: tuple[tuple[str, datetime], ...]) -> Node | None:
    if len(versions) < 2:
        return None
    return section(
        "Versions",
        *(
            div("entry small", span("mono", version), f" first seen {at:%Y-%m-%d %H:%M} UTC")
            for version, at in versions
        ),
        note="the page changed",
    )
