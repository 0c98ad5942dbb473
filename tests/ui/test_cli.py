"""The command line as other programs call it: names, JSON shapes and exit codes."""

import json
import socket
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from index.export import formats
from index.library import Library
from index.settings import Settings
from tests.e2e.commands import answer, moriarty
from tests.index.exportables import read
from ui.cli import SECTIONS, main

COMMANDS = {
    "run", "collect", "add", "enrich", "rebuild", "status", "search", "show", "similar", "classify", "group",
    "extract", "export", "evaluate", "retrain", "serve", "save", "saved", "forget", "alerts",
    "emerging", "path", "decisions", "verify",
}  # fmt: skip

HIT = {"id", "title", "score", "date", "typologies", "refs", "passage", "why"}

CASE = {
    "id": "a",
    "title": "Accounts clerk sends £1.2 million after call from cloned voice of the director",
    "text": "Criminals used an AI voice clone of the firm's director to ask an accounts clerk in Leeds for "
    "an urgent supplier payment. The firm lost £1.2 million in March 2024. A man was charged with fraud.",
}


def test_every_command_of_the_contract_is_there_and_has_help() -> None:
    assert set(main.commands) == COMMANDS
    assert all(command.help for command in main.commands.values())


def test_help_lists_every_command_once_under_what_it_is_for() -> None:
    listed = [command for commands in SECTIONS.values() for command in commands]
    assert {command.name for command in listed} == COMMANDS and len(listed) == len(COMMANDS)
    told = CliRunner().invoke(main, ["--help"]).output
    assert all(f"{title}:" in told for title in SECTIONS)


def test_commands_start_without_what_few_of_them_need() -> None:
    heavy = (
        "{'scipy', 'sklearn', 'pandas', 'streamlit', 'onnxruntime', 'transformers', 'networkx', 'docx', "
        "'lxml', 'trafilatura', 'feedparser', 'pypdfium2', 'alembic', 'httpx2', 'warcio'}"
    )
    code = f"import sys; import ui.cli; print(*({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_a_hit_has_the_keys_of_the_contract(home: Path) -> None:
    hits = answer(home, "search", "fake video call finance worker Hong Kong", "--json", "--limit", "3")
    assert 1 <= len(hits) <= 3
    assert set(hits[0]) >= HIT
    assert "case:case-0002" in hits[0]["refs"]
    assert hits[0]["typologies"][0] == "FR-01"


def test_search_filters_and_modes(home: Path) -> None:
    by_code = answer(home, "search", "", "--json", "--typology", "FR-01", "--limit", "50")
    assert by_code
    assert all("FR-01" in hit["typologies"] for hit in by_code)
    by_family = answer(home, "search", "", "--json", "--typology", "FR", "--limit", "100")
    assert len(by_family) > len(by_code)
    dated = answer(home, "search", "", "--json", "--since", "2024", "--until", "2024-06", "--limit", "100")
    assert dated
    assert all("2024" <= hit["date"] < "2024-07" for hit in dated)
    for mode in ("keyword", "semantic"):
        assert answer(home, "search", "cloned voice", "--json", "--mode", mode)
    reports = answer(home, "search", "cloned voice", "--json", "--by", "report")
    assert all(hit["id"].startswith("rep-") for hit in reports)


def test_show_similar_and_outside_ids(home: Path, tmp_path: Path) -> None:
    shown = answer(home, "show", "case:case-0002", "--json")
    assert shown["incident"]["codes"][0]["concept"] == "FR-01"
    assert shown["incident"]["codes"][0]["judged"]
    identifier = shown["incident"]["id"]
    near = answer(home, "similar", identifier, "--json")
    assert near
    assert identifier not in {hit["id"] for hit in near}
    notice = tmp_path / "notice.txt"
    notice.write_text("A finance worker paid after a video meeting in which every colleague was a deepfake.")
    like = answer(home, "similar", "--text", str(notice), "--json")
    assert any("case:case-0002" in hit["refs"] for hit in like[:3])
    assert moriarty(home, "similar").returncode == 2
    report = answer(home, "show", shown["incident"]["reports"][0], "--json")
    for item in report["findings"]:
        finding = item["finding"]
        if finding["quote"]:
            text = report["report"][finding["field"]]
            assert text[finding["start"] : finding["end"]] == finding["quote"]


