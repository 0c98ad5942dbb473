import csv
import json
import re
import time
from types import ModuleType
from typing import Any

import pytest

from collectors.records import PartialDate
from enrichment import amounts, dates, likeness, money, outcome, phrases, places
from enrichment.facts import extract
from enrichment.records import Fact, Subject
from enrichment.typology import Typology
from tests.shared import shared

REACH = {"places": 42, "outcome": 42}
"""Patterns of these modules only ever see so many characters around a hit."""
ADVERSARIAL = [
    "1", "1,", "1,111", "1 111 ", "$", "$1 ", "$1-", "US$1m to ", "A", "Aa ", "a ", "in the ", " ", "\n", "-",
    "January ", "1 January ", "January 1, ", "2024-01-", "in 2024 ", "not ", "n't ", "’s ", "twenty-",
    "half a million ", "hundred thousand ", ". A", "1.", "between $1m and ",
]  # fmt: skip


def of(facts: list[Fact], subject: Subject, role: str | None = None) -> list[str]:
    return [fact.value for fact in facts if fact.subject is subject and role in (None, fact.role)]


def patterns() -> list[tuple[str, re.Pattern[str], int]]:
    """Every pattern of the fact modules, with the longest text it can meet."""
    found = []
    modules: tuple[ModuleType, ...] = (amounts, money, dates, places, outcome, phrases, likeness)
    for module in modules:
        name = module.__name__.rpartition(".")[2]
        listed = {key: value for key, value in vars(module).items() if isinstance(value, re.Pattern)}
        listed |= module.patterns() if hasattr(module, "patterns") else {}
        found += [(f"{name}.{key}", value, REACH.get(name, 100_000)) for key, value in listed.items()]
    return found


@pytest.mark.parametrize(
    ("name", "pattern", "longest"), patterns(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_no_pattern_can_be_made_slow(name: str, pattern: re.Pattern[str], longest: int) -> None:
    for unit in ADVERSARIAL:
        text = unit * (longest // len(unit))
        taken = []
        for _ in range(3):
            began = time.process_time()
            sum(1 for _ in pattern.finditer(text))
            taken.append(time.process_time() - began)
        assert min(taken) <= 0.05, f"{name} on {unit!r}"


@pytest.mark.parametrize("unit", ADVERSARIAL)
def test_hostile_text_costs_in_proportion_to_its_length(unit: str) -> None:
    def seconds(length: int) -> float:
        began = time.process_time()
        extract("Title", unit * (length // len(unit)))
        return time.process_time() - began

    seconds(1_000)
    assert seconds(80_000) < 8 * max(0.05, seconds(20_000))


def test_a_report_yields_its_facts_with_verbatim_spans() -> None:
    title = "Finance worker sends HK$200m after deepfake video call"
    text = (
        "Police in Hong Kong said on Friday that a clerk transferred HK$200 million (US$25 million) in "
        "January 2024 after a video call on Zoom in which every colleague was a deepfake. The Hong Kong "
        "Police Force has arrested nobody yet. The voices were cloned with ElevenLabs."
    )
    facts = extract(title, text, PartialDate(value="2024-05-17"))
    for fact in facts:
        assert {"text": text, "title": title}[fact.field][fact.start : fact.end] == fact.quote
    assert of(facts, Subject.LOSS) == ["HKD 200000000", "USD 25000000"]
    assert of(facts, Subject.DATE) == ["2024-05-17", "2024-01"]
    assert of(facts, Subject.COUNTRY, "where") == ["HK"]
    assert of(facts, Subject.PLATFORM) == ["Zoom"]
    assert of(facts, Subject.TOOL) == ["ElevenLabs"]
    assert "Hong Kong Police Force" in of(facts, Subject.ORGANISATION)
    assert {"video", "audio"} <= set(of(facts, Subject.MODALITY))
    assert of(facts, Subject.OUTCOME) == ["succeeded"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("He was arrested in May and jailed for three years.", "convicted_or_sentenced"),
        ("She was charged but has not been convicted.", "arrested_or_charged"),
        ("If convicted he could be jailed. He was detained on Monday.", "arrested_or_charged"),
        ("A jury found him not guilty; he was acquitted.", "acquitted_or_dropped"),
        ("The regulator fined the firm. Nobody has been arrested.", "civil_or_regulatory_action"),
        ("The attempt was foiled by a clerk.", "attempted_or_blocked"),
        ("The company banned the accounts.", "disrupted"),
        ("Police are investigating.", "reported_no_action_known"),
        ("One victim lost £5,000.", "succeeded"),
    ],
)
def test_the_most_advanced_stage_that_is_stated_counts(text: str, value: str) -> None:
    assert of(extract("", text), Subject.OUTCOME) == [value]


def test_an_empty_report_has_no_facts() -> None:
    assert extract("", "") == []


def test_facet_values_are_those_of_the_typology() -> None:
    typology = Typology.load()
    for listing, facet in (("modality", "modality"), ("capability", "ai_capability")):
        assert {entry["name"] for entry in phrases.load(listing)} <= set(typology.facet_values(facet))
    assert {stage["name"] for stage in phrases.load("outcome")["stages"]} <= set(
        typology.facet_values("outcome")
    )


def gold() -> list[dict[str, Any]]:
    rows = [json.loads(line) for line in shared("reports-gold/dev.jsonl").read_text("utf-8").splitlines()]
    return [row for row in rows if row["relevant"]]


def test_losses_and_countries_of_the_gold_reports_are_found() -> None:
    rows, losses, countries = gold(), 0, 0
    for row in rows:
        facts = extract(row["title"], row["text"])
        stated = of(facts, Subject.LOSS, "loss")[:1]
        accepted = [row["loss"], *row["loss_alt"]] if row["loss"] else []
        losses += stated in ([[f"{sum['currency']} {sum['amount']}"] for sum in accepted] or [[]])
        where = {code[:2] for code in of(facts, Subject.COUNTRY, "where")}
        countries += where == set(row["country"])
    assert losses / len(rows) >= 0.93
    assert countries / len(rows) >= 0.80


def test_a_whole_snapshot_is_read_in_seconds() -> None:
    with shared("aiid/incidents.csv").open(encoding="utf-8", newline="") as file:
        rows = [(row["title"], row["description"]) for row in csv.DictReader(file)]
    began = time.process_time()
    for title, text in rows:
        for fact in extract(title, text):
            assert {"text": text, "title": title}[fact.field][fact.start : fact.end] == fact.quote
    assert time.process_time() - began <= 10
