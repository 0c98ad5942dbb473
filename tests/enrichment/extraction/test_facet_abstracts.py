"""How well sixty invented abstracts are read as a whole: one may be misread, a kind of fact may not."""

from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import yaml

from enrichment.facts import extract
from enrichment.records import Fact, Subject

CASES: list[dict[str, Any]] = list(
    chain.from_iterable(yaml.safe_load((Path(__file__).parent / "facets.yaml").read_text("utf-8")).values())
)


def values(facts: list[Fact], subject: Subject, fits: Callable[[Fact], bool] = lambda _: True) -> set[str]:
    return {fact.value for fact in facts if fact.subject is subject and fits(fact)}


@pytest.fixture(scope="module")
def read() -> list[tuple[dict[str, Any], list[Fact]]]:
    return [(case, extract(case["title"], case["text"])) for case in CASES]


@pytest.mark.parametrize(
    ("name", "subject", "precision", "recall"),
    [
        ("modality", Subject.MODALITY, 0.9, 0.85),
        ("capability", Subject.CAPABILITY, 0.9, 0.8),
        ("victim_type", Subject.VICTIM_TYPE, 0.8, 0.7),
        ("actor_type", Subject.ACTOR_TYPE, 0.95, 0.85),
        ("channel", Subject.CHANNEL, 0.78, 0.82),
        ("platforms", Subject.PLATFORM, 0.95, 0.9),
        ("organisations", Subject.ORGANISATION, 0.8, 0.9),
        ("tools", Subject.TOOL, 0.7, 0.99),
    ],
)
def test_most_values_of_a_facet_are_found_and_most_found_are_right(
    read: list[tuple[dict[str, Any], list[Fact]]],
    name: str,
    subject: Subject,
    precision: float,
    recall: float,
) -> None:
    pairs = [(set(case.get(name, ())), values(facts, subject)) for case, facts in read]
    hits = sum(len(truth & given) for truth, given in pairs)
    assert hits >= precision * sum(len(given) for _, given in pairs)
    assert hits >= recall * sum(len(truth) for truth, _ in pairs)


def test_most_places_outcomes_and_losses_are_right(read: list[tuple[dict[str, Any], list[Fact]]]) -> None:
    places = [
        values(facts, Subject.COUNTRY, lambda fact: fact.role == "where") == set(case["where"])
        for case, facts in read
    ]
    outcomes = [values(facts, Subject.OUTCOME) == {case["outcome"]} for case, facts in read]
    losses = [
        values(facts, Subject.LOSS, lambda fact: fact.role == "loss") == {*filter(None, [case.get("loss")])}
        for case, facts in read
    ]
    for right in (places, outcomes, losses):
        assert sum(right) >= 0.9 * len(read)


def test_every_fact_quotes_its_text(read: list[tuple[dict[str, Any], list[Fact]]]) -> None:
    for case, facts in read:
        for fact in facts:
            source = case["title"] if fact.field == "title" else case["text"]
            assert source[fact.start : fact.end] == fact.quote != ""
