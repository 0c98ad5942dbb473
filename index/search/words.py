"""Reads what a single word, value, date or sum of a query means. Pure; None where it cannot be read."""

import calendar
import re
from datetime import date
from decimal import Decimal

from index.search.syntax import Dates, Loss, Term

MOST_EDITS = 2
MOST_DIGITS = 20
MOST_DOLLARS = 10**15

ID = re.compile(r"(?:inc|rep)-[0-9a-f]{8,40}|(?:aiid|case|atlas|oecd|aiaaic):[\w.-]{1,80}", re.IGNORECASE)
_SUFFIX = re.compile(r"(.+?)(?:(\*)|~(\d{0,3}))", re.DOTALL)
_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_SUM = r"\$?(\d[\d,_]*(?:\.\d+)?)([kmb])?"
_LOSS = re.compile(rf"(>=|<=|>|<)?(?:{_SUM})?(?:(\.\.)(?:{_SUM})?)?", re.IGNORECASE)
_TIMES = {"": 1, "k": 10**3, "m": 10**6, "b": 10**9}
_DEFANGED = (
    (re.compile(r"\bh(?:xx|\*\*|tt)p(s?)(?=\[?:)", re.IGNORECASE), r"http\1"),
    (re.compile(r"\[://\]|\[:\]//"), "://"),
    (re.compile(r"[\[({](?:\.|dot)[\])}]", re.IGNORECASE), "."),
    (re.compile(r"[\[({](?:@|at)[\])}]", re.IGNORECASE), "@"),
)


def term(typed: str, start: int, end: int) -> Term | None:
    """Return the word that was typed, or the phrase where it has quotation marks; None without a letter."""
    if typed.startswith('"'):
        phrase, _, slop = typed[1:].rpartition('"')
        made = {"text": refanged(phrase).strip(), "phrase": True, "slop": int(slop[1:] or 1) if slop else 0}
    elif match := _SUFFIX.fullmatch(typed):
        edits = 0 if match[2] else min(int(match[3] or 1), MOST_EDITS)
        made = {"text": refanged(match[1]), "prefix": bool(match[2]), "edits": edits}
    else:
        made = {"text": refanged(typed).strip()}
    if not any(character.isalnum() for character in str(made["text"])):
        return None
    return Term.model_validate({**made, "start": start, "end": end})


def identifier(value: str) -> str:
    """Return an id as the record writes it: what names its scheme in lower case."""
    scheme, colon, rest = value.partition(":")
    return scheme.lower() + colon + rest


def refanged(word: str) -> str:
    """Return a defanged address as it is written where it is live: it is only ever searched for."""
    for pattern, live in _DEFANGED:
        word = pattern.sub(live, word)
    return word


def first_day(value: str) -> date | None:
    """Return the first day of ``2024``, ``2024-01`` or ``2024-01-31``."""
    match = _DAY.fullmatch(value)
    if match is None:
        return None
    year, month, day = (int(part or 1) for part in match.groups())
    if not (year >= 1 and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]):
        return None
    return date(year, month, day)


def last_day(value: str) -> date | None:
    """Return the last day of ``2024``, ``2024-01`` or ``2024-01-31``."""
    first = first_day(value)
    if first is None or value.count("-") == 2:
        return first
    month = first.month if "-" in value else 12
    return date(first.year, month, calendar.monthrange(first.year, month)[1])


def dates(typed: str) -> Dates | None:
    """Return the days of a year, month or day, or from one to another: ``2024-05..2024-06``, ``2024..``."""
    begins, dots, ends = typed.partition("..")
    since, until = first_day(begins), last_day(ends if dots else begins)
    understood = since is not None or (dots and not begins), until is not None or (dots and not ends)
    return Dates(since=since, until=until) if all(understood) and (begins or ends) else None


def loss(typed: str) -> Loss | None:
    """Return the US dollars that ``>10000``, ``<=1.5m``, ``10k..50k``, ``10k..`` or ``10000`` ask for."""
    match = _LOSS.fullmatch(typed)
    if match is None or (match[1] and match[4]):
        return None
    first, last = _sum(match[2], match[3]), _sum(match[5], match[6])
    if first is None and last is None:
        return None
    if match[4]:
        return Loss(least=max(1, first or 1), most=last)
    if first is None:
        return None
    least = {">": first + 1, ">=": first}.get(match[1], 1 if match[1] else first)
    most = {"<": first - 1, "<=": first}.get(match[1], None if match[1] else first)
    return Loss(least=max(1, least), most=most)


def _sum(digits: str | None, unit: str | None) -> int | None:
    if digits is None or len(digits) > MOST_DIGITS:
        return None
    return min(
        MOST_DOLLARS, int(Decimal(digits.replace(",", "").replace("_", "")) * _TIMES[(unit or "").lower()])
    )
