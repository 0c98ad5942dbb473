"""Reads times in plain words: ``between May and July 2024``, ``spring 2024``, ``last month``. Pure."""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta

from index.search.language import dates
from index.search.language.dates import DateInText, Span

_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
"""Each season with its first month of three; a winter is that which begins in its year."""
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
_NOW = ("now", "today", "present", "the present")
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}

_CLOSED = "|".join(("in", "during", "throughout", "from"))
_OPENING = "|".join(("since", "after", "before", "until", "till", "up to"))
_YEAR = r"(?:19|20)\d\d"
_MONTH = "|".join(sorted(dates.MONTH_NAMES, key=len, reverse=True))
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_NAMED = (
    rf"(?:{'|'.join(_SEASONS)})\s+(?:of\s+)?{_YEAR}|Q[1-4][-\s]?{_YEAR}|{_YEAR}[-\s]?Q[1-4]|H[12]\s?{_YEAR}"
    rf"|(?:the\s+)?(?:{'|'.join(_ORDINALS)})\s+(?:quarter|half)\s+(?:of\s+)?{_YEAR}"
)
_POINT = (
    rf"{_NAMED}|{dates.spaced_pattern()}|\d{{4}}-\d\d?(?:-\d\d?)?|\d{{1,4}}/\d\d?/\d{{2,4}}"
    r"|\d{1,4}\.\d\d?\.\d{2,4}"
)
_RELATIVE = (
    r"yesterday|(?:last|previous|this|the\s+past|past)\s+(?:week|month|quarter|year)"
    r"|(?:the\s+)?(?:last|past)\s+\d{1,3}\s+(?:day|week|month|year)s?"
)
_YEARLESS = (
    rf"(?:{_DAY}\s+(?:of\s+)?)?(?:{_MONTH})\.?|(?:{_MONTH})\.?\s+{_DAY}|{_DAY}|Q[1-4]|{'|'.join(_SEASONS)}"
)


_RANGE = (
    rf"(?:(?P<both>between|from)\s+)?(?P<first>{_POINT}|{_YEAR}|{_YEARLESS})"
    rf"\s*(?P<joint>\band\b|\bto\b|\buntil\b|\btill\b|\bthrough\b|[-–—])\s*"
    rf"(?P<last>{_POINT}|{_YEAR}|{'|'.join(_NOW)})"
)
_SINGLE = (
    rf"(?:(?P<how>{_CLOSED}|{_OPENING})\s+)?(?P<point>{_POINT}|{_RELATIVE}|{_YEAR})(?P<on>\s+on(?:wards?)?)?"
)
_STATED = re.compile(
    rf"(?<![^\s(])(?:{_RANGE}|{_SINGLE})(?=[,;.?!]*(?![^\s)]))",
    re.IGNORECASE,
)
_LEFT_HALF = re.compile(
    r"\b(?:between|not|without|except|excluding)\s+$"
    r"|\b(?:between|from)\s[^,;.]*\s(?:and|to|until|till|through)\s+$",
    re.IGNORECASE,
)
_RIGHT_HALF = re.compile(r"\s+(?:to|until|till|through)\s", re.IGNORECASE)
_NEAR = 60
"""Letters around a date that may be the other half of its range."""
_BARE_YEAR = re.compile(_YEAR)


def periods_in(text: str, today: date | None = None) -> Iterator[DateInText]:
    """Yield the stretches of time in a text, in order; ``last month`` only where ``today`` is given.

    A year by itself is none without a word such as ``in`` before it, and one end of a range whose other end
    is not understood is none.
    """
    for match in _STATED.finditer(text):
        span = _range(match) if match["first"] else _single(match, text, today)
        if span is not None and span.first <= span.last:
            yield DateInText(*match.span(), span)


def _range(match: re.Match[str]) -> Span | None:
    if (match["joint"].lower() == "and") != ((match["both"] or "").lower() == "between"):
        return None
    if match["last"].lower() in _NOW:
        first = _span(match["first"])
        return first and Span(first.first, date.max)
    last = _span(match["last"])
    first = last and _borrowing(match["first"], last)
    return Span(first.first, last.last) if first and last else None


