"""The days on which an incident occurred and became known, as windows of time count them."""

from collections.abc import Iterable
from datetime import date

from collectors.records import PartialDate
from enrichment.records import Incident


def day_of(incident: Incident) -> date | None:
    """Return the day it occurred, else the day it was first published; None if neither has a month."""
    days = map(as_day, (incident.occurred, incident.first_published))
    return next((day for day in days if day is not None), None)


def as_day(partial: PartialDate | None) -> date | None:
    """Return a date as one day: a month stands for its middle, a year alone is too coarse for any window."""
    if partial is None or len(partial.value) < 7:
        return None
    return date.fromisoformat(partial.value if len(partial.value) == 10 else f"{partial.value}-15")


def first_reported(incident: Incident, published: Iterable[PartialDate | None]) -> date | None:
    """Return the day a source first reported an incident, by when its reports of it were ``published``.

    Falls back to the day of the incident; None if that is unknown too.
    """
    return min((day for day in map(as_day, published) if day is not None), default=day_of(incident))
