"""Makes cards out of the record and keeps the index level with it."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain, islice
from typing import TypedDict, TypeVar

import numpy as np
from numpy.typing import NDArray

from collectors.records import Report
from enrichment.records import Code, Finding, Incident, Subject, report_of, span_of
from enrichment.typology import Typology
from index import care
from index.cards import showing
from index.cards.facets import facets_of
from index.cards.facts import (
    display_date,
    dollars,
    loss,
    names,
    sort_date,
    status,
    values,
)
from index.cards.labels import searched_names
from index.cards.prominence import report_count
from index.cards.showing import ShownReport
from index.deriving import standing_findings
from index.grouping import members, parts
from index.incidents import Incidents
from index.records import JudgedFinding
from index.rows import reading
from index.rows.reading import Passages
from index.search.cards import Card, HitSource
from index.search.language.addresses import plain
from index.search.query import By
from index.store import Store

Item = TypeVar("Item")
Decided = Mapping[str, Sequence[JudgedFinding]]
"""By incident, the findings of those whose codes were decided, with where they stand."""
BATCH = 500
VECTORS_LIMIT = 48
"""Most passages an incident brings to the vector side: a flood of reports must not outweigh the rest."""
TEXT_LIMIT = 200_000
"""Most characters of an incident's pooled text that are indexed."""


class _Shown(TypedDict):
    typologies: tuple[str, ...]
    countries: tuple[str, ...]
    outcome: str
    loss: str
    judged: bool
    keywords: tuple[str, ...]
    own_codes: tuple[str, ...]


