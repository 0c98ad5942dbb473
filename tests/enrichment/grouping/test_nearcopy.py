"""Near copies: what is folded, and the measure of it that is published."""

import random

import pytest

from collectors.records import PartialDate
from enrichment.evaluation.copies import EDITS, filled_in, syndicated
from enrichment.evaluation.figure import Figure
from enrichment.evaluation.nearcopies import SHORTEST, Trial, distinct, measure, snapshot
from enrichment.evaluation.tables import held_to
from enrichment.grouping.nearcopy import fold
from enrichment.grouping.profile import Groupable
from tests.shared import shared

FIRMS = ["Vandelhorst Shipping", "Osterbrandt Foods", "Harkstow Mills", "Brunley Glass", "Tarnwick Tiles"]
VERBS = ["copied", "imitated", "rebuilt", "borrowed", "aped"]


def account(number: int) -> str:
    """Return an invented account of one event, in words that no other has."""
    chance = random.Random(number)
    words = ["harbour", "ledger", "invoice", "courier", "basement", "switchboard", "lantern", "orchard"]
    aside = " ".join(chance.choice(words) + str(chance.randrange(100, 999)) for _ in range(12))
    return (
        f"In spring, fraudsters {VERBS[number]} the voice of the head of {FIRMS[number]} and a clerk in "
        f"Quayhaven{number} sent {chance.randrange(100, 999)},000 crowns to strangers. The file of inspector "
        f"Wexmere lists {aside}. Neighbours told the Gazette that nobody at {FIRMS[number]} had noticed the "
        f"call before the bank of Lindburg{number} rang back on day {number + 11} and asked who had signed."
    )


ACCOUNTS = [account(number) for number in range(5)]


def item(report: str, text: str, day: str) -> Groupable:
    return Groupable(report, "", text, PartialDate(value=day), (), (), None)


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_a_text_after_one_edit_is_folded_under_its_original(edit: object) -> None:
    assert callable(edit)
    for number, text in enumerate(ACCOUNTS):
        changed = edit(text, random.Random(number), ACCOUNTS[number - 1])
        [copy] = fold([item("a", text, "2025-03-01"), item("b", changed, "2025-03-02")]).copies
        assert (copy.place, copy.leader) == (1, 0)


def test_a_form_has_other_names_and_figures_and_is_no_copy() -> None:
    for number, text in enumerate(ACCOUNTS):
        form = filled_in(text, random.Random(number), 1.0)
        assert form is not None and FIRMS[number] not in form
        folding = fold([item("a", text, "2025-03-01"), item("b", form, "2025-03-02")])
        assert not folding.copies


def test_one_fact_in_the_place_of_another_makes_a_brief_text_no_copy() -> None:
    plan = (
        "A boy of 16 who asked a chatbot for recipes has been found guilty in Oulu of planning a fire at a "
    )
    first = item("a", plan + "school.", "2025-03-02")
    other = item("b", plan.replace("16", "19") + "shop, a court was told on its last day.", "2025-03-09")
    copy = item("c", plan + "school. Share this.", "2025-03-09")
    long = " ".join(["Nothing else was said of it, and the judge went home."] * 6)
    corrected = [
        item(key, f"{plan.replace('16', age)}school. {long}", "2025-03-02")
        for key, age in (("d", "16"), ("e", "17"))
    ]
    assert not fold([first, other]).copies
    assert len(fold([first, copy]).copies) == 1
    assert len(fold(corrected).copies) == 1


def test_edits_depend_on_their_source_of_chance_alone() -> None:
    one, again, other = (syndicated(ACCOUNTS[0], random.Random(seed), ACCOUNTS[1]) for seed in (1, 1, 2))
    assert one == again != other


def test_short_texts_and_those_that_hold_an_earlier_one_are_no_originals() -> None:
    longer = "It was told before. " + ACCOUNTS[0] + " More of the same follows in this printing."
    assert distinct([*ACCOUNTS, ACCOUNTS[0], longer, "x" * (SHORTEST - 1)]) == ACCOUNTS
    assert measure(["too short"], "hand") == []


def test_figures_count_copies_missed_and_texts_folded_wrongly() -> None:
    source, kind = (0, 0, 0, 0, 1, 1), ("original", "copy", "copy", "form", "original", "copy")
    trial = Trial(source, kind, {1: 0, 3: 0, 5: 1})
    assert trial.folded_with_source() == {1: True, 2: False, 5: False}
    assert trial.folded() == {1: True, 3: False, 5: False}


def test_the_page_shows_recall_and_precision_with_what_they_rest_on() -> None:
    recall, precision = measure(ACCOUNTS, "hand", seed=1)
    assert (recall.name, recall.n, recall.data) == ("near-copy recall", 10, "hand perturbed")
    assert (precision.name, precision.value) == ("near-copy precision", 1.0)
    assert recall.value >= 0.8
    assert measure(ACCOUNTS, "hand", seed=1) == [recall, precision]


def test_real_texts_are_folded_as_published() -> None:
    figures: list[Figure] = [held_to(each) for each in measure(snapshot(shared("aiid")), "aiid")]
    assert [(each.name, each.goal) for each in figures] == [
        ("near-copy recall", 0.95),
        ("near-copy precision", 0.99),
    ]
    assert all(each.met for each in figures)
    assert figures[0].n > 1000
