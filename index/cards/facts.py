"""Facts of an incident for cards and hits, derived from its findings."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation

from collectors.records import STARTER
from enrichment.rates import in_dollars
from enrichment.records import Code, Finding, Incident, Subject
from enrichment.typology import Typology
from index.records import JudgedFinding, settled_by

_NO_EVENT = {"trend_or_warning", "research_or_demonstration", "policy_or_law"}


def dollars(value: str) -> float:
    """Convert a sum such as ``HKD 200000000`` to rough US dollars; 0.0 without a sum or a rate."""
    currency, _, amount = value.partition(" ")
    try:
        return in_dollars(currency, float(Decimal(amount)))
    except InvalidOperation:
        return 0.0


def loss(findings: Sequence[Finding]) -> str:
    """Return the loss with the highest score, the first of equals, or an empty string.

    For a range this is the lower end, by which the incident is found, sorted and counted in a band.
    """
    sums = [item for item in findings if item.subject is Subject.LOSS and item.role == "loss"]
    return max(sums, key=lambda item: item.score).value if sums else ""


def values(findings: Sequence[Finding], subject: Subject) -> tuple[str, ...]:
    """Return the distinct values of a subject, highest score first; countries in passing left out."""
    wanted = (item for item in findings if item.subject is subject and not item.passing)
    found = sorted(wanted, key=lambda item: -item.score)
    return tuple(dict.fromkeys(item.value for item in found))


def names(findings: Sequence[Finding]) -> tuple[str, ...]:
    """Return the tools, organisations and platforms that findings name."""
    named = (Subject.TOOL, Subject.ORGANISATION, Subject.PLATFORM)
    return tuple(dict.fromkeys(finding.value for finding in findings if finding.subject in named))


def territories(countries: Sequence[str]) -> tuple[str, ...]:
    """Return countries and country parts, each part followed by its country."""
    return tuple(dict.fromkeys(code for part in countries for code in (part, part.partition("-")[0])))


def status(codes: Sequence[Code], findings: Iterable[JudgedFinding]) -> str:
    """Return who decided the codes: ``machine``, ``starter`` (its authors alone) or ``judged`` (a person).

    ``findings`` include those that the codes rest on.
    """
    judged, evidence = [code for code in codes if code.judged], list(findings)
    if not judged:
        return "machine"
    return STARTER if all(settled_by(code, evidence) == STARTER for code in judged) else "judged"


def sort_date(incident: Incident) -> date | None:
    """Return the first possible day of an incident, else of its first report."""
    known = incident.occurred or incident.first_published
    return known.first if known else None


def display_date(incident: Incident) -> str:
    """Return an incident's date in its known precision."""
    known = incident.occurred or incident.first_published
    return known.value if known else ""


def scope(primary: str | None, event_kind: str, typology: Typology) -> str:
    """Return ``crime``, ``warning`` (a trend or test without an event), ``outside`` or ``undecided``."""
    if primary is None:
        return "undecided"
    if not typology.is_leaf(primary):
        return "outside"
    return "warning" if event_kind in _NO_EVENT else "crime"
