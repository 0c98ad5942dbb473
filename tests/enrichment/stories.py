"""Fictional incidents for the tests of graph and trends."""

from collections.abc import Sequence

from collectors.records import PartialDate
from enrichment.records import Code, CodeRole, Fact, Finding, Incident, Subject, as_finding


def finding(
    subject: Subject, value: str, role: str = "", score: float = 0.9, report: str = "rep-1"
) -> Finding:
    fact = Fact(subject=subject, value=value, role=role, score=score, start=0, end=5, quote="words")
    return as_finding(fact, report, "ver-1", "facts@1")


def dated(
    id: str,
    when: str,
    codes: Sequence[Code],
    title: str = "",
    summary: str = "",
    findings: Sequence[Finding] = (),
) -> Incident:
    return Incident(
        id=id,
        title=title or f"Incident {id}",
        summary=summary,
        reports=(f"rep-{id}",),
        occurred=PartialDate(value=when),
        codes=tuple(codes),
        findings=tuple(findings),
    )


def coded(id: str, leaf: str, *findings: Finding, when: str = "2025-01-10", score: float = 0.9) -> Incident:
    """Return an incident of a leaf with these findings."""
    return dated(id, when, [Code(concept=leaf, role=CodeRole.PRIMARY, score=score)], findings=findings)
