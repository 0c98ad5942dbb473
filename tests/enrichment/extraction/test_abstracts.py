from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml

from enrichment.facts import extract
from enrichment.records import Fact, Subject

CLASSES: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    (Path(__file__).parent / "abstracts.yaml").read_text("utf-8")
)
CASES = [
    pytest.param(case, id=f"{kind}: {case['title']}") for kind, cases in CLASSES.items() for case in cases
]


def values(facts: Iterable[Fact], subject: Subject, role: str | None = None) -> list[str]:
    return [fact.value for fact in facts if fact.subject is subject and role in (None, fact.role)]


@pytest.mark.parametrize("case", CASES)
def test_abstract_is_read_as_it_is_meant(case: dict[str, Any]) -> None:
    facts = extract(case["title"], case["text"])
    terms = [fact for fact in facts if fact.role != "fine"]
    assert {
        "where": sorted(values(facts, Subject.COUNTRY, "where")),
        "outcome": values(facts, Subject.OUTCOME),
        "loss": values(facts, Subject.LOSS, "loss"),
        "sentence": values(terms, Subject.SENTENCE),
        "victims": values(facts, Subject.VICTIMS),
    } == {
        "where": sorted(case["where"]),
        "outcome": [case["outcome"]],
        "loss": [case["loss"]] if "loss" in case else [],
        "sentence": case.get("sentence", []),
        "victims": case.get("victims", []),
    }


@pytest.mark.parametrize("case", CASES)
def test_every_fact_of_an_abstract_quotes_it(case: dict[str, Any]) -> None:
    facts = extract(case["title"], case["text"])
    assert facts
    for fact in facts:
        source = case["title"] if fact.field == "title" else case["text"]
        assert source[fact.start : fact.end] == fact.quote != ""
