"""The AI Incident Database gives every incident and press report, or says which row it could not read."""

import bz2
import csv
import io
import tarfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from collectors.errors import BombRefused, Malformed, TooLarge, UnsafeArchive
from collectors.records import Claim, Disposition, Outcome, Report
from collectors.sets import aiid
from collectors.sets.rows import MOST_ISSUES
from tests.collectors.sample import capture_of, shared

CAPTURE = capture_of("aiid", source="aiid")

INCIDENT_COLUMNS = (
    "_id", "incident_id", "date", "reports", "Alleged deployer of AI system",
    "Alleged developer of AI system", "Alleged harmed or nearly harmed parties", "description", "title",
)  # fmt: skip
PRESS_COLUMNS = (
    "_id",
    "date_published",
    "language",
    "report_number",
    "source_domain",
    "text",
    "title",
    "url",
)


def table(columns: Sequence[str], *rows: Sequence[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([columns, *rows])
    return buffer.getvalue()


def escaped_table(columns: Sequence[str], *rows: Sequence[str]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL, escapechar="\\", lineterminator="\n")
    writer.writerows([columns, *rows])
    return buffer.getvalue()


def incident(number: str, reports: str = "[]", day: str = "2025-03-04", title: str = "A title") -> list[str]:
    return [
        "x",
        number,
        day,
        reports,
        '["maker"]',
        '["maker", "lab"]',
        '["town"]',
        f"What {number} was.",
        title,
    ]


def article(number: str, url: str, text: str = "Text.", day: str = "2025-03-05T00:00:00.000Z") -> list[str]:
    return ["x", day, "en", number, "news.example", text, f'"Quoted" title {number}', url]


def parse(folder: Path, **tables: str) -> Outcome:
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return aiid.parse(aiid.bundle(folder), CAPTURE)


def by_ref(outcome: Outcome, ref: str) -> Report:
    return next(report for report in outcome.reports if report.refs[0] == ref and report.source == "aiid")


def test_every_incident_of_the_real_snapshot_is_a_report_or_an_issue() -> None:
    outcome = aiid.parse(aiid.bundle(shared("aiid")), CAPTURE)
    assert len(outcome.reports) + len(outcome.issues) == 1367
    assert outcome.issues == ()
    assert len({report.id for report in outcome.reports}) == 1367
    coded = [report for report in outcome.reports if any(c.subject == "mit_domain" for c in report.claims)]
    assert len(coded) == 1242
    assert all(report.published is None for report in outcome.reports)


def test_the_weekly_archive_says_the_same_as_the_folder() -> None:
    folder = aiid.bundle(shared("aiid"))
    assert aiid.parse(bz2.compress(folder), CAPTURE) == aiid.parse(folder, CAPTURE)


def test_submissions_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "submissions.csv").write_text("text\nUnlicensed words\n")
    parse(tmp_path, incidents=table(INCIDENT_COLUMNS, incident("5")))
    assert b"Unlicensed" not in aiid.bundle(tmp_path)


def test_an_incident_keeps_its_day_and_parties(tmp_path: Path) -> None:
    (report,) = parse(tmp_path, incidents=table(INCIDENT_COLUMNS, incident("5"))).reports
    assert report.refs == ("aiid:5",)
    assert report.url == "https://incidentdatabase.ai/cite/5"
    assert (report.title, report.text) == ("A title", "What 5 was.")
    assert report.claims == (
        Claim(subject="occurred", value="2025-03-04"),
        Claim(subject="organisation", value="maker", role="deployer"),
        Claim(subject="organisation", value="maker", role="developer"),
        Claim(subject="organisation", value="lab", role="developer"),
        Claim(subject="organisation", value="town", role="harmed"),
    )


def test_an_incident_says_how_many_press_reports_tell_it(tmp_path: Path) -> None:
    (report,) = parse(tmp_path, incidents=table(INCIDENT_COLUMNS, incident("5", "[1, 2, 30]"))).reports
    assert Claim(subject="press_reports", value="3") in report.claims


def test_repeated_columns_of_a_classification_are_all_kept(tmp_path: Path) -> None:
    columns = ("Namespace", "Incident ID", "Published", "AI System", "Clear link to technology", "AI System",
               "Clear link to Technology", "AI Task", "AI Notes", "Gone")  # fmt: skip
    row = ("CSETv1", "5", "False", "yes", "maybe", "no", "yes", '["one", "two"]', "Long discussion", "")
    outcome = parse(
        tmp_path, incidents=table(INCIDENT_COLUMNS, incident("5")), classifications_CSETv1=table(columns, row)
    )
    claims = [claim for claim in outcome.reports[0].claims if claim.subject.startswith("csetv1")]
    assert [(claim.subject, claim.value) for claim in claims] == [
        ("csetv1_ai_system", "yes"),
        ("csetv1_clear_link_to_technology", "maybe"),
        ("csetv1_ai_system_2", "no"),
        ("csetv1_clear_link_to_technology_2", "yes"),
        ("csetv1_ai_task", "one"),
        ("csetv1_ai_task", "two"),
    ]
    assert {claim.role for claim in claims} == {"unpublished"}


def test_a_duplicate_stays_and_carries_the_true_incident(tmp_path: Path) -> None:
    outcome = parse(
        tmp_path,
        incidents=table(INCIDENT_COLUMNS, incident("5"), incident("6")),
        duplicates=table(("duplicate_incident_number", "true_incident_number"), ("6", "5"), ("9", "5")),
    )
    assert by_ref(outcome, "aiid:6").refs == ("aiid:6", "aiid:5")
    assert Claim(subject="duplicate_of", value="aiid:5") in by_ref(outcome, "aiid:6").claims
    assert by_ref(outcome, "aiid:5").refs == ("aiid:5", "aiid:9")


def test_a_press_report_carries_every_incident_that_lists_it(tmp_path: Path) -> None:
    outcome = parse(
        tmp_path,
        incidents=table(INCIDENT_COLUMNS, incident("5", "[71, 72]"), incident("6", "[72]")),
        reports=escaped_table(
            PRESS_COLUMNS,
            article("71", "https://news.example/a?utm_source=x", 'He said "no", \\*twice*.\nThen left.\\'),
            article("72", "https://news.example/b", day=""),
        ),
    )
    assert outcome.issues == ()
    first, second = (report for report in outcome.reports if report.source == "aiid-reports")
    assert first.text == 'He said "no", \\*twice*.\nThen left.\\'
    assert first.url == "https://news.example/a"
    assert first.published is not None
    assert (first.published.value, first.published.origin) == ("2025-03-05", "dataset")
    assert (first.refs, second.refs) == (("aiid:5",), ("aiid:5", "aiid:6"))
    assert second.published is None
    assert [item.title for item in by_ref(outcome, "aiid:6").references] == ['"Quoted" title 72']


def test_two_press_reports_of_one_address_do_not_replace_each_other(tmp_path: Path) -> None:
    address = "https://news.example/a"
    rows = [article("71", address), article("72", address), article("73", address, "Another text.")]
    for row in rows:
        row[6] = "One title"
    outcome = parse(
        tmp_path,
        incidents=table(INCIDENT_COLUMNS, incident("5", "[71]"), incident("6", "[72, 73]")),
        reports=escaped_table(PRESS_COLUMNS, *rows),
    )
    merged, other = (report for report in outcome.reports if report.source == "aiid-reports")
    assert merged.refs == ("aiid:5", "aiid:6")
    assert other.refs == ("aiid:6",)
    assert merged.id != other.id


def test_every_bad_row_is_an_issue(tmp_path: Path) -> None:
    torn = incident("15")
    torn[4] = "[not json"
    outcome = parse(
        tmp_path,
        incidents=table(
            INCIDENT_COLUMNS, incident("5"), incident("0"), incident("5"), incident("-3"), incident("1e3"),
            torn, incident("16")[:-2], incident("17", day="2025-02-30"),
        ),
        classifications_MIT=table(("Namespace", "Incident ID", "Published"), ("MIT", "404", "True")),
        reports=escaped_table(PRESS_COLUMNS, article("71", "https://news.example/a", " "), ["short"]),
    )  # fmt: skip
    assert [report.refs for report in outcome.reports] == [("aiid:5",), ("aiid:17",)]
    assert {(issue.item, issue.code) for issue in outcome.issues} == {
        ("labels of incident 404", "malformed"),
        ("incident 0", "malformed"),
        ("incidents.csv row 3", "malformed"),
        ("incident -3", "malformed"),
        ("incident 1e3", "malformed"),
        ("incident 15", "malformed"),
        ("incidents.csv row 7", "malformed"),
        ("incident 17", "malformed"),
        ("reports.csv row 1, report 71", "empty"),
        ("reports.csv row 2", "malformed"),
    }
    assert all(issue.at == CAPTURE.finished for issue in outcome.issues)


def test_bad_rows_beyond_a_hundred_are_counted_in_one_issue(tmp_path: Path) -> None:
    bad = [incident(str(number), reports="neither a list nor json") for number in range(1, 251)]
    outcome = parse(tmp_path, incidents=table(INCIDENT_COLUMNS, incident("900"), *bad))
    assert len(outcome.issues) == MOST_ISSUES + 1
    assert outcome.issues[-1].detail.startswith("150 more of this kind, the last: incident 250 ")


def test_a_table_of_too_many_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BombRefused, match="more than 200,000 rows"):
        parse(tmp_path, incidents="incident_id\n" + "7\n" * 200_001)


