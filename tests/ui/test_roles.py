"""Each role is offered what it may do, and is told which role may do the rest."""

import shutil
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import DownloadButton

from collectors.errors import NotPermitted, WrongUse
from index.access import PERMITTED
from index.library import Library
from index.records import Decision, Role, Verdict
from index.settings import Settings
from tests.e2e.commands import moriarty
from tests.ui.conftest import ANALYST, Shown, drawn, led

CURATORS = {Role.ANALYST, Role.LEAD}
APP = Path(__file__).parents[2] / "ui" / "app.py"


@pytest.fixture(params=list(Role), ids=str)
def role(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Role:
    """Every role in turn, set for the pages."""
    role: Role = request.param
    monkeypatch.setenv("MORIARTY_ROLE", role)
    st.cache_resource.clear()
    return role


@pytest.fixture(scope="module")
def decided(desk: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A copy of the library, and an incident in it with open claims and a decision that could be undone."""
    copy = Path(shutil.copytree(desk, tmp_path_factory.mktemp("decided") / "library"))
    with Library.open(Settings.load(copy)) as library:
        hit = library.search(library.parse("clerk paid account abroad Ashford"), actor=ANALYST).hits[0]
        view = library.incident(hit.id, actor=ANALYST)
        library.judge(Decision(verdict=Verdict.ACCEPT, target=view.findings[0].finding.id), actor=ANALYST)
    return copy, hit.id


def downloads(app: AppTest) -> list[str]:
    return [str(button.label) for button in app.get("download_button") if isinstance(button, DownloadButton)]


def test_incident_page_offers_a_role_what_it_may_do(
    role: Role, shown: Shown, decided: tuple[Path, str]
) -> None:
    home, incident = decided
    app, said = shown("incident", home, id=incident)
    assert bool(downloads(app)) is (role in PERMITTED["export"])
    to_review = {address for address in led(app) if address.startswith("/review")}
    assert bool(to_review) is (role in CURATORS)
    assert ("Merge or split it" in said) is (role in CURATORS)
    assert "Summary" in said and "Facts" in said
    history, _ = shown("incident", home, id=incident, tab="history")
    assert any(button.label == "Undo" for button in history.button) is (role in CURATORS)


def test_search_page_offers_downloads_to_who_may_export(role: Role, shown: Shown) -> None:
    app, _ = shown("search", q="voice")
    assert bool(downloads(app)) is (role in PERMITTED["export"])
    assert any(button.label == "Save" for button in app.button)


def test_review_page_names_the_roles_that_may_decide(role: Role, shown: Shown) -> None:
    for part in ("", "grouping", "decisions", "learning"):
        app, said = shown("review", part=part)
        assert ("needs the role analyst or lead" in said) is (role not in CURATORS)
        assert role in CURATORS or not (app.button or app.text_input)


def test_only_a_lead_is_offered_to_learn(role: Role, shown: Shown) -> None:
    if role in CURATORS:
        app, _ = shown("review", part="learning")
        assert any(button.key == "learn" for button in app.button) is (role is Role.LEAD)


def test_home_page_counts_what_waits_for_who_may_decide(role: Role, shown: Shown) -> None:
    assert ("Waiting for a decision" in shown("home")[1]) is (role in CURATORS)


def test_foot_of_every_page_names_the_role(role: Role, home: Path) -> None:
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.secrets["moriarty_home"] = str(home)
    app.run()
    assert not app.exception
    assert role.value in drawn(app).splitlines()[-1]


def test_settings_read_the_role_whatever_its_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings.load(tmp_path).role is Role.LEAD
    monkeypatch.setenv("MORIARTY_ROLE", "Analyst")
    assert Settings.load(tmp_path).actor.role is Role.ANALYST
    monkeypatch.setenv("MORIARTY_ROLE", "chief")
    with pytest.raises(WrongUse, match="'chief'; the roles are investigator, trainer, analyst, lead"):
        Settings.load(tmp_path)


def test_library_refuses_the_role_of_the_settings(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MORIARTY_ROLE", "trainer")
    settings = Settings.load(home)
    with Library.open(settings) as library, pytest.raises(NotPermitted, match="needs the role analyst"):
        library.queue(actor=settings.actor)


@pytest.mark.parametrize(
    ("role", "words", "allowed"),
    [
        ("investigator", ("search", "cloned voice", "--limit", "1"), True),
        ("investigator", ("export", "case:case-0002", "--format", "md", "-o", "-"), False),
        ("trainer", ("export", "case:case-0002", "--format", "md", "-o", "-"), True),
        ("trainer", ("decisions",), False),
        ("analyst", ("decisions",), True),
        ("analyst", ("retrain", "--rollback"), False),
        ("investigator", ("serve", "--collect"), False),
    ],
)
def test_commands_refuse_a_role_and_name_who_may(
    role: str, words: tuple[str, ...], allowed: bool, home: Path
) -> None:
    done = moriarty(home, *words, MORIARTY_ROLE=role)
    assert done.returncode == (0 if allowed else 2), done.stderr
    assert ("needs the role" in done.stderr and "lead" in done.stderr) is not allowed
