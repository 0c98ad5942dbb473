"""What the README tells people to type works as it stands on the starter library."""

import json
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.e2e.commands import ROOT
from ui.cli import main

ELSEWHERE = {"add", "run"}
"""They need a folder of the reader's own, or the internet."""


def _commands() -> list[str]:
    lines = (ROOT / "README.md").read_text("utf-8").splitlines()
    typed = [line.strip().partition("  ")[0] for line in lines if line.startswith("    moriarty ")]
    return [command for command in typed if command.split()[1] not in ELSEWHERE]


@pytest.mark.parametrize("command", _commands())
def test_a_command_of_the_readme_works(
    command: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["--home", str(home), *shlex.split(command)[1:]])
    assert result.exit_code == 0, f"{result.output} {result.exception}"
    assert result.output.strip()


def test_the_readme_names_commands_that_exist() -> None:
    assert len(_commands()) >= 7
    assert {command.split()[1] for command in _commands()} <= set(main.commands)


def _queries() -> list[str]:
    rows = (ROOT / "docs/search.md").read_text("utf-8").splitlines()
    return [row.split("`")[1] for row in rows if row.startswith("| `")]


@pytest.mark.parametrize("query", _queries())
def test_a_query_of_the_manual_is_understood_as_it_stands(query: str, home: Path) -> None:
    result = CliRunner().invoke(main, ["--home", str(home), "search", "--envelope", "--", query])
    answer = json.loads(result.stdout)
    assert answer["hits"], "the starter library has something for each"
    assert not [note for note in answer["notes"] if "ignored" in note or "plain words" in note]


def test_the_manual_lists_enough_queries() -> None:
    assert len(_queries()) >= 20
