"""The best passage of a text for a query's words, with what to mark in it. Pure."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from index.search.hits.marking import Mark, Sought
from index.search.query import Passage, Span
from index.search.tree import Leaf

LONGEST_PASSAGE = 300
REACH = LONGEST_PASSAGE + 20
"""Characters around a match within which sentences are looked for, with some for quotation marks."""
LONGEST_TEXT = 20_000
"""Characters of one text that are looked through; what lies beyond is searched but not shown."""
MOST_MARKS = 100
"""Matches that a window is tried at."""

# One class first, and what may follow it after: so the text is skimmed for a few characters.
_SENTENCE_END = re.compile(r"[.!?…。！？\n](?:(?<=\n)\n+|(?<!\n)['\"”’)\]]*(?=\s|$))")
_SPACE = re.compile(r"\s")
_LAST_WORD = re.compile(r"[^\W\d_]*$")
LONGEST_ABBREVIATION = 12
"""Characters before a full stop that are looked at."""

Texts = Sequence[tuple[str, str, str]]
"""Reports as (id, title, text)."""


def best_passage(texts: Texts, sought: Sought) -> tuple[Passage | None, frozenset[Leaf]]:
    """Return the passage matching most of what is sought, and all of that which any text has.

    A passage is a slice of one text, at most ``LONGEST_PASSAGE`` characters, whole sentences where they
    fit. Earlier texts and earlier places win ties. Without a match it is the first text's lead.
    """
    best: tuple[int, Passage] | None = None
    found: set[Leaf] = set()
    for report, _, whole in texts:
        text = whole[:LONGEST_TEXT]
        marked = sought.marks(text)
        found |= {mark.leaf for mark in marked}
        if marked and (best is None or len({mark.thing for mark in marked}) > best[0]):
            worth, start, end = _best_window(text, marked)
            if best is None or worth > best[0]:
                best = worth, _passage(report, text, start, end, marked)
            if best[0] == len(sought.things) and sought.things <= found:
                break  # no later text can be better, nor add to what is found
    return (best[1] if best else lead(texts)), frozenset(found)


def lead(texts: Texts) -> Passage | None:
    """Return the first sentences of the first text that has any."""
    for report, _, whole in texts:
        text = whole[: 4 * LONGEST_PASSAGE]
        if text.strip():
            start = len(text) - len(text.lstrip())
            return _passage(report, text, start, _end(text, start, start, _Sentences(text, start, start)), [])
    return None


def spans(marks: Sequence[Mark], start: int = 0) -> tuple[Span, ...]:
    """Return where marks are in what begins at ``start``."""
    return tuple(Span(start=mark.start - start, end=mark.end - start) for mark in marks)


def _best_window(text: str, marked: Sequence[Mark]) -> tuple[int, int, int]:
    """Return the number of different things in the best window, and where it starts and ends."""
    tried = marked[:MOST_MARKS]
    sentences = _Sentences(text, tried[0].start, tried[-1].end)
    windows = []
    for mark in tried:
        start = _start(text, mark, sentences)
        end = _end(text, start, mark.end, sentences)
        inside = _within(marked, start, end)
        windows.append((len({other.thing for other in inside}), len(inside), -start, end))
    worth, _, start, end = max(windows)
    return worth, -start, end


def _within(marked: Sequence[Mark], start: int, end: int) -> Sequence[Mark]:
    """Return the marks, in order and without overlaps, that are whole between two places."""
    first = bisect_left(marked, start, key=lambda mark: mark.start)
    return marked[first : bisect_right(marked, end, key=lambda mark: mark.end)]


class _Sentences:
    """Where sentences end that a passage with something between two places of a text may meet."""

    def __init__(self, text: str, first: int, last: int) -> None:
        self._text = text
        self._ends = list(_SENTENCE_END.finditer(text, max(0, first - REACH), last + REACH))
        self._places = [match.end() for match in self._ends]
        self._abbreviated: dict[int, bool] = {}

    def last_end(self, place: int) -> int:
        """Return where the last sentence ends up to a place; 0 where none does."""
        for number in range(bisect_right(self._places, place) - 1, -1, -1):
            if number not in self._abbreviated:  # few of the ends are ever asked for
                self._abbreviated[number] = _abbreviated(self._text, self._ends[number])
            if not self._abbreviated[number]:
                return self._places[number]
        return 0


def _abbreviated(text: str, end: re.Match[str]) -> bool:
    """Return whether a full stop ends a mere abbreviation or initial, or a small letter follows it."""
    following = text[end.end() : end.end() + 2].strip()
    if end[0] != "." or not following:
        return False
    before = _LAST_WORD.search(text[max(0, end.start() - LONGEST_ABBREVIATION) : end.start()])
    word = before[0] if before else ""
    return following[0].islower() or len(word) == 1 or word.lower() in _abbreviations()


@cache
def _abbreviations() -> frozenset[str]:
    """Return abbreviations after which a sentence goes on, such as ``Gov.`` before a name."""
    return frozenset(files("index.search.hits").joinpath("abbreviations.txt").read_text("utf-8").split())


def _start(text: str, mark: Mark, sentences: _Sentences) -> int:
    start = sentences.last_end(mark.start)
    if mark.end - start > LONGEST_PASSAGE:
        start = max(mark.start - LONGEST_PASSAGE // 3, 0)
        space = _SPACE.search(text, start, mark.start)
        start = space.end() if space else mark.start
    while start < mark.start and text[start].isspace():
        start += 1
    return start


def _end(text: str, start: int, at_least: int, sentences: _Sentences) -> int:
    latest = start + LONGEST_PASSAGE
    if latest >= len(text):
        return len(text)
    if (end := sentences.last_end(latest)) > max(at_least - 1, start):
        return end
    space = max(text.rfind(" ", start, latest + 1), text.rfind("\n", start, latest + 1))
    return space if space >= max(at_least, start + 1) else latest


def _passage(report: str, text: str, start: int, end: int, marked: Sequence[Mark]) -> Passage:
    piece = text[start:end].rstrip()
    inside = _within(marked, start, start + len(piece))
    return Passage(report=report, text=piece, spans=spans(inside, start), start=start)
