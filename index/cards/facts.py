"""What findings say of an incident, as cards and hits put it."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from enrichment.rates import in_dollars
from enrichment.records import Finding, Subject
from enrichment.typology import Typology

_NO_EVENT = {"trend_or_warning", "research_or_demonstration", "policy_or_law"}


def dollars(value: str) -> float:
    """Return a sum such as ``HKD 200000000`` in rough US dollars, 0.0 where there is none or no rate."""
    currency, _, amount = value.partition(" ")
    try:
        return in_dollars(currency, float(Decimal(amount)))
    except InvalidOperation:
        return 0.0


def loss(findings: Sequence[Finding]) -> str:
    """Return the loss as first and most surely stated, or an empty string."""
    sums = [item for item in findings if item.subject is Subject.LOSS and item.role == "loss"]
    return max(sums, key=lambda item: item.score).value if sums else ""


def values(findings: Sequence[Finding], subject: Subject) -> tuple[str, ...]:
    """Return the values found for a subject, the surest first, each once; no country in passing."""
    wanted = (item for item in findings if item.subject is subject and not item.passing)
    found = sorted(wanted, key=lambda item: -item.score)
    return tuple(dict.fromkeys(item.value for item in found))


def scope(primary: str | None, event_kind: str, typology: Typology) -> str:
    """Return ``crime``, ``warning`` (a trend or test without an event), ``outside`` or ``undecided``."""
    if primary is None:
        return "undecided"
    if not typology.is_leaf(primary):
        return "outside"
    return "warning" if event_kind in _NO_EVENT else "crime"
