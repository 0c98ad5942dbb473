"""The commands over the graph: shapes, exit codes and hostile words."""

import itertools
from pathlib import Path

from click.testing import CliRunner

from index.library import Library
from tests.e2e.commands import answer, moriarty
from tests.index.hardship import settings
from ui.cli import main

RISE = {"concept", "since", "days", "recent", "before", "ratio", "low", "high", "chance", "flagged", "power"}


def run(home: Path, *words: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["--home", str(home), *words])
    return result.exit_code, result.output


def test_what_emerges_says_how_sure_and_as_of_when(home: Path) -> None:
    found = answer(home, "emerging", "--json", "--as-of", "2025-06-30")
    assert found["as_of"] == "2025-06-30"
    assert found["false_alarms"] == 0.05
    assert found["rises"] and all(set(rise) >= RISE for rise in found["rises"])
    code, said = run(home, "emerging", "--as-of", "2025-06-30")
    assert code == 0
    assert "false alarms in at most 5% of looks" in said.replace("\n", " ")


def test_kinds_of_crime_that_rise_fit_a_narrow_terminal(home: Path) -> None:
    found = answer(home, "emerging", "--json", "--as-of", "2025-12-31")
    words = ["--home", str(home), "emerging", "--as-of", "2025-12-31"]
    lines = CliRunner().invoke(main, words, env={"COLUMNS": "80"}).stdout.splitlines()
    below = dict(itertools.pairwise(lines))
    listed = [rise for rise in found["rises"] if f"{rise['concept']} {rise['label']}" in below]
    assert listed
    for rise in listed:
        figures = below[f"{rise['concept']} {rise['label']}"]
        assert f"{rise['recent']} in {rise['days']} days, {rise['before']} before" in figures
        assert figures.endswith(f"chance {rise['chance']:.3f}")


def test_a_way_between_two_names_has_evidence_on_each_step(home: Path) -> None:
    found = answer(home, "path", "Zoom", "FR-01", "--json")
    assert found
    first = found[0]
    assert first["nodes"][0]["id"] == "platform:Zoom"
    assert first["nodes"][-1]["id"] == "technique:FR-01"
    assert first["reported"]
    assert all(edge["reports"] for edge in first["edges"])
    assert run(home, "path", "Zoom", "FR-01")[1].startswith("Way 1, ")


def test_an_unknown_name_and_an_impossible_day_are_wrong_use(home: Path) -> None:
    done = moriarty(home, "path", "\x1b[31mNo such thing", "FR-01")
    assert done.returncode == 2
    assert "graph has no" in done.stderr
    near = moriarty(home, "path", "Zoom calls", "FR-01").stderr
    assert "graph has no 'Zoom calls', but platform:Zoom" in " ".join(near.split())
    assert "\x1b" not in done.stderr
    assert run(home, "emerging", "--as-of", "2025-13-40")[0] == 2


def test_an_empty_library_says_so(tmp_path: Path) -> None:
    Library.open(settings(tmp_path)).close()
    assert run(tmp_path, "emerging") == (0, "Too little is dated to compare.\n")


def test_what_may_rise_is_told_from_what_does_and_what_is_new_is_named(home: Path) -> None:
    found = answer(home, "emerging", "--json", "--as-of", "2025-12-31")
    assert found["unheard"]
    code, said = run(home, "emerging", "--as-of", "2025-12-31")
    assert code == 0
    assert f"First told of in three years, no alarm: {', '.join(found['unheard'])}." in " ".join(said.split())
