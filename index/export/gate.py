"""The one gate for what leaves the library.

Only what stands leaves. Of a text that may not be republished no more than short quotes leave, and of a
report that tells of sexual offending nothing in the words of others: only the facts, our own summary where
there is one, and where each fact was published.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import NewType

from collectors.records import STARTER
from enrichment.records import Finding, Incident, Link, Subject, report_of
from enrichment.typology import Typology
from index import care
from index.records import IncidentView, JudgedFinding, ReportView, State

Exportable = NewType("Exportable", IncidentView)
"""An incident as it may leave. Only ``leaving`` makes one, and writers take nothing else."""

QUOTE_LIMIT = 240
"""Longest stretch, in characters, quoted from a text that may not be republished."""


def exportable(view: IncidentView, typology: Typology, elsewhere: Collection[str] = ()) -> Exportable:
    """Return the exportable version of an incident; ``elsewhere`` are sexual offence reports of others.

    A quote that is cut still stands where its span says. Why people decided as they did stays; when they
    last did leaves.
    """
    terms = _terms(view, elsewhere)
    findings = tuple(
        item.model_copy(update={"finding": _quotable(item.finding, terms)})
        for item in _standing(view)
        if not (item.finding.report in terms.unsaid and item.finding.subject is Subject.ORGANISATION)
    )
    reports = care.without_citations((_report(item, terms) for item in view.reports), terms.guarded)
    told = care.with_reports(view, reports)
    update = {
        "incident": _incident(view, findings, typology, terms),
        "findings": findings,
        "links": tuple(_link(link, terms) for link in view.links),
        "judgements": (),
    }
    return Exportable(told.model_copy(update=update))


def cut(text: str) -> str:
    """Return the beginning of a text, at most ``QUOTE_LIMIT`` characters, in whole words where it has any."""
    if len(text) <= QUOTE_LIMIT:
        return text
    return text[: QUOTE_LIMIT + 1].rsplit(None, 1)[0][:QUOTE_LIMIT]


@dataclass(frozen=True)
class _Terms:
    """What of the reports of an incident may leave, by their ids."""

    guarded: frozenset[str]
    """They tell of sexual offending: nothing they cite leaves."""
    unsaid: frozenset[str]
    """Those of them that others wrote: none of their words leaves, nor the name of a school or employer."""
    free: frozenset[str]
    """Their whole text leaves; of what is neither free nor unsaid, short quotes."""


def _terms(view: IncidentView, elsewhere: Collection[str]) -> _Terms:
    guarded = care.within(view, elsewhere)
    unsaid = guarded - {item.report.id for item in view.reports if item.report.source == STARTER}
    return _Terms(
        guarded, unsaid, frozenset(item.report.id for item in view.reports if item.republish) - unsaid
    )


def _standing(view: IncidentView) -> Iterable[JudgedFinding]:
    """Return the findings that nobody rejected, near misses left out but those that a code rests on."""
    basis = {key for code in view.incident.codes if not code.near_miss for key in code.findings}
    for item in view.findings:
        missed = item.finding.near_miss and item.state is State.SUGGESTED
        if item.state is not State.REJECTED and (not missed or item.finding.id in basis):
            yield item


def _quotable(finding: Finding, terms: _Terms) -> Finding:
    if finding.report in terms.unsaid:
        return finding.model_copy(update={"quote": care.WITHHELD, "start": None, "end": None})
    if finding.report in terms.free or len(finding.quote) <= QUOTE_LIMIT:
        return finding
    quote = cut(finding.quote)
    end = None if finding.start is None else finding.start + len(quote)
    return finding.model_copy(update={"quote": quote, "end": end})


def _report(item: ReportView, terms: _Terms) -> ReportView:
    """Return a report with what of it may leave; its claims leave as findings of the incident."""
    key = item.report.id
    update: dict[str, object] = {} if key in terms.free else {"text": ""}
    if key in terms.unsaid:
        update |= {"title": care.WITHHELD, "url": None, "claims": ()}
    report = item.report.model_copy(update=update)
    return item.model_copy(update={"report": report, "republish": key in terms.free, "findings": ()})


def _incident(
    view: IncidentView, findings: tuple[JudgedFinding, ...], typology: Typology, terms: _Terms
) -> Incident:
    incident, lead = view.incident, view.lead.report.id if view.lead else None
    update: dict[str, object] = {
        "codes": tuple(code for code in incident.codes if not code.near_miss),
        "findings": tuple(item.finding for item in findings),
        "refs": _refs(view, terms),
    }
    if terms.unsaid and (lead is None or lead in terms.unsaid):
        label = typology.label(incident.primary) if incident.primary else "Incident"
        update |= {"title": label, "summary": ""}
    elif lead not in terms.free:
        update |= {"summary": cut(incident.summary)}
    return incident.model_copy(update=update)


def _refs(view: IncidentView, terms: _Terms) -> tuple[str, ...]:
    """Return the ids from outside, under which anybody can look up a title that does not leave, but those."""
    withheld = {ref for item in view.reports if item.report.id in terms.unsaid for ref in item.report.refs}
    return tuple(ref for ref in view.incident.refs if ref not in withheld)


def _link(link: Link, terms: _Terms) -> Link:
    """Return a link without reasons where they may hold names that must not leave."""
    if terms.unsaid.isdisjoint({report_of(link.left), report_of(link.right)}):
        return link
    return link.model_copy(update={"reasons": (), "contradictions": ()})
