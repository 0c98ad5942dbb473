"""Round-ups: articles that report several incidents, and the passages that report each.

To divide an article that tells one incident does more harm than to leave a round-up whole, so all of this has
to hold: the article is built as a list or says that it passes to another case; every passage has names,
places, sums or days of its own; and no passage is most of the article.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import combinations, pairwise

from enrichment.extraction.passage import SENTENCE_END
from enrichment.extraction.phrases import load
from enrichment.grouping.profile import Groupable, profile
from enrichment.records import PART, Fact, Subject, of_passage, unit_id

Span = tuple[int, int]

LEAST_PASSAGES = 3
"""The least number of passages; two suffice where the headline announces several incidents."""
LEAST_CHARACTERS = 60
"""The least length of a passage."""
LARGEST_SHARE = 0.7
"""The share of the article that one passage may have: more is one story with asides."""
READ_CHARACTERS = 30_000
_ITEM = re.compile(r"^\s*(?:[-*•‣–—]|\(?\d{1,2}[.):]|#{1,4}\s)\s*(?=\S)")
_DATELINE = re.compile(
    r"(?:[-*•‣–—]|\(?\d{1,2}[.):]|#{1,4}\s)?\s*(?P<place>[A-Z][\w’'-]{1,20}(?:\s[A-Z][\w’'-]{1,20}){0,2})"
    r"(?:,\s[^\n–—-]{1,30})?(?:[.:]|\s[-–—])\s"
)
_LARGEST_OVERLAP = 0.34
"""The share of the lesser passage's names that two passages may have in common: a force, a platform."""
_MANY_NAMES = 3
"""Names that are enough where neither sums nor places nor days can be compared."""
_OF_ONE = ("loss", "equivalent", "range", "upper")
"""Roles of the sums of one event."""
_SCORE, _ANNOUNCED = 0.6, 0.75


def events(title: str, text: str, facts: Sequence[Fact]) -> list[Fact]:
    """Return one fact with the passages that each tell an incident of their own, or none.

    Its value is ``start-end`` of every passage, its span is the first: together they can be the whole text.
    """
    announced = any(phrase in title.lower() for phrase in load("roundup")["titles"])
    read = text[:READ_CHARACTERS]
    layouts = (_items(read), _turns(read), _paragraphs(read) if announced else [])
    telling = (_telling(text, spans, facts) for spans in layouts)
    spans = next(
        (
            spans
            for spans in telling
            if len(spans) >= (2 if announced else LEAST_PASSAGES) and _tell_apart(text, spans, facts)
        ),
        [],
    )
    if not spans:
        return []
    start, end = spans[0]
    return [
        Fact(
            subject=Subject.EVENTS,
            value=" ".join(f"{first}-{last}" for first, last in spans),
            score=_ANNOUNCED if announced else _SCORE,
            start=start,
            end=end,
            quote=text[start:end],
        )
    ]


def of_no_single_event(facts: Sequence[Fact], events: Sequence[Fact]) -> list[Fact]:
    """Return the facts of a report; where it has ``events``, no sum is the loss of the whole or restates it.

    What one of its incidents cost gets the role ``part``: the sum called the loss, or a passage's only one.
    """
    if not events:
        return list(facts)
    sums = [fact for fact in facts if fact.subject is Subject.LOSS]
    inside = [[fact for fact in sums if _inside(fact, *span)] for span in passages(events)]
    alone = [found[0] for found in inside if len(found) == 1]
    return [_of_no_whole(fact, part=fact.role == "loss" or fact in alone) for fact in facts]


def _of_no_whole(fact: Fact, *, part: bool) -> Fact:
    if fact.subject is not Subject.LOSS or fact.role not in (*_OF_ONE, ""):
        return fact
    return fact.model_copy(update={"role": PART if part else ""})


def passages(findings: Sequence[Fact]) -> tuple[Span, ...]:
    """Return the passages that these findings say tell incidents of their own; none where none does."""
    for finding in findings:
        if finding.subject is Subject.EVENTS:
            pairs = (part.split("-") for part in finding.value.split())
            return tuple((int(start), int(end)) for start, end in pairs)
    return ()


def units(item: Groupable, spans: Sequence[Span]) -> list[Groupable]:
    """Return each passage as a report named ``<report>#<start>-<end>``, with its own findings."""
    return [
        replace(
            item,
            report=unit_id(item.report, start, end),
            title="",
            text=item.text[start:end],
            refs=(),
            findings=tuple(of_passage(finding) for finding in item.findings if _inside(finding, start, end)),
            vector=None,
        )
        for start, end in spans
    ]


