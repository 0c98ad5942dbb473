"""How somebody was sentenced: how long, in which way, and how much was fined."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from enrichment.extraction.forms import form
from enrichment.extraction.numerals import alternatives, number, value
from enrichment.extraction.passage import Passage
from enrichment.extraction.phrases import load, one_per_value
from enrichment.extraction.sentence_changes import in_force, is_changed
from enrichment.extraction.stage import overturned, says
from enrichment.records import Fact, Subject

BEFORE, AFTER = 60, 44
COURT_CHARACTERS = 200
"""The distance before a length of time, in its sentence, in which its court is looked for."""
STATED, FINE = 0.8, 0.7
_KINDS = ("supervision", "unpaid-work", "custody")
_AGE = re.compile(r"[\s-](?:old|ago|later|earlier)\b")
_DISTANCE = re.compile(r"[\s-](?:before|after)\b")


def _kind_patterns() -> dict[str, re.Pattern[str]]:
    """Return the patterns of the words behind and before a length of time that make it a kind of sentence."""
    data, found = load("sentence"), {}
    for kind in _KINDS:
        found[f"{kind}_after"] = re.compile(
            rf"['’]?(?:[\s-](?:\w+[\s-])?|['’]s\s)(?:{alternatives(data[kind]['after'])})\b"
        )
        found[f"{kind}_before"] = re.compile(
            rf"\b(?:{alternatives(data[kind]['before'])})\s(?:a\s|an\s|at\sleast\s|about\s|nearly\s|almost\s|a\stotal\sof\s)?$"
        )
    return found


@cache
def patterns() -> dict[str, re.Pattern[str]]:
    """Return the pattern of a length of time, and of the words around it that make it a sentence."""
    data = load("sentence")
    lengths = r"year|month|week|day|hour"
    found = {
        "length": re.compile(
            rf"(?<![\w.,£$€])(?:(?P<low>{number()})\s(?:and|to)\s)?(?P<first>{number()}|an?)(?P<half>[\s-]and[\s-]a[\s-]half|½)?[\s-](?P<unit>{lengths})s?"
            rf"(?:(?:,|\sand|,\sand)?\s(?P<second>{number()})\s(?P<smaller>month|week|day)s?)?(?!\w)",
            re.IGNORECASE,
        ),
        "to_unsaid": re.compile(
            rf"\sto\s(?:just\s|only\s)?(?P<first>{number()})(?![\w,.]*\d)(?!\w|[\s-](?:{lengths}|and\b))",
            re.IGNORECASE,
        ),
        "not": re.compile(rf"\b(?:{alternatives(data['not'])})\b"),
        "passed": re.compile(
            r"\b(?:was|were|has\sbeen)\s(?:\w+\s)?(?:jailed|sentenced|imprisoned|locked\sup|given|handed|fined)\b"
        ),
        "suspended_before": re.compile(r"\bsuspended\s(?:\w+\s){0,2}$"),
        "suspended_after": re.compile(r"\bsuspended\b"),
        "fined": re.compile(
            rf"\b(?:(?:{alternatives(data['fined'])})\s(?:about\s|around\s|a\stotal\sof\s|nearly\s)?"
            r"|fined\s(?:(?!(?:who|that|which|over|for|after|when|and|but|to|with|plus|costs)\b)[\w’'-]{1,16}\s){1,5})$"
        ),
        "tried_before": re.compile(
            r"\b(?:sentenc(?:ed|es)|jail(?:ed|s)|imprison(?:ed|s))\s(?:[\w’',-]{1,16}\s){1,8}(?:to|for)\s$"
        ),
        "passed_before": re.compile(
            r"\b(?:sentenced|jailed|imprisoned|locked\sup)\s(?:[\w’',-]{1,16}\s){0,8}?(?:to|for)\s"
            r"(?:a\s|at\sleast\s|about\s|nearly\s|almost\s|a\stotal\sof\s)?$"
        ),
        "given_before": re.compile(
            r"\b(?:(?:gave|given|gives|handed|hands)\s(?:[\w’',-]{1,16}\s){1,12}|impose[ds]\s)$"
        ),
        "given_after": re.compile(r"[.;,]|$|\son\s(?:each|every|both|all)\b"),
        "joined": re.compile(r"(?:\sfor\s(?:[\w-]{1,16}\s){0,3}?[\w-]{1,16})?(?:,|,?\sand)\s"),
        "stated_before": re.compile(
            rf"(?:{'|'.join(form(words, flags=re.NOFLAG).pattern for words in data['stated'])}),?\s$"
        ),
        "total": re.compile(r"\btotal\sof\s(?:about\s|over\s|more\sthan\s)?$"),
        "several": re.compile(rf"\b(?:{alternatives(data['several'])})\b"),
        "together": re.compile(rf"(?:\s\w+){{0,2}}?\s(?:{alternatives(data['together'])})\b"),
        "default": re.compile(rf"\b(?:{alternatives(data['default'])})\b"),
        "court": re.compile(r"\b(?:court|judge|magistrates?|tribunal)\b"),
        "instead": re.compile(r"\bfine\w*\b[^.;]*\bor\s$"),
        "whole": re.compile(
            rf"\b(?:(?P<life>{alternatives(data['life'])})|(?P<death>{alternatives(data['death'])}))\b"
        ),
    }
    return found | _kind_patterns()


def _kind(before: str, after: str, unit: str) -> str:
    """Return the kind of sentence that a length of time is, given the words around it, or an empty string."""
    if _is_merely_possible(re.split(r"[;:,]", before)[-1]) or _AGE.match(after):
        return ""
    if _DISTANCE.match(after) and not patterns()["passed_before"].search(before):
        return ""
    if re.search(r"suspended for (?:a |up to )?$", before) or patterns()["instead"].search(before):
        return ""
    if any(patterns()["default"].search(words) for words in (before, after)):
        return ""
    kind = next((name for name in _KINDS if patterns()[f"{name}_after"].match(after)), "")
    kind = kind or next((name for name in _KINDS if patterns()[f"{name}_before"].search(before)), "")
    kind = kind or ("custody" if patterns()["tried_before"].search(before) else "")
    if not kind and unit in ("year", "month") and patterns()["stated_before"].search(before):
        kind = "custody"
    if kind == "custody":
        if unit == "hour":
            return ""
        if patterns()["suspended_after"].search(after) or patterns()["suspended_before"].search(before):
            return "suspended"
    if kind == "supervision" and unit == "hour":
        return "unpaid-work"
    return kind


def _is_merely_possible(before: str) -> bool:
    """Whether the words before a penalty say that it may come or was asked for, not that it was passed.

    They count from the last verb by which a court passes it: ``a man who faced five years was jailed for``.
    """
    passed = list(patterns()["passed"].finditer(before))
    return patterns()["not"].search(before, passed[-1].start() if passed else 0) is not None


def _of_several(passage: Passage, start: int, end: int) -> bool:
    """Whether a length of time adds up the terms of several people."""
    before, after = passage.around(start, end, COURT_CHARACTERS, AFTER)
    if patterns()["together"].match(after) is not None:
        return True
    return patterns()["total"].search(before) is not None and patterns()["several"].search(before) is not None


def _given(passage: Passage, position: int, before: str, after: str, unit: str) -> str:
    """Return ``custody`` for years or months that a court of the sentence gives: ``gave him three years``."""
    start, _ = passage.sentence(position)
    court = patterns()["court"].search(passage.small[max(start, position - COURT_CHARACTERS) : position])
    given = patterns()["given_before"].search(before) and patterns()["given_after"].match(after)
    return "custody" if court and given and unit in ("year", "month") else ""


def _written_terms(parts: Mapping[str, str | None]) -> list[str]:
    """Return a length of time as ``1 year 6 months``; two where it is ``two to five years``."""
    unit = (parts["unit"] or "").lower()
    lengths = [_counted(parts["first"] or "", unit)]
    if parts["second"] and parts["smaller"]:
        lengths.append(_counted(parts["second"], parts["smaller"].lower()))
    if parts["half"] and unit == "year":
        lengths.append("6 months")
    lower = parts["low"]
    if lower and value(lower) < _amount(parts["first"] or ""):
        return [_counted(lower, unit), " ".join(lengths)]
    return [" ".join(lengths)]


def _amount(written: str) -> int:
    return 1 if written.lower() in ("a", "an") else value(written)


def _counted(written: str, unit: str) -> str:
    amount = _amount(written)
    return f"{amount} {unit}{'' if amount == 1 else 's'}"


def _terms(passage: Passage) -> Iterator[Fact]:
    """Yield the lengths of time that are sentences; those that follow one are of its kind."""
    end, role = 0, ""
    for match in patterns()["length"].finditer(passage.text):
        before, after = passage.around(*match.span(), BEFORE, AFTER)
        parts = match.groupdict()
        unit = (parts["unit"] or "").lower()
        joined = role if patterns()["joined"].fullmatch(passage.text[end : match.start()]) else ""
        role = _kind(before, after, unit) or _given(passage, match.start(), before, after, unit) or joined
        if not role and unit in ("year", "month") and is_changed(passage, *match.span()):
            role = "suspended" if patterns()["suspended_after"].search(after) else "custody"
        end = match.end()
        if _of_several(passage, *match.span()):
            role = ""
        terms = _written_terms(parts) if role or is_changed(passage, *match.span(), "from") else []
        if len(terms) > 1 and is_changed(passage, *match.span(), "from"):
            role, terms = role or "custody", terms[1:]
        for term in terms if role else ():
            yield passage.fact(Subject.SENTENCE, term, *match.span(), score=STATED, role=role)
        yield from _changed_to(passage, match)


def _changed_to(passage: Passage, length: re.Match[str]) -> Iterator[Fact]:
    """Yield the term in force of ``cut from ten years to nine``, which does not say its unit again."""
    now = patterns()["to_unsaid"].match(passage.text, length.end())
    if now is not None and is_changed(passage, *length.span(), "from"):
        term = _counted(now["first"], length["unit"].lower())
        yield passage.fact(Subject.SENTENCE, term, length.start(), now.end(), score=STATED, role="custody")


def _whole(passage: Passage) -> Iterator[Fact]:
    for match in patterns()["whole"].finditer(passage.small):
        before, _ = passage.around(*match.span(), BEFORE, 0)
        if not _is_merely_possible(re.split(r"[;:,]", before)[-1]):
            name = "life" if match["life"] else "death"
            yield passage.fact(Subject.SENTENCE, name, *match.span(), score=STATED, role="custody")


def _fines(passages: Sequence[Passage], sums: Sequence[Fact]) -> Iterator[Fact]:
    by_field = {passage.field: passage for passage in passages}
    for fact in sums:
        before, _ = by_field[fact.field].around(fact.start or 0, fact.end or 0, BEFORE, 0)
        if patterns()["fined"].search(before) and not _is_merely_possible(before):
            yield fact.model_copy(update={"subject": Subject.SENTENCE, "role": "fine", "score": FINE})


def _in_force(passages: Sequence[Passage]) -> list[Fact]:
    """Return the terms of each passage that stand; one that the text says was changed is not the title's."""
    kept: list[Fact] = []
    changed: set[str] = set()
    for passage in passages:
        found = sorted((*_terms(passage), *_whole(passage)), key=lambda fact: fact.start or 0)
        own = [fact for fact in found if not says("elsewhere", passage, fact.start or 0)]
        stand = in_force(passage, own)
        kept += [fact for fact in stand if fact.value not in changed]
        changed |= {fact.value for fact in own} - {fact.value for fact in stand}
    return kept


def find(passages: Sequence[Passage], sums: Sequence[Fact] = ()) -> list[Fact]:
    """Return each sentence that was passed, with its role, and each fine among the report's ``sums``.

    What may come or was asked for, the time for which a sentence is suspended or that is served in default of
    payment, the sum of several people's terms and what was passed in another matter are left out; so are a
    term that a later ruling changed to another, and every term of a conviction that was taken back.
    """
    terms = [] if overturned(passages) else _in_force(passages)
    return one_per_value([*terms, *_fines(passages, sums)])
