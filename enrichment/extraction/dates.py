"""Dates in a text, never more precise than the text itself."""

import re
from collections.abc import Sequence
from functools import cache

from collectors.records import PartialDate
from enrichment.extraction.background import is_background
from enrichment.extraction.forms import form
from enrichment.extraction.phrases import Passage, load, one_per_value
from enrichment.extraction.relative_dates import COUNTS, DAYS, is_past, month_number, resolve, valid_day
from enrichment.extraction.statistic import in_statistic
from enrichment.records import Fact, Subject

REACH_CHARACTERS = 90
"""The distance from a date, in its sentence, in which the words are looked for that give its role."""
BREAK_CHARACTERS, FAR = 40, 1_000
"""The distance that a break in a clause counts as, and one greater than any other."""
SPOKEN_CHARACTERS = 12
"""The distance up to which a date behind or before "said" is the day it was said."""
YEAR_LENGTH, DAY_LENGTH, MOST_DAYS = 4, 10, 2
MONTHS = 12
OCCURRED, SCHEDULED, UNSAID = "occurred", "scheduled", "unsaid"
UNSAID_SCORE = 0.5
"""The score of a date that nothing says anything of, taken for that of the act because it is the only one."""
DAY_FIRST, MONTH_FIRST = "day first", "month first"
MONTHS_FIRST_IN = frozenset({"US"})
MIXED = frozenset({"CA", "PH"})
"""Countries that write dates in figures both ways."""
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


def _stated(parts: dict[str, str | None]) -> str | None:
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
    return valid_day(f"{parts['year']}-{month:02}-{day:02}")


def _any(listing: str) -> str:
    return "|".join(re.escape(word) for word in load("dates")[listing])


@cache
def _cues() -> dict[str, re.Pattern[str]]:
    return {kind: re.compile(rf"\b(?:{_any(kind)})\b") for kind in ("occurred", "handled", "spoken")}


@cache
def _around() -> dict[str, re.Pattern[str]]:
    """Return the patterns of the words around a date that say what kind of date it is."""
    data = load("dates")
    ahead = "|".join(form(words, flags=re.NOFLAG).pattern for words in data["ahead"])
    return {
        "ahead": re.compile(rf"(?:{ahead})(?:(?!\b(?:{_any('turns')})\b)[^,;]){{0,60}}$"),
        "began": re.compile(r"\b(?:from|between)\s$"),
        "ends": re.compile(r"\s(?:to|until|till|through|and)\s"),
        "ended": re.compile(r"\b(?:from|between)\s(?:[\w.,]{1,12}\s){1,4}(?:to|until|till|through|and)\s$"),
        "career": re.compile(rf"\b(?:{_any('career')})\b"),
        "break": re.compile(rf"[,;:]|\b(?:{_any('breaks')})\b"),
    }


def _of_period(before: str, after: str) -> bool:
    """Whether a date is an end of a period that is no career, given the words around it."""
    around = _around()
    began = around["began"].search(before) is not None and around["ends"].match(after) is not None
    if not began and around["ended"].search(before) is None:
        return False
    return not any(around["career"].search(words) for words in (before, after))


def _is_ahead(passage: Passage, match: re.Match[str]) -> bool:
    """Whether the words before a date say that it lies ahead: ``will appear in court on Friday``."""
    if is_past(match.groupdict()):
        return False
    left, _ = passage.sentence(match.start())
    before = passage.text[max(left, match.start() - REACH_CHARACTERS) : match.start()]
    return _around()["ahead"].search(before) is not None


