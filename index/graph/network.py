"""The typology graph of what is kept, and what is read from it, held until the record changes."""

import json
import threading
from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime
from itertools import islice

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from sqlalchemy import and_, select

from collectors.records import PartialDate
from enrichment import graph as graphs
from enrichment.network import coverage, emerging, measures, merging, trends
from enrichment.network.records import Measures, MergeCandidate, Node, Outlook
from enrichment.network.sightings import Telling, sightings
from enrichment.records import Finding, Incident
from enrichment.typology import Typology
from index.graph.incident_cache import IncidentCache
from index.incidents import Incidents
from index.once import once
from index.records import IncidentView
from index.store import Store
from index.tables import report_versions, reports

_PART = 500
"""Incidents whose vectors are read at once."""
_UNFIT = 100
"""Incidents that no leaf fits, of which an outlook names at most so many."""


class Chart:
    """One state of the record as a graph; what is read from it is worked out once, when first asked for."""

    def __init__(
        self,
        incidents: Sequence[Incident],
        store: Store,
        typology: Typology,
        change: int,
        pieces: graphs.Pieces,
    ) -> None:
        self.change, self._pieces = change, pieces
        self.incidents = {incident.id: incident for incident in incidents}
        self._store, self._typology = store, typology
        self._outlooks: dict[date | None, Outlook] = {}
        self._looking = threading.Lock()

    @once
    def graph(self) -> nx.MultiDiGraph:
        """The typology graph, frozen: callers share it."""
        return nx.freeze(graphs.build(self.incidents.values(), self._typology, pieces=self._pieces))

    @once
    def findings(self) -> dict[str, Finding]:
        """Every finding that the graph can rest on, by its id."""
        return {finding.id: finding for incident in self.incidents.values() for finding in incident.findings}

    @once
    def central(self) -> tuple[Node, ...]:
        """What ties most incidents together, each with the number of all its incidents."""
        return measures.central(self.graph)

    @once
    def measures(self) -> Measures:
        """What the shape of the graph says."""
        return measures.measures(self.graph)

    def merge_candidates(self, apart: Collection[tuple[str, str]], limit: int) -> tuple[MergeCandidate, ...]:
        """Return the pairs of incidents that may be one, ``apart`` being pairs of reports that are not."""
        return merging.merge_candidates(list(self.incidents.values()), self._vectors, apart, limit)

    def outlook(self, as_of: date | None = None) -> Outlook:
        """Return the emerging signals as of a day, by default the last day about which enough is known."""
        with self._looking:
            if as_of not in self._outlooks:
                self._outlooks[as_of] = self._outlook(as_of)
            return self._outlooks[as_of]

    def _outlook(self, as_of: date | None) -> Outlook:
        seen, undated = sightings(self.incidents.values(), self._tellings, self._typology)
        today = datetime.now(UTC).date()
        past = [one for one in seen if one.day <= min(as_of or today, today)]
        if not past:
            return Outlook(
                as_of=as_of,
                clusters=(),
                unfit=0,
                rises=(),
                compared=0,
                false_alarms=trends.FALSE_ALARMS,
                undated=undated,
            )
        day = as_of or coverage.last_known_day(past)
        leaves = [leaf.id for leaf in self._typology.leaves()]
        rises, compared = trends.rising(past, day, leaves, self._typology)
        later = {one.incident for one in seen if one.day > day}
        known = [one for one in self.incidents.values() if one.id not in later]
        days = {one.incident: one.day for one in past}
        clusters, unfit = emerging.clusters(known, self._vectors, self._typology, day, days)
        unheard = trends.unheard(past, day)
        named = [key for one in rises for key in one.incidents]
        named += [key for incidents in unheard.values() for key in incidents]
        named += [key for one in clusters for key in one.incidents] + list(unfit[:_UNFIT])
        return Outlook(
            as_of=day,
            clusters=tuple(clusters),
            unfit=len(unfit),
            unfit_incidents=unfit[:_UNFIT],
            rises=tuple(rises),
            compared=compared,
            false_alarms=trends.FALSE_ALARMS,
            undated=undated,
            smallest=trends.smallest(past, day, compared),
            unheard=unheard,
            new_sources=coverage.unproven_sources(past, day),
            titles={key: self.incidents[key].title for key in named},
        )

    @once
    def _tellings(self) -> dict[str, Telling]:
        """Return by report its source and when it was published."""
        query = select(reports.c.id, reports.c.source, report_versions.c.body).join_from(
            reports,
            report_versions,
            and_(report_versions.c.report == reports.c.id, report_versions.c.version == reports.c.version),
        )
        with self._store.reading() as connection:
            return {row.id: (row.source, _published(row.body)) for row in connection.execute(query)}

    @once
    def _vectors(self) -> dict[str, NDArray[np.float32]]:
        """Return the mean vector of each possible crime, a unit row; none where there is no embedder."""
        found: dict[str, NDArray[np.float32]] = {}
        crimes = iter([one for one in self.incidents.values() if emerging.looks_like_crime(one)])
        while part := list(islice(crimes, _PART)):
            rows = self._store.vectors([report for one in part for report in one.reports])
            for one in part:
                held = [rows[report][1] for report in one.reports if report in rows and rows[report][1].size]
                if held:
                    mean = np.concatenate(held).mean(axis=0)
                    found[one.id] = mean / max(float(np.linalg.norm(mean)), 1e-9)
        return found


def _published(body: str) -> PartialDate | None:
    held = json.loads(body)["published"]
    return None if held is None else PartialDate.model_validate(held)


class Network:
    """Gives out the chart of the present state; safe to share between threads.

    Whoever asks gets the state of the record at that moment, whichever session or process changed it last:
    the number of its newest change is asked for each time.
    """

    def __init__(self, store: Store, incidents: Incidents, typology: Typology) -> None:
        self._store, self._typology = store, typology
        self._cache, self._pieces = IncidentCache(store, incidents), graphs.Pieces(typology)
        self._lock = threading.Lock()
        self._chart: Chart | None = None

    def chart(self) -> Chart:
        """Return the chart of the record as it is now."""
        newest = self._store.last_change()
        with self._lock:
            if self._chart is None or self._chart.change < newest:
                change, incidents = self._cache.read()
                self._chart = Chart(incidents, self._store, self._typology, change, self._pieces)
            return self._chart


def incidents_graph(views: Sequence[IncidentView], typology: Typology) -> nx.MultiDiGraph:
    """Return the graph of these incidents alone, their reports named by title."""
    return graphs.build(
        (view.incident for view in views),
        typology,
        reports={item.report.id: item.report.title for view in views for item in view.reports},
        links=[link for view in views for link in view.links],
    )
