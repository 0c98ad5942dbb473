"""When an incident was, as one day that windows of time can hold."""

from datetime import date

from enrichment.records import Incident


def day_of(incident: Incident) -> date | None:
    """Return when it occurred, or where no month is known when it was first told; None where neither is.

    A month stands for its middle. A year alone is too coarse for any window.
    """
    for partial in (incident.occurred, incident.first_published):
        if partial is not None and len(partial.value) >= 7:
            return date.fromisoformat(partial.value if len(partial.value) == 10 else f"{partial.value}-15")
    return None
