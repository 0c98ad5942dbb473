"""What must not be shown or leave without a check: the wording that could identify somebody.

Complainants of sexual offences keep lifelong anonymity, and no minor is ever named, so of such incidents
only our own summaries leave the library; the words of others stay inside.
"""

from collections.abc import Iterable

from enrichment.records import Code
from enrichment.typology import Typology
from index.records import IncidentView, JudgedFinding, ReportView

WITHHELD = "Withheld: it could identify a person"
OURS = "starter"
"""The source whose texts are written without private names."""

_SENSITIVE_FAMILIES = ("CS-",)
_SENSITIVE_LEAVES = {"AB-01", "AB-02", "AB-03"}


def sensitive(codes: Iterable[Code]) -> bool:
    """Say whether an incident concerns sexual offending, by any code but a near miss."""
    return any(
        code.role != "sibling"
        and (code.concept.startswith(_SENSITIVE_FAMILIES) or code.concept in _SENSITIVE_LEAVES)
        for code in codes
    )


def withhold(view: IncidentView) -> IncidentView:
    """Return the view with cited titles and addresses left out where they could identify a person.

    The publisher, date and kind of each source stay, so a reader with the right to can still find it.
    """
    if not sensitive(view.incident.codes):
        return view
    references = tuple(
        reference.model_copy(update={"title": WITHHELD, "url": None}) for reference in view.references
    )
    return view.model_copy(update={"references": references})


def for_export(view: IncidentView, typology: Typology) -> IncidentView:
    """Return what of an incident may leave the library.

    Of a sensitive incident no title, address, quote or summary in the words of others leaves, only the facts,
    our own summary where there is one, and where each fact was published.
    """
    if not sensitive(view.incident.codes):
        return view
    told_by_us = any(_ours(item) and item.report.title == view.incident.title for item in view.reports)
    incident = view.incident
    if not told_by_us:
        label = typology.label(incident.primary) if incident.primary else "Incident"
        incident = incident.model_copy(update={"title": label, "summary": ""})
    ours = {item.report.id for item in view.reports if _ours(item)}
    return withhold(view).model_copy(
        update={
            "incident": incident,
            "reports": tuple(item if _ours(item) else _anonymous(item) for item in view.reports),
            "findings": tuple(
                item if item.finding.report in ours else _unquoted(item) for item in view.findings
            ),
        }
    )


def _ours(item: ReportView) -> bool:
    return item.report.source == OURS


def _anonymous(item: ReportView) -> ReportView:
    report = item.report.model_copy(update={"title": WITHHELD, "text": "", "url": None})
    return item.model_copy(update={"report": report, "republish": False})


def _unquoted(item: JudgedFinding) -> JudgedFinding:
    finding = item.finding.model_copy(update={"quote": WITHHELD, "start": None, "end": None})
    return item.model_copy(update={"finding": finding})
