"""The best passage of a text for a query's words, and what to mark in it. Pure: the analyser is handed in."""

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from index.search.query import Passage, Span

LONGEST_PASSAGE = 300
LONGEST_TEXT = 20_000
"""Characters of one text that are looked through; what lies beyond is searched but not shown."""
MOST_MARKS = 100
"""Matches that a window is tried at."""

_SENTENCE_END = re.compile(r"[.!?…。！？]['\"”’)\]]*(?=\s|$)|\n{2,}")
_SPACE = re.compile(r"\s")


@dataclass(frozen=True)
class Token:
    """A word as the index knows it, and where it stands in the text."""

    text: str
    start: int
    end: int


Tokenise = Callable[[str], list[Token]]


Run = tuple[str, ...]
"""One wanted word, or a phrase, as tokens."""
Texts = Sequence[tuple[str, str, str]]
"""Reports as (id, title, text)."""


def marks(text: str, wanted: Collection[Run], tokenise: Tokenise) -> list[tuple[Span, Run]]:
    """Return where each wanted run stands in the text, in order, with the run; overlaps left out."""
    if not wanted or not text:
        return []
    tokens = tokenise(text)
    by_first: dict[str, list[Run]] = {}
    for run in sorted(wanted, key=len, reverse=True):
        by_first.setdefault(run[0], []).append(run)
    found: list[tuple[Span, Run]] = []
    for index, token in enumerate(tokens):
        if found and token.start < found[-1][0].end:
            continue
        for run in by_first.get(token.text, ()):
            stretch = tokens[index : index + len(run)]
            if tuple(one.text for one in stretch) == run:
                found.append((Span(start=token.start, end=stretch[-1].end), run))
                break
    return found


def best_passage(
    texts: Texts, wanted: Collection[Run], tokenise: Tokenise
) -> tuple[Passage | None, frozenset[Run]]:
    """Return the passage with most of the wanted words, and all wanted words found in any of the texts.

    A passage is a slice of one text, at most ``LONGEST_PASSAGE`` characters, whole sentences where they fit.
    Earlier texts and earlier places win ties. Without a match it is the first text's lead.
    """
    best: tuple[int, Passage] | None = None
    found: set[Run] = set()
    for report, _, whole in texts:
        text = whole[:LONGEST_TEXT]
        marked = marks(text, wanted, tokenise)
        found.update(run for _, run in marked)
        if marked and (best is None or len({run for _, run in marked}) > best[0]):
            worth, start, end = _best_window(text, marked)
            if best is None or worth > best[0]:
                best = worth, _passage(report, text, start, end, marked)
    if best is not None:
        return best[1], frozenset(found)
    return lead(texts), frozenset(found)


def lead(texts: Texts) -> Passage | None:
    """Return the first sentences of the first text that has any."""
    for report, _, whole in texts:
        text = whole[: 4 * LONGEST_PASSAGE]
        if text.strip():
            start = len(text) - len(text.lstrip())
            return _passage(report, text, start, _end(text, start, start, _sentences(text)), [])
    return None


def _best_window(text: str, marked: list[tuple[Span, Run]]) -> tuple[int, int, int]:
    """Return the number of different runs in the best window, and where it starts and ends."""
    bounds = _sentences(text)
    windows = []
    for span, _ in marked[:MOST_MARKS]:
        start = _start(text, span, bounds)
        end = _end(text, start, span.end, bounds)
        inside = [run for other, run in marked if start <= other.start and other.end <= end]
        windows.append((len(set(inside)), len(inside), -start, end))
    worth, _, start, end = max(windows)
    return worth, -start, end


def _sentences(text: str) -> list[int]:
    """Return where sentences end."""
    return [match.end() for match in _SENTENCE_END.finditer(text)]


def _start(text: str, span: Span, bounds: list[int]) -> int:
    before = bisect_right(bounds, span.start)
    start = bounds[before - 1] if before else 0
    if span.end - start > LONGEST_PASSAGE:
        start = max(span.start - LONGEST_PASSAGE // 3, 0)
        space = _SPACE.search(text, start, span.start)
        start = space.end() if space else span.start
    while start < span.start and text[start].isspace():
        start += 1
    return start


def _end(text: str, start: int, at_least: int, bounds: list[int]) -> int:
    latest = start + LONGEST_PASSAGE
    if latest >= len(text):
        return len(text)
    before = bisect_right(bounds, latest)
    if before and bounds[before - 1] > max(at_least - 1, start):
        return bounds[before - 1]
    space = max(text.rfind(" ", start, latest + 1), text.rfind("\n", start, latest + 1))
    return space if space >= max(at_least, start + 1) else latest


def _passage(report: str, text: str, start: int, end: int, marked: list[tuple[Span, Run]]) -> Passage:
    piece = text[start:end].rstrip()
    spans = (
        Span(start=span.start - start, end=span.end - start)
        for span, _ in marked
        if start <= span.start and span.end <= start + len(piece)
    )
    return Passage(report=report, text=piece, spans=tuple(spans))
