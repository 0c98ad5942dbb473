"""Incidents as trends count them: by the leaves they are cases of, and when each source reported them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from collectors.records import PartialDate
from enrichment.network.codes import credible_codes
from enrichment.network.days import first_reported
from enrichment.records import Incident
from enrichment.typology import Typology

Telling = tuple[str, PartialDate | None]
"""The source of a report, and when it was published."""


@dataclass(frozen=True)
class Sighting:
    """An incident as trends count it: once, under each of its leaves."""

    incident: str
    leaves: frozenset[str]
    reported: Mapping[str, date]
    """The day each source first reported it; never empty."""

    @property
    def day(self) -> date:
        """The day any source first reported it."""
        return min(self.reported.values())


def sightings(
    incidents: Iterable[Incident], tellings: Mapping[str, Telling], typology: Typology
) -> tuple[list[Sighting], int]:
    """Return the dated incidents, in order of their day, and how many have no known month.

    ``tellings`` are by report.
    """
    dated, undated = [], 0
    for incident in incidents:
        published: dict[str, list[PartialDate | None]] = defaultdict(list)
        for source, when in (tellings[report] for report in incident.reports if report in tellings):
            published[source].append(when)
        days = {source: first_reported(incident, dates) for source, dates in published.items()}
        reported = {source: day for source, day in days.items() if day is not None}
        if reported:
            leaves = frozenset(code.concept for code in credible_codes(incident, typology))
            dated.append(Sighting(incident.id, leaves, reported))
        else:
            undated += 1
    return sorted(dated, key=lambda one: (one.day, one.incident)), undated
