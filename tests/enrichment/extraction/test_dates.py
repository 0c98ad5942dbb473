import pytest

from collectors.records import PartialDate
from enrichment.extraction.dates import find
from enrichment.extraction.passage import Passage
from enrichment.facts import extract
from enrichment.records import Subject

PUBLISHED = PartialDate(value="2024-05-17")  # a Friday


def dates(text: str, published: PartialDate | None = None) -> list[str]:
    return [fact.value for fact in find((Passage(text),), published)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on 12 March 2025", "2025-03-12"),
        ("on 1st of June 2023", "2023-06-01"),
        ("on March 12, 2025", "2025-03-12"),
        ("on Jan. 17, 2024", "2024-01-17"),
        ("on Sept 3, 2024", "2024-09-03"),
        ("dated 2025-11-13", "2025-11-13"),
        ("in March 2025", "2025-03"),
        ("in 2023", "2023"),
        ("since early 2020", "2020"),
    ],
)
def test_date_is_as_precise_as_it_is_written(text: str, value: str) -> None:
    assert dates(f"It happened {text}.") == [value]


@pytest.mark.parametrize(
    "text",
    [
        "on 31 February 2024",
        "in room 2024",
        "about 2023 people",
        "on 3 May",
        "last Tuesday",
        "yesterday",
        "they may go",
    ],
)
def test_text_without_a_readable_date_yields_none(text: str) -> None:
    assert dates(f"It happened {text}.") == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on Friday", "2024-05-17"),
        ("on Wednesday", "2024-05-15"),
        ("yesterday", "2024-05-16"),
        ("last month", "2024-04"),
        ("last year", "2023"),
        ("on 3 May", "2024-05-03"),
        ("on October 9", "2023-10-09"),
        ("in January", "2024-01"),
        ("in November", "2023-11"),
    ],
)
def test_relative_dates_are_read_against_the_day_of_publication(text: str, value: str) -> None:
    assert dates(f"It happened {text}.", PUBLISHED) == [value]


def test_publication_known_to_the_month_is_no_ground_for_relative_dates() -> None:
    assert dates("It happened yesterday.", PartialDate(value="2024-05")) == []


def test_role_occurred_is_given_to_dates_of_the_act_only() -> None:
    text = "The call took place in March 2023. He was sentenced on 4 June 2024. A law of 2019 applies."
    roles = {fact.value: fact.role for fact in find((Passage(text),))}
    assert roles == {"2023-03": "occurred", "2024-06-04": "", "2019": ""}


def test_date_inside_a_longer_one_is_not_repeated() -> None:
    assert dates("From 12 March 2025 to April 2025.") == ["2025-03-12", "2025-04"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Police in London said it began on 03/04/2024.", "2024-04-03"),
        ("Police in Chicago said it began on 03/04/2024.", "2024-03-04"),
        ("It began on 03/04/2024.", "2024"),
        ("Police in Toronto said it began on 03/04/2024.", "2024"),
        ("It began on 25/04/2024.", "2024-04-25"),
        ("It began on 04/25/2024.", "2024-04-25"),
        ("It began on 3.4.2024.", "2024-04-03"),
        ("It began on 2024/04/03.", "2024-04-03"),
    ],
)
def test_date_in_figures_is_read_as_its_country_writes_it(text: str, value: str) -> None:
    assert [fact.value for fact in extract("", text) if fact.subject is Subject.DATE] == [value]


@pytest.mark.parametrize("text", ["on 31/02/2024", "on 13/13/2024", "version 1.2.2024.1", "30 February 2024"])
def test_impossible_day_is_not_a_date(text: str) -> None:
    assert [
        fact.value for fact in extract("", text) if fact.subject is Subject.DATE and "-" in fact.value
    ] == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("It happened three days ago.", "2024-05-14"),
        ("It happened two months ago.", "2024-03"),
        ("It happened 6 years ago.", "2018"),
        ("It happened last Friday.", "2024-05-10"),
        ("It happened on Friday.", "2024-05-17"),
    ],
)
def test_relative_date_is_as_precise_as_its_words(text: str, value: str) -> None:
    assert [fact.value for fact in find((Passage(text),), PartialDate(value="2024-05-17"))] == [value]


