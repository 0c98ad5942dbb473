"""What was found in one report, as plain values."""

from collections import defaultdict
from collections.abc import Sequence

from enrichment.records import CodeRole, Fact, Finding, Subject
from enrichment.relevance import reason
from enrichment.run import Enriched

_HEADLINE = {Subject.LOSS: "loss", Subject.COUNTRY: "where"}
UNANSWERED = 0.5
"""The probability given where a question has no answer: even odds."""


def summary(enriched: Enriched) -> dict[str, object]:
    """Return one report's findings as plain values, for output a line a report.

    Keys: relevant (probability; even odds where there is no answer), primary (code or None), others, scores
    (by code), evidence (quotes of typology and relevance), facts (by subject), abstained, reason (why it is
    no AI crime), notice (why the suggestions are to be doubted, where they are).
    """
    by_subject: dict[Subject, list[Finding]] = defaultdict(list)
    for finding in enriched.findings:
        by_subject[finding.subject].append(finding)
    codes = sorted(by_subject.pop(Subject.TYPOLOGY, []), key=lambda finding: -finding.score)
    relevance = by_subject.pop(Subject.RELEVANCE, [])
    primary = next((finding.value for finding in codes if finding.role == CodeRole.PRIMARY), None)
    quoted = [
        finding
        for finding in (*codes, *relevance)
        if finding.quote and finding.role in (CodeRole.PRIMARY, CodeRole.OTHER, "")
    ]
    return {
        "relevant": relevance[0].score if relevance else UNANSWERED,
        "primary": primary,
        "others": [finding.value for finding in codes if finding.role == CodeRole.OTHER],
        "scores": {finding.value: finding.score for finding in codes},
        "evidence": [{**_span(finding), "subject": _about(finding)} for finding in quoted],
        "facts": {
            subject.value: [{"value": finding.value, **_span(finding)} for finding in shown]
            for subject, found in sorted(by_subject.items())
            if (shown := _headline(found))
        },
        "abstained": primary is None,
        "reason": reason(enriched.findings),
        "notice": enriched.notice,
    }


def _headline(found: Sequence[Finding]) -> Sequence[Finding]:
    """Return losses rather than any sum, and places of the event rather than any place."""
    subject = found[0].subject
    if subject not in _HEADLINE:
        return found
    return [finding for finding in found if finding.role == _HEADLINE[subject] or finding.start is None]


def _about(finding: Finding) -> str:
    return finding.value if finding.subject is Subject.TYPOLOGY else finding.subject.value


def _span(fact: Fact) -> dict[str, object]:
    return {"quote": fact.quote, "start": fact.start, "end": fact.end, "field": fact.field}
