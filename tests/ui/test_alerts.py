"""Saved searches and their alerts, from the command line and on the pages."""

import shutil
from pathlib import Path

import feedparser
import pytest

from index.library import Library
from index.settings import Settings
from tests.e2e.commands import answer, moriarty
from tests.ui.conftest import ANALYST

STORY = (  # fictional
    "Cloned landlord collects deposits in Guildford\n\nTenants in Guildford paid deposits to a caller who "
    "used a synthetic voice of their landlord, made with artificial intelligence. The letting agent noticed "
    "the calls after nine payments of £500, and officers are looking for the caller."
)


@pytest.fixture
def mine(home: Path, tmp_path: Path) -> Path:
    """A copy of the starter library that a test may change."""
    shutil.copytree(home, tmp_path / "mine")
    return tmp_path / "mine"


def arrive(home: Path, folder: Path) -> None:
    (folder / "late.txt").write_text(STORY, "utf-8")
    with Library.open(Settings.load(home)) as library:
        library.collect(paths=[folder / "late.txt"], actor=ANALYST)
        library.enrich(actor=ANALYST)
        library.refresh(actor=ANALYST)


def test_the_commands_keep_list_tell_and_forget(mine: Path, tmp_path: Path) -> None:
    done = moriarty(mine, "save", "Landlords", "synthetic landlord after:2001", "--shared")
    assert done.returncode == 0, done.stderr
    assert moriarty(mine, "save", "Tenants", "tenants deposits").returncode == 0
    again = moriarty(mine, "save", "Tenants", "tenants")
    assert again.returncode == 2
    assert "already" in again.stderr
    arrive(mine, tmp_path)
    listed = answer(mine, "saved", "--json")
    assert {one["name"]: one["new"] for one in listed} == {"Landlords": 0, "Tenants": 1}, "no date, no match"
    [alert] = answer(mine, "alerts", "--json")
    assert (alert["search"], alert["new"]) == ("Tenants", True)
    assert alert["reason"] == "words: tenants, deposits"
    feed = tmp_path / "alerts.xml"
    assert moriarty(mine, "alerts", "Tenants", "--atom", str(feed)).returncode == 0
    assert [entry.title for entry in feedparser.parse(feed.read_bytes()).entries] == [alert["title"]]
    assert list(tmp_path.glob("*.part")) == []
    shown = moriarty(mine, "alerts")
    assert "Cloned landlord collects deposits" in shown.stdout
    assert "Nothing new." in moriarty(mine, "alerts").stderr
    assert answer(mine, "alerts", "--json") == []
    assert len(answer(mine, "alerts", "--json", "--since", "2020")) == 1
    assert "Tenants" in moriarty(mine, "saved").stdout
    assert moriarty(mine, "forget", "Tenants").returncode == 0
    assert [one["name"] for one in answer(mine, "saved", "--json")] == ["Landlords"]
    for words in (("forget", "Tenants"), ("alerts", "Tenants"), ("alerts", "--since", "soon")):
        assert moriarty(mine, *words).returncode == 2, words
