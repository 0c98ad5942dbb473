"""Orders about the fields that programs fill in, and what offenders told an AI, which is news."""

from pathlib import Path

import pytest
import yaml

from collectors.records import PartialDate
from enrichment.facts import extract
from enrichment.judging.orders import orders
from enrichment.judging.reading import Reading
from tests.enrichment.model_room import enricher, told

WORDINGS: dict[str, list[str]] = yaml.safe_load(
    (Path(__file__).parent / "fact_orders.yaml").read_text("utf-8")
)
NEWS = (
    "Police in Ashford said a clerk paid £45,000 after a call with a cloned voice on 3 March 2024.",
    "A man was arrested on Monday.",
    "The firm has told its bank.",
    "Detectives ask for witnesses.",
)
CLEAN = " ".join(NEWS)
PUBLISHED = PartialDate(value="2024-05-17")


def facts(text: str) -> set[tuple[str, str, str]]:
    title, without = Reading("Clerk pays after call", text).without_orders
    return {(fact.subject, fact.value, fact.role) for fact in extract(title, without, PUBLISHED)}


def with_order(order: str) -> tuple[str, ...]:
    """Return the news with an order at its head, in its middle and at its end."""
    first, rest = " ".join(NEWS[:2]), " ".join(NEWS[2:])
    return f"{order}\n\n{CLEAN}", f"{order} {CLEAN}", f"{first} {order} {rest}", f"{CLEAN} {order}"


@pytest.mark.parametrize("order", WORDINGS["orders"])
def test_no_fact_and_no_outcome_comes_from_an_order(order: str) -> None:
    clean = facts(CLEAN)
    assert ("outcome", "arrested_or_charged", "") in clean
    assert ("loss", "GBP 45000", "loss") in clean
    for text in with_order(order):
        assert facts(text) == clean


def test_the_library_keeps_no_finding_from_an_order() -> None:
    texts = [CLEAN, *(with_order(order)[place % 4] for place, order in enumerate(WORDINGS["orders"][::5]))]
    reports = [told(("Clerk pays after call", text), key=str(place)) for place, text in enumerate(texts)]
    clean, *others = (
        {(found.subject, found.value) for found in made.findings} for made in enricher().enrich(reports)
    )
    assert all(found == clean for found in others)


@pytest.mark.parametrize("sentence", WORDINGS["news"])
def test_what_people_are_told_and_what_offenders_told_an_ai_is_news(sentence: str) -> None:
    assert orders(f"{NEWS[0]} {sentence} {NEWS[2]}") == []
