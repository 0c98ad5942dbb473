"""Dates in a text, never more precise than the text itself."""

import re
from collections.abc import Sequence
from functools import cache

from collectors.records import PartialDate
from enrichment.extraction import written_dates
from enrichment.extraction.background import is_background
from enrichment.extraction.forms import form
from enrichment.extraction.passage import Passage
from enrichment.extraction.phrases import load, one_per_value
from enrichment.extraction.relative_dates import is_past, resolve
from enrichment.extraction.statistic import in_statistic
from enrichment.records import Fact, Subject

REACH_CHARACTERS = 90
"""The distance from a date, in its sentence, in which the words are looked for that give its role."""
BREAK_CHARACTERS, FAR = 40, 1_000
"""The distance that a break in a clause counts as, and one greater than any other."""
SPOKEN_CHARACTERS = 12
"""The distance up to which a date behind or before "said" is the day it was said."""
YEAR_LENGTH, DAY_LENGTH, MOST_DAYS = 4, 10, 2
OCCURRED, SCHEDULED, UNSAID = "occurred", "scheduled", "unsaid"
UNSAID_SCORE = 0.5
"""The score of a date that nothing says anything of, taken for that of the act because it is the only one."""
MONTHS_FIRST_IN = frozenset({"US"})
MIXED = frozenset({"CA", "PH"})
"""Countries that write dates in figures both ways."""


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
        return written_dates.in_figures(parts, order)
    if parts.get("year"):
        return written_dates.stated(parts)
    if published is None or published.precision != "day":
        return None
    return resolve(parts, published.first, ahead=ahead)


def _in(passage: Passage, published: PartialDate | None, order: str) -> list[Fact]:
    facts: list[Fact] = []
    taken = bytearray(len(passage.text))
    for pattern in written_dates.patterns().values():
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
        return written_dates.MONTH_FIRST
    return "" if where & MONTHS_FIRST_IN else written_dates.DAY_FIRST


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
