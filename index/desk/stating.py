"""What a person states of a report: its value checked as that kind of fact, its words found in the text."""

import re
import tomllib
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

from babel import Locale

from collectors.errors import WrongUse
from collectors.records import PartialDate, Report
from enrichment.extraction import amounts
from enrichment.extraction.numerals import number
from enrichment.extraction.numerals import value as counted
from enrichment.records import Finding, Subject, finding_id
from enrichment.typology import Typology
from index import wording
from index.desk import judgements

SINGLE = (Subject.RELEVANCE, Subject.CRIME, Subject.AI_INVOLVEMENT, Subject.EVENT_KIND, Subject.OUTCOME)
"""Subjects of which a report has one value: another one is a correction and no addition."""
STATED = tuple(subject for subject in Subject if subject is not Subject.EVENTS)
"""What a person can state; several incidents in one report are decided by dividing it."""
LONGEST = 1000
"""Characters of the words a fact rests on, at most."""
YEARS = range(1950, 2050)
"""The years that a date can have, those that a machine reads in a text too."""
LONGEST_TERM = 9999
"""How many years, months, weeks, days or hours a sentence can have at most; some courts add up thousands."""

_NO = ("not-relevant", "no")
"""Values whose score is the probability of their opposite."""
_WORDS = {
    Subject.RELEVANCE: ("relevant", "not-relevant"),
    Subject.CRIME: ("yes", "no"),
    Subject.SERIES: ("copycat", "repeat", "series"),
}
_CODED = re.compile(r"(?P<before>[A-Z]{3})\s?(?P<first>.+)|(?P<last>.+?)\s?(?P<after>[A-Z]{3})")
_COUNTED = re.compile(rf"({number()})(?:(\+)|\s?-\s?({number()}))?", re.IGNORECASE)
_TERM = re.compile(rf"({number()}) (year|month|week|day|hour)s?", re.IGNORECASE)
_ALIKE = {"'": "['‘’]", "’": "['‘’]", "‘": "['‘’]", '"': '["“”]', "“": '["“”]', "”": '["“”]'}


@cache
def _forms() -> dict[str, dict[str, Any]]:
    return tomllib.loads((files("index.desk") / "stating.toml").read_text("utf-8"))


def form(subject: Subject) -> str:
    """Return how a value of this subject is written; empty where it is chosen among ``values``."""
    return str(_forms()["form"].get(subject.value, ""))


def values(subject: Subject, typology: Typology) -> tuple[str, ...]:
    """Return the values a subject can have; empty where people write them in a form of their own."""
    match subject:
        case Subject.TYPOLOGY:
            return typology.codes()
        case Subject.COUNTRY:
            return tuple(wording.values("country"))
        case Subject.OFFENCE | Subject.COUNTERMEASURE:
            of = typology.offences if subject is Subject.OFFENCE else typology.countermeasures
            return tuple(sorted({concept.id for leaf in typology.leaves() for concept in of(leaf.id)}))
        case _ if subject in _WORDS:
            return _WORDS[subject]
        case _:
            return () if form(subject) else typology.facet_values(subject.value)


def checked(subject: Subject, typed: str, typology: Typology) -> str:
    """Return a value as the record keeps it; raises ``WrongUse`` if it is invalid for this subject."""
    known = values(subject, typology)
    if known:
        if typed in known:
            return typed
        raise WrongUse(f"{typed!r} is not a value of {wording.subject(subject).rstrip('?')!r}")
    read = _READERS[subject](" ".join(typed.split()))
    if not read:
        raise WrongUse(f"{typed!r} cannot be read as {form(subject)}")
    return read


