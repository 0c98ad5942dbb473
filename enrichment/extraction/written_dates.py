"""The forms in which dates are written, and the partial date that each states."""

import re
from functools import cache

from enrichment.extraction.phrases import load
from enrichment.extraction.relative_dates import COUNTS, DAYS, month_number, valid_day

MONTHS = 12
DAY_FIRST, MONTH_FIRST = "day first", "month first"
_MONTH = (
    r"(?P<month>Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?|July?|Aug(?:ust|\.)?"
    r"|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_YEAR = r"(?P<year>(?:19[5-9]|20[0-4])\d)(?!\d|,\d)"
_DAY = r"(?P<day>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
_JOIN = r"\s?(?:-|–|to|and|until|till|through)\s?"
_LAST_DAY = r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
_LAST_MONTH = _MONTH.replace("<month>", "<last_month>")
_OF_YEAR = r"(?:of\s)?(?P<of_year>last|this)\syear\b"
_RELATIVE = r"(?P<relative>yesterday|today|last week|last month|this month|last year|this year)"
_BEFORE_MONTH = r"\b(?i:in|since|during|last|until|till|by|from|between|early|late|mid)[\s-]"
_BEFORE_YEAR = (
    r"\b(?i:in|since|during|of|until|by|early|late|mid|from|and|summer|winter|spring|autumn|between|to)[\s-]"
)
_NO_COUNT = r"(?![\w%-])(?!\s(?:people|victims|cases|accounts|dollars|pounds|euros|images|videos|reports))"


@cache
def patterns() -> dict[str, re.Pattern[str]]:
    """Return the forms a date can have, the most precise first; those of a period are its first day or month.

    ``rest`` is what follows of a period, up to its year; its last day or month is a date of its own.
    """
    no_weekday = "".join(rf"(?<!\b{word}\s)" for word in load("dates")["before_no_weekday"])
    return {
        name: re.compile(written)
        for name, written in {
            "iso": r"(?<![\d-])(?P<year>(?:19|20)\d\d)-(?P<number>0[1-9]|1[0-2])"
            r"(?:-(?P<day>0[1-9]|[12]\d|3[01]))?(?![\d-])",
            "figures": r"(?<![\d/.])(?P<left>\d{1,2})(?P<mark>[/.])(?P<right>\d{1,2})(?P=mark)"
            r"(?P<year>(?:19|20)\d\d)(?![\d/]|\.\d)",
            "slashed": r"(?<![\d/])(?P<year>(?:19|20)\d\d)/(?P<number>0[1-9]|1[0-2])/"
            r"(?P<day>0[1-9]|[12]\d|3[01])(?![\d/])",
            "days_of_month": rf"(?<!\d)(?<!\d[.,]){_DAY}(?=(?P<rest>{_JOIN}{_LAST_DAY}\s(?:of\s)?{_MONTH}"
            rf"(?!\w)(?:,?\s{_YEAR})?))",
            "month_and_days": rf"\b{_MONTH}\s{_DAY}(?=(?P<rest>{_JOIN}{_LAST_DAY}(?![\w%])(?:,?\s{_YEAR})?))",
            "day_to_day": rf"(?<!\d)(?<!\d[.,]){_DAY}\s{_MONTH}"
            rf"(?=(?P<rest>{_JOIN}{_LAST_DAY}\s{_LAST_MONTH},?\s{_YEAR}))",
            "month_to_day": rf"\b{_MONTH}\s{_DAY}(?=(?P<rest>{_JOIN}{_LAST_MONTH}\s{_LAST_DAY},?\s{_YEAR}))",
            "month_to_month": rf"\b{_MONTH}(?=(?P<rest>{_JOIN}{_LAST_MONTH},?\s{_YEAR}))",
            "day_first": rf"(?<!\d)(?<!\d[.,]){_DAY}\s(?:of\s)?{_MONTH},?\s{_YEAR}",
            "month_first": rf"\b{_MONTH}\s{_DAY},?\s{_YEAR}",
            "month_year": rf"\b{_MONTH},?\s(?:of\s)?{_YEAR}",
            "day_of_year": rf"(?<!\d)(?<!\d[.,]){_DAY}\s(?:of\s)?{_MONTH}\s{_OF_YEAR}",
            "month_of_year": rf"\b{_MONTH}\s{_OF_YEAR}",
            "day_only": rf"(?<!\d)(?<!\d[.,]){_DAY}\s{_MONTH}(?!\w)",
            "month_day_only": rf"\b{_MONTH}\s{_DAY}(?![\w.,]?\d)(?!\w)",
            "month_only": rf"{_BEFORE_MONTH}{_MONTH}(?![\w-])(?!\s\d)",
            "year": rf"{_BEFORE_YEAR}{_YEAR}{_NO_COUNT}",
            "ago": rf"\b(?P<count>\d{{1,2}}|(?i:{'|'.join(COUNTS)}))\s"
            r"(?P<unit>day|week|fortnight|month|year)s?\sago\b",
            "relative": rf"\b(?i:{_RELATIVE})\b",
            "weekday": r"(?:\b(?P<lead>(?i:on|last|(?:hours|night|evening|morning|afternoon)\sof))\s"
            rf"(?P<weekday>(?i:{'|'.join(DAYS)}))"
            rf"|(?<=[a-z]\s){no_weekday}(?P<bare>{'|'.join(map(str.title, DAYS))}))\b(?!,?\s\d|\s[A-Z])",
        }.items()
    }


def stated(parts: dict[str, str | None]) -> str | None:
    """Return the partial date that a form with a year states, or None where there is no such day."""
    year = parts["year"] or ""
    last = parts.get("last_month")
    if last and month_number(parts["month"] or "") > month_number(last):
        year = str(int(year) - 1)
    number = parts.get("number")
    if number is None and parts.get("month"):
        number = f"{month_number(parts['month'] or ''):02}"
    if number is None:
        return year
    if not parts.get("day"):
        return f"{year}-{number}"
    return valid_day(f"{year}-{number}-{int(parts['day'] or 0):02}")


def in_figures(parts: dict[str, str | None], order: str) -> str | None:
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
    return valid_day(f"{parts['year']}-{month:02}-{day:02}")
