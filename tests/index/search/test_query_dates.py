"""Dates as people type them in a query."""

from datetime import date

import pytest

from index.search.language import dates
from index.search.language.parser import parse
from index.search.language.syntax import And, Dates
from tests.growth import grows_slowly


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("2023", "2023"),
        ("2023-7", "2023-07"),
        ("2023/07", "2023-07"),
        ("2023.07.09", "2023-07-09"),
        ("09/07/2023", "2023-07-09"),
        ("9.7.23", "2023-07-09"),
        ("07/19/2023", "2023-07-19"),
        ("july 2023", "2023-07"),
        ("Jul2023", "2023-07"),
        ("9th of July, 2023", "2023-07-09"),
        ("Sept. 9th, 2023", "2023-09-09"),
        ("2023-Q3", "2023-07..2023-09"),
        ("q4 2023", "2023-10..2023-12"),
        ("29 Feb 2024", "2024-02-29"),
    ],
)
def test_date_span_is_written_as_the_date_field_takes_it(typed: str, read: str) -> None:
    span = dates.span(typed)
    assert span is not None
    assert str(span) == read
    assert dates.read_dates(read) == Dates(since=span.first, until=span.last)


@pytest.mark.parametrize(
    "typed",
    (
        *("", "soon", "9 July", "29 Feb 2023", "31/02/2024", "13/13/2024", "2023-00", "0000", "July"),
        *("Mayo 2024", "Q5 2023", "24-05-03", "1 2 2023", "9/7.2023", "last month"),
    ),
)
def test_date_span_of_anything_else_is_none(typed: str) -> None:
    assert dates.span(typed) is None


@pytest.mark.parametrize(
    ("typed", "since", "until"),
    [
        ("since:2023-07", date(2023, 7, 1), None),
        ("until:2023-07", None, date(2023, 7, 31)),
        ("Since:9/7/2023 until:Q4-2023", date(2023, 7, 9), date(2023, 12, 31)),
        ("date:July 2023", date(2023, 7, 1), date(2023, 7, 31)),
        ("after: 9th July 2023", date(2023, 7, 9), None),
        ("before:July 9, 2023", None, date(2023, 7, 8)),
        ('date:"June 2023 to July 2023"', date(2023, 6, 1), date(2023, 7, 31)),
        ('date:"9 July 2023"', date(2023, 7, 9), date(2023, 7, 9)),
    ],
)
def test_date_fields_read_written_dates(typed: str, since: date | None, until: date | None) -> None:
    query = parse(f"bail {typed}")
    assert (query.since, query.until) == (since, until)
    assert [term.text for term in query.terms] == ["bail"]
    assert query.pieces[1:]
    assert {piece.filters for piece in query.pieces[1:]} == {"date"}


def test_date_field_takes_written_dates_within_brackets() -> None:
    query = parse("(bail AND date:July 2023)")
    [clause] = query.where
    assert isinstance(clause, And)
    assert clause.parts[1] == Dates(since=date(2023, 7, 1), until=date(2023, 7, 31))


def test_date_in_figures_says_that_its_day_comes_first() -> None:
    assert parse("after:09/07/2023").notes == (
        "09/07/2023 is read with its day first, as 9 July 2023 (at 1).",
    )
    for plain in ("after:19/07/2023", "after:07/07/2023", "after:2023/07/09"):
        assert parse(plain).notes == ()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ("2023-07-09", "2023-07-09"),
        ("09/07/2023", "2023-07-09"),
        ("9 july 2023?", "2023-07-09"),
        ("country:IE July 2023", "2023-07"),
    ],
)
def test_date_without_other_words_asks_for_its_days(typed: str, field: str) -> None:
    query, asked = parse(typed), parse(f"date:{field}")
    assert (query.since, query.until, query.terms) == (asked.since, asked.until, ())
    assert f"is read as date:{field} (at " in query.notes[0]
    assert query.text == asked.text == ""


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("bail July 2023 Leeds", "bail date:2023-07 Leeds"),
        ("9 July 2023, bail", "date:2023-07-09, bail"),
        ("bail -Leeds 2023-07", "bail -Leeds date:2023-07"),
    ],
)
def test_date_beside_words_is_offered_as_a_field(typed: str, offered: str) -> None:
    query = parse(typed)
    assert query.since is None and len(query.terms) > 1
    assert query.offered == offered
    assert "is searched as words; date:2023-07" in query.notes[0]
    assert parse(offered).since is not None


