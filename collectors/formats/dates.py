"""Dates as publishers write them, read no more precisely than they are written."""

import re
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate
from typing import Final

from collectors.records import PartialDate

EARLIEST: Final = date(1990, 1, 1)
"""Nothing on the web is older; an earlier date is a default somebody forgot to fill in."""
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ISO: Final = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?(?:[T\s]\S.*)?")
_COMPACT: Final = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T?\d{4,6}Z?)?")
_NAME = r"(?P<month>[A-Za-z]{3,9})\.?"
_WRITTEN: Final = (
    re.compile(rf"(?:[A-Za-z]+,?\s+)?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+{_NAME},?\s+(?P<year>\d{{4}})\b.*"),
    re.compile(rf"(?:[A-Za-z]+,\s+)?{_NAME}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})\b.*"),
    re.compile(rf"{_NAME},?\s+(?P<year>\d{{4}})"),
)


def partial_date(text: str, origin: str) -> PartialDate | None:
    """Read one date in ISO, RFC 2822 or written English form; None for anything else or a date beyond belief.

    A month without a day stays a month. Day/month orders that depend on the country are not guessed.
    """
    text = " ".join(text[:100].split())
    parts = _iso(text) or _rfc2822(text) or _written(text)
    return None if parts is None else believable(parts, origin)


def believable(parts: tuple[int, ...], origin: str) -> PartialDate | None:
    """Return year, month and day (as many as are known) as a date; None outside 1990 to tomorrow."""
    try:
        first = date(*(*parts, 1, 1)[:3])
    except ValueError:
        return None
    if not EARLIEST <= first <= datetime.now(UTC).date() + timedelta(days=1):
        return None
    return PartialDate(value="-".join(f"{part:02d}" for part in parts), origin=origin)


def _iso(text: str) -> tuple[int, ...] | None:
    found = _COMPACT.fullmatch(text) or _ISO.fullmatch(text)
    return None if found is None else tuple(int(part) for part in found.groups() if part)


def _rfc2822(text: str) -> tuple[int, ...] | None:
    if not re.search(r"\d:\d\d", text):
        return None
    read = parsedate(text)
    return None if read is None else read[:3]


def _written(text: str) -> tuple[int, ...] | None:
    for pattern in _WRITTEN:
        found = pattern.fullmatch(text)
        if found and found["month"][:3].lower() in _MONTHS:
            month = _MONTHS.index(found["month"][:3].lower()) + 1
            day = found.groupdict().get("day")
            return (int(found["year"]), month, int(day)) if day else (int(found["year"]), month)
    return None


def as_shown(found: date, shown: str, origin: str) -> PartialDate | None:
    """Return a date a guesser found, less the first day or month it added to a page that names none."""
    if found.day > 1 or _shows_first_day(shown, found.year, found.month):
        return believable((found.year, found.month, found.day), origin)
    with_month = found.month > 1 or _shows_month(shown, found.year, found.month)
    return believable((found.year, found.month) if with_month else (found.year,), origin)


def _shows_first_day(shown: str, year: int, month: int) -> bool:
    name = rf"{_MONTHS[month - 1]}[a-z]{{0,6}}\.?"
    forms = (
        rf"{year}[-/.]?0?{month}[-/.]?0?1(?!\d)",
        rf"(?<!\d)0?1[-/.]0?{month}[-/.]{year}",
        rf"(?<!\d)0?{month}[-/.]0?1[-/.]{year}",
        rf"(?<!\d)0?1(st)?(\s+of)?[\s.]+{name}[\s,]+{year}",
        rf"{name}\s+0?1(st)?,?\s+{year}",
    )
    return any(re.search(form, shown, re.IGNORECASE) for form in forms)


def _shows_month(shown: str, year: int, month: int) -> bool:
    form = rf"{year}[-/.]0?{month}(?!\d)|{_MONTHS[month - 1]}[a-z]{{0,6}}\.?[\s,]+{year}"
    return re.search(form, shown, re.IGNORECASE) is not None
