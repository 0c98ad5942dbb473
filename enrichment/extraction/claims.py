"""Turns the structured claims of a source into findings of that source."""

from collections.abc import Callable, Iterator, Sequence

from collectors.records import STARTER, Claim, PartialDate, Report
from enrichment.facts import organisation
from enrichment.records import CodeRole, Fact, Finding, Subject, as_finding

CLAIMED = 0.9
"""The score of what any other source claims of its own reports."""

_SUBJECTS = {
    "typology": Subject.TYPOLOGY,
    "outcome": Subject.OUTCOME,
    "event_kind": Subject.EVENT_KIND,
    "ai_involvement": Subject.AI_INVOLVEMENT,
    "modality": Subject.MODALITY,
    "ai_capability": Subject.CAPABILITY,
    "victim_type": Subject.VICTIM_TYPE,
    "actor_type": Subject.ACTOR_TYPE,
    "channel_platform": Subject.CHANNEL,
    "country": Subject.COUNTRY,
    "loss": Subject.LOSS,
    "tool": Subject.TOOL,
    "organisation": Subject.ORGANISATION,
    "occurred": Subject.DATE,
}
_SINGLE = frozenset({Subject.EVENT_KIND, Subject.AI_INVOLVEMENT, Subject.OUTCOME})
"""Questions that have one answer."""
_NOWHERE = frozenset({"INTL", "XX_unknown"})
"""Countries that say only that it is not one country."""


def findings_of(report: Report) -> list[Finding]:
    """Return a source's structured claims about its report as findings, each subject and value once.

    They rest on no words of the text, so they have no span. A claim that may name a private person, or that
    means nothing here, gives no finding.
    """
    found: dict[str, Finding] = {}
    for claim in report.claims:
        for fact in _facts(claim, 1.0 if report.source == STARTER else CLAIMED):
            finding = as_finding(fact, report.id, report.version, report.source)
            found.setdefault(finding.id, finding)
    return list(found.values())


def merged(claimed: Sequence[Finding], suggested: Sequence[Finding], *, curated: bool) -> list[Finding]:
    """Merge the source's claims with the machine's facts, each subject and value once, spans kept.

    Where the claims are curated, a machine adds no second answer to a question that has only one.
    """
    found = {finding.id: finding for finding in claimed}
    answered = {finding.subject for finding in claimed if curated and finding.subject in _SINGLE}
    decided = curated and any(finding.role == CodeRole.PRIMARY for finding in claimed)
    for finding in suggested:
        known = found.get(finding.id)
        if known is None and finding.subject not in answered:
            coded = decided and finding.subject is Subject.TYPOLOGY
            role = CodeRole.NEAR_MISS if coded else finding.role
            found[finding.id] = finding.model_copy(update={"role": role})
        elif known is not None and known.start is None and finding.start is not None:
            words = finding.model_dump(include={"quote", "start", "end", "field"})
            found[finding.id] = known.model_copy(update=words)
    return list(found.values())


def _facts(claim: Claim, score: float) -> Iterator[Fact]:
    subject = _SUBJECTS.get(claim.subject)
    if subject is None:
        return
    value = _VALUES.get(subject, _same)(claim)
    if value:
        role = {Subject.DATE: "occurred", Subject.LOSS: "loss"}.get(subject, claim.role)
        yield Fact(subject=subject, value=value, role=role, score=score)


def _same(claim: Claim) -> str | None:
    return claim.value


def _known(claim: Claim) -> str | None:
    return None if claim.value == "unknown" else claim.value


def _country(claim: Claim) -> str | None:
    return None if claim.value in _NOWHERE else claim.value


def _day(claim: Claim) -> str | None:
    day = PartialDate.read(claim.value)
    return day.value if day is not None else None


def _organisation(claim: Claim) -> str | None:
    return organisation(claim.value)


_VALUES: dict[Subject, Callable[[Claim], str | None]] = {
    Subject.ACTOR_TYPE: _known,
    Subject.CHANNEL: _known,
    Subject.COUNTRY: _country,
    Subject.DATE: _day,
    Subject.ORGANISATION: _organisation,
}
