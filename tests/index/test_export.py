import csv
import io
import json
import re
import zipfile
from datetime import timedelta

import docx
import pytest
from markdown_it import MarkdownIt

from collectors.errors import WrongUse
from enrichment.records import Code, CodeRole, Subject
from enrichment.typology import Typology
from index import care
from index.characters import UNSEEN
from index.export import formats, markdown
from index.export.case_study import Row, build
from index.export.data import COLUMNS
from index.export.gate import QUOTE_LIMIT, exportable
from index.records import IncidentView, JudgedFinding, State
from tests.index.exportables import HOSTILE, NOW, TEXT, finding, judgement, other, said, view, write

FORMATS = formats.READY


@pytest.fixture(scope="module")
def typology() -> Typology:
    return Typology.load()


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


@pytest.mark.parametrize("name", FORMATS)
def test_a_rejected_finding_and_a_near_miss_are_left_out(name: str, typology: Typology) -> None:
    text = said(name, typology)
    for left_out in ("Hong Kong", "CY-02", typology.label("CY-02"), "a near miss"):
        assert left_out not in text


def test_a_near_miss_that_a_person_accepted_or_a_code_rests_on_leaves(typology: Typology) -> None:
    missed = finding(Subject.TYPOLOGY, "CY-02", "a near miss", "sibling")
    accepted = view().model_copy(update={"findings": (JudgedFinding(finding=missed, state=State.ACCEPTED),)})
    codes = (Code(concept="CY-02", role=CodeRole.OTHER, score=0.5, findings=(missed.id,)),)
    pooled = view().incident.model_copy(update={"codes": codes})
    for one in (accepted, view().model_copy(update={"incident": pooled})):
        assert missed in exportable(one, typology).incident.findings


def test_hostile_text_stays_text_in_markdown() -> None:
    written = markdown.plain(HOSTILE)
    for live in ("![x](", "<script>", "`code`", "https://"):
        assert live not in written
    assert markdown.plain("- item\n# head") == "\\- item \\# head"


LIVE = (
    "A bank |![](https://evil.example/p.png)| warns http://evil.example/a",
    "Fake shop https://evil.example/`<img src=x>` | [click](https://evil.example)",
    "Ends in a backslash https://evil.example\\",
    "Two lines\n\n<b>https://evil.example</b>\n\n| a | b |",
    "Write to someone@evil.example or mailto:someone@evil.example",
)


@pytest.mark.parametrize("text", LIVE)
def test_a_hostile_case_study_renders_as_the_text_it_is(text: str, typology: Typology) -> None:
    hostile = view(title=text)
    report = hostile.reports[0].report.model_copy(update={"url": text, "title": text})
    shown = hostile.reports[0].model_copy(update={"report": report, "publisher": text})
    tool = JudgedFinding(finding=finding(Subject.TOOL, text, text), state=State.ACCEPTED, by=text)
    hostile = hostile.model_copy(update={"reports": (shown,), "findings": (tool,)})
    written = write("md", typology, hostile).decode()
    tokens = MarkdownIt("commonmark").enable("table").parse(written)
    made = [one.type for token in tokens for one in (token, *(token.children or ()))]
    assert not {"image", "link_open", "html_inline", "html_block", "fence"} & set(made)
    assert made.count("td_open") == sum(len(row.cells) for row in tables(hostile, typology))
    prose = "".join(one.content for token in tokens for one in token.children or () if one.type == "text")
    assert not re.search(r"(https?|mailto):|\w@\w", prose)


def tables(one: IncidentView, typology: Typology) -> list[Row]:
    study = build(exportable(one, typology), typology, "0.1.0")
    return [row for section in study.sections for row in section.rows]


@pytest.mark.parametrize("name", FORMATS)
def test_no_format_moves_a_cursor_or_turns_the_reading(name: str, typology: Typology) -> None:
    text = said(name, typology, view(title=HOSTILE))
    assert "alert(1)" in text
    assert not UNSEEN.findall(text.removeprefix("\ufeff").replace("\r", ""))