def _role(passage: Passage, start: int, end: int) -> str:
    """Return ``occurred`` if the nearest cue word is of the act, not its handling; else an empty string.

    So are both ends of a period, except in a career; dates of statistics never are. Where the sentence has
    neither kind of cue near, it is ``unsaid``.
    """
    if in_statistic(passage, start) or is_background(passage, start):
        return ""
    before, after = passage.around(start, end, REACH_CHARACTERS, REACH_CHARACTERS)
    if _of_period(before, after):
        return OCCURRED
    nearest: dict[str, int] = {}
    for kind, pattern in _cues().items():
        gaps = [_gap(before[match.end() :]) for match in pattern.finditer(before)]
        gaps += [_gap(after[: match.start()]) for match in pattern.finditer(after)]
        if gaps:
            nearest[kind] = min(gaps)
    spoken = nearest.pop("spoken", FAR)
    if not nearest and spoken > SPOKEN_CHARACTERS:
        return UNSAID if _around()["career"].search(before + after) is None else ""
    if "occurred" not in nearest:
        return ""
    nearest["handled"] = min(spoken, nearest.get("handled", FAR))
    return OCCURRED if nearest["occurred"] < nearest["handled"] else ""


def _gap(words: str) -> int:
    """Return the distance of a cue from a date, given the words between; breaks in the clause add to it."""
    return len(words) + BREAK_CHARACTERS * len(_around()["break"].findall(words))


def _value(
    parts: dict[str, str | None], published: PartialDate | None, order: str, *, ahead: bool
) -> str | None:
    if parts.get("mark"):
        return _in_figures(parts, order)
    if parts.get("year"):
        return _stated(parts)
    if published is None or published.precision != "day":
        return None
    return resolve(parts, published.first, ahead=ahead)


def _in(passage: Passage, published: PartialDate | None, order: str) -> list[Fact]:
    facts: list[Fact] = []
    taken = bytearray(len(passage.text))
    for pattern in patterns().values():
        for match in pattern.finditer(passage.text):
            start, end = match.span()
            if any(taken[start:end]):
                continue
            taken[start:end] = b"\1" * (end - start)
            ahead = _is_ahead(passage, match)
            value = _value(match.groupdict(), published, order, ahead=ahead)
            if value is not None:
                score = 0.9 if match.groupdict().get("year") else 0.6
                later = _is_later(value, published)
                if ahead and (later or not match.groupdict().get("year")):
                    role = SCHEDULED
                else:
                    role = "" if later else _role(passage, _bare_start(match), end)
                last = match.end("rest") if match.groupdict().get("rest") else end
                facts.append(passage.fact(Subject.DATE, value, start, last, score=score, role=role))
    return sorted(facts, key=lambda fact: fact.start or 0)


def _bare_start(match: re.Match[str]) -> int:
    """Return where a date begins behind words such as "between", which its form may include."""
    return min(match.start(name) for name, part in match.groupdict().items() if part and name != "lead")


def _is_later(value: str, published: PartialDate | None) -> bool:
    """Whether a date lies after publication: nothing that a report tells took place then."""
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
    """Return the dates of a report with their roles: ``occurred`` for the act, ``scheduled`` for one to come.

    A date without a year, or a relative one, is resolved by the day of publication and left out without it.
    ``places`` are the countries of the report: they say whether 3/4/2024 is in April or in March.
    """
    order = _order(places)
    return one_per_value(_supposed([fact for passage in passages for fact in _in(passage, published, order)]))


def _supposed(facts: Sequence[Fact]) -> list[Fact]:
    """Return the facts with the date of the act supposed where the text does not say which it is.

    It is the only one, known to the month, of which nothing is said; else, where no more than a year is
    said, the first of few days.
    """
    unsaid = list(dict.fromkeys(fact.value for fact in facts if fact.role == UNSAID))
    unsaid = [value for value in unsaid if len(value) > YEAR_LENGTH]
    said = [fact.value for fact in facts if fact.role == OCCURRED]
    days = [value for value in unsaid if len(value) == DAY_LENGTH]
    if said or len(unsaid) > 1:
        vague = all(len(value) == YEAR_LENGTH for value in said)
        unsaid = days[:1] if vague and len(days) <= MOST_DAYS else []
    return [fact if fact.role != UNSAID else _known(fact, fact.value in unsaid) for fact in facts]


def _known(fact: Fact, supposed: bool) -> Fact:
    update = {"role": OCCURRED, "score": UNSAID_SCORE} if supposed else {"role": ""}
    return fact.model_copy(update=update)
