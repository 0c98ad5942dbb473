"""Single sentences, each read for one kind of fact."""

from pathlib import Path

import pytest
import yaml

from enrichment.facts import extract
from enrichment.records import Fact, Subject

WRITTEN: dict[str, dict[str, str]] = yaml.safe_load(
    Path(__file__).with_name("one_liners.yaml").read_text("utf-8")
)
LOSSES: dict[str, dict[str, str]] = yaml.safe_load(Path(__file__).with_name("losses.yaml").read_text("utf-8"))


def sentences(kind: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("text", "stated"), WRITTEN[kind].items(), ids=range(len(WRITTEN[kind])))


def of(text: str, subject: Subject) -> list[Fact]:
    facts = extract("", text)
    assert all(text[fact.start : fact.end] == fact.quote != "" for fact in facts)
    return [fact for fact in facts if fact.subject is subject]


def listed(stated: str) -> set[str]:
    return set(stated.split(", ")) - {"-"}


@sentences("money")
def test_loss_is_distinguished_from_other_sums(text: str, stated: str) -> None:
    loss, _, others = stated.partition(" ; ")
    found = of(text, Subject.LOSS)
    assert {fact.value for fact in found if fact.role == "loss"} == listed(loss)
    assert {fact.value for fact in found if fact.role != "loss"} == listed(others or "-")


@pytest.mark.parametrize(("text", "stated"), [item for told in LOSSES.values() for item in told.items()])
def test_loss_is_what_was_lost_in_any_notation_and_nothing_else(text: str, stated: str) -> None:
    assert {fact.value for fact in of(text, Subject.LOSS) if fact.role == "loss"} == listed(stated)


@sentences("outcome")
def test_outcome_is_the_most_advanced_stage(text: str, stated: str) -> None:
    assert [fact.value for fact in of(text, Subject.OUTCOME)] == [stated]


@sentences("country")
def test_matter_is_placed_where_victims_offence_or_prosecution_were(text: str, stated: str) -> None:
    assert {fact.value for fact in of(text, Subject.COUNTRY) if fact.role == "where"} == listed(stated)


@sentences("sentence")
def test_sentence_is_what_a_court_gave(text: str, stated: str) -> None:
    assert {f"{fact.value}/{fact.role}" for fact in of(text, Subject.SENTENCE)} == listed(stated)


@sentences("victims")
def test_victims_are_counted(text: str, stated: str) -> None:
    assert {fact.value for fact in of(text, Subject.VICTIMS)} == listed(stated)
