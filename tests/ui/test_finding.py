"""The commands that find, show and hand out: ids as people type them, order, pages, and where files go."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from index.library import Library
from tests.ui.conftest import ANALYST
from ui.cli import main
from ui.commands.options import write
from ui.identifiers import destination, named

ONE, OTHER = "case:case-0002", "case:case-0005"


def run(home: Path, *words: str, width: int = 80) -> Result:
    invoked = CliRunner().invoke(main, ["--home", str(home), *words], env={"COLUMNS": str(width)})
    assert invoked.exception is None, invoked.exception
    return invoked


def hits(home: Path, *words: str) -> list[dict[str, str]]:
    made: list[dict[str, str]] = json.loads(run(home, "search", *words, "--json").stdout)
    return made


def test_hits_come_in_the_order_and_from_the_place_asked_for(home: Path) -> None:
    newest = hits(home, "police", "--sort", "newest", "--limit", "20")
    dates = [hit["date"] for hit in newest]
    assert dates == sorted(dates, reverse=True) and len(set(dates)) > 1
    assert [hit["date"] for hit in hits(home, "police", "--sort", "oldest")] == sorted(
        hit["date"] for hit in hits(home, "police", "--sort", "oldest")
    )
    assert hits(home, "police", "--sort", "newest", "--offset", "5", "--limit", "3") == newest[5:8]
    assert hits(home, "police", "--sort", "loss", "--limit", "1")[0]["loss"]


def test_a_page_says_which_hits_it_shows_and_one_past_the_end_how_many_there_are(home: Path) -> None:
    second = run(home, "search", "police", "--offset", "10", "--limit", "5")
    assert "11 to 15 of " in second.stderr
    beyond = run(home, "search", "police", "--offset", "5000")
    assert "passes over all of them" in beyond.stderr and "Nothing found" not in beyond.stderr


def test_the_first_line_on_stdout_names_the_query_that_was_searched_instead(home: Path) -> None:
    done = run(home, "search", "finanse werker", "--limit", "1")
    assert done.stdout.startswith("Searched for: ") and "(typed: finanse werker)" in done.stdout
    assert "Searched for" not in done.stderr
    as_typed = run(home, "search", "finance worker", "--limit", "1")
    assert "Searched for" not in as_typed.stdout and as_typed.stdout
    as_json = run(home, "search", "finanse werker", "--limit", "1", "--json")
    assert json.loads(as_json.stdout) and "Searched for: " in as_json.stderr


@pytest.mark.parametrize(
    "words", [("-voice",), ("-voice", "--limit", "500"), ("--limit", "500", "--", "-voice")]
)
def test_a_query_may_begin_with_an_unwanted_word(words: tuple[str, ...], home: Path) -> None:
    without = {hit["id"] for hit in hits(home, "", "--limit", "500")} - {
        hit["id"] for hit in hits(home, "voice", "--limit", "500", "--mode", "keyword")
    }
    found = json.loads(run(home, "search", "--json", *words).stdout)
    assert found and {hit["id"] for hit in found} <= without


def test_a_mistyped_option_is_still_wrong_use(home: Path) -> None:
    done = CliRunner().invoke(main, ["--home", str(home), "search", "voice", "--limt", "3"])
    assert done.exit_code == 2 and "--limit" in done.stderr


def test_ids_may_stand_beside_each_other_with_commas(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "two.csv"
    run(home, "export", f"{ONE},", OTHER, "--format", "csv", "-o", str(out))
    assert len(out.read_text("utf-8-sig").splitlines()) == 3
    assert {ref for hit in hits(home, f"{ONE}, {OTHER}") for ref in hit["refs"]} >= {ONE, OTHER}


@pytest.mark.parametrize(
    "wrong", ["inc-gone", "a" * 60_000, "deepfake fraud", "inc-\udcff", "", f"{ONE} {OTHER}"]
)
def test_what_is_not_one_id_is_refused_in_a_short_line(wrong: str, home: Path) -> None:
    for command in ("show", "similar"):
        done = CliRunner().invoke(main, ["--home", str(home), command, wrong])
        assert done.exit_code != 0
        assert str(done.exception).strip()
        assert len(str(done.exception)) < 200


def test_an_id_alone_leads_to_its_incident_or_report(library: Library) -> None:
    [hit] = library.search(library.parse(ONE), actor=ANALYST).hits
    assert destination(library, ONE, ANALYST) == f"/incident?id={hit.id}"
    assert destination(library, f" {hit.id} ", ANALYST) == f"/incident?id={hit.id}"
    report = library.incident(hit.id, actor=ANALYST).reports[0].report.id
    assert destination(library, report, ANALYST) == f"/incident?report={report}"


@pytest.mark.parametrize(
    "typed", ["", "deepfake", f"{ONE} {OTHER}", f"{ONE} deepfake", f"-{ONE}", "aiid:999999999"]
)
def test_all_else_is_searched_for(typed: str, library: Library) -> None:
    assert destination(library, typed, ANALYST) == ""


def test_an_id_beside_words_or_filters_is_not_an_id_alone(library: Library) -> None:
    assert named(library, f"{ONE},{OTHER}") == (ONE, OTHER)
    assert named(library, f"{ONE} country:uk") == ()
    assert named(library, f"{ONE} after:2024") == ()


@pytest.mark.parametrize("name", ["md", "json", "csv", "graphml"])
def test_a_hyphen_writes_text_to_standard_output(
    name: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "file"
    run(home, "export", ONE, "--format", name, "-o", str(out))
    monkeypatch.chdir(tmp_path)
    done = run(home, "export", ONE, "--format", name, "-o", "-")
    assert [*tmp_path.iterdir()] == [out]
    assert done.stdout_bytes == out.read_bytes()
    assert "wrote" not in done.stderr


@pytest.mark.parametrize("words", [(ONE, "--format", "docx"), (ONE, OTHER, "--format", "md")])
def test_what_is_no_text_is_not_written_to_a_terminal(words: tuple[str, ...], home: Path) -> None:
    done = CliRunner().invoke(main, ["--home", str(home), "export", *words, "-o", "-"])
    assert done.exit_code != 0 and "name a file" in str(done.exception)
    assert done.stdout_bytes == b""


def test_writing_a_file_touches_no_other(tmp_path: Path) -> None:
    out, beside = tmp_path / "out.md", tmp_path / "out.md.part"
    out.write_bytes(b"old")
    beside.write_bytes(b"somebody's")
    write(out, b"new")
    assert out.read_bytes() == b"new"
    assert beside.read_bytes() == b"somebody's"
    assert sorted(tmp_path.iterdir()) == [out, beside]


def test_a_link_to_a_file_stays_one(tmp_path: Path) -> None:
    file, link = tmp_path / "file.md", tmp_path / "link.md"
    file.write_bytes(b"old")
    link.symlink_to(file)
    write(link, b"new")
    assert link.is_symlink() and file.read_bytes() == b"new"


def test_an_incident_can_be_read_on_eighty_columns(home: Path) -> None:
    shown = run(home, "show", ONE).stdout
    lines = [line.rstrip() for line in shown.splitlines()]
    assert max(map(len, lines)) <= 80
    quotes = [line for line in lines if line.startswith("    ")]
    assert max(map(len, quotes)) > 60, "quotes have the width of the terminal"
    assert any(line.startswith("About AI crime? Yes") for line in lines)
