import pytest

from enrichment.extraction import money, sentence
from enrichment.extraction.passage import Passage


def sentences(text: str) -> list[tuple[str, str]]:
    passages = (Passage(text),)
    found = sentence.find(passages, money.find(passages))
    assert all(text[fact.start : fact.end] == fact.quote for fact in found)
    return [(fact.value, fact.role) for fact in found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("He was jailed for 18 years.", [("18 years", "custody")]),
        ("He got an 18-year custodial term.", [("18 years", "custody")]),
        ("She was sentenced to two years and six months in prison.", [("2 years 6 months", "custody")]),
        ("She spent two and a half years in jail.", [("2 years 6 months", "custody")]),
        ("He was sentenced to 42 months.", [("42 months", "custody")]),
        ("A 20-month sentence suspended for two years.", [("20 months", "suspended")]),
        ("She got a suspended sentence of 18 months.", [("18 months", "suspended")]),
        (
            "He was given 18 months' imprisonment, suspended for two years, and 200 hours of unpaid work.",
            [("18 months", "suspended"), ("200 hours", "unpaid-work")],
        ),
        ("The court gave each one year of probation.", [("1 year", "supervision")]),
        ("It gave each a year's probation.", [("1 year", "supervision")]),
        ("A man who rang to ask for help was jailed for two years.", [("2 years", "custody")]),
        ("A man who had faced up to ten years was jailed for two.", []),
        ("A man who had faced up to ten years was jailed for two years.", [("2 years", "custody")]),
        ("He was given a conditional discharge of twelve months.", [("12 months", "supervision")]),
        ("The boy got one year of supervised probation.", [("1 year", "supervision")]),
        ("Pupils were put under supervision for a year.", [("1 year", "supervision")]),
        ("He was sentenced to life imprisonment.", [("life", "custody")]),
        ("She was fined £335 at Glasgow Sheriff Court.", [("GBP 335", "fine")]),
        ("He was ordered to pay a fine of $6 million.", [("USD 6000000", "fine")]),
        ("The regulator has fined a Bristol firm £1.4 million.", [("GBP 1400000", "fine")]),
        ("The court fined a man who stole £5,000.", []),
        ("She was fined and ordered to repay £5,000.", []),
    ],
)
def test_sentence_is_read_with_its_kind(text: str, found: list[tuple[str, str]]) -> None:
    assert sentences(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "He faces up to 20 years in prison.",
        "Prosecutors asked for five years in prison.",
        "He could be jailed for life.",
        "An 18-year-old man was charged.",
        "Over 18 months he made 60 images.",
        "The law carries a maximum of two years in prison.",
        "They lost £500 in two years.",
    ],
)
def test_possible_terms_and_other_times_are_not_sentences(text: str) -> None:
    assert sentences(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The total sentence I impose is 40 months.", [("40 months", "custody")]),
        ("Credit for the plea produces, rounded up, three years.", [("3 years", "custody")]),
        ("The sentence is one of seven years.", [("7 years", "custody")]),
        ("The starting point was ten years; the sentence is seven years.", [("7 years", "custody")]),
        ("He must pay £900, or serve 14 days' imprisonment in default.", []),
        ("In default of payment she will serve a further two months in prison.", []),
        ("Five brothers were jailed for a total of 31 years.", []),
        ("The two got 11 years in prison between them.", []),
        ("He was jailed for a total of 31 months.", [("31 months", "custody")]),
        ("Penalties for the offence run to 12 years in prison.", []),
        ("The state asks for civil penalties of $4,000 for each sale.", []),
    ],
)
def test_sentence_is_the_term_passed_on_one_person(text: str, found: list[tuple[str, str]]) -> None:
    assert sentences(text) == found


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("A clerk was jailed for five years after he cloned his manager's voice.", "5 years"),
        ("The brothers were imprisoned for ten months after admitting the fraud.", "10 months"),
        ("She was sentenced by a judge to nine months before the summer.", "9 months"),
    ],
)
def test_a_term_before_what_it_followed_is_a_sentence(text: str, length: str) -> None:
    assert sentences(text) == [(length, "custody")]


def test_a_distance_in_time_is_no_sentence() -> None:
    assert sentences("She was sentenced to prison four years after the theft.") == []
