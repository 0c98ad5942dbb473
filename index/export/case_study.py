"""A case study as content: what a trainer teaches from, before any format."""

from dataclasses import dataclass, field

from collectors.records import Report
from enrichment.records import Concept, Subject
from enrichment.typology import Typology
from index import wording
from index.care import WITHHELD
from index.export import statements
from index.export.gate import Exportable
from index.records import ReportView

CAVEAT = (
    "Compiled from open sources as they stood when captured. Reports are leads and not proof; "
    "check the sources, reporting restrictions and later outcomes before use."
)
ADDRESS = "Address"
"""The heading of the column that holds addresses of sources."""
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
        Section("Summary", paragraphs=summary(view)),
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
            header=("Publisher", "Title", "Published", ADDRESS, "Licence", "Captured", "SHA-256"),
            rows=_sources(view),
        ),
        Section("Before you use this", paragraphs=(statements.checked(view), CAVEAT)),
    )
    stamp = (
        f"Incident {view.incident.id}",
        f"Typology {typology.version}",
        f"Moriarty {version}",
        *(f"Report {report.report.id} version {report.report.version}" for report in view.reports),
    )
    filled = tuple(section for section in sections if section.paragraphs or section.bullets or section.rows)
    return CaseStudy(view.incident.title, statements.status(view), filled, stamp)


def summary(view: Exportable) -> tuple[str, ...]:
    """Return what happened, with whose words these are: ours to hand on, quoted, or withheld."""
    told, lead = view.incident.summary, view.lead
    if not told:
        return (_WITHHELD,) if any(item.report.title == WITHHELD for item in view.reports) else ()
    if lead is not None and lead.republish:
        return (told, f"Text: {lead.publisher or lead.source_title}, {lead.licence}.")
    who = lead.publisher if lead is not None and lead.publisher else "A source"
    return (f"{who} reports: “{told}”",)


def _ai_use(view: Exportable) -> tuple[str, ...]:
    subjects = (Subject.AI_INVOLVEMENT, Subject.CAPABILITY, Subject.MODALITY, Subject.TOOL)
    claims = {subject: statements.about(view, subject) for subject in subjects}
    claims[Subject.AI_INVOLVEMENT] = claims[Subject.AI_INVOLVEMENT][:1]  # the others would contradict it
    return tuple(
        f"{wording.subject(subject).removesuffix('?')}: "
        + ", ".join(wording.value(subject, item.finding.value) for item in items)
        + "."
        for subject, items in claims.items()
        if items
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
                statements.fact_name(item),
                wording.value(subject, item.finding.value),
                statements.quoted(item) if item.finding.quote else "",
                statements.decided(item),
            )
        )
        for subject in subjects
        for item in statements.about(view, subject)
    )


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
                statements.decided_code(code, view),
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
                "",
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
            item.licence,
            item.capture.finished.date().isoformat() if item.capture else "",
            item.capture.sha256 if item.capture else "",
        )
    )
