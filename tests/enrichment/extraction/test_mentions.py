"""What a text says of the law, of countermeasures and of earlier cases."""

import pytest

from enrichment.extraction import mentions
from enrichment.extraction.passage import Passage
from enrichment.extraction.phrases import load
from enrichment.facts import extract
from enrichment.records import ConceptKind, Fact, Subject
from enrichment.typology import Typology

TYPOLOGY = Typology.load()


def found(text: str, subject: Subject = Subject.OFFENCE) -> dict[str, str]:
    return {fact.value: fact.role for fact in mentions.find([Passage(text)]) if fact.subject is subject}


@pytest.mark.parametrize(
    ("text", "offences"),
    [
        ("A man was arrested on suspicion of fraud by false representation.", {"FA06-1": "arrested"}),
        (
            "She pleaded guilty to wire fraud and aggravated identity theft.",
            {"FA06-1": "convicted", "IDA10": "convicted"},
        ),
        ("He was charged with cyberstalking a colleague.", {"PHA97": "charged"}),
        ("A pupil is being investigated for making indecent images of children.", {"PCA-1": "investigated"}),
        ("Gangs use the tool for money laundering.", {"POCA": "named"}),
        ("The advert was a fraud.", {}),
        ("He was not charged with blackmail.", {}),
        ("A family was wrongfully accused of tax fraud.", {}),
        ("Police arrested six people behind a romance scam.", {"FA06-1": "arrested"}),
        ("Nobody was charged. The fraud goes on.", {}),
        ("The teacher was acquitted of harassment.", {"PHA97": "cleared"}),
    ],
)
def test_an_offence_says_how_far_it_went(text: str, offences: dict[str, str]) -> None:
    assert found(text) == offences


def test_the_most_advanced_stage_of_several_sentences_stands() -> None:
    assert found("Money laundering is common. He was convicted of money laundering.") == {"POCA": "convicted"}


def test_countermeasures_count_only_where_they_were_used() -> None:
    assert found("Police warned the public about the advert.", Subject.COUNTERMEASURE) == {"CM-20": ""}
    assert found("The kit defeated two-factor authentication.", Subject.COUNTERMEASURE) == {}


def test_a_text_says_that_it_follows_earlier_cases() -> None:
    assert found("It is the second such case in a month.", Subject.SERIES) == {"repeat": ""}
    assert found("Detectives spoke of a copycat.", Subject.SERIES) == {"copycat": ""}


def test_every_span_is_verbatim_and_every_value_is_of_the_typology() -> None:
    text = "Two men were charged with wire fraud; police warned the public. Days after, a copycat struck."
    facts: list[Fact] = mentions.find([Passage(text)])
    assert {fact.subject for fact in facts} == {Subject.OFFENCE, Subject.COUNTERMEASURE, Subject.SERIES}
    assert all(text[fact.start : fact.end] == fact.quote for fact in facts)
    for entry in load("offences")["offences"]:
        assert TYPOLOGY.concept(entry["name"]).kind is ConceptKind.OFFENCE
    for entry in load("countermeasures")["measures"]:
        assert TYPOLOGY.concept(entry["name"]).kind is ConceptKind.COUNTERMEASURE


def test_they_are_among_the_facts_of_a_report() -> None:
    facts = extract("Fraudster jailed", "He pleaded guilty to money laundering.")
    assert ("POCA", "convicted") in {(fact.value, fact.role) for fact in facts}
