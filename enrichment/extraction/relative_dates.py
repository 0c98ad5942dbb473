"""Dates that only the day of publication makes definite: ``yesterday``, ``on 3 May``, ``until Friday``."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
COUNTS = ("a", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
WEEK = 7
_PAST = ("yesterday", "last")


def month_number(name: str) -> int:
    """Return the number of a month, from 1, by its English name or abbreviation."""
    return MONTHS.index(name.lower()[:3]) + 1


def valid_day(value: str) -> str | None:
    """Return the ISO date, or None if there is no such day."""
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        return None


def is_past(parts: Mapping[str, str | None]) -> bool:
    """Whether the words themselves say that the date has passed: ``last week``, ``two days ago``."""
    words = parts.get("relative") or parts.get("of_year") or parts.get("lead") or ""
    return bool(parts.get("unit")) or words.lower().startswith(_PAST)


def resolve(parts: Mapping[str, str | None], published: date, *, ahead: bool) -> str | None:
    """Return the date that a form without a year means to a reader on the day of publication.

    ``parts`` are the named groups of the form. A month, a day or a weekday is the last one not after
    publication; with ``ahead`` it is the next one not before it. None if there is no such day.
    """
    if parts.get("unit"):
        return _ago(parts["count"] or "", parts["unit"] or "", published)
    weekday = parts.get("weekday") or parts.get("bare")
    if weekday:
        return _weekday(weekday, (parts["lead"] or "").lower(), published, ahead=ahead)
    if parts.get("of_year"):
        years = [published.year - ((parts["of_year"] or "").lower() == "last")]
    elif ahead:
        years = [published.year, published.year + 1]
    else:
        years = [published.year, published.year - 1]
    if parts.get("month"):
        values = _in_years(month_number(parts["month"] or ""), parts.get("day"), years)
        return next((value for value in values if _fits(value, published, ahead=ahead)), None)
    return _named_period((parts["relative"] or "").lower(), published)


def _named_period(words: str, published: date) -> str | None:
    month_before = published.replace(day=1) - timedelta(days=1)
    return {
        "today": published.isoformat(),
        "yesterday": (published - timedelta(days=1)).isoformat(),
        "last week": _week(published - timedelta(days=published.weekday() + 4)),
        "this month": published.isoformat()[:7],
        "last month": month_before.isoformat()[:7],
        "this year": str(published.year),
        "last year": str(published.year - 1),
    }[words]


def _weekday(name: str, lead: str, published: date, *, ahead: bool) -> str:
    back = (published.weekday() - DAYS.index(name.lower())) % WEEK
    if ahead:
        return (published + timedelta(days=-back % WEEK)).isoformat()
    if back == 0 and lead == "last":
        back = WEEK
    return (published - timedelta(days=back)).isoformat()


def _in_years(month: int, day: str | None, years: list[int]) -> Iterator[str]:
    for year in years:
        value = f"{year}-{month:02}" if day is None else valid_day(f"{year}-{month:02}-{int(day):02}")
        if value is not None:
            yield value


def _fits(value: str, published: date, *, ahead: bool) -> bool:
    """Whether a date lies on the right side of publication, as far as its precision tells."""
    today = published.isoformat()[: len(value)]
    return value >= today if ahead else value <= today


def _week(middle: date) -> str | None:
    """Return the month or year that all days of the week around a day lie in, or None."""
    first, last = (middle + timedelta(days=days) for days in (-3, 3))
    if first.year != last.year:
        return None
    return first.isoformat()[:7] if first.month == last.month else str(first.year)


def _ago(count: str, unit: str, published: date) -> str | None:
    """Return the date so far back, no more precise than its unit; for weeks the month or year they lie in."""
    number = int(count) if count.isdigit() else COUNTS.index(count.lower()) or 1
    if unit == "day":
        return (published - timedelta(days=number)).isoformat()
    if unit in ("week", "fortnight"):
        return _week(published - timedelta(weeks=number * (2 if unit == "fortnight" else 1)))
    if unit == "year":
        return str(published.year - number)
    months = published.year * 12 + published.month - 1 - number
    return f"{months // 12}-{months % 12 + 1:02}"
