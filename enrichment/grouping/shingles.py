"""The fingerprint of a text for near copies: its words, their shingles, and the facts among them."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

SHINGLE_WORDS = 3
COPIED_AT = 0.5
"""The share of the shorter text's word shingles that a copy holds at least: a quotation is less."""
READ_CHARACTERS = 8_000
"""Characters of a text that are compared."""
LEAST_SWAPS = 2
"""Facts in the place of others that show one form filled in twice; a single one may be a correction."""
_GAP_WORDS = 12
"""Words of a changed stretch up to which one fact can stand in the place of another."""
_WORD = re.compile(r"\d[\d,.]*\d|\d|[^\W\d_]+(?:['’][^\W\d_]+)?")
_UNITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
_NUMBERS = {word: str(number) for number, word in enumerate(_UNITS)}
_MIXED = tuple(np.uint64(factor) for factor in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9))
"""Odd factors, one a word of a shingle, so that its order counts."""
_UPPER = np.uint64(32)
Codes = NDArray[np.uint32]
"""Digests of words or shingles, shape (count,)."""


class Word(NamedTuple):
    """A word as a copy would keep it."""

    code: int
    """Digest of its lower case; of a number's digits without separators."""
    capital: bool
    number: bool


@lru_cache(1 << 17)
def _word(written: str) -> Word:
    plain = _plain(written)
    number = plain[0].isdigit()
    return Word(crc32(plain.encode()), not number and written != written.lower(), number)


def _plain(word: str) -> str:
    if word[0].isdigit():
        return word.replace(",", "")
    lower = word.lower().replace("’", "'").removesuffix("'s")
    return _NUMBERS.get(lower, lower)


@dataclass(frozen=True)
class Text:
    """The words of a text as a copy would keep them, and which of them are facts."""

    words: Codes
    """In order."""
    facts: Codes
    """Names, figures and dates among them, sorted."""
    numbers: Codes
    """The figures alone, sorted."""

    @classmethod
    def of(cls, text: str) -> "Text":
        """Return the words of a text."""
        found = [(_word(match[0]), match) for match in _WORD.finditer(text[:READ_CHARACTERS])]
        numbers = {word.code for word, _ in found if word.number}
        uncapitalised = {word.code for word, _ in found if not word.capital}
        names = {
            word.code
            for word, match in found
            if word.capital
            and word.code not in uncapitalised
            and match[0][0].isupper()
            and not _begins(text, match.start())
        }
        words = np.array([word.code for word, _ in found], dtype=np.uint32)
        return cls(words, _sorted(numbers | names), _sorted(numbers))

    @cached_property
    def known(self) -> Codes:
        """Every word there is, sorted, each once."""
        return np.unique(self.words)

    @cached_property
    def shingles(self) -> Codes:
        """Digests of its runs of three words, sorted, each once."""
        count = max(0, len(self.words) - SHINGLE_WORDS + 1)
        mixed = np.zeros(count, dtype=np.uint64)
        for skip, factor in enumerate(_MIXED):
            mixed ^= self.words[skip : skip + count].astype(np.uint64) * factor
        return np.unique((mixed >> _UPPER).astype(np.uint32))

    def copied(self, other: "Text") -> float:
        """Return the share of the shorter text's shingles that the longer one has."""
        lesser = min(len(self.shingles), len(other.shingles))
        return float(_within(self.shingles, other.shingles).sum()) / lesser if lesser else 0.0

    def contradicts(self, other: "Text", least: int = LEAST_SWAPS) -> bool:
        """Whether at least so many facts stand in the place of others, as where one form is filled in twice.

        A copy cuts, adds and rewords; it does not put another name, sum or day where one stood.
        """
        own = set(self.facts[~_within(self.facts, other.known)].tolist())
        others = set(other.facts[~_within(other.facts, self.known)].tolist())
        figures = {*self.numbers.tolist(), *other.numbers.tolist()}
        swapped: Counter[bool] = Counter()
        for one, two in self._gaps(other) if own and others else ():
            mine, theirs = own.intersection(one), others.intersection(two)
            if mine and theirs:
                swapped[not figures.isdisjoint(mine) and not figures.isdisjoint(theirs)] += 1
        kept = int(_within(self.facts, other.facts).sum())
        changed = swapped.total()
        return changed >= least and (
            changed >= 0.2 * (changed + kept) or (changed >= 3 and swapped[True] > 0 and swapped[False] > 0)
        )

    def _gaps(self, other: "Text") -> Iterator[tuple[list[int], list[int]]]:
        """Yield the words of short stretches that differ, between words that agree."""
        words, others = self.words.tolist(), other.words.tolist()
        mine: list[int] = []
        theirs: list[int] = []
        for step in Levenshtein.opcodes(words, others):
            if step.tag != "equal":
                mine += words[step.src_start : step.src_end]
                theirs += others[step.dest_start : step.dest_end]
                continue
            if mine and theirs and max(len(mine), len(theirs)) <= _GAP_WORDS:
                yield mine, theirs
            mine, theirs = [], []


def _sorted(codes: Iterable[int]) -> Codes:
    return np.array(sorted(codes), dtype=np.uint32)


def _within(some: Codes, others: Codes) -> NDArray[np.bool_]:
    """Return which of some codes are among others, which are sorted."""
    if not len(others):
        return np.zeros(len(some), dtype=np.bool_)
    places = np.minimum(np.searchsorted(others, some), len(others) - 1)
    return np.asarray(others[places] == some)


def _begins(text: str, start: int) -> bool:
    """Whether a word begins a sentence, where any word has a capital."""
    before = text[max(0, start - 4) : start].rstrip(" \t\"'“‘(")
    return not before or before[-1] in ".!?:\n"
