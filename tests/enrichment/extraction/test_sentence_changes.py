"""Terms that a later ruling cut, raised or took away."""

import pytest

from enrichment.facts import extract
from enrichment.records import Subject


def terms(text: str, title: str = "") -> list[tuple[str, str]]:
    return [(fact.value, fact.role) for fact in extract(title, text) if fact.subject is Subject.SENTENCE]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "He was jailed for six years. The appeal court cut his sentence to four years in prison.",
            [("4 years", "custody")],
        ),
        ("Her sentence was reduced from five years to three years on appeal.", [("3 years", "custody")]),
        ("An appeal court cut the sentence of a forger from ten years to nine.", [("9 years", "custody")]),
        ("Her prison term was reduced from 30 months to just 18.", [("18 months", "custody")]),
        ("His sentence was cut from ten years to nine months.", [("9 months", "custody")]),
        ("It cut the jail term from ten years to nine and a half years.", [("9 years 6 months", "custody")]),
        ("Judges increased his three-year sentence to seven years in prison.", [("7 years", "custody")]),
        ("The Court of Appeal raised the term from two to five years.", [("5 years", "custody")]),
        (
            "The eight-year sentence was quashed and replaced with five years' imprisonment.",
            [("5 years", "custody")],
        ),
        ("His 10-year prison term was halved to five years.", [("5 years", "custody")]),
        (
            "He was sentenced to 30 months in jail; this was lowered to 18 months, suspended for two years.",
            [("18 months", "suspended")],
        ),
        (
            "He was given a two-year suspended sentence, but the higher court imposed three years in prison"
            " instead.",
            [("3 years", "custody")],
        ),
        ("His life sentence was commuted to 20 years in prison.", [("20 years", "custody")]),
        (
            "The sentence of four years was changed on appeal to 200 hours of unpaid work.",
            [("200 hours", "unpaid-work")],
        ),
        (
            "The appeal court cut the term to two years in prison. He was originally jailed for five years.",
            [("2 years", "custody")],
        ),
        ("He was jailed for four years. The appeal court upheld the sentence.", [("4 years", "custody")]),
        (
            "He was jailed for four years and hoped to have the sentence cut to two years.",
            [("4 years", "custody")],
        ),
        (
            "She was jailed for nine years. Judges refused to reduce the sentence to six years.",
            [("9 years", "custody")],
        ),
        (
            "A man was jailed for three years and his brother for two years.",
            [("3 years", "custody"), ("2 years", "custody")],
        ),
        ("He was jailed for six years. In 2025 the appeal court quashed his conviction.", []),
    ],
)
def test_the_term_in_force_counts(text: str, found: list[tuple[str, str]]) -> None:
    assert terms(text) == found


def test_a_term_that_the_text_says_was_cut_is_not_read_from_the_title() -> None:
    text = "The court had jailed him for six years. On appeal the sentence was cut to four years in prison."
    assert terms(text, "Forger jailed for six years has term cut") == [("4 years", "custody")]
