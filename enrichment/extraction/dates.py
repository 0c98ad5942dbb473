"""Dates in a text, never more precise than the text itself."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache

from collectors.records import PartialDate
from enrichment.extraction.phrases import Passage, load, one_per_value
from enrichment.records import Fact, Subject

REACH = 90
MONTHS = 12
DAY_FIRST, MONTH_FIRST = "day first", "month first"
MONTHS_FIRST_IN = frozenset({"US"})
MIXED = frozenset({"CA", "PH"})
"""Countries that write dates in figures both ways."""
_COUNTS = ("a", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTH = (
    r"(?P<month>Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?|July?|Aug(?:ust|\.)?"
    r"|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_YEAR = r"(?P<year>(?:19[5-9]|20[0-4])\d)(?!\d|,\d)"
_DAY = r"(?P<day>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
_RELATIVE = r"(?P<relative>yesterday|today|last week|last month|this month|last year|this year)"
_BEFORE_MONTH = r"\b(?i:in|since|during|last|until|early|late|mid)[\s-]"
_BEFORE_YEAR = (
    r"\b(?i:in|since|during|of|until|by|early|late|mid|from|and|summer|winter|spring|autumn|between|to)[\s-]"
)
_NO_COUNT = r"(?![\w%-])(?!\s(?:people|victims|cases|accounts|dollars|pounds|euros|images|videos|reports))"


@cache
def patterns() -> dict[str, re.Pattern[str]]:
    """Return the forms a date can have, the most precise first."""
    no_weekday = "".join(rf"(?<!\b{word}\s)" for word in load("dates")["before_no_weekday"])
    return {
        name: re.compile(form)
        for name, form in {
            "iso": r"(?<![\d-])(?P<year>(?:19|20)\d\d)-(?P<number>0[1-9]|1[0-2])"
            r"(?:-(?P<day>0[1-9]|[12]\d|3[01]))?(?![\d-])",
            "figures": r"(?<![\d/.])(?P<left>\d{1,2})(?P<mark>[/.])(?P<right>\d{1,2})(?P=mark)"
            r"(?P<year>(?:19|20)\d\d)(?![\d/]|\.\d)",
            "slashed": r"(?<![\d/])(?P<year>(?:19|20)\d\d)/(?P<number>0[1-9]|1[0-2])/"
            r"(?P<day>0[1-9]|[12]\d|3[01])(?![\d/])",
            "day_first": rf"(?<!\d)(?<!\d[.,]){_DAY}\s(?:of\s)?{_MONTH},?\s{_YEAR}",
            "month_first": rf"\b{_MONTH}\s{_DAY},?\s{_YEAR}",
            "month_year": rf"\b{_MONTH},?\s(?:of\s)?{_YEAR}",
            "day_only": rf"(?<!\d)(?<!\d[.,]){_DAY}\s{_MONTH}(?!\w)",
            "month_day_only": rf"\b{_MONTH}\s{_DAY}(?![\w.,]?\d)(?!\w)",
            "month_only": rf"{_BEFORE_MONTH}{_MONTH}(?![\w-])(?!\s\d)",
            "year": rf"{_BEFORE_YEAR}{_YEAR}{_NO_COUNT}",
            "ago": r"\b(?P<count>\d{1,2}|(?i:a|one|two|three|four|five|six|seven|eight|nine|ten))\s"
            r"(?P<unit>day|week|fortnight|month|year)s?\sago\b",
            "relative": rf"\b(?i:{_RELATIVE})\b",
            "weekday": rf"(?:\b(?P<lead>(?i:on|last))\s(?P<weekday>(?i:{'|'.join(_DAYS)}))"
            rf"|(?<=[a-z]\s){no_weekday}(?P<bare>{'|'.join(map(str.title, _DAYS))}))\b(?!,?\s\d|\s[A-Z])",
        }.items()
    }


def _month(name: str) -> int:
    return _MONTHS.index(name.lower()[:3]) + 1


def _stated(parts: dict[str, str | None]) -> str | None:
    """Return the partial date that a form with a year states, or None where there is no such day."""
    year = parts["year"]
    number = parts.get("number") or (f"{_month(parts['month'] or ''):02}" if parts.get("month") else None)
    if number is None:
        return year
    if not parts.get("day"):
        return f"{year}-{number}"
    return _valid(f"{year}-{number}-{int(parts['day'] or 0):02}")


def _valid(value: str) -> str | None:
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        return None


def _relative(parts: dict[str, str | None], published: date) -> str | None:
    """Return the date that a form without a year means to a reader on the day of publication."""
    if parts.get("unit"):
        return _ago(parts["count"] or "", parts["unit"] or "", published)
    weekday = parts.get("weekday") or parts.get("bare")
    if weekday:
        back = (published.weekday() - _DAYS.index(weekday.lower())) % 7
        if back == 0 and (parts["lead"] or "").lower() == "last":
            back = 7
        return (published - timedelta(days=back)).isoformat()
    if parts.get("month"):
        return _latest(_month(parts["month"] or ""), parts.get("day"), published)
    month_before = published.replace(day=1) - timedelta(days=1)
    return {
        "today": published.isoformat(),
        "yesterday": (published - timedelta(days=1)).isoformat(),
        "last week": _week(published - timedelta(days=published.weekday() + 4)),
        "this month": published.isoformat()[:7],
        "last month": month_before.isoformat()[:7],
        "this year": str(published.year),
        "last year": str(published.year - 1),
    }[(parts["relative"] or "").lower()]


def _week(middle: date) -> str | None:
    """Return the month or year that all days of the week around a day lie in, or None."""
    first, last = (middle + timedelta(days=days) for days in (-3, 3))
    if first.year != last.year:
        return None
    return first.isoformat()[:7] if first.month == last.month else str(first.year)


def _ago(count: str, unit: str, published: date) -> str | None:
    """Return what lies so far back, no more precise than its unit; of a week the month or year it lies in."""
    number = int(count) if count.isdigit() else _COUNTS.index(count.lower()) or 1
    if unit == "day":
        return (published - timedelta(days=number)).isoformat()
    if unit in ("week", "fortnight"):
        return _week(published - timedelta(weeks=number * (2 if unit == "fortnight" else 1)))
    if unit == "year":
        return str(published.year - number)
    months = published.year * 12 + published.month - 1 - number
    return f"{months // 12}-{months % 12 + 1:02}"


def _in_figures(parts: dict[str, str | None], order: str) -> str | None:
    """Return a date in figures, read as its country writes it; only its year where that is not known."""
    left, right = int(parts["left"] or 0), int(parts["right"] or 0)
    if parts["mark"] == "." or left > MONTHS:
        order = DAY_FIRST
    elif right > MONTHS:
        order = MONTH_FIRST
    elif left == right:
        order = DAY_FIRST
    if not order:
        return parts["year"]
    day, month = (left, right) if order == DAY_FIRST else (right, left)
    return _valid(f"{parts['year']}-{month:02}-{day:02}")


def _latest(month: int, day: str | None, published: date) -> str | None:
    """Return the last such month or day that is not after publication."""
    for year in (published.year, published.year - 1):
        value = f"{year}-{month:02}" if day is None else _valid(f"{year}-{month:02}-{int(day):02}")
        if value is not None and value <= published.isoformat()[: len(value)]:
            return value
    return None


def _any(listing: str) -> str:
    return "|".join(re.escape(word) for word in load("dates")[listing])


@cache
def _cues() -> dict[str, re.Pattern[str]]:
    return {kind: re.compile(rf"\b(?:{_any(kind)})\b") for kind in ("occurred", "handled")}


@cache
def _ahead() -> re.Pattern[str]:
    """Return the pattern of words before a weekday that say it lies ahead."""
    return re.compile(rf"\b(?:{_any('ahead')})\b(?:(?!\b(?:but|and)\b)[^,;]){{0,60}}$")


def _role(passage: Passage, start: int, end: int) -> str:
    """Return ``occurred`` where the nearest telling word says that something was done, not dealt with."""
    before, after = passage.around(start, end, REACH, REACH)
    nearest: dict[str, int] = {}
    for kind, pattern in _cues().items():
        gaps = [len(before) - match.end() for match in pattern.finditer(before)]
        gaps += [match.start() for match in pattern.finditer(after)]
        if gaps:
            nearest[kind] = min(gaps)
    if "occurred" not in nearest:
        return ""
    return "occurred" if nearest["occurred"] < nearest.get("handled", REACH) else ""


def _value(parts: dict[str, str | None], published: PartialDate | None, order: str) -> str | None:
    if parts.get("mark"):
        return _in_figures(parts, order)
    if parts.get("year"):
        return _stated(parts)
    if published is None or published.precision != "day":
        return None
    return _relative(parts, published.first)


def _in(passage: Passage, published: PartialDate | None, order: str) -> list[Fact]:
    facts: list[Fact] = []
    taken = bytearray(len(passage.text))
    for pattern in patterns().values():
        for match in pattern.finditer(passage.text):
            start, end = match.span()
            if any(taken[start:end]):
                continue
            taken[start:end] = b"\1" * (end - start)
            value = _value(match.groupdict(), published, order)
            if value is not None and not _lies_ahead(passage, match):
                score = 0.9 if match.groupdict().get("year") else 0.6
                role = "" if _is_later(value, published) else _role(passage, start, end)
                facts.append(passage.fact(Subject.DATE, value, start, end, score=score, role=role))
    return sorted(facts, key=lambda fact: fact.start or 0)


def _lies_ahead(passage: Passage, match: re.Match[str]) -> bool:
    """Return whether a weekday is said to come: ``will appear in court on Friday``."""
    if match.lastgroup not in ("weekday", "bare"):
        return False
    return _ahead().search(passage.around(*match.span(), REACH, 0)[0]) is not None


def _is_later(value: str, published: PartialDate | None) -> bool:
    """Return whether a date lies after publication: nothing that a report tells took place then."""
    if published is None:
        return False
    shared = min(len(value), len(published.value))
    return value[:shared] > published.value[:shared]


def _order(places: Sequence[Fact]) -> str:
    """Return how the countries a matter took place in write dates in figures; empty where they differ."""
    where = {fact.value[:2] for fact in places if fact.role == "where"}
    if not where or where & MIXED:
        return ""
    if where <= MONTHS_FIRST_IN:
        return MONTH_FIRST
    return "" if where & MONTHS_FIRST_IN else DAY_FIRST


def find(
    passages: Sequence[Passage], published: PartialDate | None = None, places: Sequence[Fact] = ()
) -> list[Fact]:
    """Return the dates of a report; role ``occurred`` where the words say that the matter took place then.

    A date without a year, or a relative one, is read against the day of publication and left out without it.
    ``places`` are the countries of the report: they say whether 3/4/2024 is in April or in March.
    """
    order = _order(places)
    return one_per_value(fact for passage in passages for fact in _in(passage, published, order))