def test_a_word_case_study_opens_and_holds_no_link_out(typology: Typology) -> None:
    payload = write("docx", typology, view(title=HOSTILE))
    document = docx.Document(io.BytesIO(payload))
    assert next(p.text for p in document.paragraphs if p.style and p.style.name == "Heading 1") == "Summary"
    assert len(document.tables) == 4
    with zipfile.ZipFile(io.BytesIO(payload)) as archive:
        for name in archive.namelist():
            assert b'TargetMode="External"' not in archive.read(name)
            assert "‮".encode() not in archive.read(name)


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_input_gives_the_same_bytes(name: str, typology: Typology) -> None:
    assert write(name, typology) == write(name, typology)


def test_no_csv_cell_is_a_formula(typology: Typology) -> None:
    rows = list(csv.reader(io.StringIO(write("csv", typology, view(title="=cmd()")).decode("utf-8-sig"))))
    assert tuple(rows[0]) == COLUMNS
    assert rows[1][1] == "'=cmd()"
    assert not [cell for cell in rows[1] if cell.startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize(
    "begun", ["＝", "＋", "－", "＠", "﹢", " =", "\u3000@", "\xa0-", "\t", "\r", "\n", "+"]
)
def test_a_formula_is_one_however_wide_its_sign(begun: str, typology: Typology) -> None:
    rows = list(
        csv.reader(io.StringIO(write("csv", typology, view(title=f"{begun}1+1")).decode("utf-8-sig")))
    )
    assert rows[1][1].startswith("'")


def test_a_name_that_only_holds_such_a_sign_stays_as_it_is(typology: Typology) -> None:
    rows = list(csv.reader(io.StringIO(write("csv", typology, view(title="１－２ = a")).decode("utf-8-sig"))))
    assert rows[1][1] == "１－２ = a"


BROKEN = "The firm\npaid " + TEXT


@pytest.mark.parametrize("text", [TEXT, BROKEN], ids=["plain", "with a line break"])
@pytest.mark.parametrize("name", FORMATS)
def test_text_that_may_not_be_republished_stays_home(name: str, text: str, typology: Typology) -> None:
    told = said(name, typology, view(republish=False, text=text))
    assert stretch(told, text) <= QUOTE_LIMIT


@pytest.mark.parametrize("text", [TEXT, BROKEN], ids=["plain", "with a line break"])
def test_a_summary_that_may_not_be_republished_is_quoted(text: str, typology: Typology) -> None:
    told = said("md", typology, view(republish=False, text=text)).split("## Facts")[0]
    assert "A publisher reports: “" in told
    assert 200 < stretch(told, text) <= QUOTE_LIMIT
    [row] = json.loads(write("json", typology, view(republish=False, text=text)))
    assert row["reports"][0]["text"] is None
    assert row["summary"] == ""


@pytest.mark.parametrize("name", FORMATS)
def test_another_report_gives_no_leave_to_republish_the_lead(name: str, typology: Typology) -> None:
    told = said(name, typology, view(republish=False, others=(other(republish=True),)))
    assert stretch(told, TEXT) <= QUOTE_LIMIT


def test_a_summary_of_nobody_knows_which_report_is_quoted(typology: Typology) -> None:
    unknown = view(lead=None, others=(other(republish=True),))
    [row] = json.loads(write("json", typology, unknown))
    assert row["summary"] == ""
    told = said("md", typology, unknown).split("## Facts")[0]
    assert "A source reports: “" in told
    assert stretch(told, TEXT) <= QUOTE_LIMIT


def test_one_report_alone_is_the_lead(typology: Typology) -> None:
    [row] = json.loads(write("json", typology, view(lead=None)))
    assert row["summary"] == view().incident.summary


def test_what_may_be_republished_leaves_whole(typology: Typology) -> None:
    [row] = json.loads(write("json", typology, view(others=(other(republish=False),))))
    assert [item["text"] for item in row["reports"]] == [TEXT, None]
    assert row["summary"] == view().incident.summary
    assert TEXT[:500] in said("md", typology)


def test_why_people_decided_stays_and_when_they_last_did_leaves(typology: Typology) -> None:
    history = (judgement("Her daughter", NOW + timedelta(days=2)), judgement("She", NOW))
    known = {"judgements": history, "decided": NOW + timedelta(days=2)}
    gated = exportable(view().model_copy(update=known), typology)
    assert (gated.judgements, gated.decided) == ((), NOW + timedelta(days=2))


def test_a_quote_that_is_cut_is_still_where_its_span_says(typology: Typology) -> None:
    [row] = json.loads(write("json", typology, view(republish=False)))
    for item in row["findings"]:
        if item["quote"] and item["subject"] == "events":
            assert TEXT[item["start"] : item["end"]] == item["quote"]
            assert 200 < len(item["quote"]) <= QUOTE_LIMIT


def stretch(told: str, text: str) -> int:
    """Return how many characters of a text, line breaks aside, are told in one go."""
    flat, told = " ".join(text.split()), " ".join(told.split())
    return max(size for size in range(len(flat)) if flat[:size] in told)


NAMES = ("A named person", "named.example")


def test_titles_and_addresses_that_could_identify_somebody_are_withheld() -> None:
    for name in NAMES:
        assert name not in care.redact(view(code="CS-02")).model_dump_json()
        assert name not in care.redact(view(), {"rep-1"}).model_dump_json()
        assert name in care.redact(view(), {"rep-2"}).model_dump_json()
    assert care.redact(view(code="CS-02")).references[0].title == care.WITHHELD
    assert care.redact(view()) == view()


@pytest.mark.parametrize("name", FORMATS)
def test_words_of_others_on_sexual_offences_do_not_leave(name: str, typology: Typology) -> None:
    guarded = view(title="A pupil named in a headline", code="CS-02", others=(other(republish=True),))
    text = said(name, typology, guarded)
    assert "CS-02" in text
    for words in (*WORDS, "A pupil named", "Also told"):
        assert words not in text, (name, words)


WORDS = (
    *(*NAMES, "A long account", "HK$200 million", "a-named-person", "Lower Marsh School", "aiid:9345"),
    "In other words",
)


@pytest.mark.parametrize("name", FORMATS)
def test_a_report_that_also_tells_of_a_sexual_offence_is_as_silent(name: str, typology: Typology) -> None:
    shared = view(title="Round-up: a pupil, a firm", others=(other(republish=True),))
    text = said(name, typology, shared, elsewhere=frozenset({"rep-1"}))
    assert "FR-01" in text
    for words in (*WORDS[:-1], "Round-up"):
        assert words not in text, (name, words)
    assert typology.label("FR-01") in text
    if name == "json":
        assert "In other words." in text


@pytest.mark.parametrize("name", FORMATS)
def test_our_own_words_on_sexual_offences_leave(name: str, typology: Typology) -> None:
    ours = view(title="A pupil is threatened", code="CS-02")
    [item] = ours.reports
    item = item.model_copy(update={"report": item.report.model_copy(update={"source": "starter"})})
    text = said(name, typology, ours.model_copy(update={"reports": (item,)}))
    assert "A pupil is threatened" in text
    assert not [words for words in NAMES if words in text]


def test_several_case_studies_come_as_one_zip(typology: Typology) -> None:
    with zipfile.ZipFile(io.BytesIO(write("md", typology, view(), view(key="inc-2")))) as archive:
        assert set(archive.namelist()) == {"inc-1.md", "inc-2.md"}


def test_an_unknown_format_is_wrong_use(typology: Typology) -> None:
    with pytest.raises(WrongUse):
        write("exe", typology)
