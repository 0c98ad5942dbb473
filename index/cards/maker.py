"""Builds index cards and display data from the record."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain, islice
from typing import TypedDict, TypeVar

import numpy as np
from numpy.typing import NDArray

from collectors.records import Report
from enrichment.records import Code, CodeRole, Finding, Incident, Subject, report_of, span_of
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
"""Map of incidents with decided codes to their findings and the decisions on them."""
BATCH = 500
VECTORS_LIMIT = 48
"""Limit on an incident's passage vectors: a flood of reports must not outweigh other incidents."""
TEXT_LIMIT = 200_000
"""Limit on the indexed characters of an incident's pooled text."""


class _Shown(TypedDict):
    typologies: tuple[str, ...]
    countries: tuple[str, ...]
    outcome: str
    loss: str
    judged: bool
    keywords: tuple[str, ...]
    own_codes: tuple[str, ...]


class Cards:
    """Builder of cards and display data of incidents and reports, in bulk."""

    def __init__(self, store: Store, incidents: Incidents, typology: Typology) -> None:
        self._store, self._incidents, self._typology = store, incidents, typology

    def make(self, ids: Iterable[tuple[By, str]]) -> tuple[list[Card], list[str]]:
        """Return the cards of incidents and reports, and the ids of incidents merged into others."""
        wanted = list(dict.fromkeys(ids))
        found = self._load_incidents([key for by, key in wanted if by is By.INCIDENT])
        live = {key: loaded for key, loaded in found.items() if loaded[0].id == key}
        gone = [key for key in found if key not in live]
        reports = [key for by, key in wanted if by is By.REPORT]
        return [*self._incident_cards(live), *self._report_cards(reports)], gone

    def everything(self, progress: Callable[[int, int], None] = lambda _done, _total: None) -> Iterator[Card]:
        """Yield the card of every live incident and report, reporting ``progress``."""
        with self._store.reading() as connection:
            ids = {By.INCIDENT: members.live(connection), By.REPORT: reading.report_ids(connection)}
        done, total = 0, sum(map(len, ids.values()))
        progress(done, total)
        for by, keys in ids.items():
            for batch in batches(keys, BATCH):
                yield from self.make((by, key) for key in batch)[0]
                done += len(batch)
                progress(done, total)

    def shown(self, ids: Sequence[str], by: By) -> Mapping[str, HitSource]:
        """Return the display data of incidents or reports by id; raises ``NotFound``."""
        if by is By.REPORT:
            reports = list(self._load_reports(ids))
            decided = self._decided({key: shown.codes for shown in reports for key in shown.incidents})
            return {shown.report.id: self._shown_report(shown, decided) for shown in reports}
        loaded = self._load_incidents(ids)
        decided = self._decided({incident.id: incident.codes for incident, _ in loaded.values()})
        return {
            key: self._shown_incident(incident, texts, self._incident_facets(incident, texts, decided))
            for key, (incident, texts) in loaded.items()
        }

    def _decided(self, codes: Mapping[str, Sequence[Code]]) -> Decided:
        """Map each incident with a decided code to its findings and the decisions on them."""
        with self._store.reading() as connection:
            return showing.decisions(connection, codes)

    def _load_incidents(self, ids: Sequence[str]) -> dict[str, tuple[Incident, list[Report]]]:
        """Return incidents, redirects followed, with their reports; raises ``NotFound``."""
        with self._store.reading() as connection:
            found = showing.of_incidents(connection, ids)
        waiting = [key for key in ids if key not in found]
        for key, incident in self._incidents.many(waiting).items() if waiting else ():
            found[key] = incident, self._store.reports(incident.reports)
        return {key: found[key] for key in ids}

    def _load_reports(self, ids: Sequence[str]) -> Iterator[ShownReport]:
        """Yield reports with the codes of their incidents; raises ``NotFound``."""
        with self._store.reading() as connection:
            found = showing.of_reports(connection, ids)
        yield from found.values()
        if waiting := [key for key in ids if key not in found]:
            yield from self._derived_reports(waiting)

    def _derived_reports(self, ids: Sequence[str]) -> Iterator[ShownReport]:
        """Yield reports whose incidents must be derived first."""
        findings = self._store.findings(ids)
        incidents_of = self._incidents.of_reports(ids)
        keys = list(dict.fromkeys(key for keys in incidents_of.values() for key in keys))
        incidents = self._incidents.many(keys)
        for report in self._store.reports(ids):
            own = incidents_of[report.id]
            codes = {code.concept: code for key in own for code in incidents[key].codes}
            yield ShownReport(report, own, tuple(codes.values()), standing_findings(findings[report.id]))

    def _incident_cards(self, found: Mapping[str, tuple[Incident, list[Report]]]) -> Iterator[Card]:
        report_ids = list(dict.fromkeys(report.id for _, texts in found.values() for report in texts))
        codes = {key: incident.codes for key, (incident, _) in found.items()}
        with self._store.reading() as connection:
            vectors, seqs = reading.vectors(connection, report_ids), reading.seqs(connection, found)
            guarded = care.guarded(connection, report_ids)
            decided = showing.decisions(connection, codes)
            units, copies = members.units(connection, found), members.leaders(connection, report_ids)
        for key, (incident, texts) in found.items():
            by_id = {report.id: report for report in texts}
            facets = self._incident_facets(incident, texts, decided)
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
                report_count=report_count(texts, copies),
                facets=facets,
                vectors=_stacked([_within(unit, vectors) for unit in units[key]]),
                shown=self._shown_incident(incident, texts, facets),
            )

    def _report_cards(self, ids: Sequence[str]) -> Iterator[Card]:
        loaded = list(self._load_reports(ids))
        codes_of = {key: shown.codes for shown in loaded for key in shown.incidents}
        with self._store.reading() as connection:
            vectors, seqs = reading.vectors(connection, ids), reading.seqs(connection, ids)
            guarded = care.guarded(connection, ids)
            decided = showing.decisions(connection, codes_of)
        for shown in loaded:
            report, codes, findings = shown.report, shown.codes, shown.findings
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
                facets=self._report_facets(shown, decided),
                vectors=_stacked([_within(report.id, vectors)]),
            )

    def _incident_facets(
        self, incident: Incident, reports: Sequence[Report], decided: Decided
    ) -> dict[str, tuple[str, ...]]:
        by = status(incident.codes, decided.get(incident.id, ()))
        return facets_of(incident.codes, incident.findings, reports, sort_date(incident), by, self._typology)

    def _report_facets(self, shown: ShownReport, decided: Decided) -> dict[str, tuple[str, ...]]:
        by = status(shown.codes, chain.from_iterable(decided.get(key, ()) for key in shown.incidents))
        report = shown.report
        return facets_of(shown.codes, shown.findings, [report], _published(report), by, self._typology)

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

    def _shown_report(self, shown: ShownReport, decided: Decided) -> HitSource:
        report = shown.report
        return HitSource(
            title=report.title,
            date=report.published.value if report.published else "",
            sources=(report.source,),
            refs=report.refs,
            incidents=shown.incidents,
            facets=self._report_facets(shown, decided),
            texts=((report.id, report.title, report.text),),
            **self._shown(shown.codes, shown.findings),
        )

    def _labels(self, codes: Sequence[Code]) -> tuple[str, ...]:
        """Return the searchable names of the codes, near misses left out."""
        given = [code.concept for code in codes if not code.near_miss]
        return tuple(dict.fromkeys(name for code in given for name in searched_names(self._typology, code)))

    def _shown(self, codes: Sequence[Code], findings: Sequence[Finding]) -> _Shown:
        return _Shown(
            typologies=tuple(code.concept for code in codes if not code.near_miss),
            countries=values(findings, Subject.COUNTRY),
            outcome=next(iter(values(findings, Subject.OUTCOME)), ""),
            loss=loss(findings),
            judged=any(code.judged for code in codes),
            keywords=names(findings),
            own_codes=tuple(code.concept for code in codes if code.role == CodeRole.PRIMARY or code.judged),
        )


def batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Yield the items in lists of this size, the last one shorter."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def _published(report: Report) -> date | None:
    return report.published.first if report.published else None


def _addresses(reports: Sequence[Report], guarded: Collection[str]) -> tuple[str, ...]:
    """Return the addresses of reports, and those that reports cite which are not ``guarded``."""
    own = [report.url for report in reports]
    cited = [citation.url for report in reports if report.id not in guarded for citation in report.references]
    return tuple(dict.fromkeys(filter(None, (plain(url) for url in (*own, *cited) if url))))


def _pooled(reports: Sequence[Report], title: str) -> str:
    """Return the distinct texts of reports in one, with titles unlike ``title``."""
    texts = (
        report.text if report.title in ("", title) else f"{report.title}\n{report.text}" for report in reports
    )
    return "\n\n".join(dict.fromkeys(texts))[:TEXT_LIMIT]


def _within(unit: str, vectors: Mapping[str, tuple[Passages, NDArray[np.float32]]]) -> NDArray[np.float32]:
    """Return the vectors of a report, or those overlapping a passage of it, shape (n, dimensions)."""
    spans, rows = vectors.get(report_of(unit), ((), np.empty((0, 0), np.float32)))
    if (own := span_of(unit)) is None:
        return rows
    return rows[[start < own[1] and own[0] < end for start, end in spans]]


def _stacked(rows: Sequence[NDArray[np.float32]]) -> NDArray[np.float32] | None:
    filled = [row for row in rows if len(row)]
    return np.concatenate(filled)[:VECTORS_LIMIT] if filled else None
