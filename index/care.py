"""What must not be shown without a check: the wording that could identify somebody.

Complainants of sexual offences keep lifelong anonymity, and no minor is ever named. ``care.toml`` lists the
codes that need no such guard; ``index.export.gate`` decides what may leave the library.
"""

import tomllib
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import TypeVar

from sqlalchemy import Connection, select

from collectors.records import Reference
from enrichment.records import Code, CodeRole
from index.desk.decisions import QueueItem
from index.records import IncidentView, ReportView
from index.rows import viewing
from index.rows.outbox import chunks
from index.tables import incident_codes, membership

Shown = TypeVar("Shown", ReportView, QueueItem)
WITHHELD = "Withheld: it could identify a person"


@cache
def _open() -> frozenset[str]:
    """Return the families and codes that need no guard."""
    return frozenset(tomllib.loads((files("index") / "care.toml").read_text("utf-8"))["open"])


def sensitive(codes: Iterable[Code]) -> bool:
    """Return whether an incident concerns sexual offending, by any code but a near miss."""
    return any(not code.near_miss and is_guarded(code.concept) for code in codes)


def guarded(connection: Connection, reports: Collection[str]) -> frozenset[str]:
    """Return the reports that belong to an incident of sexual offending."""
    told = select(membership.c.report, incident_codes.c.concept).join(
        incident_codes, incident_codes.c.incident == membership.c.incident
    )
    firm = told.where(incident_codes.c.role != CodeRole.NEAR_MISS)
    return frozenset(
        report
        for part in chunks(reports)
        for report, concept in connection.execute(firm.where(membership.c.report.in_(part)))
        if is_guarded(concept)
    )


def within(view: IncidentView, elsewhere: Collection[str]) -> frozenset[str]:
    """Return the reports of a view that tell of sexual offending, in it or ``elsewhere``."""
    told = frozenset(item.report.id for item in view.reports)
    return told if sensitive(view.incident.codes) else told.intersection(elsewhere)


def redact(view: IncidentView, elsewhere: Collection[str] = ()) -> IncidentView:
    """Return the view without what reports cite that tell of sexual offending, in it or ``elsewhere``.

    The publisher, date and kind of each source stay, so a reader with the right to can still find it.
    """
    kept = within(view, elsewhere)
    return with_reports(view, without_citations(view.reports, kept))


def without_citations(items: Iterable[Shown], kept: Collection[str]) -> tuple[Shown, ...]:
    """Return the views, without the titles and addresses cited by the reports in ``kept``."""
    return tuple(_uncited(item) if item.report.id in kept else item for item in items)


def with_reports(view: IncidentView, reports: Sequence[ReportView]) -> IncidentView:
    """Return the view with these reports, and with what they, and no others, cite, date and teach."""
    return view.model_copy(
        update={
            "reports": tuple(reports),
            "references": viewing.references(reports),
            "timeline": viewing.timeline(reports),
            "lessons": viewing.lessons(reports),
        }
    )


def is_guarded(concept: str) -> bool:
    """Return whether cases of a code are guarded; a code that ``care.toml`` does not list is."""
    return _open().isdisjoint({concept, concept.partition("-")[0]})


def _uncited(item: Shown) -> Shown:
    references = tuple(map(_anonymous, item.report.references))
    return item.model_copy(update={"report": item.report.model_copy(update={"references": references})})


def _anonymous(reference: Reference) -> Reference:
    return reference.model_copy(update={"title": WITHHELD, "url": None})
