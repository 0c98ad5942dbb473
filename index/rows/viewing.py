"""Putting together what a page shows of an incident's reports."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from collectors.records import Reference
from enrichment.records import Link
from index.records import ReportView, TimelineEntry
from index.rows.outbox import chunks
from index.tables import links


def links_within(connection: Connection, told: Sequence[str]) -> tuple[Link, ...]:
    """Return the links between these reports, strongest first."""
    found: list[Link] = []
    for part in chunks(told):
        bodies = connection.execute(select(links.c.body).where(links.c.left.in_(part))).scalars()
        found += [Link.model_validate_json(body) for body in bodies]
    within = [link for link in found if link.right in set(told)]
    return tuple(sorted(within, key=lambda link: (-link.weight, link.id)))


def accounts(views: Sequence[ReportView], why: Sequence[Link]) -> tuple[tuple[str, ...], ...]:
    """Return the reports by independent account: near copies together, each in order of publication."""
    ordered = sorted(views, key=lambda view: (view.report.published is None, _day(view), view.report.id))
    first = {view.report.id: view.report.id for view in ordered}
    for link in why:
        if link.kind == "near-copy":
            first[link.right] = link.left
    found: dict[str, list[str]] = {}
    for key in first:
        found.setdefault(first[key], []).append(key)
    return tuple(tuple(copies) for copies in found.values())


def _day(view: ReportView) -> str:
    return view.report.published.value if view.report.published is not None else ""


def references(views: Sequence[ReportView]) -> tuple[Reference, ...]:
    """Return the references of the reports, each once."""
    return tuple(dict.fromkeys(each for view in views for each in view.report.references))


def timeline(views: Sequence[ReportView]) -> tuple[TimelineEntry, ...]:
    """Return the dated events that the sources tell, each once, earliest first."""
    entries = {
        TimelineEntry(date=claim.role, event=claim.value, source=view.source_title): None
        for view in views
        for claim in view.report.claims
        if claim.subject == "timeline"
    }
    return tuple(sorted(entries, key=lambda entry: entry.date))


def lessons(views: Sequence[ReportView]) -> tuple[str, ...]:
    """Return the lessons that the sources draw, each once."""
    claims = (claim for view in views for claim in view.report.claims)
    return tuple(dict.fromkeys(claim.value for claim in claims if claim.subject == "lesson"))
