"""What must not be shown or leave without a check: the wording that could identify somebody."""

from collections.abc import Iterable

from enrichment.records import Code
from index.records import IncidentView

WITHHELD = "Title withheld: it could identify a person"

_SENSITIVE_FAMILIES = ("CS-",)
_SENSITIVE_LEAVES = {"AB-01", "AB-02", "AB-03"}


def sensitive(codes: Iterable[Code]) -> bool:
    """Say whether an incident concerns sexual offending, where complainants keep lifelong anonymity."""
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
