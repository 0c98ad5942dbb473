"""Reads dates as people type them. Pure: no date depends on the day on which it is typed."""

import calendar
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from index.search.language.syntax import Dates

CENTURY = 2000
"""What is added to a year of two digits."""

MONTHS = 12
"""Months of a year: the highest number that may be one."""

MONTH_NAMES = {
    name.lower(): number
    for names in (calendar.month_name, calendar.month_abbr)
    for number, name in enumerate(names)
    if name
} | {"sept": 9}
_DAY = r"(?P<day>\d{1,2})"
_YEAR = r"(?P<year>\d{4})"
_NAME = rf"(?P<name>{'|'.join(sorted(MONTH_NAMES, key=len, reverse=True))})\.?,?"
_NAMED = (
    rf"(?:{_DAY}(?:st|nd|rd|th)?\s+(?:of\s+)?)?{_NAME}\s*{_YEAR}",
    rf"{_NAME}\s+{_DAY}(?:st|nd|rd|th)?,?\s+{_YEAR}",
)
_FIGURES = (
    rf"{_YEAR}[-/.](?P<month>\d{{1,2}})(?:[-/.]{_DAY})?",
    rf"{_DAY}(?P<mark>[-/.])(?P<month>\d{{1,2}})(?P=mark)(?P<year>\d{{4}}|(?<=[/.])\d\d)",
    rf"(?P<month>\d{{1,2}})/{_DAY}/{_YEAR}",  # 05/13/2024 can be no other day
)
_QUARTERS = (rf"{_YEAR}[-\s]?Q(?P<quarter>[1-4])", rf"Q(?P<quarter>[1-4])[-\s]?{_YEAR}")
_FORMS = tuple(re.compile(form, re.IGNORECASE) for form in (*_FIGURES, *_NAMED, *_QUARTERS, _YEAR))
_SLASHED = re.compile(r"0?(\d\d?)/0?(\d\d?)/\d+")
_RANGE = re.compile(r"\.\.|\s(?:to|[-–])\s")


def spaced_pattern() -> str:
    """Return a pattern, without groups, of dates that may hold spaces: ``3 May 2024``, ``May 2024``."""
    return "|".join(re.sub(r"\?P<\w+>", "?:", form) for form in _NAMED)


class Span(NamedTuple):
    """The first and the last day of a stretch of time; ``date.min`` and ``date.max`` leave an end open."""

    first: date
    last: date

    def __str__(self) -> str:
        """Return the span as ``date:`` takes it."""
        form = "%Y-%m-%d"
        if self.first.day == 1 and self.last == month(self.last.year, self.last.month).last:
            form = "%Y" if (self.first.month, self.last.month) == (1, MONTHS) else "%Y-%m"
        first = "" if self.first == date.min else self.first.strftime(form)
        last = "" if self.last == date.max else self.last.strftime(form)
        return first if first == last else f"{first}..{last}"


@dataclass(frozen=True)
class DateInText:
    """A date, with its month at least, that stands in a text from ``start`` to ``end``."""

    start: int
    end: int
    span: Span


def span(typed: str) -> Span | None:
    """Return the days of ``2024``, ``2024-05``, ``2024-Q1``, ``May 2024``, ``3 May 2024`` or ``03/05/2024``.

    A date in figures begins with its year or its day; with its month only where it has no other meaning.
    None for anything else.
    """
    for form in _FORMS:
        if match := form.fullmatch(typed.strip()):
            with suppress(ValueError):
                return _days({part: text for part, text in match.groupdict().items() if text})
    return None


def _days(parts: Mapping[str, str]) -> Span:
    """Return the days that the parts of a date name; raises ``ValueError`` where there are none."""
    year = int(parts["year"]) + CENTURY * (len(parts["year"]) == 2)
    if "quarter" in parts:
        last = 3 * int(parts["quarter"])
        return Span(month(year, last - 2).first, month(year, last).last)
    if not parts.keys() & {"month", "name"}:
        return Span(date(year, 1, 1), date(year, 12, 31))
    number = MONTH_NAMES[parts["name"].lower()] if "name" in parts else int(parts["month"])
    if "day" not in parts:
        return month(year, number)
    day = date(year, number, int(parts["day"]))
    return Span(day, day)


def month(year: int, number: int) -> Span:
    """Return the days of a month."""
    first = date(year, number, 1)
    return Span(first, first.replace(day=calendar.monthrange(year, number)[1]))


def first_day(typed: str) -> date | None:
    """Return the first day of what ``span`` reads."""
    read = span(typed)
    return read.first if read else None


def last_day(typed: str) -> date | None:
    """Return the last day of what ``span`` reads."""
    read = span(typed)
    return read.last if read else None


def read_dates(typed: str) -> Dates | None:
    """Return the days of one date, or from one to another: ``2024-05..2024-06``, ``2024..``, ``..2024``."""
    first, *others = _RANGE.split(typed.strip())
    last = others[0] if others else first
    since, until = first_day(first), last_day(last)
    understood = (since or (others and not first)) and (until or (others and not last))
    return Dates(since=since, until=until) if understood and len(others) < 2 and (first or last) else None


def ambiguous_day(typed: str) -> Span | None:
    """Return the day of a date in figures that would be another with the month first; None for others."""
    read, parts = span(typed), _SLASHED.fullmatch(typed.strip())
    return read if read and parts and read.first.day <= MONTHS and parts[1] != parts[2] else None
