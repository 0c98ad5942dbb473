import pytest

from enrichment.extraction.numerals import value
from enrichment.extraction.phrases import Passage
from enrichment.extraction.victims import find


def counted(text: str) -> list[str]:
    found = find((Passage(text),))
    assert all(text[fact.start : fact.end] == fact.quote for fact in found)
    return [fact.value for fact in found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("At least 43 women were targeted.", "43+"),
        ("Pictures of dozens of girls were found.", "24-99"),
        ("They defrauded more than 6,000 people of $35 million.", "6000+"),
        ("There were two victims.", "2"),
        ("Hundreds of victims came forward.", "200-999"),
        ("Some 30 organisations were hacked.", "30"),
        ("1.2 million users were affected.", "1200000"),
        ("They conned thirty-five pensioners.", "35"),
        ("Up to 300 victims are feared.", "0-300"),
        ("15 boys made nudes of 20 girls.", "20"),
        ("Between 30 and 40 girls were targeted.", "30-40"),
        ("From 2 to 3 million users were affected.", "2000000-3000000"),
        ("He sold pictures in 2024 to 40 harassed women.", "40"),
        ("At least two dozen pupils were depicted.", "24+"),
    ],
)
def test_victims_are_counted_as_the_text_counts_them(text: str, found: str) -> None:
    assert counted(text) == [found]


@pytest.mark.parametrize(
    "text",
    [
        "27 people were arrested.",
        "A survey of 7,000 people found little.",
        "Victims from 66 countries came.",
        "10 per cent of victims said so.",
        "One victim lost everything.",
        "In 2024 victims lost more.",
    ],
)
def test_other_numbers_count_no_victims(text: str) -> None:
    assert counted(text) == []


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("1,200", 1200),
        ("thirty-five", 35),
        ("2.3 million", 2_300_000),
        ("Eleven", 11),
        ("two thousand", 2000),
    ],
)
def test_numbers_are_read_in_digits_and_words(written: str, number: int) -> None:
    assert value(written) == number


def test_dead_of_an_invented_story_are_nobodys_victims() -> None:
    assert counted("He spread a false story that a train had killed nine people.") == []
    assert counted("The train killed nine people.") == ["9"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("At least 23 pupils aged 12 to 16 were depicted.", ["23+"]),
        ("He blackmailed her and eleven other nurses.", ["12"]),
        ("More than 700 savers in Kano and Kaduna subscribed.", ["700+"]),
        ("The adverts drew in 310 pensioners.", ["310"]),
        ("Some 52 widows across Dorset and Wiltshire handed over their jewels.", ["52"]),
        ("The bot was sold to criminals; 900 subscribers paid for it.", []),
        ("The forger admitted that 640 customers paid him.", []),
    ],
)
def test_victims_are_those_harmed_and_not_those_who_bought(text: str, found: list[str]) -> None:
    assert counted(text) == found


def test_counts_are_read_in_parts_of_a_million() -> None:
    assert value("half a million") == 500_000
    assert counted("A quarter of a million users were affected.") == ["250000"]