def test_date_after_publication_is_not_an_occurrence() -> None:
    text = "The fraud took place on 3 May 2024, police said; the fraud took place on 3 May 2026."
    found = find((Passage(text),), PartialDate(value="2024-05-17"))
    assert [(fact.value, fact.role) for fact in found] == [("2024-05-03", "occurred"), ("2026-05-03", "")]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("He was arrested Tuesday.", ["2024-05-14"]),
        ("She paid two weeks ago.", ["2024"]),
        ("She paid a fortnight ago.", ["2024"]),
        ("She paid three weeks ago.", ["2024-04"]),
        ("She paid last week.", ["2024-05"]),
        ("He was due to plead on Monday but paid on Thursday.", ["2024-05-20", "2024-05-16"]),
        ("He will be sentenced on Monday.", ["2024-05-20"]),
        ("He will be sentenced on Friday.", ["2024-05-17"]),
        ("Trains stood still in the early hours of Tuesday.", ["2024-05-14"]),
        ("It rang one Tuesday.", []),
        ("It was sold on Black Friday.", []),
        ("They met every Tuesday and rang by Friday.", []),
    ],
)
def test_weekday_is_the_last_one_unless_it_lies_ahead_or_names_none(text: str, value: list[str]) -> None:
    assert dates(text, PUBLISHED) == value


def roles(text: str, published: str = "2024-05-17") -> list[tuple[str, str]]:
    return [(fact.value, fact.role) for fact in find((Passage(text),), PartialDate(value=published))]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("The forger will be sentenced on 4 March.", "2025-03-04"),
        ("He is due back in court on 9 January.", "2025-01-09"),
        ("Her trial was fixed for 2 September.", "2024-09-02"),
        ("They were remanded in custody until 30 May.", "2024-05-30"),
        ("The case was adjourned to 21 June.", "2024-06-21"),
        ("Sentencing is set for August 8.", "2024-08-08"),
        ("The new offence comes into force on 1 October.", "2024-10-01"),
        ("The republic votes on 3 November.", "2024-11-03"),
        ("The trial is expected to begin in February.", "2025-02"),
        ("He will appear before magistrates on 12 July 2024.", "2024-07-12"),
    ],
)
def test_scheduled_day_is_the_next_one_and_no_occurrence(text: str, value: str) -> None:
    assert roles(text) == [(value, "scheduled")]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("She will never forget how thieves emptied her account on 4 March.", "2024-03-04"),
        ("Against her will she paid on 4 March.", "2024-03-04"),
        ("He is to pay back the sum, but stole it on 4 March.", "2024-03-04"),
        ("The clerk paid last year; he will be sentenced in a week.", "2023"),
    ],
)
def test_day_of_the_act_beside_a_future_verb_stays_in_the_past(text: str, value: str) -> None:
    assert roles(text) == [(value, "occurred")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A brewery, which had a turnover of £9 million last year, was robbed in March.", ["2024-03"]),
        ("Thieves rang the bank in April with a voice from a podcast he recorded in 2021.", ["2024-04"]),
        ("The bank lost money in April. Such frauds cost Britons £300 million last year.", ["2024-04"]),
        (
            "According to the charge, from June 2022 to November 2023 Vane lied to savers.",
            ["2022-06", "2023-11"],
        ),
        ("He taught at the school from 2015 to 2019. The pictures were made in 2023.", ["2023"]),
        ("The boy who sent the picture last November has pleaded guilty.", ["2023-11"]),
        ("Between October last year and February they opened 90 accounts.", ["2023-10"]),
        ("She was born in 1960 and was robbed on 2 May.", ["2024-05-02"]),
    ],
)
def test_date_of_the_act_differs_from_background_dates(text: str, expected: list[str]) -> None:
    assert [value for value, role in roles(text) if role == "occurred"] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Between 4 and 11 February 2024 a caller worked through the list.", ["2024-02-04", "2024-02-11"]),
        ("The calls were made between 8 and 9 April.", ["2024-04-08", "2024-04-09"]),
        ("From June to August 2023 the forms went round.", ["2023-06", "2023-08"]),
        ("Between December and February 2024 the forms went round.", ["2023-12", "2024-02"]),
        ("The site ran from 30 March to 2 April 2024.", ["2024-03-30", "2024-04-02"]),
        ("The site ran March 30-31, 2024.", ["2024-03-30"]),
        ("Between 2020 and 2022 he drew up the invoices.", ["2020", "2022"]),
    ],
)
def test_period_begins_on_its_first_day(text: str, expected: list[str]) -> None:
    assert [value for value, role in roles(text) if role == "occurred"] == expected


def test_quote_of_a_period_reaches_to_its_year() -> None:
    facts = find((Passage("It ran from 3 to 5 May 2023."),))
    assert [(fact.value, fact.quote) for fact in facts] == [
        ("2023-05-03", "3 to 5 May 2023"),
        ("2023-05-05", "5 May 2023"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A pensioner needed a bodyguard in March, police said.", ["2024-03"]),
        ("The clinic had no power on 2 May. A hearing is due on 3 June.", ["2024-05-02"]),
        ("Police said on Monday that a pensioner needed a bodyguard.", []),
        ("A widow wanted help in March and moved house in April.", []),
        ("The clinic, which dates from 1998, had no power.", []),
    ],
)
def test_the_only_date_of_which_nothing_is_said_is_that_of_the_act(text: str, expected: list[str]) -> None:
    assert [value for value, role in roles(text) if role == "occurred"] == expected
