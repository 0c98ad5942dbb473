"""Dates are read no more precisely than they are written."""

from datetime import UTC, date, datetime, timedelta

import pytest

from collectors.formats.dates import as_shown, believable, partial_date


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025", "2025"),
        ("2025-03", "2025-03"),
        ("2025-3-9", "2025-03-09"),
        ("2025-03-14T23:30:00Z", "2025-03-14"),
        ("2025-03-14T10:00:00+01:00", "2025-03-14"),
        ("2025-03-14 10:00", "2025-03-14"),
        ("20250314", "2025-03-14"),
        ("20250314T101500Z", "2025-03-14"),
        ("2025/03/14", "2025-03-14"),
        ("Fri, 14 Mar 2025 10:00:00 GMT", "2025-03-14"),
        ("14 March 2025", "2025-03-14"),
        ("Friday, 14th March 2025", "2025-03-14"),
        ("March 14, 2025", "2025-03-14"),
        ("Mar. 2025", "2025-03"),
        ("March 2025", "2025-03"),
        ("2025-02-31", None),
        ("2025-13-01", None),
        ("03/04/2025", None),
        ("1970-01-01", None),
        ("2999-01-01", None),
        ("soon", None),
        ("", None),
        ("Smarch 2025", None),
        ("9" * 5000, None),
    ],
)
def test_one_date(text: str, expected: str | None) -> None:
    found = partial_date(text, "meta")
    assert (found.value if found else None) == expected


def test_a_date_carries_who_said_it() -> None:
    found = partial_date("2025-03", "json-ld")
    assert found is not None
    assert (found.origin, found.precision) == ("json-ld", "month")


def test_the_future_is_not_believed() -> None:
    soon = datetime.now(UTC).date() + timedelta(days=3)
    assert believable((soon.year, soon.month, soon.day), "meta") is None


@pytest.mark.parametrize(
    ("found", "shown", "expected"),
    [
        (date(2025, 3, 14), "", "2025-03-14"),
        (date(2025, 3, 1), "published 1 March 2025", "2025-03-01"),
        (date(2025, 3, 1), "2025-03-01", "2025-03-01"),
        (date(2025, 3, 1), "March 1, 2025", "2025-03-01"),
        (date(2025, 3, 1), "published March 2025", "2025-03"),
        (date(2025, 3, 1), "2025-03-10", "2025-03"),
        (date(2025, 1, 1), "copyright 2025", "2025"),
        (date(2025, 1, 1), "January 2025", "2025-01"),
    ],
)
def test_a_guess_keeps_only_what_the_page_shows(found: date, shown: str, expected: str) -> None:
    kept = as_shown(found, shown, "htmldate")
    assert kept is not None
    assert kept.value == expected
