"""The list of decisions, on the page and on the command line."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from index.library import Library
from index.records import Actor, Decision, Role, Verdict
from index.settings import Settings
from tests.e2e.commands import answer, moriarty
from tests.ui.conftest import ANALYST, Shown, drawn, led

BEN = Actor(name="ben", role=Role.ANALYST)


@pytest.fixture
def library(mine: Path) -> Iterator[Library]:
    """That copy, open."""
    with Library.open(Settings.load(mine)) as library:
        yield library


def decide(library: Library) -> str:
    """Let two people decide; return the incident the second decided on."""
    first, second = library.queue(actor=ANALYST, limit=2)
    library.judge(Decision(verdict=Verdict.ACCEPT, target=first.finding.finding.id), actor=ANALYST)
    said = Decision(verdict=Verdict.REJECT, target=second.finding.finding.id, reason="misread")
    library.judge(said, actor=BEN)
    assert second.incident is not None
    return second.incident


def test_a_bare_library_says_how_to_begin(shown: Shown, mine: Path) -> None:
    _, said = shown("review", mine, part="decisions")
    assert "Nobody has decided anything in this library yet" in said
    assert answer(mine, "decisions", "--json") == []
    assert "Nobody has decided" in moriarty(mine, "decisions").stderr


def test_who_decided_what_is_listed_narrowed_and_taken_back(
    shown: Shown, library: Library, mine: Path
) -> None:
    incident = decide(library)
    app, said = shown("review", mine, part="decisions")
    assert said.index("ben (analyst) rejected Typology: ") < said.index("test (lead) accepted Typology: ")
    assert "2 decisions" in said and "Reason: misread" in said
    assert f"/incident?id={incident}" in led(app)
    assert app.selectbox(key="decisions-by").options == ["Everybody", "ben", "test"]
    app.selectbox(key="decisions-by").select("ben").run()
    assert app.session_state["go"] == "/review?part=decisions&by=ben"
    app, said = shown("review", mine, part="decisions", by="ben")
    assert "1 decision" in said and "test (lead)" not in said
    app.button[0].click().run()
    assert "rejected" in drawn(app) and not app.button
    assert "(lead) took back “rejected Typology: " in shown("review", mine, part="decisions")[1]


def test_conditions_no_decision_meets_lead_back_to_all(shown: Shown, library: Library, mine: Path) -> None:
    decide(library)
    app, said = shown("review", mine, part="decisions", verdict="merge", since="2024-01-01", p="7")
    assert "No decision is like that" in said
    assert "/review?part=decisions" in led(app)


def test_the_command_lists_the_same(library: Library, mine: Path) -> None:
    incident = decide(library)
    newest, oldest = answer(mine, "decisions", "--json")
    assert set(newest) == {
        "id", "at", "by", "role", "verdict", "said", "target", "subject", "value", "reason", "undone",
        "incident", "title", "report",
    }  # fmt: skip
    assert (newest["by"], newest["incident"], oldest["verdict"]) == ("ben", incident, "accept")
    assert newest["said"].startswith("rejected Typology: ")
    assert [one["by"] for one in answer(mine, "decisions", "--json", "--limit", "1")] == ["ben"]
    assert answer(mine, "decisions", "--json", "--by", "nobody") == []
    told = moriarty(mine, "decisions", "--by", "nobody")
    assert (told.returncode, "ben, test" in told.stderr) == (0, True)
    told = moriarty(mine, "decisions", "--since", "2020")
    assert "ben rejected Typology: " in told.stdout and "2 of 2 shown" in told.stderr
