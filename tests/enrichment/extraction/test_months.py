"""Every month reads alike: the month of May is never taken for the verb, and the verb never for the month."""

import calendar

import pytest

from enrichment.extraction.passage import Passage
from enrichment.facts import extract
from enrichment.records import Subject

MONTHS = list(calendar.month_name)[1:]


def values(text: str, subject: Subject, title: str = "") -> list[str]:
    return [fact.value for fact in extract(title, text) if fact.subject is subject]


@pytest.mark.parametrize("month", MONTHS)
@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("Officers said on 7 {} 2026 that a woman had been charged with fraud.", "arrested_or_charged"),
        ("On {} 7 detectives arrested a forger who had cloned a banker's voice.", "arrested_or_charged"),
        ("In {} a forger was jailed for deceiving a bank with a cloned voice.", "convicted_or_sentenced"),
        ("By late {} the platform had removed the accounts of the fraudsters.", "disrupted"),
        ("In the middle of {}, jurors cleared a clerk of fraud; she was acquitted.", "acquitted_or_dropped"),
        ("Last {} a forger was found guilty of fraud.", "convicted_or_sentenced"),
    ],
)
def test_outcome_is_the_same_in_every_month(text: str, outcome: str, month: str) -> None:
    assert values(text.format(month), Subject.OUTCOME) == [outcome]


@pytest.mark.parametrize("month", MONTHS)
@pytest.mark.parametrize(
    "text",
    [
        "In {} 2025 a man was sentenced to seven years in prison.",
        "The judge in {} jailed him for seven years.",
        "Since 3 {} he has been serving a sentence of seven years.",
    ],
)
def test_sentence_is_the_same_in_every_month(text: str, month: str) -> None:
    assert values(text.format(month), Subject.SENTENCE) == ["7 years"]


@pytest.mark.parametrize("month", MONTHS)
def test_victims_are_counted_alike_in_every_month(month: str) -> None:
    assert values(f"The gang in {month} defrauded 14 widows.", Subject.VICTIMS) == ["14"]


@pytest.mark.parametrize("month", MONTHS)
def test_countermeasure_is_the_same_in_every_month(month: str) -> None:
    text = f"A clerk in mid-{month} called the real director and the fraud came to nothing."
    assert values(text, Subject.COUNTERMEASURE) == ["CM-01"]


@pytest.mark.parametrize(
    "text",
    [
        "A forger may be jailed for seven years.",
        "Forger May Be Jailed for Seven Years",
        "12 May Face Jail",
        "The court may have sentenced her to seven years in prison.",
    ],
)
def test_verb_may_still_takes_a_sentence_back(text: str) -> None:
    assert "convicted_or_sentenced" not in values(text, Subject.OUTCOME, title=text)
    assert values(text, Subject.SENTENCE) == []


def test_small_text_keeps_the_capital_of_the_month_alone() -> None:
    text = "In May he may pay. On MAY 3 İt May Be, by mid-May, or in may 2024."
    small = Passage(text).small
    assert len(small) == len(text)
    assert small == "in May he may pay. on May 3 İt may be, by mid-May, or in May 2024."
