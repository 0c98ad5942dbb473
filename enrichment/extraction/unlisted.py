"""Organisations on no list: known by their first or last words, or by what a text says they are.

A private person is none: what follows a first name, a title or a job is left out.
"""

import re
from collections.abc import Iterator
from functools import cache

from enrichment.extraction.gazetteer import bears_name, hits, is_first_name
from enrichment.extraction.passage import Passage
from enrichment.extraction.phrases import load

WORD, PLAIN = r"[A-ZÀ-Ý][\w’'&-]{1,20}", r"[A-ZÀ-Ý][\w-]{1,20}"
_POSSESSIVE = re.compile(r"['’]s?$")
HEADLINE_REACH, HEADLINE_SHARE = 60, 0.75
"""Characters around a name that are looked at, and the share of capitals among their words in a headline."""
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")
_SMALL = r"(?:de la |de los |de |del |della |di |da |do |du |des |la |le |für |van )"


def spans(passage: Passage) -> Iterator[tuple[int, int]]:
    """Yield where the names of organisations stand, those known by their own words first.

    In a title most words have a capital, whatever they name: only who speaks at its beginning is looked for.
    """
    if passage.field == "title":
        yield from (match.span("name") for match in patterns()["speaks"].finditer(passage.text))
        return
    yield from _formed_spans(passage.text)
    places: dict[int, int] | None = None
    for key in ("acting", "described", "called", "employer", "headed"):
        for match in patterns()[key].finditer(passage.text):
            places = {hit.start: hit.end for hit in hits(passage)} if places is None else places
            start, end = match.span("name")
            end -= len(passage.text[start:end]) - len(_POSSESSIVE.sub("", passage.text[start:end]))
            name = passage.text[start:end]
            is_place = places.get(start, start) >= end
            if not (is_place or _is_person(passage.text, start, end) or _is_common(name)):
                yield start, end


def _formed_spans(text: str) -> Iterator[tuple[int, int]]:
    for key in ("formed", "formed_commonly"):
        for match in patterns()[key].finditer(text):
            start, end = _without_person(text, *match.span()), match.end()
            in_headline = key == "formed_commonly" and _is_in_headline(text, start, end)
            if not in_headline and not _is_common(text[start:end]):
                yield start, end


def _is_in_headline(text: str, start: int, end: int) -> bool:
    """Whether nearly all long words around a name have a capital: ``Robbers Flee From Savings Bank``."""
    around = f"{text[max(0, start - HEADLINE_REACH) : start]} {text[end : end + HEADLINE_REACH]}"
    words: list[str] = _LONG_WORD.findall(around)
    return sum(word[0].isupper() for word in words) > HEADLINE_SHARE * max(len(words), 1)


def _is_common(name: str) -> bool:
    """Whether nothing of a name is its own: ``Local Media``."""
    words = name.split()
    return all(word in _listed("common") for word in words[:-1] or words)


def _without_person(text: str, start: int, end: int) -> int:
    """Return where a name begins that stands behind its owner's: ``Andy Example of Orlin Software``."""
    owner, of, _ = text[start:end].rpartition(" of ")
    last = owner.rpartition(" ")[2]
    return start + len(owner + of) if " " in owner and last not in _listed("of_names") else start


def _is_person(text: str, start: int, end: int) -> bool:
    first = text[start:end].partition(" ")[0]
    return bears_name(text, start) or is_first_name(first) or first in _listed("titles")


@cache
def _listed(listing: str) -> frozenset[str]:
    return frozenset(load("organisation_words")[listing])


def _first(rules: dict[str, list[str]]) -> str:
    """Return the pattern of a name's first word."""
    based = rf"(?![A-Z][\w’'-]{{1,20}}-(?:{'|'.join(rules['of_a_place'])})\b)"
    return rf"{based}(?!(?:{'|'.join(rules['not_first'])})\b){WORD}"


@cache
def patterns() -> dict[str, re.Pattern[str]]:
    """Return the patterns of names with words of an organisation, and of names that a text explains."""
    rules = load("organisation_words")
    return {**_formed(rules), **_explained(rules)}


def _formed(rules: dict[str, list[str]]) -> dict[str, re.Pattern[str]]:
    first = _first(rules)
    ending, common, goes_on, beginning, foreign, whole, wide, acting, legal = (
        "|".join(rules[name])
        for name in (
            "endings",
            "common_endings",
            "goes_on",
            "beginnings",
            "foreign_beginnings",
            "wholes",
            "with_and",
            "acting_endings",
            "legal",
        )
    )
    generic = rf"(?!(?:{'|'.join(rules['generic'])})(?!\w))"
    name = rf"{generic}{first}(?: (?:of |upon )?{WORD}){{0,3}}?"
    acts = "|".join(rules["acts"])
    return {
        "formed": re.compile(
            rf"\b(?:{name} (?:{ending})(?: (?:{legal}))?"
            rf"|(?:{wide}) (?:the )?{PLAIN}(?: (?:and )?{PLAIN}){{0,2}}"
            rf"|(?:{beginning}) (?:the )?{PLAIN}(?: {PLAIN}){{0,2}}"
            rf"|(?:{whole})"
            rf"|(?:{foreign}) {_SMALL}?{PLAIN}(?: {_SMALL}?{PLAIN}){{0,2}})(?!\w)"
        ),
        "formed_commonly": re.compile(rf"\b{name} (?:{common})(?: (?:{legal}))?(?!\w)(?! (?:{goes_on})\b)"),
        "acting": re.compile(
            rf"\b(?P<name>{name} (?:{acting}))(?=(?:['’]s)?,? (?:{acts})\b|, \d{{1,2}} [A-Z])"
        ),
        "speaks": re.compile(rf"^(?P<name>{name} (?:{ending}|{common}|{acting}))(?=: )"),
    }


def _explained(rules: dict[str, list[str]]) -> dict[str, re.Pattern[str]]:
    first = _first(rules)
    firms, sectors, companies, dealings, staff, heads, heads_of, not_firms = (
        "|".join(rules[name])
        for name in (
            "firms",
            "sectors",
            "companies",
            "dealings",
            "staff",
            "heads",
            "heads_of",
            "not_firms",
        )
    )
    aside = r"(?:(?!(?:of|at|for|with|who|from|in|by|to|and)\b)[\w-]{1,20} ){0,4}"
    grounds = "airport|station|school|prison|campus|church|university|hospital|street"
    end = rf"(?![\w-])(?! (?:[A-Z&]|(?:{grounds})\b))"
    whole = (
        rf"(?P<name>(?!(?:{not_firms})\b){first}(?: (?!(?:{not_firms})\b){WORD}){{0,2}}"
        rf"(?: (?:and (?:Associates|Partners|Sons|Co)|& {WORD}))?)"
    )
    return {
        "described": re.compile(
            r"(?<![Ii]n )(?<![Oo]n )(?<!from )(?<!at )(?<!near )(?<!of )(?<!, )"
            rf"\b(?P<name>{first}(?: {WORD}){{0,2}}), (?:an?|the) {aside}(?:{firms})"
            r"(?=[,.;]| (?:in|based|that|which|near|from)\b)"
        ),
        "called": re.compile(
            rf"(?<!\ba )(?<!\bA )(?<!\bany )(?<!\bno )\b(?:(?:{companies})|(?:{sectors}) group) {whole}{end}"
            rf"(?!,? (?:{dealings})\b)"
        ),
        "employer": re.compile(rf"\b(?:(?:{staff}) at|(?:{heads_of}) (?:of|in|at)) {whole}{end}"),
        "headed": re.compile(rf"\b{whole}(?:['’]s)? (?:{heads})\b"),
    }
