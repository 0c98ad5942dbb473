"""The best passage of a text for a query's words, and what to mark in it. Pure: the analyser is handed in."""

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from rapidfuzz import process
from rapidfuzz.distance import OSA

from index.search.folding import folded
from index.search.query import Passage, Span
from index.search.spelling import pairs
from index.search.tree import Fuzzy, Leaf, Prefix, Words

LONGEST_PASSAGE = 300
LONGEST_TEXT = 20_000
"""Characters of one text that are looked through; what lies beyond is searched but not shown."""
MOST_MARKS = 100
"""Matches that a window is tried at."""

KEPT_WORDS = 50_000
KEPT_QUERIES = 16
REACH = 100
"""Characters per token within which a phrase must go on."""

# In Latin script the index's words are surely runs of Python's word characters.
_LATIN = re.compile(r"[\x00-\u024f\u2000-\u206f\u20a0-\u20bf]*")
_WORD = re.compile(r"[^\W_]+")
# One class first, and what may follow it after: so the text is skimmed for a few characters.
_SENTENCE_END = re.compile(r"[.!?…。！？\n](?:(?<=\n)\n+|(?<!\n)['\"”’)\]]*(?=\s|$))")
_SPACE = re.compile(r"\s")


@dataclass(frozen=True)
class Token:
    """A word as the index knows it, and where it stands in the text."""

    text: str
    start: int
    end: int


Tokenise = Callable[[str], list[Token]]


Texts = Sequence[tuple[str, str, str]]
"""Reports as (id, title, text)."""


class _Sought:
    """Things to mark, made ready once for all the texts they are marked in."""

    def __init__(self, wanted: Sequence[Leaf], token: Callable[[str], str]) -> None:
        self.written = tuple(leaf for leaf in wanted if not isinstance(leaf, Words))
        self.by_first: dict[str, list[Leaf]] = {}
        words = [leaf for leaf in wanted if isinstance(leaf, Words)]
        for leaf in sorted(words, key=lambda leaf: -len(leaf.tokens)):
            for first in leaf.tokens if leaf.slop else leaf.tokens[:1]:
                self.by_first.setdefault(first, []).append(leaf)
        self._fuzzy = any(isinstance(leaf, Fuzzy) for leaf in self.written)
        self._words = _WORD if self._fuzzy else self._pattern()
        self._token = token
        self._known: dict[str, tuple[Leaf, ...]] = {}

    def _pattern(self) -> re.Pattern[str]:
        """Return what finds the words in Latin script that may begin one of the things."""
        letters = {first[0] for first in self.by_first}
        return _starting("".join(sorted(letters.union(leaf.text[0] for leaf in self.written))))

    def beginnings(self, text: str) -> Iterator[tuple[Token, tuple[Leaf, ...]]]:
        """Yield the words of a text in Latin script that may begin one of the things."""
        if self._fuzzy:  # near words may begin with any letter, and few of a text's words are near
            yield from self._nearby(text)
            return
        for match in self._words.finditer(text):
            if leaves := self._begun(match[0]):
                yield Token(match[0], match.start(), match.end()), leaves

    def _nearby(self, text: str) -> list[tuple[Token, tuple[Leaf, ...]]]:
        forms = set(_WORD.findall(text))
        told = [(form, self._known.get(form)) for form in forms]
        learned = self._learned([form for form, leaves in told if leaves is None])
        placed = [
            (Token(form, start, start + len(form)), leaves)
            for form, leaves in (*told, *learned.items())
            if leaves
            for start in _places(text, form)
        ]
        return sorted(placed, key=lambda one: one[0].start)

    def _begun(self, form: str) -> tuple[Leaf, ...]:
        """Return the things that a word in Latin script, as it is written, may begin."""
        leaves = self._known.get(form)
        return self._learned([form])[form] if leaves is None else leaves

    def _learned(self, forms: Collection[str]) -> dict[str, tuple[Leaf, ...]]:
        """Return what these words may begin, and keep it; near words are compared all at once."""
        begun: dict[str, tuple[Leaf, ...]] = dict.fromkeys(forms, ())
        if self.by_first:
            begun = {form: tuple(self.by_first.get(self._token(form), ())) for form in forms}
        for form, near in _near(forms, self.written).items():
            begun[form] += tuple(near)
        if len(self._known) < KEPT_WORDS:
            self._known |= begun
        return begun


