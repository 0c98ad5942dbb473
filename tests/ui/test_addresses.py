"""An address says only what differs from the default, and reads back as what it said."""

from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest

from index.search.query import By, Mode, Query, Sort
from ui import addresses
from ui.addresses import Search, read_search


def _again(asked: Search) -> Search:
    return read_search(parse_qs(urlsplit(asked.address()).query))


def test_the_default_search_has_a_bare_address() -> None:
    assert Search().address() == "/search"


def test_a_full_search_reads_back_unchanged() -> None:
    asked = Search(
        text='"fake video" -demo & 100%',
        filters={"typology": ("FR-01", "FR-02"), "country": ("GB-ENG",)},
        after=date(2024, 1, 1),
        before=date(2024, 6, 30),
        sort=Sort.LOSS,
        mode=Mode.KEYWORD,
        by=By.REPORT,
        page=3,
    )
    assert _again(asked) == asked
    assert "typ=FR-01&typ=FR-02&country=GB-ENG" in asked.address()


@pytest.mark.parametrize(
    "params",
    [
        {"p": ["0"]},
        {"p": ["-1"]},
        {"p": ["²"]},
        {"sort": ["drop"]},
        {"after": ["soon"]},
        {"by": [""]},
        {"typ": [""]},
    ],
)
def test_values_that_make_no_sense_count_as_not_given(params: dict[str, list[str]]) -> None:
    assert read_search(params) == Search()


def test_the_last_page_number_and_the_longest_text_are_bounded() -> None:
    asked = read_search({"q": ["x" * 5000], "p": ["99999"]})
    assert len(asked.text) == addresses.LONGEST
    assert Query(**asked.overrides(())).offset < 100_000 + 1


def test_adding_and_removing_a_filter_leads_back_to_the_first_page() -> None:
    asked = Search(text="x", page=4).with_value("country", "GB").with_value("country", "HK")
    assert (asked.filters, asked.page) == ({"country": ("GB", "HK")}, 1)
    assert asked.without_value("country", "GB").without_value("country", "HK").narrowed is False


def test_every_address_stays_within_the_app() -> None:
    for to in (
        addresses.incident("//evil.example"),
        addresses.typology("\\evil"),
        Search(text="//x").address(),
    ):
        assert urlsplit(to).netloc == ""
        assert to.startswith("/") and not to.startswith("//")


@pytest.mark.parametrize("params", [{"p": ["999"]}, {"page": ["999"]}, {"p": ["999"], "page": ["2"]}])
def test_a_page_is_read_however_it_is_named(params: dict[str, list[str]]) -> None:
    assert read_search(params).page == 999
