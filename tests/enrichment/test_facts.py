import csv
import json
import random
import re
from collections import deque
from types import ModuleType
from typing import Any

import pytest

from collectors.records import PartialDate
from enrichment.evaluation import tables
from enrichment.extraction import (
    agencies,
    amounts,
    background,
    bare_counts,
    dates,
    facets,
    forms,
    gazetteer,
    money,
    names,
    origins,
    outcome,
    phrases,
    sentence,
    single_victim,
    stage,
    unlisted,
    victims,
    whereabouts,
)
from enrichment.facts import FACTS_CHARACTERS, extract
from enrichment.grouping import figures, likeness
from enrichment.records import Fact, Subject
from enrichment.typology import Typology
from tests.enrichment.model_room import enricher, told
from tests.growth import grows_slowly
from tests.shared import shared

REACH = {
    "gazetteer.first_name": 24,
    "gazetteer.title": 12,
    "gazetteer.list_goes_on": 24,
    "whereabouts": 600,
    "agencies": 80,
    "origins": 160,
    "stage.form": 100_000,
    "stage": 600,
    "facets": 3_000,
    "sentence": 60,
    "sentence.length": 100_000,
    "sentence.whole": 100_000,
    "sentence.court": 200,
    "victims.never": 200,
    "single_victim": 1_500,
}
"""Patterns of these modules only ever see so many characters around a hit."""
ADVERSARIAL = [
    "1", "1,", "1,111", "1 111 ", "$", "$1 ", "$1-", "US$1m to ", "A", "Aa ", "a ", "in the ", "at least 5 ",
    "five girls ", "two years and ", "a year ", "suspended ",
    "fined ", "lost ", "in Bath, ", "Mesa, AZ ", " ", "\n", "-",
    "January ", "1 January ", "January 1, ", "2024-01-", "in 2024 ", "not ", "n't ", "’s ", "twenty-",
    "half a million ", "hundred thousand ", ". A", "1.", "between $1m and ", "removed a ", "accounts a ",
    "arrested 5 ", "told her that he ", "the court gave him ", "found a ", "posing as a ", "Steve ",
    "x Road, ", "20-year-old man ", "Aa of Aa ", "University of Aa and ", "between 3 and ",
    "two to five years ", "women, all in ", "years for a ", "x, where he was ",
]  # fmt: skip


def of(facts: list[Fact], subject: Subject, role: str | None = None) -> list[str]:
    return [fact.value for fact in facts if fact.subject is subject and role in (None, fact.role)]


def reach(module: str, key: str) -> int:
    for name in (f"{module}.{key}", f"{module}.{key.split()[0]}", module):
        if name in REACH:
            return REACH[name]
    return 100_000


def patterns() -> list[tuple[str, re.Pattern[str], int]]:
    """Every pattern of the fact modules, with the longest text it can meet."""
    found = []
    modules: tuple[ModuleType, ...] = (
        amounts, money, dates, gazetteer, whereabouts, stage, outcome, facets, forms, phrases, likeness,
        sentence, victims, names, background, figures, agencies, origins, unlisted, bare_counts,
        single_victim,
    )  # fmt: skip
    for module in modules:
        name = module.__name__.rpartition(".")[2]
        listed = {key: value for key, value in vars(module).items() if isinstance(value, re.Pattern)}
        listed |= module.patterns() if hasattr(module, "patterns") else {}
        found += [(f"{name}.{key}", value, reach(name, key)) for key, value in listed.items()]
    return found


