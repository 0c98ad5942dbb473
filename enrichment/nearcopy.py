"""Near copies: one text printed many times, folded under its earliest printing; template texts stay apart.

Each text in order of publication joins the earliest one it copies, or leads copies of its own: the links
form stars, and a text is compared with leaders only, so even 100,000 copies of one text cost little.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from zlib import crc32

import numpy as np
from datasketch import MinHash
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from enrichment.profile import Groupable

SHINGLE = 3
BANDS, ROWS = 42, 3
"""A pair of Jaccard likeness s over word shingles is compared with probability 1 - (1 - s^3)^42: .99 at .47,
.94 at .4, .03 at .09."""
COPIED_AT = 0.5
"""The share of the shorter text's word shingles that a copy holds at least: a quotation is less."""
READ = 8_000
"""Characters of a text that are compared."""
COMPARED = 6
"""Leaders that a text is compared with at most, those most alike first."""
FEW = 4
"""Members of a band, earliest first, that each later member is paired with."""
_GAP = 12
"""Words of a changed stretch up to which one fact can stand in the place of another."""
_WORD = re.compile(r"\d[\d,.]*\d|\d|[^\W\d_]+(?:['’][^\W\d_]+)?")
_UNITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
_NUMBERS = {word: str(number) for number, word in enumerate(_UNITS)}
_BITS = 32
EMPTY = np.uint32(0xFFFFFFFF)
KEPT = 4_096
"""Texts whose words are kept at a time."""
Places = NDArray[np.int64]
Signatures = NDArray[np.uint32]
"""Shape (texts, BANDS * ROWS)."""
Allowed = Callable[[int, int], bool]


@dataclass(frozen=True)
class Copy:
    """That the text at ``place`` copies the earlier one at ``leader``, and how much of its words."""

    place: int
    leader: int
    ratio: float


@dataclass(frozen=True)
class Folding:
    """What copies what, and the pairs of texts that are alike but for their facts."""

    copies: tuple[Copy, ...]
    templates: tuple[tuple[int, int], ...]


def fold(items: Sequence[Groupable], allowed: Allowed = lambda left, right: True) -> Folding:
    """Return which texts copy an earlier one; ``allowed`` says of a pair whether it may be so."""
    order = sorted(range(len(items)), key=lambda place: (_published(items[place]), items[place].report))
    copies, unlike = _same_text(items, order, allowed)
    leaders: dict[int, int] = {place: place for place in unlike}
    templates: list[tuple[int, int]] = []
    text = lru_cache(KEPT)(lambda place: Text.of(items[place].text))
    for place, others in _candidates(_signatures(items[each].text for each in unlike)):
        one = unlike[place]
        for other in list(dict.fromkeys(leaders[unlike[each]] for each in others))[:COMPARED]:
            ratio = text(one).copied(text(other))
            if ratio < COPIED_AT:
                continue
            if text(one).contradicts(text(other)):
                templates.append((min(one, other), max(one, other)))
            elif allowed(one, other):
                leaders[one] = other
                copies.append(Copy(one, other, ratio))
                break
    return Folding(tuple(_stars(copies, leaders)), tuple(templates))


def _published(item: Groupable) -> str:
    return item.published.value if item.published is not None else "9999"


def _same_text(
    items: Sequence[Groupable], order: Sequence[int], allowed: Allowed
) -> tuple[list[Copy], list[int]]:
    """Return the texts equal to an earlier one, and the others in order."""
    first: dict[bytes, list[int]] = {}
    copies, unlike = [], []
    for place in order:
        flat = " ".join(items[place].text.split())
        known = first.setdefault(hashlib.sha256(flat.encode("utf-8", "replace")).digest(), [])
        leader = next((each for each in known[:COMPARED] if flat and allowed(place, each)), None)
        if leader is None:
            known.append(place)
            unlike.append(place)
        else:
            copies.append(Copy(place, leader, 1.0))
    return copies, unlike


def _stars(copies: Sequence[Copy], leaders: dict[int, int]) -> Iterator[Copy]:
    """Yield each copy with the leader that its own leader copies, where that is one."""
    for copy in copies:
        yield Copy(copy.place, leaders[copy.leader], copy.ratio)