def _inside(fact: Fact, start: int, end: int) -> bool:
    if fact.subject is Subject.EVENTS or fact.field != "text" or fact.start is None or fact.end is None:
        return False
    return start <= fact.start and fact.end <= end


def _items(text: str) -> list[Span]:
    """Return the items of a list: lines with a bullet, a number or a heading's mark, each to the next."""
    lines = _lines(text)
    starts = [start for start, end in lines if _ITEM.match(text[start:end])]
    if len(starts) < 2:
        return []
    return _trimmed(text, [*pairwise(starts), (starts[-1], _end_of_paragraph(starts[-1], lines, len(text)))])


def _end_of_paragraph(start: int, lines: Sequence[Span], end: int) -> int:
    return next((last for first, last in lines if first == start), end)


def _turns(text: str) -> list[Span]:
    """Cut the text where a sentence passes to another case."""
    begins = [0, *(match.end() for match in SENTENCE_END.finditer(text))]
    turns = [begin for begin in begins[1:] if _openings().match(text[begin : begin + 60].lower())]
    return _trimmed(text, list(pairwise([0, *turns, len(text)]))) if turns else []


def _paragraphs(text: str) -> list[Span]:
    return [span for span in _trimmed(text, _lines(text)) if span[1] - span[0] >= LEAST_CHARACTERS]


@cache
def _openings() -> re.Pattern[str]:
    phrases = sorted(load("roundup")["openings"], key=len, reverse=True)
    return re.compile(rf"\s*(?:{'|'.join(re.escape(phrase) for phrase in phrases)})(?!\w)")


def _lines(text: str) -> list[Span]:
    return [match.span() for match in re.finditer(r"[^\n]+", text) if match[0].strip()]


def _trimmed(text: str, spans: Sequence[Span]) -> list[Span]:
    trimmed = []
    for start, end in spans:
        part = text[start:end]
        begin = start + len(part) - len(part.lstrip())
        trimmed.append((begin, max(begin, start + len(part.rstrip()))))
    return trimmed


def _telling(text: str, spans: Sequence[Span], facts: Sequence[Fact]) -> list[Span]:
    """Drop the passages at either end that report no event: a greeting, a quiz, an advert."""
    tells = [_pins_down(_anchors(text, span, facts)) for span in spans]
    if True not in tells:
        return []
    return list(spans[tells.index(True) : len(tells) - tells[::-1].index(True)])


def _pins_down(anchors: Mapping[str, set[str]]) -> bool:
    """Whether anchors are enough to tell one event: two kinds of them, or many names."""
    return len(anchors) >= 2 or len(anchors.get("name", ())) >= _MANY_NAMES


def _tell_apart(text: str, spans: Sequence[Span], facts: Sequence[Fact]) -> bool:
    """Whether every passage has facts of its own, unlike those of every other."""
    lengths = [end - start for start, end in spans]
    if min(lengths) < LEAST_CHARACTERS or max(lengths) > LARGEST_SHARE * sum(lengths):
        return False
    anchors = [_anchors(text, span, facts) for span in spans]
    return all(map(_pins_down, anchors)) and all(
        _differ(one, other) for one, other in combinations(anchors, 2)
    )


def _anchors(text: str, span: Span, facts: Sequence[Fact]) -> dict[str, set[str]]:
    """Return the names, sums, places and dates of a passage by kind, without empty kinds."""
    start, end = span
    inside = [fact for fact in facts if _inside(fact, start, end)]
    alone = profile(Groupable("", "", text[start:end], None, (), (), None))
    kinds = {
        "name": {word for word in alone.words if not word[0].isdigit()} | _dateline(text[start:end]),
        "sum": {fact.value for fact in inside if fact.subject is Subject.LOSS},
        "place": {fact.value for fact in inside if fact.subject is Subject.COUNTRY},
        "date": {fact.value for fact in inside if fact.subject is Subject.DATE},
    }
    return {kind: found for kind, found in kinds.items() if found}


def _dateline(passage: str) -> set[str]:
    """Return the words of the place at the head of a passage, as in ``OSLO, May 3 -`` or ``Oslo.``"""
    opening = _DATELINE.match(passage)
    return set(opening["place"].lower().split()) if opening else set()


def _differ(one: dict[str, set[str]], other: dict[str, set[str]]) -> bool:
    """Whether two passages have other names, and another sum, place or day or many names."""
    mine, theirs = one.get("name", set()), other.get("name", set())
    lesser = min(len(mine), len(theirs))
    if not lesser or len(mine & theirs) > _LARGEST_OVERLAP * lesser:
        return False
    others = [kind for kind in ("sum", "place", "date") if kind in one and kind in other]
    if any(not one[kind] & other[kind] for kind in others):
        return True
    return lesser >= _MANY_NAMES and not mine & theirs
