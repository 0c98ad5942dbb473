"""A case study as content: what a trainer teaches from, before any format."""

from dataclasses import dataclass, field

from collectors.records import Report
from enrichment.records import Code, Concept, Subject
from enrichment.typology import Typology
from index import wording
from index.care import WITHHELD
from index.export.gate import QUOTE_LIMIT, Exportable, cut
from index.records import STARTER, JudgedFinding, ReportView, State, settled_by

CAVEAT = (
    "Compiled from open sources as they stood when captured. Reports are leads and not proof; "
    "check the sources, reporting restrictions and later outcomes before use."
)
ADDRESS = "Address"
"""The heading of the column that holds addresses of sources."""
_BY_STARTER = "the starter library"
_WITHHELD = "The sources' own words are withheld, because they could identify a person."


@dataclass(frozen=True)
class Row:
    """One line of a table: its cells as text."""

    cells: tuple[str, ...]


@dataclass(frozen=True)
class Section:
    """One heading with what stands under it."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    bullets: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    rows: tuple[Row, ...] = field(default=())


@dataclass(frozen=True)
class CaseStudy:
    """What every writer renders."""

    title: str
    status: str
    sections: tuple[Section, ...]
    stamp: tuple[str, ...]


def build(view: Exportable, typology: Typology, version: str) -> CaseStudy:
    """Return the case study of one incident: every fact with its quote, every source with date and digest."""
    sections = (
        Section("Summary", paragraphs=_summary(view)),
        Section("How AI was used", bullets=_ai_use(view)),
        Section("Facts", header=("Fact", "Value", "Words it rests on", "Decided by"), rows=_facts(view)),
        Section("Timeline", header=("When", "What"), rows=_timeline(view)),
        Section(
            "Typology", header=("Code", "Meaning", "Definition", "Decided by"), rows=_codes(view, typology)
        ),
        Section("Lessons", bullets=view.lessons),
        Section("Countermeasures", bullets=_countermeasures(view, typology)),
        Section(
            "Sources",
            header=("Publisher", "Title", "Published", ADDRESS, "Captured", "SHA-256"),
            rows=_sources(view),
        ),
        Section("Before you use this", paragraphs=(CAVEAT,)),
    )
    stamp = (
        f"Incident {view.incident.id}",
        f"Typology {typology.version}",
        f"Moriarty {version}",
        *(f"Report {report.report.id} version {report.report.version}" for report in view.reports),
    )
    filled = tuple(section for section in sections if section.paragraphs or section.bullets or section.rows)
    return CaseStudy(view.incident.title, _status(view), filled, stamp)


def _summary(view: Exportable) -> tuple[str, ...]:
    summary, lead = view.incident.summary, view.lead
    if not summary:
        return (_WITHHELD,) if any(item.report.title == WITHHELD for item in view.reports) else ()
    if lead is not None and lead.republish:
        return (summary,)
    who = lead.publisher if lead is not None and lead.publisher else "A source"
    return (f"{who} reports: “{summary}”",)


def _status(view: Exportable) -> str:
    parts = [
        wording.value(subject, found.finding.value)
        for subject in (Subject.EVENT_KIND, Subject.AI_INVOLVEMENT, Subject.OUTCOME)
        for found in _about(view, subject)[:1]
    ]
    return " · ".join(parts)


def _about(view: Exportable, *subjects: str) -> list[JudgedFinding]:
    """Return the findings about these subjects, the surest first, each value once."""
    chosen = [item for item in view.findings if item.finding.subject in subjects]
    chosen.sort(key=lambda item: (item.state is not State.ACCEPTED, -item.finding.score, item.finding.id))
    seen: set[tuple[str, str]] = set()
    unique = []
    for item in chosen:
        key = (item.finding.subject, item.finding.value)
        if key not in seen:
            seen.add(key)
            unique.append(item)
    return unique


def _decided(item: JudgedFinding) -> str:
    who = _BY_STARTER if item.by == STARTER else item.by
    return who if item.state is State.ACCEPTED else f"machine, {item.finding.score:.0%} sure"


def _decided_code(code: Code, view: Exportable) -> str:
    who = _BY_STARTER if settled_by(code, view.findings) == STARTER else "a person"
    return who if code.judged else f"machine, {code.score:.0%} sure"


def _ai_use(view: Exportable) -> tuple[str, ...]:
    subjects = (Subject.AI_INVOLVEMENT, Subject.CAPABILITY, Subject.MODALITY, Subject.TOOL)
    return tuple(
        f"{wording.subject(subject)}: "
        + ", ".join(wording.value(subject, item.finding.value) for item in found)
        + "."
        for subject in subjects
        if (found := _about(view, subject))
    )


def _facts(view: Exportable) -> tuple[Row, ...]:
    subjects = (
        Subject.LOSS,
        Subject.DATE,
        Subject.COUNTRY,
        Subject.OUTCOME,
        Subject.TOOL,
        Subject.PLATFORM,
        Subject.ORGANISATION,
    )
    return tuple(
        Row(
            (
                wording.subject(subject),
                wording.value(subject, item.finding.value),
                _quoted(item) if item.finding.quote else "coded by the source",
                _decided(item),
            )
        )
        for subject in subjects
        for item in _about(view, subject)
    )


def _quoted(item: JudgedFinding) -> str:
    """Return the words a fact rests on, cut where a cell of a table would overflow."""
    quote = item.finding.quote
    if quote == WITHHELD:
        return quote
    return f"“{quote}”" if len(quote) <= QUOTE_LIMIT else f"“{cut(quote)} …”"


def _timeline(view: Exportable) -> tuple[Row, ...]:
    return tuple(
        Row((entry.date, entry.event)) for entry in sorted(view.timeline, key=lambda entry: entry.date)
    )


def _codes(view: Exportable, typology: Typology) -> tuple[Row, ...]:
    return tuple(
        Row(
            (
                f"{code.concept} ({wording.value('role', code.role)})",
                typology.label(code.concept),
                typology.concept(code.concept).definition,
                _decided_code(code, view),
            )
        )
        for code in view.incident.codes
    )


def _countermeasures(view: Exportable, typology: Typology) -> tuple[str, ...]:
    found: dict[str, Concept] = {}
    for code in view.incident.codes:
        if typology.is_leaf(code.concept):
            found |= {item.id: item for item in typology.countermeasures(code.concept)}
    return tuple(f"{item.label} ({item.id})" for item in found.values())


def _sources(view: Exportable) -> tuple[Row, ...]:
    cited = tuple(
        Row(
            (
                reference.publisher,
                reference.title,
                reference.published,
                reference.url or "address not confirmed",
                "cited, not captured",
                "",
            )
        )
        for reference in view.references
    )
    return tuple(_captured(item) for item in view.reports) + cited


def _captured(item: ReportView) -> Row:
    report: Report = item.report
    return Row(
        (
            item.publisher,
            report.title,
            report.published.value if report.published else "",
            report.url or "held in the library",
            item.capture.finished.date().isoformat() if item.capture else "",
            item.capture.sha256 if item.capture else "",
        )
    )