class Cards:
    """Makes the card and the shown form of any incident or report in the record, many at a time."""

    def __init__(self, store: Store, incidents: Incidents, typology: Typology) -> None:
        self._store, self._incidents, self._typology = store, incidents, typology

    def make(self, ids: Iterable[tuple[By, str]]) -> tuple[list[Card], list[str]]:
        """Return the cards of these objects, and the ids of incidents that were merged away."""
        wanted = list(dict.fromkeys(ids))
        found = self._incidents_told([key for by, key in wanted if by is By.INCIDENT])
        live = {key: told for key, told in found.items() if told[0].id == key}
        gone = [key for key in found if key not in live]
        reports = [key for by, key in wanted if by is By.REPORT]
        return [*self._incident_cards(live), *self._report_cards(reports)], gone

    def everything(self, tell: Callable[[int, int], None] = lambda _done, _total: None) -> Iterator[Card]:
        """Yield the card of every live incident and report; ``tell`` hears how many are done, of all."""
        with self._store.reading() as connection:
            ids = {By.INCIDENT: members.live(connection), By.REPORT: reading.report_ids(connection)}
        done, total = 0, sum(len(each) for each in ids.values())
        tell(done, total)
        for by, each in ids.items():
            for batch in batches(each, BATCH):
                yield from self.make((by, key) for key in batch)[0]
                done += len(batch)
                tell(done, total)

    def shown(self, ids: Sequence[str], by: By) -> Mapping[str, HitSource]:
        """Return what a hit list shows of these objects; raises ``NotFound``."""
        if by is By.REPORT:
            reports = list(self._reports_told(ids))
            stands = self._decided({key: one.codes for one in reports for key in one.incidents})
            return {one.report.id: self._shown_report(one, stands) for one in reports}
        told = self._incidents_told(ids)
        stands = self._decided({incident.id: incident.codes for incident, _ in told.values()})
        return {
            key: self._shown_incident(incident, texts, self._incident_facets(incident, texts, stands))
            for key, (incident, texts) in told.items()
        }

    def _decided(self, codes: Mapping[str, Sequence[Code]]) -> Decided:
        """Return by incident the findings of those whose codes were decided, with where they stand."""
        with self._store.reading() as connection:
            return showing.decisions(connection, codes)

    def _incidents_told(self, ids: Sequence[str]) -> dict[str, tuple[Incident, list[Report]]]:
        """Return what these ids lead to today, with the reports that tell it; raises ``NotFound``."""
        with self._store.reading() as connection:
            found = showing.of_incidents(connection, ids)
        waiting = [key for key in ids if key not in found]
        for key, incident in self._incidents.many(waiting).items() if waiting else ():
            found[key] = incident, self._store.reports(incident.reports)
        return {key: found[key] for key in ids}

    def _reports_told(self, ids: Sequence[str]) -> Iterator[ShownReport]:
        """Yield these reports with the codes of their incidents; raises ``NotFound``."""
        with self._store.reading() as connection:
            found = showing.of_reports(connection, ids)
        yield from found.values()
        if waiting := [key for key in ids if key not in found]:
            yield from self._derived_reports(waiting)

    def _derived_reports(self, ids: Sequence[str]) -> Iterator[ShownReport]:
        """Yield reports whose incidents are to be derived first."""
        found = self._store.findings(ids)
        told = self._incidents.of_reports(ids)
        incidents = self._incidents.many(list(dict.fromkeys(key for keys in told.values() for key in keys)))
        for report in self._store.reports(ids):
            codes = {code.concept: code for key in told[report.id] for code in incidents[key].codes}
            yield ShownReport(
                report, told[report.id], tuple(codes.values()), standing_findings(found[report.id])
            )

    def _incident_cards(self, found: Mapping[str, tuple[Incident, list[Report]]]) -> Iterator[Card]:
        told = list(dict.fromkeys(report.id for _, texts in found.values() for report in texts))
        with self._store.reading() as connection:
            vectors, seqs = reading.vectors(connection, told), reading.seqs(connection, found)
            guarded = care.guarded(connection, told)
            stands = showing.decisions(connection, {key: of.codes for key, (of, _) in found.items()})
            units, copies = members.units(connection, found), members.leaders(connection, told)
        for key, (incident, texts) in found.items():
            by_id = {report.id: report for report in texts}
            facets = self._incident_facets(incident, texts, stands)
            own = [parts.told_by(unit, by_id[report_of(unit)]) for unit in units[key]]
            yield Card(
                id=key,
                by=By.INCIDENT,
                seq=seqs[key],
                title=incident.title,
                text=_pooled(own, incident.title),
                keywords=names(incident.findings),
                labels=self._labels(incident.codes),
                refs=(*incident.refs, *_addresses(texts, guarded)),
                when=sort_date(incident),
                loss=dollars(loss(incident.findings)),
                told=report_count(texts, copies),
                facets=facets,
                vectors=_stacked([_within(unit, vectors) for unit in units[key]]),
                shown=self._shown_incident(incident, texts, facets),
            )

    def _report_cards(self, ids: Sequence[str]) -> Iterator[Card]:
        told = list(self._reports_told(ids))
        with self._store.reading() as connection:
            vectors, seqs = reading.vectors(connection, ids), reading.seqs(connection, ids)
            guarded = care.guarded(connection, ids)
            stands = showing.decisions(connection, {key: one.codes for one in told for key in one.incidents})
        for one in told:
            report, codes, findings = one.report, one.codes, one.findings
            yield Card(
                id=report.id,
                by=By.REPORT,
                seq=seqs[report.id],
                title=report.title,
                text=report.text[:TEXT_LIMIT],
                keywords=names(findings),
                labels=self._labels(codes),
                refs=(*report.refs, *_addresses([report], guarded)),
                when=_published(report),
                loss=dollars(loss(findings)),
                facets=self._report_facets(one, stands),
                vectors=_stacked([_within(report.id, vectors)]),
            )

    def _incident_facets(
        self, incident: Incident, reports: Sequence[Report], stands: Decided
    ) -> dict[str, tuple[str, ...]]:
        by = status(incident.codes, stands.get(incident.id, ()))
        return facets_of(incident.codes, incident.findings, reports, sort_date(incident), by, self._typology)

    def _report_facets(self, one: ShownReport, stands: Decided) -> dict[str, tuple[str, ...]]:
        by = status(one.codes, chain.from_iterable(stands.get(key, ()) for key in one.incidents))
        return facets_of(one.codes, one.findings, [one.report], _published(one.report), by, self._typology)

    def _shown_incident(
        self, incident: Incident, reports: Sequence[Report], facets: dict[str, tuple[str, ...]]
    ) -> HitSource:
        return HitSource(
            title=incident.title,
            date=display_date(incident),
            sources=tuple(dict.fromkeys(report.source for report in reports)),
            refs=incident.refs,
            reports=len(incident.reports),
            facets=facets,
            texts=tuple((report.id, report.title, report.text) for report in reports),
            **self._shown(incident.codes, incident.findings),
        )

    def _shown_report(self, one: ShownReport, stands: Decided) -> HitSource:
        report = one.report
        return HitSource(
            title=report.title,
            date=report.published.value if report.published else "",
            sources=(report.source,),
            refs=report.refs,
            incidents=one.incidents,
            facets=self._report_facets(one, stands),
            texts=((report.id, report.title, report.text),),
            **self._shown(one.codes, one.findings),
        )

    def _labels(self, codes: Sequence[Code]) -> tuple[str, ...]:
        """Return the names of the codes that a card is found by, without their indicators."""
        given = [code.concept for code in codes if code.role != "sibling"]
        return tuple(dict.fromkeys(name for code in given for name in searched_names(self._typology, code)))

    def _shown(self, codes: Sequence[Code], findings: Sequence[Finding]) -> _Shown:
        return _Shown(
            typologies=tuple(code.concept for code in codes if code.role != "sibling"),
            countries=values(findings, Subject.COUNTRY),
            outcome=next(iter(values(findings, Subject.OUTCOME)), ""),
            loss=loss(findings),
            judged=any(code.judged for code in codes),
            keywords=names(findings),
            own_codes=tuple(code.concept for code in codes if code.role == "primary" or code.judged),
        )


def batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Yield the items in lists of this size, the last one shorter."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def _published(report: Report) -> date | None:
    return report.published.first if report.published else None


def _addresses(reports: Sequence[Report], guarded: Collection[str]) -> tuple[str, ...]:
    """Return where reports were published, and what they cite but those that are ``guarded``."""
    own = [report.url for report in reports]
    cited = [each.url for report in reports if report.id not in guarded for each in report.references]
    return tuple(dict.fromkeys(filter(None, (plain(url) for url in (*own, *cited) if url))))


def _pooled(reports: Sequence[Report], title: str) -> str:
    told = (
        report.text if report.title in ("", title) else f"{report.title}\n{report.text}" for report in reports
    )
    return "\n\n".join(dict.fromkeys(told))[:TEXT_LIMIT]


def _within(unit: str, vectors: Mapping[str, tuple[Passages, NDArray[np.float32]]]) -> NDArray[np.float32]:
    """Return the vectors of a report, or those that a passage of it has a part in, shape (n, dimensions)."""
    spans, rows = vectors.get(report_of(unit), ((), np.empty((0, 0), np.float32)))
    if (own := span_of(unit)) is None:
        return rows
    return rows[[start < own[1] and own[0] < end for start, end in spans]]


def _stacked(rows: Sequence[NDArray[np.float32]]) -> NDArray[np.float32] | None:
    filled = [row for row in rows if len(row)]
    return np.concatenate(filled)[:VECTORS_LIMIT] if filled else None
