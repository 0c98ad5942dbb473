"""What an incident's own reports and findings make of it: title, summary, dates and codes."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from sqlalchemy import Connection, delete, insert, select

from collectors.records import STARTER, PartialDate, Record, Report, Source
from enrichment.records import Code, Finding, Incident, Subject
from enrichment.typology import Typology
from index.records import JudgedFinding, State
from index.tables import incident_codes

SUMMARY_CHARACTERS = 600
"""Characters of a summary, about."""
YEAR_LENGTH = 4

Copies = Collection[Collection[str]]
"""Reports by text: those in one collection are near copies of each other."""
Pool = Callable[[Sequence[Finding], Typology, Collection[str], Copies], tuple[Code, ...]]
"""Makes codes from the findings that stand, the typology, the ids of those accepted, and the copies."""


class Derived(Record):
    """The part of an incident that is computed, and kept only so that lists are fast."""

    title: str
    summary: str
    occurred: PartialDate | None = None
    first_published: PartialDate | None = None
    codes: tuple[Code, ...] = ()
    refs: tuple[str, ...] = ()
    lead: str | None = None
    """The report that title and summary are of; None where an older version did not keep it."""


_DERIVED = tuple(Derived.model_fields)


def as_incident(id: str, reports: Iterable[str], findings: Iterable[Finding], derived: Derived) -> Incident:
    """Return the incident of these reports and findings; nothing is validated again."""
    kept = {name: getattr(derived, name) for name in _DERIVED}
    return Incident.model_construct(id=id, reports=tuple(reports), findings=tuple(findings), **kept)


def derive(
    reports: Sequence[Report],
    findings: Sequence[JudgedFinding],
    sources: Mapping[str, Source],
    typology: Typology,
    pool: Pool,
    copies: Copies = (),
) -> Derived:
    """Derive title, summary, dates and codes of an incident from its findings and its reports in order.

    ``copies`` says which of the reports print one text: they speak with one voice for the codes.
    """
    accepted = [each.finding.id for each in findings if each.state is State.ACCEPTED]
    best = min(reports, key=lambda report: _rank(report, sources))
    return Derived(
        title=best.title or _shortened(best.text, 80),
        summary=_shortened(best.text, SUMMARY_CHARACTERS),
        occurred=_occurred(findings),
        first_published=_earliest([report.published for report in reports if report.published]),
        codes=pool(standing_findings(findings), typology, accepted, copies),
        refs=tuple(dict.fromkeys(ref for report in reports for ref in report.refs)),
        lead=best.id,
    )


def standing_findings(findings: Sequence[JudgedFinding]) -> tuple[Finding, ...]:
    """Return the findings that nobody rejected."""
    return tuple(each.finding for each in findings if each.state is not State.REJECTED)


def _rank(report: Report, sources: Mapping[str, Source]) -> tuple[bool, bool]:
    source = sources.get(report.source)
    kind, reliability = (source.kind, source.reliability) if source else ("", "")
    return kind != STARTER and report.source != STARTER, reliability != "official"


def _occurred(findings: Sequence[JudgedFinding]) -> PartialDate | None:
    """Return the date something happened; where no text says, the earliest date it was told.

    It is the one that a person accepted, else the one that most reports give, the earliest of several. A year
    alone, which is often background, counts only where no text is more precise.
    """
    dates = [
        each for each in findings if each.finding.subject is Subject.DATE and each.state is not State.REJECTED
    ]
    said = [each for each in dates if each.finding.role == "occurred"]
    accepted = [each.finding for each in said if each.state is State.ACCEPTED]
    if happened := _most_told(accepted or [each.finding for each in said]):
        return happened
    told = [PartialDate.read(each.finding.value) for each in dates if each.finding.role == "published"]
    return _earliest([date for date in told if date is not None])


def _most_told(findings: Sequence[Finding]) -> PartialDate | None:
    """Return the date that most reports give, be they less precise; the earliest of several."""
    reports: dict[str, set[str]] = {}
    for finding in findings:
        if PartialDate.read(finding.value) is not None:
            reports.setdefault(finding.value, set()).add(finding.report)
    precise = {value for value in reports if len(value) > YEAR_LENGTH} or set(reports)
    votes = {
        value: len(set().union(*(by for other, by in reports.items() if value.startswith(other))))
        for value in precise
    }
    most = max(votes.values(), default=0)
    return _earliest([PartialDate(value=value) for value, count in votes.items() if count == most])


def _earliest(dates: Sequence[PartialDate]) -> PartialDate | None:
    """Return the earliest, of two that can mean the same day the more precise."""
    return min(dates, key=lambda each: (each.value[:4], each.value.ljust(10, "~")), default=None)


def _shortened(text: str, length: int) -> str:
    """Return the beginning of a text, cut at the end of a sentence or else of a word."""
    flat = " ".join(text.split())
    if len(flat) <= length:
        return flat
    cut = flat[:length]
    stop = max(cut.rfind(mark) for mark in (". ", "! ", "? "))
    return cut[: stop + 1] if stop > length // 2 else cut.rsplit(" ", 1)[0] + " …"


def keep_codes(connection: Connection, ids: Sequence[str], codes: Mapping[str, Sequence[Code]]) -> list[str]:
    """Put the codes of these incidents in the place of those kept; return the incidents that have others now.

    The cards of their reports show these codes, also of reports that nothing else happened to.
    """
    column = incident_codes.c
    query = select(column.incident, column.concept, column.role, column.judged)
    before = {
        (row.incident, row.concept, row.role, row.judged)
        for row in connection.execute(query.where(column.incident.in_(ids)))
    }
    after = {
        (key, code.concept, code.role, code.judged)
        for key, each in codes.items()
        for code in {code.concept: code for code in reversed(each)}.values()
    }
    connection.execute(delete(incident_codes).where(column.incident.in_(ids)))
    if after:
        names = ("incident", "concept", "role", "judged")
        rows = [dict(zip(names, row, strict=True)) for row in sorted(after)]
        connection.execute(insert(incident_codes), rows)
    return sorted({key for key, *_ in before ^ after})