@pytest.mark.parametrize(
    ("name", "pattern", "longest"), patterns(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_no_pattern_can_be_made_slow(name: str, pattern: re.Pattern[str], longest: int) -> None:
    for unit in ADVERSARIAL:
        text = unit * (longest // len(unit))
        assert grows_slowly(lambda text: deque(pattern.finditer(text), maxlen=0), text), f"{name} on {unit!r}"


@pytest.mark.parametrize("unit", ADVERSARIAL)
def test_hostile_text_costs_in_proportion_to_its_length(unit: str) -> None:
    extract("Title", unit)
    assert grows_slowly(lambda text: extract("Title", text), unit * (80_000 // len(unit)))


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


@pytest.mark.parametrize("seed", range(6))
def test_spans_hold_in_text_of_any_script_and_in_bytes_that_are_no_text(seed: int) -> None:
    drawn = random.Random(seed)
    pieces = [
        "£5m ",
        "lost ",
        "in Paris ",
        "警方",
        "полиция ",
        "الشرطة ",
        "\0",
        "\ud7ff",
        "é",
        "😀",
        "İ",
        "ß",
        "ﬁ",
    ]
    pieces += [
        "was jailed for ",
        "2 years ",
        "\u2028",
        "43 victims ",
        "\x1b[2J",
        "3/4/2024 ",
        "ChatGPT ",
        ". ",
    ]
    text = "".join(drawn.choice(pieces) for _ in range(4_000))
    facts = extract(text[:200], text)
    for fact in facts:
        assert {"text": text, "title": text[:200]}[fact.field][fact.start : fact.end] == fact.quote
    assert {"GBP 5000000", "2 years", "43", "ChatGPT"} <= {fact.value for fact in facts}


def test_words_of_web_addresses_say_nothing() -> None:
    text = "See https://news.example/2024/lawsuit-chatgpt-spain-arrested-whatsapp-£5m for more."
    assert extract("", text) == []


def test_background_far_down_does_not_decide_the_outcome() -> None:
    text = "A woman in Leeds was duped by a copied voice. " + "The bank gave tips to its customers. " * 100
    facts = extract("", text + "In 2019 another man was jailed for fraud.")
    assert of(facts, Subject.OUTCOME) == ["succeeded"]


def test_another_case_of_other_years_or_places_gives_a_long_text_neither_loss_nor_outcome_nor_date() -> None:
    told = "A woman in Leeds was rung in the copied voice of her sister. She told nobody and moved away. "
    aside = [
        "Two years ago, a grocer in Hull lost £22,000.",
        "In Belgium a teller was jailed for fraud.",
        "In 2019, another man lost £4,000.",
    ]
    long = told * 10 + " ".join(aside)
    facts = extract("", long, PartialDate(value="2025-05-02"))
    assert of(facts, Subject.LOSS, "loss") == of(facts, Subject.DATE, "occurred") == []
    assert of(facts, Subject.OUTCOME) != ["convicted_or_sentenced"]
    assert of(extract("", aside[0]), Subject.LOSS, "loss") == ["GBP 22000"]


def test_where_no_crime_is_told_only_what_other_matters_have_too_is_an_outcome() -> None:
    sued, jailed = "A driver sued the maker of the car.", "An innocent man was arrested and jailed."
    assert of(extract("", sued, crime=False), Subject.OUTCOME) == ["civil_or_regulatory_action"]
    assert of(extract("", jailed, crime=False), Subject.OUTCOME) == []
    assert of(extract("", jailed), Subject.OUTCOME) == ["convicted_or_sentenced"]


def test_a_report_that_is_judged_to_tell_no_crime_gets_no_outcome() -> None:
    title = "Hospital's sepsis alarm is wrong again"
    text = "A hospital's AI model raised a wrong sepsis alarm for a patient. Harm was averted by a nurse."
    assert of(extract(title, text), Subject.OUTCOME) == ["attempted_or_blocked"]
    findings = next(enricher().enrich([told((title, text))])).findings
    assert {each.value for each in findings if each.subject is Subject.CRIME} == {"no"}
    assert [each.value for each in findings if each.subject is Subject.OUTCOME] == []


def test_a_card_that_was_charged_is_no_charge() -> None:
    assert "arrested_or_charged" not in of(
        extract("", "Scammers charged Ray’s credit cards."), Subject.OUTCOME
    )


def test_a_text_of_megabytes_is_read_to_a_stated_length() -> None:
    text = "A woman in Leeds lost £9,000 to a copied voice. " * 100_000
    facts = extract("", text)
    assert of(facts, Subject.LOSS, "loss") == ["GBP 9000"]
    assert facts == extract("", text[:FACTS_CHARACTERS])
    assert of(extract("", f"{'x ' * (FACTS_CHARACTERS // 2)}{text[:100]}"), Subject.LOSS) == []


def test_what_another_text_says_changes_no_facts() -> None:
    text = "Police in Leeds said 43 women lost £9,000 to a gang with cloned voices."
    first = extract("", text)
    assert {"GBP 9000", "43", "GB-ENG"} <= {fact.value for fact in first}
    extract("Barnsley fraud", "Police in Oslo said 12 men lost £7,000 on Zoom.")
    assert extract("", text) == first


def test_an_empty_report_has_no_facts() -> None:
    assert extract("", "") == []


@pytest.mark.parametrize("subject", list(facets.LISTS))
def test_facet_values_are_those_of_the_typology(subject: Subject) -> None:
    listed = {entry["name"] for entry in phrases.load(facets.LISTS[subject])} - {facets.NO_VALUE}
    assert listed <= set(Typology.load().facet_values(subject.value))


def test_outcomes_are_those_of_the_typology() -> None:
    stages = {stage["name"] for stage in phrases.load("outcome")["stages"]}
    assert stages == set(Typology.load().facet_values("outcome")) - {"unknown"}


def gold() -> list[dict[str, Any]]:
    rows = [json.loads(line) for line in shared("reports-gold/dev.jsonl").read_text("utf-8").splitlines()]
    return [row for row in rows if row["relevant"]]


def test_losses_countries_and_outcomes_of_the_gold_reports_are_found() -> None:
    rows, losses, countries, stages = gold(), 0, 0, tables.stages()
    outcomes = []
    for row in rows:
        facts = extract(row["title"], row["text"])
        stated = of(facts, Subject.LOSS, "loss")[:1]
        accepted = [row["loss"], *row["loss_alt"]] if row["loss"] else []
        losses += stated in ([[f"{sum['currency']} {sum['amount']}"] for sum in accepted] or [[]])
        where = {code[:2] for code in of(facts, Subject.COUNTRY, "where")}
        countries += where == set(row["country"])
        if row["status"] in stages:
            outcomes.append((of(facts, Subject.OUTCOME) or ["unknown"])[0] in stages[row["status"]])
    assert losses / len(rows) >= 0.95
    assert countries / len(rows) >= 0.95
    assert sum(outcomes) / len(outcomes) >= 0.85


def test_every_fact_of_a_whole_snapshot_stands_in_its_text() -> None:
    with shared("aiid/incidents.csv").open(encoding="utf-8", newline="") as file:
        rows = [(row["title"], row["description"]) for row in csv.DictReader(file)]
    checked = 0
    for title, text in rows:
        for fact in extract(title, text):
            assert {"text": text, "title": title}[fact.field][fact.start : fact.end] == fact.quote
            checked += 1
    assert checked > 2 * len(rows)