def test_status_adds_up(home: Path) -> None:
    status = answer(home, "status", "--json")
    assert status["balanced"]
    assert status["captured"] == status["parsed"] + status["quarantined"] + status["unchanged"]
    assert status["reports"] == 95
    assert status["indexed"] == status["reports"] + status["incidents"]
    assert len(status["sources"]) >= 25


@pytest.mark.parametrize("name", formats.READY)
def test_exports(name: str, home: Path, tmp_path: Path) -> None:
    out = tmp_path / f"case.{name}"
    done = moriarty(home, "export", "case:case-0002", "--format", name, "-o", str(out))
    assert done.returncode == 0, done.stderr
    assert "Engineering firm" in read(name, out.read_bytes())


def test_the_contract_of_formats_is_kept() -> None:
    promised = "docx|pptx|pdf|md|html|stix|misp|graphml|csv|json"
    assert set(formats.READY) == set(promised.split("|"))


def test_an_unknown_format_is_answered_with_those_there_are(home: Path, tmp_path: Path) -> None:
    done = moriarty(home, "export", "case:case-0002", "--format", "odt", "-o", str(tmp_path / "x"))
    assert done.returncode == 2
    assert f"there are {', '.join(formats.READY)}" in " ".join(done.stderr.split())


@pytest.mark.parametrize("name", formats.BINARY)
def test_what_is_no_text_is_not_written_to_the_terminal(name: str, home: Path) -> None:
    done = moriarty(home, "export", "case:case-0002", "--format", name, "-o", "-")
    assert done.returncode == 2
    assert f"A {name} file is no text" in done.stderr
    assert not done.stdout


def test_classify_is_stateless_and_quotes_what_is_there(tmp_path: Path) -> None:
    lines = tmp_path / "in.jsonl"
    lines.write_text(json.dumps(CASE) + "\nnot json\n" + json.dumps({"id": "b"}) + "\n")
    done = moriarty(tmp_path / "home", "classify", str(lines))
    assert done.returncode == 1
    assert "line 2: this is not JSON" in done.stderr
    assert "line 3: a line needs an id" in done.stderr
    [row] = [json.loads(line) for line in done.stdout.splitlines()]
    assert set(row) >= {"id", "relevant", "primary", "others", "scores", "evidence", "facts", "abstained"}
    assert row["relevant"] > 0.5
    assert row["primary"] == "FR-01"
    assert row["facts"]["loss"][0]["value"] == "GBP 1200000"
    for piece in row["evidence"]:
        source = CASE["title"] if piece["field"] == "title" else CASE["text"]
        assert source[piece["start"] : piece["end"]] == piece["quote"]


def test_group_puts_two_tellings_together(tmp_path: Path) -> None:
    lines = tmp_path / "in.jsonl"
    other = {
        "id": "c",
        "title": "Robot vacuum maker recalls model",
        "text": "A maker of robot vacuums recalls one.",
    }
    again = {**CASE, "id": "b", "text": CASE["text"] + " The clerk noticed nothing."}
    lines.write_text("\n".join(json.dumps(row) for row in (CASE, again, other)))
    done = moriarty(tmp_path / "home", "group", str(lines))
    assert done.returncode == 0, done.stderr
    clusters = {row["id"]: row["cluster"] for row in map(json.loads, done.stdout.splitlines())}
    assert clusters["a"] == clusters["b"] != clusters["c"]


def test_two_lines_of_one_id_are_not_one_report(tmp_path: Path) -> None:
    lines = tmp_path / "in.jsonl"
    other = {
        "id": "a",
        "title": "Robot vacuum maker recalls model",
        "text": "A maker recalls a robot vacuum.",
    }
    lines.write_text("\n".join(json.dumps(row) for row in (CASE, other, {**CASE, "id": "b"})))
    done = moriarty(tmp_path / "home", "group", str(lines))
    assert done.returncode == 1
    assert "line 2: line 1 has the id 'a' already" in done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["id"] for row in rows] == ["a", "b"]
    assert rows[0]["cluster"] == rows[1]["cluster"]


