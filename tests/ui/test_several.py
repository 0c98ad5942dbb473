"""Several claims decided in one go: each on its own record, all or none, and taken back together."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from collectors.errors import NotFound, Stale, WrongUse
from index.library import Library
from index.records import Decision, IncidentView, State, Verdict
from index.settings import Settings
from tests.ui.conftest import ANALYST, Shown, drawn
from ui.views import claims, several


@pytest.fixture
def library(mine: Path) -> Iterator[Library]:
    """That copy, open."""
    with Library.open(Settings.load(mine)) as library:
        yield library


@pytest.fixture
def view(library: Library) -> IncidentView:
    """An incident with several open claims of one kind."""
    for hit in library.search(library.parse("clerk paid account abroad", limit=9), actor=ANALYST).hits:
        view = library.incident(hit.id, actor=ANALYST)
        if several.kinds_of(claims.undecided(view.findings)):
            return view
    pytest.fail("no story has two open claims of one kind")


def targets(view: IncidentView) -> list[str]:
    """The open claims of the first kind of which there are several."""
    open_ = claims.undecided(view.findings)
    kind = min(several.kinds_of(open_), key=str)
    return [judged.finding.id for judged in open_ if judged.finding.subject is kind]


def states(library: Library, view: IncidentView) -> dict[str, State]:
    now = library.incident(view.incident.id, actor=ANALYST)
    return {judged.finding.id: judged.state for judged in now.findings}


def press(app: AppTest, key: str) -> str:
    app.button(key=key).click().run()
    assert not app.exception, app.exception
    return drawn(app)


def test_ticked_claims_are_decided_together_and_taken_back_together(
    shown: Shown, library: Library, mine: Path, view: IncidentView
) -> None:
    _, desk = shown("review", mine, incident=view.incident.id)
    assert "decide several at once" in desk
    kind = next(each.finding.subject for each in view.findings if each.finding.id == targets(view)[0])
    app, _ = shown("review", mine, incident=view.incident.id, part="several", kind=kind)
    chosen = targets(view)
    assert app.button(key="several-accept").disabled
    for target in chosen:
        app.checkbox(key=f"several-{target}").check().run()
    assert app.button(key="several-reject").label == f"Reject {len(chosen)} ticked claims"
    before = len(library.decisions(actor=ANALYST).items)
    assert "Rejected: " in press(app, "several-reject")
    assert {states(library, view)[target] for target in chosen} == {State.REJECTED}
    assert library.decisions(actor=ANALYST).total == before + len(chosen)
    press(app, "several-undo")
    assert {states(library, view)[target] for target in chosen} == {State.SUGGESTED}
    assert not any(button.key == "several-undo" for button in app.button)


def test_where_one_cannot_be_decided_none_is(library: Library, view: IncidentView) -> None:
    first, second, *_ = targets(view)
    wanted = [Decision(verdict=Verdict.ACCEPT, target=first, expected=0)]
    with pytest.raises(NotFound):
        library.judge_all([*wanted, Decision(verdict=Verdict.ACCEPT, target="fin-none")], actor=ANALYST)
    library.judge(Decision(verdict=Verdict.REJECT, target=second), actor=ANALYST)
    with pytest.raises(Stale):
        library.judge_all(
            [*wanted, Decision(verdict=Verdict.ACCEPT, target=second, expected=0)], actor=ANALYST
        )
    assert states(library, view)[first] is State.SUGGESTED


@pytest.mark.parametrize(
    "verdicts",
    [[], [Verdict.ACCEPT] * 26, [Verdict.ACCEPT, Verdict.REJECT], [Verdict.MERGE], [Verdict.RELABEL] * 2],
)
def test_only_a_few_of_one_verdict_are_decided_in_one_go(library: Library, verdicts: list[Verdict]) -> None:
    with pytest.raises(WrongUse, match="in one go"):
        library.judge_all([Decision(verdict=each, target="fin-1") for each in verdicts], actor=ANALYST)