def test_an_unclosed_quote_does_not_swallow_rows_in_silence(tmp_path: Path) -> None:
    whole = table(INCIDENT_COLUMNS, incident("5"))
    outcome = parse(tmp_path, incidents=whole + 'x,6,2025-01-01,"[],[],[],[],never closed\nx,7,2025-01-01\n')
    assert len(outcome.reports) == 1
    assert len(outcome.issues) == 1


def test_words_after_a_closing_quote_are_an_issue(tmp_path: Path) -> None:
    odd = 'x,6,2025-01-01,[],[],[],[],"What 6 was."and more,A title\n'
    outcome = parse(tmp_path, incidents=table(INCIDENT_COLUMNS, incident("5")) + odd)
    assert len(outcome.reports) == 1
    assert [issue.item for issue in outcome.issues] == ["incidents.csv row 2"]


def test_a_field_past_the_usual_limit_is_read(tmp_path: Path) -> None:
    text = "word " * 100_000
    outcome = parse(
        tmp_path,
        incidents=table(INCIDENT_COLUMNS, incident("5", "[71]")),
        reports=escaped_table(PRESS_COLUMNS, article("71", "https://news.example/a", text)),
    )
    assert outcome.reports[1].text == text.strip()


def test_hostile_cells_do_not_end_the_import(tmp_path: Path) -> None:
    nested = incident("6")
    nested[4] = "[" * 100_000
    turned = incident("7", title="Plain\u202etxt.exe\x00\x1b[31m")
    outcome = parse(tmp_path, incidents=table(INCIDENT_COLUMNS, incident("5"), nested, turned))
    assert [issue.item for issue in outcome.issues] == ["incident 6"]
    assert by_ref(outcome, "aiid:7").title == "Plaintxt.exe[31m"


