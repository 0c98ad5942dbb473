"""What the terminal is sent: fetched text as text, whatever it holds."""

import ast
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from collectors.records import Issue, Report
from enrichment.network.records import Cluster, Outlook
from enrichment.records import Code, CodeRole, Finding, Incident, Subject
from enrichment.typology import Typology
from index.characters import UNSEEN
from index.records import IncidentView, JudgedFinding, ReportView, State, Tally
from index.search.query import By, Hit, Passage, Span
from tests.e2e.commands import command, environment, moriarty
from ui.commands import graph, health, listing, printing

UI = Path(printing.__file__).parent
HOSTILE = "\x1b]0;owned\x07\x1b[31mred\x9b2J \u202edlrow\u2066 \ud800 [bold]x[/bold]"
SHOWN = "[31mred"
"""What of it a person sees all the same."""


def hit() -> Hit:
    return Hit(
        id=HOSTILE,
        by=By.INCIDENT,
        title=HOSTILE,
        score=1,
        date=HOSTILE,
        countries=(HOSTILE,),
        loss=HOSTILE,
        passage=Passage(report="rep-1", text=HOSTILE),
        why=HOSTILE,
    )


def finding() -> JudgedFinding:
    claim = Finding(
        id="fin-1",
        report="rep-1",
        version="ver-1",
        subject=Subject.TOOL,
        value=HOSTILE,
        score=1,
        quote=HOSTILE,
        origin=HOSTILE,
    )
    return JudgedFinding(finding=claim, state=State.ACCEPTED, by=HOSTILE)


def report() -> ReportView:
    told = Report(id="rep-1", version="ver-1", source="s", capture="", title=HOSTILE, text=HOSTILE)
    return ReportView(
        report=told,
        source_title=HOSTILE,
        publisher=HOSTILE,
        licence="",
        republish=False,
        capture=None,
        incidents=(),
        findings=(finding(),),
    )


def incident() -> IncidentView:
    codes = (Code(concept="FR-01", role=CodeRole.PRIMARY, score=1),)
    told = Incident(id="inc-1", title=HOSTILE, summary=HOSTILE, reports=("rep-1",), codes=codes)
    return IncidentView(incident=told, reports=(report(),), findings=(finding(),))


def issue() -> Issue:
    now = datetime.now(UTC)
    return Issue(source=HOSTILE, item=HOSTILE, code="malformed", detail=HOSTILE, advice=HOSTILE, at=now)


def outlook() -> Outlook:
    cluster = Cluster(
        words=(HOSTILE,),
        incidents=("inc-1",),
        likeness=0.5,
        nearest=HOSTILE,
        nearest_likeness=0.5,
        chance=0.1,
    )
    return Outlook(
        as_of=date(2026, 1, 1),
        clusters=(cluster,),
        unfit=1,
        rises=(),
        compared=1,
        false_alarms=0.05,
        undated=0,
        titles={"inc-1": HOSTILE},
    )


WAYS: dict[str, Callable[[Typology], object]] = {
    "search and similar": lambda typology: listing.hits([hit()], typology),
    "show an incident": lambda typology: listing.view(incident(), typology),
    "show a report": lambda typology: listing.view(report(), typology),
    "a run": lambda _: health.tally(Tally(run="run-1", issues=(issue(),))),
    "emerging": lambda _: graph.outlook(outlook()),
    "a line": lambda _: printing.line(HOSTILE),
    "a complaint": lambda _: printing.complain(HOSTILE),
    "a value as JSON": lambda _: printing.json_value([hit().model_dump(mode="python")]),
    "a line of JSON": lambda _: printing.json_line(printing.hit_value(hit())),
}


@pytest.mark.parametrize("way", WAYS)
def test_no_fetched_text_moves_the_cursor_or_turns_the_reading(
    way: str, capsys: pytest.CaptureFixture[str]
) -> None:
    WAYS[way](Typology.load())
    seen = capsys.readouterr()
    sent = seen.out + seen.err
    assert SHOWN in sent and "[bold]x[/bold]" in sent
    assert not UNSEEN.findall(sent)


def test_nothing_logged_moves_the_cursor_either() -> None:
    code = "import logging, sys; from ui.commands import printing; printing.log(logging.INFO); "
    code += "logging.getLogger('index').warning('refused: %s', sys.argv[1])"
    done = subprocess.run(
        [sys.executable, "-c", code, HOSTILE.replace("\ud800", "")],
        capture_output=True,
        text=True,
        check=True,
        cwd=UI.parent,
    )
    assert done.stderr.startswith("WARNING index: refused: ") and SHOWN in done.stderr
    assert not UNSEEN.findall(done.stderr)


def test_json_is_the_same_value_whatever_is_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    printing.json_value({HOSTILE: [HOSTILE, "café"]})
    written = capsys.readouterr().out
    assert json.loads(written) == {HOSTILE: [HOSTILE, "café"]}
    assert "café" in written


def test_marks_stand_under_their_words_behind_unseen_characters() -> None:
    text = "A \u202e\x1bdeepfake\nrobs"
    spans = (Span(start=4, end=12), Span(start=13, end=17))
    made = listing.lit(Passage(report="rep-1", text=text, spans=spans))
    assert [made.plain[each.start : each.end] for each in made.spans] == ["deepfake", "robs"]
    assert made.plain == "A \ufffd\ufffddeepfake robs"


def test_commands_make_text_for_the_terminal_in_one_place() -> None:
    for path in UI.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            made = isinstance(node, ast.Call) and ast.unparse(node.func) in ("Text", "Text.from_markup")
            assert not made or path.name == "printing.py", f"{path.name}: {ast.unparse(node)}"


@pytest.mark.parametrize("options", [("--limit", "20"), ("--limit", "20", "--json")])
def test_reader_that_has_had_enough_is_no_failure(home: Path, options: tuple[str, ...]) -> None:
    running = subprocess.Popen(
        command(home, "search", "deepfake", *options),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    assert running.stdout is not None and running.stderr is not None
    running.stdout.close()
    with running.stderr:
        assert running.stderr.read() == b""
    assert running.wait() == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
@pytest.mark.parametrize("format_name", ["json", "docx"])
def test_full_disk_is_named_and_no_help_text_is_offered(home: Path, format_name: str) -> None:
    done = moriarty(home, "export", "case:case-0002", "--format", format_name, "-o", "/dev/full")
    assert done.returncode == 2
    assert "Cannot write /dev/full: No space left on device." in done.stderr
    assert "--help" not in done.stderr
