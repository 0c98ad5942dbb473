import csv
import io
import json
import zipfile
from datetime import UTC, datetime

import docx
import networkx as nx
import pytest

from collectors.errors import WrongUse
from collectors.records import Capture, PartialDate, Reference, Report
from enrichment.records import Code, Finding, Incident, Subject, finding_id
from enrichment.typology import Typology
from index import care
from index.export import formats, markdown
from index.export.data import COLUMNS
from index.records import IncidentView, JudgedFinding, ReportView, State, TimelineEntry

HOSTILE = "=1+1 ![x](https://evil.example/p.png) <script>alert(1)</script> | `code` $x$ ‮"
NOW = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def typology() -> Typology:
    return Typology.load()


def finding(subject: Subject, value: str, quote: str = "", role: str = "") -> Finding:
    return Finding(
        id=finding_id("rep-1", subject, value),
        report="rep-1",
        version="ver-1",
        subject=subject,
        value=value,
        role=role,
        score=0.9,
        quote=quote,
        origin="test@1",
    )


def view(
    title: str = "A firm is deceived", code: str = "FR-01", republish: bool = True, key: str = "inc-1"
) -> IncidentView:
    findings = (
        finding(Subject.LOSS, "HKD 200000000", "HK$200 million", "loss"),
        finding(Subject.COUNTRY, "HK", "Hong Kong"),
        finding(Subject.AI_INVOLVEMENT, "confirmed"),
        finding(Subject.TOOL, HOSTILE),
    )
    text = "A long account of the case. " * 40
    report = Report(id="rep-1", version="ver-1", source="s", capture="cap-1", title=title, text=text)
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
    return IncidentView(
        incident=Incident(
            id=key,
            title=title,
            summary=text[:600],
            reports=("rep-1",),
            occurred=PartialDate(value="2024-01"),
            codes=(
                Code(concept=code, role="primary", score=0.8),
                Code(concept="CY-02", role="sibling", score=0.1),
            ),
            findings=findings,
        ),
        reports=(
            ReportView(
                report=report,
                source_title="A source",
                publisher="A publisher",
                licence="x",
                republish=republish,
                capture=capture,
                incidents=("inc-1",),
                findings=(),
            ),
        ),
        findings=tuple(
            JudgedFinding(
                finding=item, state=State.REJECTED if item.subject is Subject.COUNTRY else State.SUGGESTED
            )
            for item in findings
        ),
        references=(Reference(publisher="P", title="A named person", url=None),),
        timeline=(TimelineEntry(date="2024-02", event="Named"), TimelineEntry(date="2024-01", event="Call")),
        lessons=("Call back on a known number.",),
    )


def write(name: str, typology: Typology, *views: IncidentView) -> bytes:
    return formats.write(views or (view(),), name, typology, nx.MultiDiGraph, "0.1.0")


def test_a_markdown_case_study_has_every_part(typology: Typology) -> None:
    text = write("md", typology).decode()
    headings = [line[3:] for line in text.splitlines() if line.startswith("## ")]
    assert headings == [
        "Summary",
        "How AI was used",
        "Facts",
        "Timeline",
        "Typology",
        "Lessons",
        "Countermeasures",
        "Sources",
        "Before you use this",
    ]
    assert "HKD 200,000,000" in text
    assert "“HK$200 million”" in text.replace("\\", "")
    assert text.index("| Call |") < text.index("| Named |")
    assert "ab" * 32 in text
    assert typology.concept("FR-01").definition[:30] in text.replace("\\", "")


def test_a_rejected_finding_and_a_near_miss_are_left_out(typology: Typology) -> None:
    text = write("md", typology).decode()
    assert "Hong Kong" not in text
    assert typology.label("CY-02") not in text.replace("\\", "")


def test_hostile_text_stays_text_in_markdown() -> None:
    shown = markdown.plain(HOSTILE)
    for live in ("![x](", "<script>", "`code`", "https://"):
        assert live not in shown
    assert markdown.plain("- item\n# head") == "\\- item \\# head"


def test_a_word_case_study_opens_and_holds_no_link_out(typology: Typology) -> None:
    payload = write("docx", typology, view(title=HOSTILE))
    document = docx.Document(io.BytesIO(payload))
    assert next(p.text for p in document.paragraphs if p.style and p.style.name == "Heading 1") == "Summary"
    assert len(document.tables) == 4
    with zipfile.ZipFile(io.BytesIO(payload)) as archive:
        for name in archive.namelist():
            assert b'TargetMode="External"' not in archive.read(name)
            assert "‮".encode() not in archive.read(name)


@pytest.mark.parametrize("name", ["md", "docx", "json", "csv", "graphml"])
def test_the_same_input_gives_the_same_bytes(name: str, typology: Typology) -> None:
    assert write(name, typology) == write(name, typology)


def test_no_csv_cell_is_a_formula(typology: Typology) -> None:
    rows = list(csv.reader(io.StringIO(write("csv", typology, view(title="=cmd()")).decode("utf-8-sig"))))
    assert tuple(rows[0]) == COLUMNS
    assert rows[1][1] == "'=cmd()"
    assert not [cell for cell in rows[1] if cell.startswith(("=", "+", "-", "@"))]


def test_text_that_may_not_be_republished_stays_home(typology: Typology) -> None:
    guarded = view(republish=False)
    [row] = json.loads(write("json", typology, guarded))
    assert row["reports"][0]["text"] is None
    assert row["summary"] == ""
    summary = write("md", typology, guarded).decode().split("## Facts")[0]
    assert "reports: “" in summary
    assert len(summary) < 600


def test_titles_that_could_identify_somebody_are_withheld() -> None:
    assert care.withhold(view(code="CS-02")).references[0].title == care.WITHHELD
    assert care.withhold(view()).references[0].title == "A named person"


def test_words_of_others_on_sexual_offences_do_not_leave(typology: Typology) -> None:
    guarded = care.for_export(view(title="A pupil named in a headline", code="CS-02"), typology)
    for name in ("md", "json", "csv"):
        text = write(name, typology, guarded).decode()
        assert typology.label("CS-02")[:20] in text
        for words in ("A pupil named", "A long account", "HK$200 million", "A named person"):
            assert words not in text.replace("\\", ""), (name, words)
    assert care.for_export(view(), typology) == view()


def test_several_case_studies_come_as_one_zip(typology: Typology) -> None:
    with zipfile.ZipFile(io.BytesIO(write("md", typology, view(), view(key="inc-2")))) as archive:
        assert set(archive.namelist()) == {"inc-1.md", "inc-2.md"}


@pytest.mark.parametrize("name", formats.PLANNED)
def test_a_planned_format_says_not_yet(name: str, typology: Typology) -> None:
    with pytest.raises(formats.NotYet, match="not available yet"):
        write(name, typology)


def test_an_unknown_format_is_wrong_use(typology: Typology) -> None:
    with pytest.raises(WrongUse):
        write("exe", typology)