@pytest.mark.parametrize("command", ["classify", "group"])
def test_a_line_that_is_no_text_is_named_and_the_rest_answered(command: str, tmp_path: Path) -> None:
    lines = tmp_path / "in.jsonl"
    bad = (
        {**CASE, "id": "half \ud800"},
        {**CASE, "id": "b", "text": f"\ud800 {CASE['text']}", "url": "\udfff"},
    )
    written = [json.dumps(row).encode() for row in (CASE, *bad)]
    written += [b'{"id": "c", "text": "\xff"}', b"[" * 100_000, json.dumps({**CASE, "id": "d"}).encode()]
    lines.write_bytes(b"\xef\xbb\xbf" + b"\n".join(written))
    done = moriarty(tmp_path / "home", command, str(lines))
    assert done.returncode == 1, done.stderr
    told = " ".join(done.stderr.split())
    for named in ("line 2: an id must be whole", "line 4: this is not UTF-8", "line 5: this is not JSON"):
        assert named in told
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["id"] for row in rows] == ["a", "b", "d"]
    for piece in rows[1].get("evidence", ()):
        source = CASE["title"] if piece["field"] == "title" else f"\ufffd {CASE['text']}"
        assert source[piece["start"] : piece["end"]] == piece["quote"]


def test_extract_reads_files_and_names_what_it_cannot(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        "<html lang=en><title>T</title><article><h1>A heading</h1>" + "<p>Some fictional words here.</p>" * 20
    )
    (tmp_path / "b.html").write_bytes(b"")
    files = [str(tmp_path / name) for name in ("a.html", "b.html", "none.html")]
    done = moriarty(tmp_path / "home", "extract", *files)
    assert done.returncode == 1
    assert "empty" in done.stderr
    assert "none.html: there is no such file or folder" in done.stderr.replace("\n", "")
    [row] = [json.loads(line) for line in done.stdout.splitlines()]
    assert set(row) == {"file", "title", "text", "published", "language"}
    assert "fictional words" in row["text"]


def test_wrong_use_exits_2_and_says_why(home: Path) -> None:
    for words in (
        ("show", "inc-nothing"),
        ("collect", "no-such-source"),
        ("search",),
        ("add", "/no/such/path"),
    ):
        done = moriarty(home, *words)
        assert done.returncode == 2, words
        assert done.stderr.strip()
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("export", "case:case-0002", "--format", "md", "-o", "/no/such/folder/case.md"), "Cannot write"),
        (("export", "case:case-0002", "--format", "md", "-o", "/"), "Cannot write"),
        (("similar", "--text", "/dev/null"), "There is no text in"),
        (("alerts", "nobody's"), "`moriarty saved` lists"),
        (("retrain", "--rollback"), "No release is in use"),
        (("retrain", "--accept", "nothing"), "`moriarty retrain --list` names"),
        (("collect", "nowhere"), "See `moriarty collect --help`."),
        (("path", "Zooom", "FR-01 executive"), "The graph has no 'Zooom'"),
    ],
)
def test_wrong_use_says_what_to_what_and_what_next(words: tuple[str, ...], said: str, home: Path) -> None:
    done = moriarty(home, *words)
    assert done.returncode == 2, done.stderr
    told = " ".join(done.stderr.split())
    assert said in told and "a search finds the current one" not in told


def test_an_unwritable_home_exits_3_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    done = moriarty(tmp_path / "file" / "home", "enrich")
    assert done.returncode == 3
    assert "Traceback" not in done.stderr and "Check that the folder" in " ".join(done.stderr.split())


def test_a_filter_may_be_a_name_and_what_is_unknown_is_told_beside_json(home: Path) -> None:
    named = answer(home, "search", "", "--json", "--typology", "nudify app", "--country", "uk")
    assert named
    done = moriarty(home, "search", "", "--json", "--country", "Narnia")
    assert json.loads(done.stdout) == []
    assert "knows no" in done.stderr


def test_the_envelope_tells_of_the_whole(home: Path) -> None:
    done = moriarty(home, "search", "deepfke vidoe", "--envelope", "--limit", "2")
    told = json.loads(done.stdout)
    assert not done.stderr
    assert set(told) == {"total", "notes", "searched", "did_you_mean", "hits", "facets"}
    assert told["searched"] == "deepfake video" and "is searched" in told["notes"][0]
    assert len(told["hits"]) == 2 < told["total"]
    assert set(told["hits"][0]) >= HIT
    assert sum(one["count"] for one in told["facets"]["scope"]) == told["total"]