def _borrowing(typed: str, last: Span) -> Span | None:
    """Return the first of two dates, which may lack the year or the month that the last one has."""
    month, year = f"{last.first:%B}", last.first.year
    decode_ids = [typed, f"{typed} {year}", *([f"{typed} {month} {year}"] if last.first == last.last else [])]
    return next(filter(None, map(_span, decode_ids)), None)


def _single(match: re.Match[str], text: str, today: date | None) -> Span | None:
    how, point = " ".join((match["how"] or "").lower().split()), match["point"]
    read = _relative(point.lower(), today) if (dated := _span(point)) is None else dated
    lonely = _BARE_YEAR.fullmatch(point) is not None and not how
    if read is None or lonely or _is_half(match, text):
        return None
    with suppress(OverflowError):
        if how == "since" or match["on"]:
            return Span(read.first, date.max)
        if how == "after":
            return Span(read.last + timedelta(days=1), date.max)
        if how == "before":
            return Span(date.min, read.first - timedelta(days=1))
        return Span(date.min if how in ("until", "till", "up to") else read.first, read.last)
    return None


def _is_half(match: re.Match[str], text: str) -> bool:
    """Whether a date is one end of a range whose other end is not understood, or one that is left out."""
    before, after = text[max(0, match.start() - _NEAR) : match.start()], text[match.end() :][:_NEAR]
    right = False
    if match["how"]:
        right = match["how"].lower() == "from" and _RIGHT_HALF.match(after) is not None
    return right or _LEFT_HALF.search(before) is not None


def _span(typed: str) -> Span | None:
    """Return the days of a date, a season, a quarter or a half of a year."""
    words = typed.lower().replace(" of ", " ").removeprefix("the ").split()
    year = words[-1][-4:] if words else ""
    if not _BARE_YEAR.fullmatch(year):
        return dates.span(typed)
    if words[0] in _SEASONS:
        return _months(int(year), _SEASONS[words[0]], 3)
    if words[0] in _ORDINALS and len(words) > 2:
        length = 3 if words[1] == "quarter" else 6
        return _months(int(year), length * (_ORDINALS[words[0]] - 1) + 1, length)
    if words[0][:2] in ("h1", "h2"):
        return _months(int(year), 6 * int(words[0][1]) - 5, 6)
    return dates.span(typed)


def _months(year: int, first: int, count: int) -> Span | None:
    """Return so many months from the ``first`` of a year on; None where they begin in another year."""
    if first > dates.MONTHS:
        return None
    over, last = divmod(first + count - 2, dates.MONTHS)
    return Span(dates.month(year, first).first, dates.month(year + over, last + 1).last)


def _relative(typed: str, today: date | None) -> Span | None:
    """Return the days of ``last month`` (that of the calendar) or ``past month`` (up to today)."""
    if today is None:
        return None
    words = typed.removeprefix("the ").split()
    if words == ["yesterday"]:
        return Span(today - timedelta(days=1), today - timedelta(days=1))
    if len(words) == 3 or words[0] == "past":
        count, unit = int(words[1]) if len(words) == 3 else 1, words[-1].removesuffix("s")
        days = _DAYS.get(unit, 91)
        return Span(today - timedelta(days=count * days), today)
    back = 0 if words[0] == "this" else 1
    match words[1]:
        case "week":
            monday = today - timedelta(days=today.weekday() + 7 * back)
            return Span(monday, monday + timedelta(days=6))
        case "month":
            return _counted(today, back, 1)
        case "quarter":
            return _counted(today, back + (today.month - 1) % 3 + 2 * back, 3)
        case _:
            return Span(date(today.year - back, 1, 1), date(today.year - back, 12, 31))


def _counted(today: date, back: int, count: int) -> Span | None:
    """Return ``count`` months, the first of them so many months before that of ``today``."""
    year, month = divmod(today.year * dates.MONTHS + today.month - 1 - back, dates.MONTHS)
    return _months(year, month + 1, count)