@pytest.mark.parametrize(
    "typed",
    ["2023", '"July 2023"', "-July 2023", "CVE-2023-0709", "24/7 bail", "July 2023 June 2023", "10.0.0.1"],
)
def test_what_is_no_one_date_stays_words(typed: str) -> None:
    query = parse(typed)
    assert query.terms
    assert (query.since, query.offered, query.notes) == (None, "", ())


@pytest.mark.parametrize(
    "unit",
    (
        *("may ", "3 may ", "1/", "date:may ", "2024-", "9th of ", "between ", "from 2023 to "),
        *("last ", "Q1 ", "not crypto ", "without a ", "2023 - "),
    ),
)
def test_long_runs_of_dates_cost_no_more_than_their_length(unit: str) -> None:
    parse("warm")
    assert grows_slowly(parse, unit * (18_000 // len(unit)))


TODAY = date(2025, 2, 12)


@pytest.mark.parametrize(
    ("typed", "form"),
    [
        ("between April and June 2022", "date:2022-04..2022-06"),
        ("between 7 and 9 April 2022", "date:2022-04-07..2022-04-09"),
        ("from 2019 to 2021", "date:2019..2021"),
        ("2019-2021", "date:2019..2021"),
        ("2019 – 2021", "date:2019..2021"),
        ("April to June 2022", "date:2022-04..2022-06"),
        ("Sept 2021 until 3 March 2022", "date:2021-09-01..2022-03-03"),
        ("between 2019 and now", "date:2019.."),
        ("Q3 2022", "date:2022-07..2022-09"),
        ("the second quarter of 2022", "date:2022-04..2022-06"),
        ("H2 2022", "date:2022-07..2022-12"),
        ("in summer 2022", "date:2022-06..2022-08"),
        ("winter 2022", "date:2022-12..2023-02"),
        ("in 2022", "date:2022"),
        ("since May 2022", "date:2022-05.."),
        ("from 2022 onwards", "date:2022.."),
        ("after 2022", "date:2023.."),
        ("before 2022", "date:..2021"),
        ("up to 2022", "date:..2022"),
        ("last month", "date:2025-01"),
        ("last quarter", "date:2024-10..2024-12"),
        ("this quarter", "date:2025-01..2025-03"),
        ("since last year", "date:2024.."),
        ("last week", "date:2025-02-03..2025-02-09"),
        ("in the past 10 days", "date:2025-02-02..2025-02-12"),
        ("yesterday", "date:2025-02-11"),
    ],
)
def test_time_in_plain_words_is_offered_beside_words_and_asked_for_alone(typed: str, form: str) -> None:
    beside = parse(f"ransom {typed}, Leeds", today=TODAY)
    assert beside.offered == f"ransom {form}, Leeds"
    assert f"{typed} is searched as words; {form} asks for that time" in beside.notes[0]
    alone, asked = parse(typed, today=TODAY), parse(form)
    assert (alone.since, alone.until) == (asked.since, asked.until) != (None, None)
    assert alone.terms == asked.terms == ()


@pytest.mark.parametrize(
    "typed",
    [
        "between Leeds and March 2022 ransom",
        "between March 2022 and Easter ransom",
        "from April 2022 to Easter ransom",
        "ransom not in 2022",
        "ransom 2022",
        "spring in Leeds",
        "H3 2022 ransom",
        "between 2023 and 2021 ransom",
        "ransom 1066-2022",
        "in 2021 ransom in 2022",
    ],
)
def test_half_a_range_or_no_time_at_all_is_not_offered(typed: str) -> None:
    assert parse(typed, today=TODAY).offered == ""


def test_time_that_counts_from_today_needs_one() -> None:
    assert parse("ransom last month").offered == ""
    assert parse("ransom in 2022").offered == "ransom date:2022"