def test_an_unknown_code_exits_2_with_those_near(home: Path) -> None:
    done = moriarty(home, "search", "", "--json", "--typology", "FR-99")
    assert done.returncode == 2 and not done.stdout
    assert "nearest are FR-01 " in " ".join(done.stderr.split())


def test_a_question_that_is_not_english_is_told_what_meaning_is_made_for(home: Path) -> None:
    done = moriarty(home, "search", "深度伪造")
    told = " ".join(done.stderr.split())
    assert "for which search by meaning is made" in told and "Nothing found. Ask in English" in told
    assert "Did you mean: " not in told


def test_status_makes_the_library_that_it_tells_of(tmp_path: Path) -> None:
    status = answer(tmp_path / "new", "status", "--json")
    assert status["balanced"] and status["reports"] == 0
    assert moriarty(tmp_path / "new", "search", "deepfake").returncode == 0


def test_an_empty_library_says_so_and_how_to_fill_it(tmp_path: Path) -> None:
    Library.open(Settings.load(tmp_path)).close()
    for words in (("search", "deepfake"), ("status",)):
        done = moriarty(tmp_path, *words)
        assert done.returncode == 0
        assert "`moriarty run` collects" in " ".join(done.stderr.split())
    assert "`moriarty save NAME QUERY` keeps one" in moriarty(tmp_path, "alerts").stderr


@pytest.mark.parametrize(
    "words", [("search", "deepfake"), ("show", "inc-1"), ("saved",), ("save", "x", "deepfake")]
)
def test_what_only_reads_makes_no_library_where_there_is_none(words: tuple[str, ...], tmp_path: Path) -> None:
    home = tmp_path / "mistyped"
    done = moriarty(home, *words)
    assert done.returncode == 3
    told = " ".join(done.stderr.split())
    assert told.startswith(f"There is no library in {home}. Make one with `moriarty run` or `moriarty add`")
    assert not home.exists()


def test_what_fills_a_library_makes_it(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text(CASE["text"])
    assert moriarty(tmp_path / "new", "add", str(tmp_path / "note.txt")).returncode == 0
    assert answer(tmp_path / "new", "status", "--json")["reports"] == 1


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("", "needs a word or a filter"),
        ("  ", "needs a word or a filter"),
        ("-", "no incident would ever match it"),
        ('""', "no incident would ever match it"),
    ],
)
def test_a_search_is_kept_only_with_a_word_or_a_filter(query: str, why: str, home: Path) -> None:
    done = moriarty(home, "save", "everything", "--", query)
    assert done.returncode == 2
    assert why in " ".join(done.stderr.split())
    assert "everything" not in {one["name"] for one in answer(home, "saved", "--json")}


def test_several_case_studies_must_be_called_the_zip_file_they_are(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "two.docx"
    done = moriarty(home, "export", "case:case-0001", "case:case-0002", "--format", "docx", "-o", str(out))
    assert done.returncode == 2
    assert "2 case studies come as one zip file: call it two.zip" in " ".join(done.stderr.split())
    assert list(tmp_path.iterdir()) == []
    out = out.with_suffix(".zip")
    done = moriarty(home, "export", "case:case-0001", "case:case-0002", "--format", "docx", "-o", str(out))
    assert done.returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["two.zip"]


def test_every_option_of_every_command_says_what_it_does() -> None:
    for name, command in main.commands.items():
        for option in command.params:
            if isinstance(option, click.Option):
                assert option.help, f"{name} {option.name}"


def test_a_library_that_cannot_be_opened_exits_3(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "library.sqlite").write_bytes(b"this is not a database, whatever its name says" * 100)
    done = moriarty(home, "status")
    assert done.returncode == 3
    assert "Traceback" not in done.stderr


def test_a_taken_port_exits_3_and_says_what_to_do(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = moriarty(tmp_path, "serve", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 3
    assert "--port" in done.stderr


def test_help_needs_no_library() -> None:
    assert CliRunner().invoke(main, ["search", "--help"]).exit_code == 0
