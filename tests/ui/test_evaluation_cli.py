"""The commands that measure and that learn, as people and programs call them."""

import json
import socket
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from enrichment.evaluation.publish import FIGURES, PAGES
from index.library import Library
from index.settings import Settings
from tests.shared import shared
from ui.cli import entry, main


def call(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--home", str(home), *arguments])


@pytest.fixture
def half(tmp_path: Path) -> Path:
    """A folder of gold sets with a few incidents under another name."""
    rows = shared("typology-gold/dev.jsonl").read_text("utf-8").splitlines()[:6]
    (tmp_path / "gold" / "typology-gold").mkdir(parents=True)
    (tmp_path / "gold" / "typology-gold" / "a-half.jsonl").write_text("\n".join(rows), "utf-8")
    return tmp_path / "gold"


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """The home of a library with nothing in it."""
    with Library.open(Settings.load(tmp_path / "home")):
        return tmp_path / "home"


def test_evaluate_prints_one_page_and_writes_the_json_and_the_pages_beside(
    half: Path, tmp_path: Path
) -> None:
    out, docs = tmp_path / "figures.json", tmp_path / "docs"
    done = call(tmp_path / "home", "evaluate", "--gold", str(half), "-o", str(out), "--publish", str(docs))
    assert done.exit_code == 0, done.output
    assert "typology-gold/a-half" in done.output
    assert "Not measured: reports-gold" in done.output
    value: dict[str, Any] = json.loads(out.read_text("utf-8"))
    assert out.read_bytes() == (docs / FIGURES).read_bytes()
    assert {path.name for path in docs.iterdir()} == {FIGURES, *PAGES}
    named = {each["name"]: each for each in value["figures"]}
    assert named["typology top-1"]["n"] == 6
    assert named["evidence verbatim"]["value"] == 1.0
    assert {"low", "high", "goal", "met", "data"} <= set(named["typology top-1"])
    assert value["models"]["models"] and not value["models"]["release"]


def test_evaluate_json_is_one_value_and_speaks_of_the_library_itself(half: Path, tmp_path: Path) -> None:
    done = call(tmp_path / "home", "evaluate", "--gold", str(half), "--json")
    value = json.loads(done.stdout)
    assert any(each["what"] == "this library, drawn at random" for each in value["skipped"])


def test_evaluate_leaves_the_search_server_of_the_library_alone(
    half: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("MORIARTY_ELASTICSEARCH_URL", f"http://127.0.0.1:{server.getsockname()[1]}")
        assert call(tmp_path / "home", "evaluate", "--gold", str(half), "--json").exit_code == 0
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()


@pytest.mark.parametrize("arguments", [(), ("--accept", "rel-none"), ("--rollback",), ("--accept", "../x")])
def test_retrain_says_what_is_missing(
    arguments: tuple[str, ...], empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["moriarty", "--home", str(empty), "retrain", *arguments])
    with pytest.raises(SystemExit) as stop:
        entry()
    assert stop.value.code == 2


def test_retrain_lists_releases_and_takes_one_wish_at_a_time(empty: Path) -> None:
    listed = call(empty, "retrain", "--list", "--json")
    assert json.loads(listed.stdout) == []
    assert call(empty, "retrain", "--list", "--rollback").exit_code == 2
