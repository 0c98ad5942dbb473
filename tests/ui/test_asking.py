"""What people type beside words: codes of the typology by themselves, and dates that leave no day."""

from datetime import date

import pytest

from collectors.errors import WrongUse
from index.library import Library
from tests.ui.conftest import ANALYST
from ui.asking import check_codes, coded, no_day, parsed


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("FR-04", "typology:FR-04"),
        ("fr-04 country:uk -X-05", "typology:FR-04 country:uk -typology:X-05"),
        ("FR-01 OR (FR-02 bail)", "typology:FR-01 OR (typology:FR-02 bail)"),
        ("FR-99", "FR-99"),
        ('"code FR-04"', '"code FR-04"'),
        ("typology:FR-04", "typology:FR-04"),
        ("typology:(FR-01 OR FR-02)", "typology:(FR-01 OR FR-02)"),
        ("case-FR-04 FR-04-b FR-04*", "case-FR-04 FR-04-b FR-04*"),
    ],
)
def test_a_code_by_itself_is_a_filter(typed: str, read: str, library: Library) -> None:
    assert coded(typed, library.typology)[0] == read


def test_a_typed_code_finds_what_its_filter_finds_and_says_so(library: Library) -> None:
    typed = library.search(parsed(library, "fr-01", limit=100), actor=ANALYST)
    asked = library.search(library.parse("typology:FR-01", limit=100), actor=ANALYST)
    assert typed.total == asked.total > 0
    assert {hit.id for hit in typed.hits} == {hit.id for hit in asked.hits}
    assert typed.query.notes[0].startswith("FR-01 is read as typology:FR-01 Executive")


def test_dates_that_leave_no_day_are_explained(library: Library) -> None:
    def wrong(typed: str, **dates: date) -> str:
        return no_day(library.parse(typed, **dates), typed)

    backward = wrong("after:2023-09 before:2023-09")
    assert "from 2023-09-01 to 2023-08-31" in backward and "is all of May" in backward
    assert wrong("date:2024-05..2024-04")
    assert not wrong("after:2024-05 before:2024-06")
    assert not wrong("date:2024-05")
    assert not wrong("before:2023-09")
    by_options = wrong("deepfake", since=date(2025, 1, 1), until=date(2024, 12, 31))
    assert by_options == "No day lies from 2025-01-01 to 2024-12-31."


@pytest.mark.parametrize(("code", "near"), [("ZZ-99", "FR "), ("FR-99", "FR-01 "), ("qqzzxx", "-0")])
def test_an_unknown_code_is_wrong_use_and_those_near_are_named(
    code: str, near: str, library: Library
) -> None:
    query = library.parse("", filters={"typology": (code,)})
    with pytest.raises(WrongUse, match=f"knows no '{code}'; nearest are .*{near}"):
        check_codes(query, (code,), library.typology)


def test_codes_and_their_names_are_right_use(library: Library) -> None:
    for code in ("FR-02", "fr-02", "grandparent scam", "FR", "X-05", "romance"):
        check_codes(library.parse("", filters={"typology": (code,)}), (code,), library.typology)