def test_a_table_that_comes_twice_is_an_issue(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for folder, number in (("first", "5"), ("second", "6")):
            data = table(INCIDENT_COLUMNS, incident(number)).encode()
            member = tarfile.TarInfo(f"{folder}/incidents.csv")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    outcome = aiid.parse(buffer.getvalue(), CAPTURE)
    assert [report.refs for report in outcome.reports] == [("aiid:5",)]
    assert [issue.item for issue in outcome.issues] == ["second/incidents.csv"]


def test_a_snapshot_without_incidents_is_malformed(tmp_path: Path) -> None:
    with pytest.raises(Malformed, match=r"no incidents\.csv"):
        parse(tmp_path, duplicates="duplicate_incident_number,true_incident_number\n")


def test_no_readable_row_quarantines_the_capture(tmp_path: Path) -> None:
    outcome = parse(tmp_path, incidents=table(INCIDENT_COLUMNS, incident("none")))
    assert outcome.disposition is Disposition.QUARANTINED


def test_a_linked_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("private")
    (tmp_path / "incidents.csv").symlink_to(tmp_path / "secret.txt")
    with pytest.raises(UnsafeArchive):
        aiid.bundle(tmp_path)


def test_a_snapshot_past_the_limit_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "incidents.csv").open("wb") as sparse:
        sparse.truncate(aiid.SNAPSHOT_BYTES + 1)
    with pytest.raises(TooLarge):
        aiid.bundle(tmp_path)
