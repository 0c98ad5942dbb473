"""Allegations that fail or are corrected, AI that is taken back, and negated words."""

import pytest

from enrichment.judging import linear
from enrichment.judging.judge import Judge
from enrichment.judging.reading import Reading
from enrichment.records import Fact, Subject
from enrichment.typology import Typology
from tests.enrichment.model_room import enricher

TYPOLOGY = Typology.load()


def judged(title: str, text: str) -> list[Fact]:
    """Return the facts of a report by the shipped models."""
    encoder = enricher().embedder
    assert encoder is not None
    row = encoder.encode([f"{title}. {text}"], "passage")[0]
    return [fact for _, fact in Judge(linear.load(), TYPOLOGY).facts(Reading(title, text, row))]


def leading(facts: list[Fact]) -> str:
    codes = [fact for fact in facts if fact.subject is Subject.TYPOLOGY]
    return max(codes, key=lambda fact: fact.score).value


def answer(facts: list[Fact], subject: Subject) -> str:
    return next(fact.value for fact in facts if fact.subject is subject)


@pytest.mark.parametrize(
    ("title", "text", "family"),
    [
        (
            "Accountant cleared over cloned voice of director",
            "Jurors at Norbury acquitted an accountant of ordering a payment of 90,000 pounds in the "
            "AI-cloned voice of the company's director. The money is gone; who rang is not known.",
            "FR",
        ),
        (
            "Convictions for deepfake investment adverts set aside",
            "Appeal judges quashed the convictions of two brothers who were said to have run adverts with "
            "a deepfake of a banker who promised high returns. Savers lost 2 million euros to the scheme.",
            "FR",
        ),
        (
            "Correction: AI nudes of colleagues",
            "Our report of Thursday on a clerk charged with making AI-generated nude pictures of women in "
            "his office gave the wrong town. He works in Hale. The charge is as we described it.",
            "AB",
        ),
    ],
)
def test_an_acquittal_or_correction_is_a_report_of_the_crime_alleged(
    title: str, text: str, family: str
) -> None:
    facts = judged(title, text)
    assert leading(facts).startswith(family)
    assert answer(facts, Subject.RELEVANCE) == "relevant"
    assert answer(facts, Subject.AI_INVOLVEMENT) != "absent"


@pytest.mark.parametrize(
    ("text", "offence_with_ai"),
    [
        ("What police had called a deepfake fraud was in truth the work of her cousin.", False),
        ("The cloned voice in the extortion call turned out to be a hired singer.", False),
        ("What sounded like her cousin's plea for bail was in fact a cloned voice, police said.", True),
        ("The caller turned out to be a deepfake made by fraudsters.", True),
        ("Fraudsters used a deepfake of the mayor to sell shares, police said.", True),
    ],
)
def test_ai_that_a_sentence_takes_back_is_no_ai_in_an_offence(text: str, offence_with_ai: bool) -> None:
    assert Reading("", text).ai_in_offence is offence_with_ai


def test_pictures_of_no_real_child_are_not_coded_as_those_of_one() -> None:
    facts = judged(
        "Prison for hoard of generated abuse images",
        "A man from Wexley was jailed for having 2,000 AI-generated indecent images of children. The court "
        "accepted that no real children were shown in any of them.",
    )
    assert leading(facts) == "CS-01"


def test_a_demand_with_menaces_beats_the_picture_it_threatens_with() -> None:
    facts = judged(
        "Girl told to buy vouchers",
        "A 14-year-old was ordered to buy gift cards or a nude made with AI from her holiday photo would be "
        "sent to her school. Police in Hale traced the account abroad.",
    )
    assert leading(facts) == "CS-05"


def test_a_page_that_copies_a_log_in_is_phishing() -> None:
    facts = judged(
        "Letters too good to be true",
        "Nurses at two hospitals got faultless notes about their rota. The link opened a copy of the "
        "hospital's sign-in page, and ninety entered their passwords. A language model wrote the notes, the "
        "hospital's security team says.",
    )
    assert leading(facts) == "CY-01"


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (
            "Ransom caller was a neighbour",
            "A family told police that an AI voice asked money for their son. The voice was that of "
            "a neighbour. No software was involved, detectives said, and he has been charged with extortion.",
        ),
        (
            "Fact check: flood picture",
            "A photograph of a flooded bank is said to be AI-generated to cause panic. A press "
            "photographer took it four years ago in another town. There is no sign of AI in it.",
        ),
    ],
)
def test_a_use_of_ai_that_is_denied_makes_no_ai_crime(title: str, text: str) -> None:
    facts = judged(title, text)
    decided = [fact.value for fact in facts if fact.role == "primary"]
    assert decided in ([], ["X-01"])
    assert answer(facts, Subject.RELEVANCE) == "not-relevant"
