"""Incidents as MISP events: one event an incident, with tags of the typology, facts and sources.

Events are for the importing organisation alone and unpublished until somebody there decides otherwise. Facts
take no part in correlation, since countries and codes would tie every event to every other; addresses of
sources do, because two events of one source are worth seeing together.
"""

import json
from collections.abc import Sequence
from datetime import date

from pymisp import MISPAttribute, MISPEvent

from enrichment.records import Subject
from enrichment.typology import Typology
from index import wording
from index.characters import as_json, visible
from index.export import exchange, statements
from index.export.gate import Exportable
from index.records import ReportView, State

NAMESPACE = "moriarty"
"""Of the machine tags, as in ``moriarty:typology="FR-01"``."""
TAGS = {
    Subject.EVENT_KIND: "event-kind",
    Subject.AI_INVOLVEMENT: "ai-involvement",
    Subject.OUTCOME: "outcome",
}
FACTS = (
    Subject.LOSS,
    Subject.DATE,
    Subject.COUNTRY,
    Subject.TOOL,
    Subject.PLATFORM,
    Subject.ORGANISATION,
)
_CATEGORY = "External analysis"
_OWN_ORGANISATION, _UNDEFINED = 0, 4
_INITIAL, _COMPLETE = 0, 2


def write(views: Sequence[Exportable], typology: Typology) -> bytes:
    """Return the incidents as a list of events, as MISP's own export has it; same input, same bytes."""
    events = [{"Event": json.loads(_event(view, typology).to_json())} for view in views]
    return (as_json({"response": events}, indent=2) + "\n").encode()


def _event(view: Exportable, typology: Typology) -> MISPEvent:
    incident = view.incident
    event = MISPEvent()
    event.from_dict(
        uuid=exchange.stable("event", incident.id),
        info=exchange.title(view),
        date=_day(view),
        timestamp=exchange.times(view)[1],
        distribution=_OWN_ORGANISATION,
        threat_level_id=_UNDEFINED,
        analysis=_COMPLETE if any(item.state is State.ACCEPTED for item in view.findings) else _INITIAL,
        published=False,
    )
    for tag in _tags(view):
        event.add_tag(tag)
    _add(event, view, "comment", exchange.description(view), "What happened")
    for code in incident.codes:
        named = f"{code.concept} {typology.label(code.concept)}"
        _add(event, view, "text", named, f"Typology. {exchange.reason_of_code(code, view)}")
    for subject in FACTS:
        for item in statements.about(view, subject):
            told = f"{statements.fact_name(item)}. {exchange.reason(item)}"
            _add(event, view, "text", wording.value(subject, item.finding.value), told)
    for report in view.reports:
        _add_source(event, view, report)
    for reference in view.references:
        kind = "link" if reference.url else "text"
        said = (reference.publisher, reference.title, reference.published)
        named = reference.url or reference.title or reference.publisher
        _add(event, view, kind, named, f"Cited: {', '.join(filter(None, said))}")
    event.edited = False  # else the time of the last capture would be left out
    return event


def _add_source(event: MISPEvent, view: Exportable, item: ReportView) -> None:
    report = item.report
    published = report.published.value if report.published else ""
    said = (item.publisher or item.source_title, report.title, published, item.licence)
    digest = f"; SHA-256 of what was captured: {item.capture.sha256}" if item.capture else ""
    kind = "link" if report.url else "text"
    _add(
        event,
        view,
        kind,
        report.url or report.title or report.id,
        f"Source: {', '.join(filter(None, said))}{digest}",
    )


def _add(event: MISPEvent, view: Exportable, kind: str, value: str, comment: str) -> None:
    """Add an attribute unless it is empty or the event has it: MISP refuses both."""
    key = exchange.stable("attribute", view.incident.id, kind, value)
    if not value or any(each.uuid == key for each in event.attributes):
        return
    attribute = MISPAttribute()
    attribute.from_dict(
        uuid=key,
        type=kind,
        category=_CATEGORY,
        value=visible(value),
        comment=visible(comment),
        to_ids=False,
        disable_correlation=kind != "link",
        distribution=5,
        timestamp=exchange.times(view)[1],
    )
    event.attributes.append(attribute)


def _tags(view: Exportable) -> list[str]:
    codes = [("typology", code.concept) for code in view.incident.codes]
    facts = [
        (name, item.finding.value)
        for subject, name in TAGS.items()
        for item in statements.about(view, subject)[:1]
    ]
    return [f'{NAMESPACE}:{name}="{visible(value)}"' for name, value in (*codes, *facts)]


def _day(view: Exportable) -> date:
    """Return the first day the incident can have been on; else that of its first capture."""
    known = view.incident.occurred or view.incident.first_published
    return known.first if known else exchange.times(view)[0].date()
