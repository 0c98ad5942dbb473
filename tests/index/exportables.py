"""Incidents made up for the tests of exports, and what each format says of them."""

import html
import io
import re
import zipfile
from datetime import UTC, datetime

import networkx as nx
import pypdfium2

from collectors.records import Capture, Claim, PartialDate, Reference, Report
from enrichment import graph as graphs
from enrichment.records import Code, CodeRole, Finding, Incident, Link, Subject, finding_id
from enrichment.typology import Typology
from index.export import formats
from index.export.gate import exportable
from index.records import IncidentView, JudgedFinding, Judgement, ReportView, Role, State, Verdict
from index.rows import viewing

HOSTILE = (
    "=1+1 ![x](https://evil.example/p.png) <script>alert(1)</script> | `code` $x$ \u202e \x1b]0;x\x07 \x9b2J"
)
NOW = datetime(2026, 1, 2, tzinfo=UTC)


def finding(
    subject: Subject, value: str, quote: str = "", role: str = "", report: str = "rep-1", start: int = 0
) -> Finding:
    return Finding(
        id=finding_id(report, subject, value),
        report=report,
        version="ver-1",
        subject=subject,
        value=value,
        role=role,
        score=0.9,
        start=start if quote else None,
        end=start + len(quote) if quote else None,
        quote=quote,
        origin="test@1",
    )


TEXT = "A long account of the case. " * 40
FINDINGS = (
    finding(Subject.LOSS, "HKD 200000000", "HK$200 million", "loss"),
    finding(Subject.COUNTRY, "HK", "Hong Kong"),
    finding(Subject.AI_INVOLVEMENT, "confirmed"),
    finding(Subject.TOOL, HOSTILE),
    finding(Subject.ORGANISATION, "Lower Marsh School", "Lower Marsh School"),
    finding(Subject.TYPOLOGY, "CY-02", "a near miss", "sibling"),
    finding(Subject.EVENTS, "0-560 560-1120", TEXT.strip()),
)


def shown(report: Report, republish: bool = True) -> ReportView:
    capture = Capture(
        id="cap-1",
        source="s",
        parser="page",
        requested_url="https://example.org/a",
        final_url="https://example.org/a",
        started=NOW,
        finished=NOW,
        length=1,
        sha256="ab" * 32,
        warc="w.warc.gz",
        offset=0,
        tool="Moriarty/0",
    )
    return ReportView(
        report=report,
        source_title="A source",
        publisher="A publisher",
        licence="x",
        republish=republish,
        capture=capture,
        incidents=("inc-1",),
        findings=tuple(JudgedFinding(finding=item, state=State.SUGGESTED) for item in FINDINGS),
    )


def view(
    title: str = "A firm is deceived",
    code: str = "FR-01",
    republish: bool = True,
    key: str = "inc-1",
    text: str = TEXT,
    others: tuple[ReportView, ...] = (),
    lead: str | None = "rep-1",
) -> IncidentView:
    report = Report(
        id="rep-1",
        version="ver-1",
        source="s",
        capture="cap-1",
        url="https://example.org/a-named-person",
        title=title,
        text=text,
        refs=("aiid:9345",),
        references=(Reference(publisher="P", title="A named person", url="https://named.example"),),
        claims=(
            Claim(subject="timeline", value="Named", role="2024-02"),
            Claim(subject="timeline", value="Call", role="2024-01"),
            Claim(subject="lesson", value="Call back on a known number."),
        ),
    )
    reports = (shown(report, republish), *others)
    return IncidentView(
        incident=Incident(
            id=key,
            title=title,
            summary=" ".join(text.split())[:600],
            reports=tuple(item.report.id for item in reports),
            refs=("aiid:9345",),
            occurred=PartialDate(value="2024-01"),
            codes=(
                Code(concept=code, role=CodeRole.PRIMARY, score=0.8),
                Code(concept="CY-02", role=CodeRole.NEAR_MISS, score=0.1),
            ),
            findings=FINDINGS,
            lead=lead,
        ),
        reports=reports,
        findings=tuple(
            JudgedFinding(
                finding=item, state=State.REJECTED if item.subject is Subject.COUNTRY else State.SUGGESTED
            )
            for item in FINDINGS
        ),
        links=(
            Link(
                id="lnk-1",
                kind="near-copy",
                left="rep-1",
                right="rep-2",
                weight=1,
                reasons=("Both name Lower Marsh School",),
                origin="group@1",
            ),
        ),
        references=viewing.references(reports),
        timeline=viewing.timeline(reports),
        lessons=viewing.lessons(reports),
    )


def judgement(reason: str, at: datetime) -> Judgement:
    """Return a decision about something of an incident."""
    return Judgement(
        verdict=Verdict.ACCEPT,
        target="fin-1",
        id=f"jud-{at:%d}",
        seq=at.day,
        by="ada",
        role=Role.ANALYST,
        at=at,
        reason=reason,
    )


def other(republish: bool, source: str = "s") -> ReportView:
    report = Report(
        id="rep-2", version="ver-2", source=source, capture="cap-1", title="Also told", text="In other words."
    )
    return shown(report, republish)


def write(
    name: str, typology: Typology, *views: IncidentView, elsewhere: frozenset[str] = frozenset()
) -> bytes:
    gated = [exportable(one, typology, elsewhere) for one in views or (view(),)]

    def graph() -> nx.MultiDiGraph:
        return graphs.build(
            (one.incident for one in gated),
            typology,
            reports={item.report.id: item.report.title for one in gated for item in one.reports},
            links=[link for one in gated for link in one.links],
        )

    return formats.write(gated, name, typology, graph, "0.1.0")


def said(name: str, typology: Typology, *views: IncidentView, elsewhere: frozenset[str] = frozenset()) -> str:
    """Return all that a format says, without the signs that keep it from being markup."""
    return read(name, write(name, typology, *views, elsewhere=elsewhere))


def read(name: str, payload: bytes) -> str:
    """Return what a file of this format says, in one line where the format breaks lines itself."""
    if name == "docx":
        return _xml(payload, r"word/document\.xml")
    if name == "pptx":
        return _xml(payload, r"ppt/slides/slide\d+\.xml")
    if name == "pdf":
        return " ".join(pdf_text(payload).split())
    text = payload.decode("utf-8-sig")
    return _untagged(text) if name == "html" else text.replace("\\", "")


def pdf_text(payload: bytes) -> str:
    """Return the text of all pages."""
    with pypdfium2.PdfDocument(payload) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


def _xml(payload: bytes, members: str) -> str:
    with zipfile.ZipFile(io.BytesIO(payload)) as archive:
        names = [name for name in archive.namelist() if re.fullmatch(members, name)]
        return " ".join(_untagged(archive.read(name).decode()) for name in names)


def _untagged(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", re.sub(r"</(w:p|a:p|td|th)>", " ", markup)))