def stated(
    report: Report, subject: Subject, value: str, words: str | None, by: str, corrects: Finding | None = None
) -> Finding:
    """Make a finding of a person's statement, on words of the report or on those of the finding it corrects.

    Raises ``WrongUse`` where the report does not say these words.
    """
    role = corrects.role if corrects else _role(subject, value)
    said = {"subject": subject, "value": value, "role": role, "score": 0.0 if value in _NO else 1.0}
    if words is None and corrects is not None:
        rests = corrects.model_dump(include={"field", "start", "end", "quote", "version"})
    else:
        near = corrects.start or 0 if corrects else 0
        rests = {"version": report.version, **located(report, words or "", near)}
    who = {"report": report.id, "origin": judgements.origin(by)}
    return Finding.model_validate({"id": finding_id(report.id, subject, value), **who, **said, **rests})


def located(report: Report, words: str, near: int = 0) -> dict[str, Any]:
    """Return where a report says these words, the place nearest to ``near``: field, start, end and quote.

    Spaces, case and the form of quotation marks may differ. Nothing for no words; raises ``WrongUse`` where
    the report does not say them.
    """
    if not words.strip():
        return {}
    if len(words) > LONGEST:
        raise WrongUse(f"a fact rests on {LONGEST:,} characters at most; these are {len(words):,}")
    pattern = re.compile(r"\s+".join(map(_loosely, words.split())), re.IGNORECASE)
    for field, text in (("text", report.text), ("title", report.title)):
        found = min(pattern.finditer(text), key=lambda match: abs(match.start() - near), default=None)
        if found is not None:
            return {"field": field, "start": found.start(), "end": found.end(), "quote": found[0]}
    raise WrongUse(f"the report does not say “{' '.join(words.split())}”; copy the words as they stand in it")


def _loosely(word: str) -> str:
    return "".join(_ALIKE.get(letter, re.escape(letter)) for letter in word)


def _role(subject: Subject, value: str) -> str:
    if subject is Subject.SENTENCE and _money(value):
        return "fine"
    return str(_forms()["role"].get(subject.value, ""))


def _money(typed: str) -> str:
    """Return a sum as a machine reads it in a text; any ISO currency may stand for those it knows."""
    read = amounts.only(typed)
    if read is not None:
        return read.value
    coded = _CODED.fullmatch(typed.upper())
    code = coded and (coded["before"] or coded["after"])
    if coded is None or code not in Locale("en").currencies:
        return ""
    read = amounts.only(f"USD {coded['first'] or coded['last']}")
    return f"{code}{read.value.removeprefix('USD')}" if read else ""


def _date(typed: str) -> str:
    stated = PartialDate.read(typed)
    return stated.value if stated is not None and stated.first.year in YEARS else ""


def _count(typed: str) -> str:
    match = _COUNTED.fullmatch(typed)
    if match is None or any(_broken(each) for each in (match[1], match[3]) if each):
        return ""
    low = counted(match[1])
    if match[3] is None:
        return f"{low}{match[2] or ''}"
    high = counted(match[3])
    return f"{low}-{high}" if low < high else ""


def _broken(written: str) -> bool:
    """Return whether a number is no whole one, as ``1.5`` is not but ``1.5 million`` is."""
    return "." in written and written[-1].isdigit()


def _term(typed: str) -> str:
    lowered = typed.lower()
    if lowered == "life" or _money(typed):
        return _money(typed) or lowered
    parts = [(counted(written), unit) for written, unit in _TERM.findall(lowered)]
    if _TERM.sub("", lowered).strip() or not all(0 < length <= LONGEST_TERM for length, _ in parts):
        return ""
    return " ".join(f"{length} {unit}{'' if length == 1 else 's'}" for length, unit in parts)


def _name(typed: str) -> str:
    return typed if len(typed) <= 120 and any(letter.isalnum() for letter in typed) else ""


_READERS: dict[Subject, Callable[[str], str]] = {
    Subject.LOSS: _money,
    Subject.DATE: _date,
    Subject.VICTIMS: _count,
    Subject.SENTENCE: _term,
    Subject.TOOL: _name,
    Subject.PLATFORM: _name,
    Subject.ORGANISATION: _name,
}
