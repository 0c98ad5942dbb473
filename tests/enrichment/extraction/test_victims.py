import pytest

from enrichment.extraction.numerals import value
from enrichment.extraction.passage import Passage
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
        ("The ring wrote to several hundred victims.", "200-999"),
        ("A few thousand customers were defrauded.", "2000-9999"),
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
        "Police arrested 27 people and freed 12 men on bail.",
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


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("At least 61 savers have told the watchdog that they paid into it.", ["61+"]),
        ("Some 6,800 people typed in their passwords.", ["6800"]),
        ("The blast went off outside a hotel, injuring seven.", ["7"]),
        ("The attack wounded at least 12.", ["12+"]),
        ("Three police officers were killed by the drone.", ["3"]),
        ("Police in Mae Sot said that 45 people from Kenya, Nepal and Brazil were freed.", ["45"]),
        ("Seven were rescued from the compound.", ["7"]),
        ("Dozens lost money to the advert.", ["24-99"]),
        ("The platform cost hundreds their savings.", ["200-999"]),
        ("More than thirty companies and agencies were breached.", ["30+"]),
        ("A pensioner lost £9,000, and 40 others were defrauded.", ["40"]),
        ("Three officers arrested two men.", []),
        ("Hundreds of witnesses came forward.", []),
        ("The advert reached dozens of countries.", []),
        ("Dozens lost power.", []),
        ("Injured four times, he gave up.", []),
    ],
)
def test_people_harmed_are_counted_by_what_befell_them(text: str, found: list[str]) -> None:
    assert counted(text) == found


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("An 81-year-old woman from Graz handed over 20,000 euros.", "An 81-year-old woman"),
        ("A pensioner lost £9,000 to a copied voice.", "A pensioner"),
        ("A finance worker was tricked into a payment.", "A finance worker"),
        ("It is a fraud in which an employee in Oslo was duped.", "an employee"),
        ("They are held for extorting a 44-year-old college teacher.", "a 44-year-old college teacher"),
        ("A woman of 83 gave gold worth 9,000 euros to a courier.", "A woman"),
    ],
)
def test_one_person_plainly_harmed_is_one_victim(text: str, quote: str) -> None:
    assert [(fact.value, fact.quote) for fact in find((Passage(text),))] == [("1", quote)]


@pytest.mark.parametrize(
    "text",
    [
        "A pensioner lost £9,000. Other victims were told to wait.",
        "A pensioner lost £9,000 and a nurse lost £4,000.",
        "Police arrested a woman who lost £9,000 at cards.",
        "A woman was charged after she lost control of a car.",
        "A finance worker tricked the bank.",
        "A customer could be tricked into paying £900.",
        "In a test a clerk was tricked by the voice.",
        "It made up a false story that a student was harassed.",
        "A couple lost £14,000.",
    ],
)
def test_who_is_not_plainly_the_one_harmed_is_not_counted(text: str) -> None:
    assert counted(text) == []