class Highlighter:
    """Marks words as the index knows them; what ``tokenise``, its analyser, makes of a word is kept."""

    def __init__(self, tokenise: Tokenise) -> None:
        self._tokenise = tokenise
        self._token = lru_cache(KEPT_WORDS)(lambda word: "".join(token.text for token in tokenise(word)))
        self._sought = lru_cache(KEPT_QUERIES)(lambda wanted: _Sought(wanted, self._token))

    def marks(self, text: str, wanted: Collection[Leaf]) -> list[tuple[Span, Leaf]]:
        """Return where each wanted thing stands in the text, in order, with the thing; overlaps left out."""
        found: list[tuple[Span, Leaf]] = []
        reached = 0
        for token, leaves in self._candidates(text, self._sought(tuple(wanted))) if wanted else ():
            if token.start >= reached:
                found += self._longest(text, token, leaves)
                reached = found[-1][0].end if found else 0
        return found

    def _candidates(self, text: str, sought: _Sought) -> Iterator[tuple[Token, Sequence[Leaf]]]:
        """Yield the tokens that may begin a wanted thing; in Latin script by the few forms they take here."""
        if not _LATIN.fullmatch(text):
            for token in self._tokenise(text):
                near = _near([form := text[token.start : token.end]], sought.written).get(form, [])
                if leaves := sought.by_first.get(token.text, []) + near:
                    yield token, leaves
            return
        yield from sought.beginnings(text)

    def _longest(self, text: str, first: Token, leaves: Sequence[Leaf]) -> list[tuple[Span, Leaf]]:
        """Return the first of the wanted things, longest first, that goes on from this token."""
        for leaf in leaves:
            if not isinstance(leaf, Words) or len(leaf.tokens) == 1:
                return [(Span(start=first.start, end=first.end), leaf)]
            length = len(leaf.tokens) + leaf.slop
            stretch = self._stretch(text[first.start : first.start + REACH * length], length)
            if (end := _end_of(leaf, stretch)) is not None:
                return [(Span(start=first.start, end=first.start + end), leaf)]
        return []

    def _stretch(self, text: str, length: int) -> list[Token]:
        """Return so many tokens from the beginning of a text; those of words in Latin script are kept."""
        if not _LATIN.fullmatch(text):
            return self._tokenise(text)[:length]
        words = (Token(self._token(match[0]), match.start(), match.end()) for match in _WORD.finditer(text))
        return list(islice((token for token in words if token.text), length))

    def best_passage(self, texts: Texts, wanted: Collection[Leaf]) -> tuple[Passage | None, frozenset[Leaf]]:
        """Return the passage with most of the wanted words, and all wanted words found in any of the texts.

        A passage is a slice of one text, at most ``LONGEST_PASSAGE`` characters, whole sentences where they
        fit. Earlier texts and earlier places win ties. Without a match it is the first text's lead.
        """
        wanted = [leaf for leaf in wanted if not leaf.title]
        best: tuple[int, Passage] | None = None
        found: set[Leaf] = set()
        for report, _, whole in texts:
            text = whole[:LONGEST_TEXT]
            marked = self.marks(text, wanted)
            found.update(leaf for _, leaf in marked)
            if marked and (best is None or len({leaf for _, leaf in marked}) > best[0]):
                worth, start, end = _best_window(text, marked)
                if best is None or worth > best[0]:
                    best = worth, _passage(report, text, start, end, marked)
        return (best[1] if best else lead(texts)), frozenset(found)


@lru_cache(KEPT_WORDS)
def _starting(letters: str) -> re.Pattern[str]:
    """Return what finds the words that one of these letters may begin once they are folded and respelt."""
    plain = set(letters)
    plain |= {british[0] for british, other in pairs().items() if other[0] in plain}
    either = "".join(re.escape(letter + letter.upper()) for letter in sorted(plain) if letter.isascii())
    # The letters come first, so that all else is skimmed; then that this is a word, and its beginning.
    return re.compile(rf"[{either}\x80-\uffff](?<=[^\W_])(?<![^\W_][^\W_])[^\W_]*")


def _near(forms: Collection[str], written: Sequence[Prefix | Fuzzy]) -> dict[str, list[Leaf]]:
    """Return the beginnings and near words that any of these words, as they are written, are found by."""
    found: dict[str, list[Leaf]] = {}
    if not written:
        return found
    plain = {form: form.lower() if form.isascii() else "".join(folded(form)) for form in forms}
    for leaf in written:
        for form in _found_by(leaf, plain):
            found.setdefault(form, []).append(leaf)
    return found


def _found_by(leaf: Prefix | Fuzzy, plain: Mapping[str, str]) -> list[str]:
    if isinstance(leaf, Prefix):
        return [form for form, word in plain.items() if word.startswith(leaf.text)]
    near = process.extract(leaf.text, plain, scorer=OSA.distance, score_cutoff=leaf.edits, limit=None)
    return [form for _, _, form in near]


def _places(text: str, form: str) -> Iterator[int]:
    """Yield where a word stands in a text as a whole word."""
    start = text.find(form)
    while start >= 0:
        end = start + len(form)
        if not (text[end : end + 1].isalnum() or (start and text[start - 1].isalnum())):
            yield start
        start = text.find(form, end)


def _end_of(phrase: Words, stretch: Sequence[Token]) -> int | None:
    """Return where a phrase ends that begins with the first of these tokens; with slop, in any order."""
    if not phrase.slop:
        whole = tuple(token.text for token in stretch) == phrase.tokens
        return stretch[-1].end if whole else None
    missing = list(phrase.tokens)
    for token in stretch:
        if token.text in missing:
            missing.remove(token.text)
            if not missing:
                return token.end
    return None


def lead(texts: Texts) -> Passage | None:
    """Return the first sentences of the first text that has any."""
    for report, _, whole in texts:
        text = whole[: 4 * LONGEST_PASSAGE]
        if text.strip():
            start = len(text) - len(text.lstrip())
            return _passage(report, text, start, _end(text, start, start, _sentences(text)), [])
    return None


def _best_window(text: str, marked: list[tuple[Span, Leaf]]) -> tuple[int, int, int]:
    """Return the number of different runs in the best window, and where it starts and ends."""
    bounds = _sentences(text)
    windows = []
    for span, _ in marked[:MOST_MARKS]:
        start = _start(text, span, bounds)
        end = _end(text, start, span.end, bounds)
        inside = [leaf for other, leaf in marked if start <= other.start and other.end <= end]
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


def _passage(report: str, text: str, start: int, end: int, marked: list[tuple[Span, Leaf]]) -> Passage:
    piece = text[start:end].rstrip()
    spans = (
        Span(start=span.start - start, end=span.end - start)
        for span, _ in marked
        if start <= span.start and span.end <= start + len(piece)
    )
    return Passage(report=report, text=piece, spans=tuple(spans), start=start)
