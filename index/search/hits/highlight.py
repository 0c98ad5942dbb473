"""Best passage of a text for a query, with the spans to highlight. Pure."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from index.search.hits.marking import Mark, TermMatcher
from index.search.query import Passage, Span
from index.search.tree import Leaf

LONGEST_PASSAGE = 300
REACH = LONGEST_PASSAGE + 20
"""Characters around a match in which sentence ends are searched, quotation marks included."""
LONGEST_TEXT = 20_000
"""Limit on the characters of one text that are scanned for a passage; the index holds all of it."""
MOST_MARKS = 100
"""Limit on the matches at which a window is tried."""

# One class first, and what may follow it after: so the text is skimmed for a few characters.
_SENTENCE_END = re.compile(r"[.!?…。！？\n](?:(?<=\n)\n+|(?<!\n)['\"”’)\]]*(?=\s|$))")
_SPACE = re.compile(r"\s")
_LAST_WORD = re.compile(r"[^\W\d_]*$")
LONGEST_ABBREVIATION = 12
"""Characters before a full stop that may be an abbreviation."""

Texts = Sequence[tuple[str, str, str]]
"""Reports as (id, title, text)."""


def best_passage(texts: Texts, matcher: TermMatcher) -> tuple[Passage | None, frozenset[Leaf]]:
    """Return the passage that matches most terms, and all leaves that any text matches.

    A passage is a slice of one text, at most ``LONGEST_PASSAGE`` characters, whole sentences where they
    fit. Earlier texts and earlier places win ties. Without a match it is the first text's lead.
    """
    best: tuple[int, Passage] | None = None
    found: set[Leaf] = set()
    for report, _, whole in texts:
        text = whole[:LONGEST_TEXT]
        marked = matcher.marks(text)
        found |= {mark.leaf for mark in marked}
        if marked and (best is None or len({mark.term for mark in marked}) > best[0]):
            worth, start, end = _best_window(text, marked)
            if best is None or worth > best[0]:
                best = worth, _passage(report, text, start, end, marked)
            if best[0] == len(matcher.terms) and matcher.terms <= found:
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
    """Return the spans of marks, relative to ``start``."""
    return tuple(Span(start=mark.start - start, end=mark.end - start) for mark in marks)


def _best_window(text: str, marked: Sequence[Mark]) -> tuple[int, int, int]:
    """Return the best window as (number of distinct terms, start, end)."""
    tried = marked[:MOST_MARKS]
    sentences = _Sentences(text, tried[0].start, tried[-1].end)
    windows = []
    for mark in tried:
        start = _start(text, mark, sentences)
        end = _end(text, start, mark.end, sentences)
        inside = _within(marked, start, end)
        windows.append((len({other.term for other in inside}), len(inside), -start, end))
    worth, _, start, end = max(windows)
    return worth, -start, end


def _within(marked: Sequence[Mark], start: int, end: int) -> Sequence[Mark]:
    """Return the marks that lie wholly between two positions; marks are in order without overlaps."""
    first = bisect_left(marked, start, key=lambda mark: mark.start)
    return marked[first : bisect_right(marked, end, key=lambda mark: mark.end)]


class _Sentences:
    """Sentence ends of a text near the stretch between two positions."""

    def __init__(self, text: str, first: int, last: int) -> None:
        self._text = text
        self._ends = list(_SENTENCE_END.finditer(text, max(0, first - REACH), last + REACH))
        self._places = [match.end() for match in self._ends]
        self._abbreviated: dict[int, bool] = {}

    def last_end(self, place: int) -> int:
        """Return the last sentence end up to a position; 0 if there is none."""
        for number in range(bisect_right(self._places, place) - 1, -1, -1):
            if number not in self._abbreviated:  # few of the ends are ever asked for
                self._abbreviated[number] = _abbreviated(self._text, self._ends[number])
            if not self._abbreviated[number]:
                return self._places[number]
        return 0


def _abbreviated(text: str, end: re.Match[str]) -> bool:
    """Whether a full stop ends an abbreviation or initial, or a small letter follows it."""
    following = text[end.end() : end.end() + 2].strip()
    if end[0] != "." or not following:
        return False
    before = _LAST_WORD.search(text[max(0, end.start() - LONGEST_ABBREVIATION) : end.start()])
    word = before[0] if before else ""
    return following[0].islower() or len(word) == 1 or word.lower() in _abbreviations()


@cache
def _abbreviations() -> frozenset[str]:
    """Return abbreviations that do not end a sentence, such as ``Gov.`` before a name."""
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
