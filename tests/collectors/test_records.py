"""The nouns of collection: what a record accepts."""

from datetime import date

import pytest
from pydantic import ValidationError

from collectors.records import PartialDate


@pytest.mark.parametrize(
    ("written", "precision", "first"),
    [
        ("2024", "year", date(2024, 1, 1)),
        ("2024-02", "month", date(2024, 2, 1)),
        ("2024-02-29", "day", date(2024, 2, 29)),
    ],
)
def test_a_date_is_as_precise_as_it_is_written(written: str, precision: str, first: date) -> None:
    read = PartialDate.read(written)
    assert read is not None
    assert (read.value, read.precision, read.first) == (written, precision, first)


@pytest.mark.parametrize(
    "written",
    ["2024-02-31", "2023-02-29", "2024-13", "0000", "0000-05", "2024-1", "24", "", "soon"],
)
def test_what_no_calendar_has_is_no_date(written: str) -> None:
    assert PartialDate.read(written) is None
    with pytest.raises(ValidationError):
        PartialDate(value=written)
