"""Deciding on the pages: the queue, the claims of one incident, merge and split, and every way back."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from index import wording
from index.library import Library
from index.records import Decision, IncidentView, JudgedFinding, State, Verdict
from index.settings import Settings
from tests.ui.conftest import ANALYST, Shown, drawn, led
from ui.terms import near_miss
from ui.views import claims
from ui.views.review import of_incident


@pytest.fixture
def library(mine: Path) -> Iterator[Library]:
    """That copy, open."""
    with Library.open(Settings.load(mine)) as library:
        yield library


def found(library: Library, words: str) -> str:
    return library.search(library.parse(words), actor=ANALYST).hits[0].id


def suggested(library: Library) -> tuple[IncidentView, JudgedFinding]:
    """An incident only a machine has coded, and one of its facts."""
    view = library.incident(found(library, "clerk paid account abroad Ashford"), actor=ANALYST)
    fact = next(judged for judged in view.findings if judged.finding.subject == "country")
    return view, fact


def standing(library: Library, view: IncidentView, finding: str) -> State:
    now = library.incident(view.incident.id, actor=ANALYST)
    return next(judged.state for judged in now.findings if judged.finding.id == finding)


def press(app: AppTest, key: str) -> str:
    app.button(key=key).click().run()
    assert not app.exception, app.exception
    return drawn(app)


def submit(app: AppTest, label: str) -> str:
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception, app.exception
    return drawn(app)


def test_a_decision_is_recorded_and_undone(shown: Shown, library: Library, mine: Path) -> None:
    app, said = shown("review", mine)
    assert "The suggestion" in said and "Suggested by the machine (part " in said
    before = library.status(actor=ANALYST).judgements
    app.text_input(key="review-reason").input("not what it says")
    assert "1 decision in this sitting" in press(app, "reject")
    assert library.status(actor=ANALYST).judgements == before + 1
    assert "can teach the machine." in shown("home", mine)[1]
    said = press(app, "undo")
    assert "0 decisions in this sitting" in said
    assert "Taken back: rejected" in said and "It waits again." in said


def test_a_fact_of_an_incident_is_rejected_where_it_is_shown(
    shown: Shown, library: Library, mine: Path
) -> None:
    view, fact = suggested(library)
    number = len(claims.undecided(view.findings))
    _, said = shown("incident", mine, id=view.incident.id)
    assert f"Decide {number} open claims" in said
    app, said = shown("review", mine, incident=view.incident.id, at=fact.finding.id)
    assert f"1 of {number}; 0 decisions" in said
    assert "The suggestionCountry" in said
    assert f"1 of {number - 1}; 1 decision" in press(app, "reject")
    assert standing(library, view, fact.finding.id) is State.REJECTED
    _, history = shown("incident", mine, id=view.incident.id, tab="history")
    assert f"rejected Country: {wording.country(fact.finding.value)}" in history
    press(app, "undo")
    assert standing(library, view, fact.finding.id) is State.SUGGESTED


def test_review_card_of_a_report_without_a_date_shows_the_date_of_its_incident(
    shown: Shown, library: Library, mine: Path, tmp_path: Path
) -> None:
    story = "On 2 March 2024 fraudsters used a cloned voice to steal £40,000 from a firm in Dover. " * 3
    (tmp_path / "dover.txt").write_text(f"Firm in Dover robbed by a cloned voice\n\n{story}", "utf-8")
    library.add([tmp_path / "dover.txt"], actor=ANALYST)
    library.enrich(actor=ANALYST)
    library.refresh(actor=ANALYST)
    view = library.incident(found(library, "firm in Dover robbed by a cloned voice"), actor=ANALYST)
    assert view.reports[0].report.published is None and view.incident.occurred
    _, said = shown("review", mine, incident=view.incident.id)
    assert "Happened 2024-03-02" in said and "undated" not in said


def test_the_claim_an_address_names_comes_first_even_if_decided(library: Library) -> None:
    view = library.incident(found(library, "engineering firm fake video meeting"), actor=ANALYST)
    settled = next(judged for judged in view.findings if judged.by == "starter")
    items = of_incident(view, settled.finding.id, set())
    assert items[0].finding == settled
    assert all(item.finding.state is State.SUGGESTED for item in items[1:])
    assert not any(near_miss(item.finding) for item in items)
    assert of_incident(view, settled.finding.id, {settled.finding.id}) == items[1:]


def test_once_all_is_decided_the_desk_says_so_and_the_last_decision_can_be_undone(
    shown: Shown, library: Library, mine: Path
) -> None:
    view, _ = suggested(library)
    for judged in claims.undecided(view.findings)[1:]:
        library.judge(Decision(verdict=Verdict.ACCEPT, target=judged.finding.id), actor=ANALYST)
    app, said = shown("review", mine, incident=view.incident.id)
    assert "1 of 1" in said
    assert "Nothing is left to decide here" in press(app, "accept")
    assert app.button(key="accept").disabled
    assert "1 of 1; 0 decisions" in press(app, "undo")


def test_what_somebody_else_decided_meanwhile_is_said_and_shown_anew(
    shown: Shown, library: Library, mine: Path
) -> None:
    view, fact = suggested(library)
    app, _ = shown("review", mine, incident=view.incident.id, at=fact.finding.id)
    library.judge(Decision(verdict=Verdict.ACCEPT, target=fact.finding.id), actor=ANALYST)
    said = press(app, "reject")
    assert f"was accepted by {ANALYST.name} in the meantime" in said
    assert "Your decision was not kept" in said and "Accepted by test" in said
    assert "1 decision in this sitting" in press(app, "reject")
    assert standing(library, view, fact.finding.id) is State.REJECTED


def test_a_code_is_relabelled_from_the_near_misses(shown: Shown, library: Library, mine: Path) -> None:
    view, _ = suggested(library)
    code = next(judged for judged in claims.undecided(view.findings) if judged.finding.subject == "typology")
    app, _ = shown("review", mine, incident=view.incident.id, at=code.finding.id)
    press(app, "relabel")
    right = app.selectbox(key="review-code").options[0].split()[0]
    app.selectbox(key="review-code").select(right).run()
    assert "1 decision in this sitting" in drawn(app)
    assert f"Last relabelled: Typology: {code.finding.value}" in drawn(app) and f" as {right} " in drawn(app)
    codes = library.incident(view.incident.id, actor=ANALYST).incident.codes
    assert right in {code.concept for code in codes if code.judged}


def test_a_fact_is_corrected_with_the_words_it_rests_on(shown: Shown, library: Library, mine: Path) -> None:
    view, _ = suggested(library)
    loss = next(judged for judged in view.findings if judged.finding.subject == "loss")
    app, _ = shown("review", mine, incident=view.incident.id, at=loss.finding.id)
    press(app, "relabel")
    assert app.text_input(key="review-words").value == loss.finding.quote
    app.text_input(key="review-value").input("a lot")
    assert "cannot be read as a currency and an amount" in submit(app, "Correct it")
    app.text_input(key="review-value").input("£20k")
    app.text_input(key="review-words").input("a clerk paid £200,000")
    said = submit(app, "Correct it")
    assert "Last corrected: Money: GBP 200,000 to GBP 20,000" in said and "1 decision in this sitting" in said
    _, overview = shown("incident", mine, id=view.incident.id)
    assert "GBP 20,000" in overview and "a clerk paid £200,000" in overview
    _, history = shown("incident", mine, id=view.incident.id, tab="history")
    assert "corrected Money: GBP 200,000 to GBP 20,000" in history
    assert "corrected Money: GBP 200,000 to GBP 20,000" in shown("review", mine, part="decisions")[1]
    press(app, "undo")
    assert standing(library, view, loss.finding.id) is State.SUGGESTED


def test_a_fact_that_was_missed_is_added_beside_its_report(
    shown: Shown, library: Library, mine: Path
) -> None:
    view, _ = suggested(library)
    _, overview = shown("incident", mine, id=view.incident.id)
    assert "Add a fact" in overview
    app, said = shown("review", mine, incident=view.incident.id, part="add")
    assert "a clerk paid £200,000" in said
    app.selectbox(key="adding-subject").select("tool").run()
    app.text_input(key="adding-value").input("VoxBox")
    assert "needs a reason" in submit(app, "Add it")
    app.text_input(key="adding-reason").input("named in the picture of the call")
    assert "Added Named AI tool: VoxBox" in submit(app, "Add it")
    assert not app.text_input(key="adding-value").value
    assert "stated by" in shown("incident", mine, id=view.incident.id)[1]
    assert "added Named AI tool: VoxBox" in shown("incident", mine, id=view.incident.id, tab="history")[1]
    hits = library.search(library.parse("tool:VoxBox"), actor=ANALYST).hits
    assert [hit.id for hit in hits] == [view.incident.id]


def test_history_tells_who_decided_what_and_why(shown: Shown, library: Library, mine: Path) -> None:
    id = found(library, "romance fraud")
    _, none = shown("incident", mine, id=id, tab="history")
    assert "Nobody has decided anything about this incident yet" in none
    assert "authors of the starter library" in none
    finding = library.incident(id, actor=ANALYST).findings[0].finding
    library.judge(Decision(verdict=Verdict.ACCEPT, target=finding.id, reason="read twice"), actor=ANALYST)
    app, said = shown("incident", mine, id=id, tab="history")
    assert "test (lead) accepted" in said and "Reason: read twice" in said
    app.button[0].click().run()
    took = shown("incident", mine, id=id, tab="history")[1].partition("took back ")[2]
    assert took.startswith("“accepted ") and "jud-" not in took
    assert [one.undone for one in library.incident(id, actor=ANALYST).judgements][-1]


def test_a_merge_begins_from_an_incident_and_asks_for_its_reason(
    shown: Shown, library: Library, mine: Path
) -> None:
    first, second = found(library, "romance"), found(library, "ransomware")
    moved = library.incident(first, actor=ANALYST).reports[0].report.title
    app, _ = shown("review", mine, part="grouping", incident=first)
    assert app.text_input(key="merge-from").value == app.text_input(key="split-from").value == first
    assert app.button(key="merge").disabled
    assert app.selectbox(key="merge-into-like").options, "those most like it are offered"
    app.text_input(key="merge-into").input(second).run()
    assert "A merge needs a reason." in press(app, "merge")
    app.text_input(key="merge-reason").input("one offender")
    assert "Merged." in press(app, "merge")
    assert app.text_input(key="merge-into").value == ""
    assert library.incident(first, actor=ANALYST).incident.id == second
    _, history = shown("incident", mine, id=second, tab="history")
    assert "Reason: one offender" in history and f"Moved: {moved}" in history
    assert f"merged {first} into this incident" in history


def test_to_take_back_a_decision_closes_the_choice_of_codes(
    shown: Shown, library: Library, mine: Path
) -> None:
    view, _ = suggested(library)
    app, _ = shown("review", mine, incident=view.incident.id)
    press(app, "accept")
    app.session_state["review-relabel"] = True
    press(app, "undo")
    assert not app.selectbox


def test_a_library_that_cannot_be_opened_is_explained_at_the_desk(shown: Shown, mine: Path) -> None:
    with closing(sqlite3.connect(mine / "library.sqlite")) as record, record:
        record.execute("UPDATE alembic_version SET version_num = '9999'")
    _, said = shown("review", mine)
    assert "This did not work" in said and "which this version does not know" in said


def test_an_incident_that_one_report_tells_is_not_split(shown: Shown, library: Library, mine: Path) -> None:
    view, _ = suggested(library)
    if len(view.reports) > 1:
        view = library.incident(found(library, "ransomware"), actor=ANALYST)
    _, said = shown("review", mine, part="grouping", incident=view.incident.id)
    assert "there is nothing to split" in said


def test_likely_pairs_are_offered_and_begin_the_merge(shown: Shown, mine: Path, library: Library) -> None:
    [first, *_] = library.analysis.merge_candidates(actor=ANALYST)
    app, said = shown("review", mine, part="grouping")
    assert "These may be one incident" in said and first.reasons[0] in said
    assert f"/review?part=grouping&incident={first.left}&into={first.right}" in led(app)
    begun, told = shown("review", mine, part="grouping", incident=first.left, into=first.right)
    assert begun.text_input(key="merge-from").value == first.left
    assert begun.text_input(key="merge-into").value == first.right
    assert all(title in told for title in first.titles)
    begun.text_input(key="merge-reason").set_value("One call, told twice").run()
    begun.button(key="merge").click().run()
    assert not begun.exception
    assert library.incident(first.left, actor=ANALYST).incident.id == first.right
    left = library.analysis.merge_candidates(actor=ANALYST)
    assert (first.left, first.right) not in {(one.left, one.right) for one in left}
