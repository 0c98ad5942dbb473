"""Saved searches and their alerts, from the command line and on the pages."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

import feedparser
import pytest

from index.library import Library
from index.records import Actor, Role
from index.search.saved import strict
from index.settings import Settings
from tests.e2e.commands import answer, moriarty
from tests.ui.conftest import ANALYST, Shown, drawn
from ui.addresses import read_search
from ui.views.saved import search_address

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
        library.add([folder / "late.txt"], actor=ANALYST)
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


@pytest.fixture
def watched(mine: Path, tmp_path: Path) -> Iterator[Path]:
    """A library with two saved searches, one of which has found something."""
    actor = Actor(name=Settings.load(mine).actor_name, role=Role.LEAD)
    with Library.open(Settings.load(mine)) as library:
        library.subscriptions.save_search(
            "Tenants", library.parse("tenants deposits"), actor=actor, changes=True
        )
        library.subscriptions.save_search(
            "Ships & <b>", library.parse("ship country:GB after:2020"), actor=actor
        )
    arrive(mine, tmp_path)
    yield mine


def test_home_counts_what_is_new_and_opening_a_search_counts_it_as_seen(shown: Shown, watched: Path) -> None:
    _, said = shown("home", watched)
    assert "Saved searches" in said and "Tenants1 new" in said and "Ships & <b>nothing new" in said
    _, listed = shown("saved", watched)
    assert "Tenants1tenants deposits" in listed and "Country: United Kingdom; from 2020-01-01" in listed
    _, opened = shown("saved", watched, of="Tenants")
    assert "1 alert" in opened and "Cloned landlord collects deposits" in opened
    assert "words: tenants, deposits" in opened and "alerts to changes too" in opened
    assert "Tenantsnothing new" in shown("home", watched)[1]
    assert "Nothing has come in yet" in shown("saved", watched, of="Ships & <b>")[1]


def test_a_search_is_saved_from_its_page_and_forgotten_from_its_own(shown: Shown, watched: Path) -> None:
    app, _ = shown("search", watched, q="cloned voice", country="GB")
    app.text_input(key="save-name").input("Voices")
    app.button(key="save").click().run()
    assert "Saved as Voices." in drawn(app)
    app.button(key="save").click().run()
    assert "already" in drawn(app)
    app, said = shown("saved", watched, of="Voices")
    assert "cloned voice; Country: United Kingdom" in said
    app.button(key="forget").click().run()
    assert not app.exception
    assert "Voices" not in shown("saved", watched)[1]


def test_a_search_that_does_not_exist_leads_to_those_that_do(shown: Shown, watched: Path) -> None:
    assert "There is no such saved search" in shown("saved", watched, of="Nobody's")[1]


def test_a_saved_search_leads_back_to_the_search(library: Library) -> None:
    query = library.parse('"cloned voice" -bank (call OR video) country:GB after:2020 id:aiid:7')
    to = search_address(strict(query))
    asked = read_search(parse_qs(to.partition("?")[2]))
    again = library.parse(asked.text, **asked.overrides(()))
    same = ("filters", "ids", "since", "until")
    assert [getattr(again, name) for name in same] == [getattr(query, name) for name in same]
    assert [term.text for term in again.terms] == [term.text for term in query.terms]
    assert len(query.where) == len(again.where)
