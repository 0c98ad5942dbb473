import pytest

from collectors.records import PartialDate
from enrichment.dates import find
from enrichment.phrases import Passage

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
def test_a_date_is_as_precise_as_it_is_written(text: str, value: str) -> None:
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
def test_nothing_is_invented(text: str) -> None:
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


def test_a_publication_known_to_the_month_is_no_ground_for_relative_dates() -> None:
    assert dates("It happened yesterday.", PartialDate(value="2024-05")) == []


def test_occurred_is_said_only_of_what_was_done_then() -> None:
    text = "The call took place in March 2023. He was sentenced on 4 June 2024. A law of 2019 applies."
    roles = {fact.value: fact.role for fact in find((Passage(text),))}
    assert roles == {"2023-03": "occurred", "2024-06-04": "", "2019": ""}


def test_a_date_inside_a_longer_one_is_not_told_twice() -> None:
    assert dates("From 12 March 2025 to April 2025.") == ["2025-03-12", "2025-04"]
