"""The answers to the three questions agree with each other and with the code."""

import pytest

from enrichment.classify import Classifier
from enrichment.examples import near_misses
from enrichment.records import Finding, Subject
from enrichment.relevance import reason
from enrichment.typology import Typology
from tests.enrichment.test_relevance import MODELS, facts, read

FRAME = (
    "A woman in Hull was {} a deepfake of her manager to take £90,000 from a care home, Humberside Police "
    "said."
)


@pytest.mark.parametrize(
    "stage", ["jailed for two years for using", "convicted of using", "arrested for using"]
)
def test_a_stage_of_the_case_does_not_make_it_less_of_a_crime(stage: str) -> None:
    found = facts(("", FRAME.format(stage)))
    assert found[Subject.RELEVANCE].value == "relevant"
    assert found[Subject.CRIME].value == "yes"
    assert found[Subject.EVENT_KIND].value == "criminal_incident"


def test_an_offence_with_ai_in_one_sentence_is_never_coded_as_without_ai() -> None:
    reading = read(("", FRAME.format("jailed for two years for using")))
    assert reading.ai_in_offence
    assert "X-01" not in Classifier(MODELS, Typology.load()).opinion(reading).ranked()[:10]


def test_an_ordinary_crime_keeps_its_code_and_its_answers() -> None:
    found = facts(
        ("", "Two men were jailed for using a stolen key to take £90,000 from a care home in Hull.")
    )
    assert found[Subject.AI_INVOLVEMENT].value == "absent"
    assert found[Subject.RELEVANCE].value == "not-relevant"


def test_answers_that_affirm_ai_crime_agree_and_rest_on_words() -> None:
    relevant = 0
    for example in near_misses():
        found = facts((example.title, example.text))
        if found[Subject.RELEVANCE].value == "relevant" and found[Subject.RELEVANCE].quote:
            relevant += 1
            assert found[Subject.CRIME].quote
            assert found[Subject.AI_INVOLVEMENT].value != "absent"
    assert relevant


def test_a_reason_quotes_the_answer_that_decided_it() -> None:
    code = Finding(
        id="a",
        report="r",
        version="v",
        origin="classify@1",
        subject=Subject.TYPOLOGY,
        value="X-05",
        role="primary",
        score=0.9,
        quote="of the code",
    )
    answer = code.model_copy(
        update={
            "subject": Subject.EVENT_KIND,
            "value": "research_or_demonstration",
            "role": "",
            "quote": "In a laboratory",
        }
    )
    assert reason([code, answer]).endswith("“In a laboratory”")
    assert reason([code, answer.model_copy(update={"quote": ""})]).endswith("“of the code”")