@dataclass(frozen=True)
class Text:
    """The words of a text as a copy would keep them, and which of them are facts."""

    words: tuple[str, ...]
    """In lower case; numbers as digits without separators."""
    facts: frozenset[str]
    """Names, figures and dates among them."""
    shingles: frozenset[int]
    known: frozenset[str]
    """Every word there is."""

    @classmethod
    def of(cls, text: str) -> "Text":
        """Return the words of a text."""
        found = [(match[0], match.start()) for match in _WORD.finditer(text[:READ])]
        words = tuple(_plain(word) for word, _ in found)
        uncapitalised = {plain for (word, _), plain in zip(found, words, strict=True) if word == word.lower()}
        facts = frozenset(
            plain
            for (word, start), plain in zip(found, words, strict=True)
            if plain[0].isdigit()
            or (word[0].isupper() and plain not in uncapitalised and not _begins(text, start))
        )
        runs = zip(*(words[skip:] for skip in range(SHINGLE)), strict=False)
        return cls(words, facts, frozenset(_hash(run) for run in runs), frozenset(words))

    def copied(self, other: "Text") -> float:
        """Return the share of the shorter text's shingles that the longer one has."""
        lesser = min(len(self.shingles), len(other.shingles))
        return len(self.shingles & other.shingles) / lesser if lesser else 0.0

    def contradicts(self, other: "Text") -> bool:
        """Return whether facts stand in the place of others, as where one form is filled in twice.

        A copy cuts, adds and rewords; it does not put another name, sum or day where one stood.
        """
        swapped: Counter[bool] = Counter()
        own, others = self.facts - other.known, other.facts - self.known
        for one, two in self._gaps(other) if own and others else ():
            mine, theirs = own.intersection(one), others.intersection(two)
            if mine and theirs:
                swapped[
                    any(fact[0].isdigit() for fact in mine) and any(fact[0].isdigit() for fact in theirs)
                ] += 1
        kept = len(self.facts & other.facts)
        changed = swapped.total()
        return changed >= 2 and (
            changed >= 0.2 * (changed + kept) or (changed >= 3 and swapped[True] > 0 and swapped[False] > 0)
        )

    def _gaps(self, other: "Text") -> Iterator[tuple[list[str], list[str]]]:
        """Yield the words of short stretches that differ, between words that agree."""
        mine: list[str] = []
        theirs: list[str] = []
        steps = Levenshtein.opcodes(self.words, other.words)
        for step in steps:
            if step.tag != "equal":
                mine += self.words[step.src_start : step.src_end]
                theirs += other.words[step.dest_start : step.dest_end]
                continue
            if mine and theirs and max(len(mine), len(theirs)) <= _GAP:
                yield mine, theirs
            mine, theirs = [], []


def _plain(word: str) -> str:
    if word[0].isdigit():
        return word.replace(",", "")
    lower = word.lower().replace("’", "'").removesuffix("'s")
    return _NUMBERS.get(lower, lower)


def _begins(text: str, start: int) -> bool:
    """Return whether a word begins a sentence, where any word has a capital."""
    before = text[max(0, start - 4) : start].rstrip(" \t\"'“‘(")
    return not before or before[-1] in ".!?:\n"


def _hash(run: Sequence[str]) -> int:
    return crc32(" ".join(run).encode())


def _signatures(texts: Iterable[str]) -> Signatures:
    """Return the smallest hashes of each text's shingles; texts without shingles have all bits set."""
    made = [_signature(Text.of(text).shingles) for text in texts]
    return np.stack(made) if made else np.empty((0, BANDS * ROWS), dtype=np.uint32)


@cache
def _empty() -> MinHash:
    return MinHash(num_perm=BANDS * ROWS, seed=1, hashfunc=int)


def _signature(shingles: frozenset[int]) -> Signatures:
    minimum = _empty().copy()
    minimum.update_batch(shingles)
    return np.asarray(minimum.digest(), dtype=np.uint32)


def _candidates(signatures: Signatures) -> Iterator[tuple[int, list[int]]]:
    """Yield each text's place with the earlier texts that may be its original, most alike first."""
    places = np.flatnonzero((signatures != EMPTY).any(axis=1))
    bands = (signatures[places, first : first + ROWS] for first in range(0, BANDS * ROWS, ROWS))
    found = np.concatenate([np.empty(0, dtype=np.int64), *(_agreeing(places, band) for band in bands)])
    pairs, bands_shared = np.unique(found, return_counts=True)
    later, earlier = pairs >> _BITS, pairs & ((1 << _BITS) - 1)
    starts = np.flatnonzero(np.r_[True, later[1:] != later[:-1]]) if len(pairs) else pairs
    for start, end in pairwise([*starts.tolist(), len(pairs)]):
        order = np.argsort(-bands_shared[start:end], kind="stable")
        yield int(later[start]), earlier[start:end][order].tolist()


def _agreeing(places: Places, band: Signatures) -> Places:
    """Return (later << 32) + earlier where a band is the same; earlier is of the first few of its group."""
    _, groups = np.unique(band, axis=0, return_inverse=True)
    groups = groups.ravel()
    order = np.argsort(groups, kind="stable")
    starts = np.searchsorted(groups[order], groups[order])
    pairs = []
    for ahead in range(FEW):
        later = np.flatnonzero(starts + ahead < np.arange(len(order)))
        pairs.append((places[order[later]] << _BITS) + places[order[starts[later] + ahead]])
    return np.concatenate(pairs)
