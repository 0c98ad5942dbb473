"""Near copies: one text printed many times, folded under its earliest printing; template texts stay apart.

Each text in order of publication joins the earliest one it copies, or leads copies of its own: the links
form stars, and a text is compared with leaders only, so even 100,000 copies of one text cost little.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
from datasketch import MinHash
from numpy.typing import NDArray

from enrichment.grouping.profile import Groupable
from enrichment.grouping.shingles import COPIED_AT, LEAST_SWAPS, Text

BANDS, ROWS = 42, 3
"""A pair of Jaccard likeness s over word shingles is compared with probability 1 - (1 - s^3)^42: .99 at .47,
.94 at .4, .03 at .09."""
LEADERS_COMPARED = 6
"""The most leaders that a text is compared with, those most alike first."""
BRIEF_WORDS = 60
"""Words of a text up to which one fact in the place of another makes it no copy."""
_NOTICE_CHARACTERS = 400
"""Characters of a text up to which it can be a notice and no article."""
BAND_MEMBERS = 4
"""Members of a band, earliest first, that each later member is paired with."""
EMPTY = np.uint32(0xFFFFFFFF)
_BITS = 32
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
    """The near copies among some texts, and the signatures they were found by."""

    copies: tuple[Copy, ...]
    signatures: Mapping[int, Signatures]
    """The smallest hashes of each text but those equal to an earlier one, by place; shape (BANDS * ROWS,)."""


def fold(items: Sequence[Groupable], allowed: Allowed = lambda left, right: True) -> Folding:
    """Find the texts that copy an earlier one; ``allowed`` decides whether a pair may be folded."""
    order = sorted(range(len(items)), key=lambda place: (_published(items[place]), items[place].report))
    copies, unlike = _same_text(items, order, allowed)
    leaders: dict[int, int] = {place: place for place in unlike}
    # The words of all texts are kept, for they take less room than the texts: to read those again that
    # room was not kept for made a report of 100,000 cost half as much again as one of 10,000.
    texts = {place: Text.of(printed(items[place])) for place in unlike}
    signatures = _signatures(texts.values())
    for place, others in _candidates(signatures):
        one = unlike[place]
        for other in list(dict.fromkeys(leaders[unlike[each]] for each in others))[:LEADERS_COMPARED]:
            ratio = texts[one].copied(texts[other])
            if ratio < COPIED_AT:
                continue
            if not _contradict(texts[one], texts[other]) and allowed(one, other):
                leaders[one] = other
                copies.append(Copy(one, other, ratio))
                break
    by_place = dict(zip(unlike, signatures, strict=True))
    return Folding(tuple(_stars(copies, leaders)), by_place)


def printed(item: Groupable) -> str:
    """Return what copies of a report are known by: its text, after its title where that alone tells no event.

    Such a text is a notice in the place of an article: brief, and with hardly a name or figure.
    """
    if not item.text.strip() or len(item.text) > _NOTICE_CHARACTERS:
        return item.text
    return item.text if len(Text.of(item.text).facts) >= LEAST_SWAPS else f"{item.title}. {item.text}"


def _contradict(one: Text, other: Text) -> bool:
    """Whether facts stand in the place of others; in a brief text, which has few of them, one is enough."""
    brief = min(len(one.words), len(other.words)) < BRIEF_WORDS
    return one.contradicts(other, 1 if brief else LEAST_SWAPS)


def _published(item: Groupable) -> str:
    return item.published.value if item.published is not None else "9999"


def _same_text(
    items: Sequence[Groupable], order: Sequence[int], allowed: Allowed
) -> tuple[list[Copy], list[int]]:
    """Return the texts equal to an earlier one, and the others in order."""
    first: dict[bytes, list[int]] = {}
    copies, unlike = [], []
    for place in order:
        flat = " ".join(printed(items[place]).split())
        known = first.setdefault(hashlib.sha256(flat.encode("utf-8", "replace")).digest(), [])
        leader = next((each for each in known[:LEADERS_COMPARED] if flat and allowed(place, each)), None)
        if leader is None:
            known.append(place)
            unlike.append(place)
        else:
            copies.append(Copy(place, leader, 1.0))
    return copies, unlike


def _stars(copies: Sequence[Copy], leaders: dict[int, int]) -> Iterator[Copy]:
    """Point each copy at the root of its chain."""
    for copy in copies:
        yield Copy(copy.place, leaders[copy.leader], copy.ratio)


def _signatures(texts: Iterable[Text]) -> Signatures:
    """Return the smallest hashes of each text's shingles; texts without shingles have all bits set."""
    made = [signature(text) for text in texts]
    return np.stack(made) if made else np.empty((0, BANDS * ROWS), dtype=np.uint32)


@cache
def _empty() -> MinHash:
    return MinHash(num_perm=BANDS * ROWS, seed=1, hashfunc=int)


def signature(text: Text) -> Signatures:
    """Return the smallest hashes of a text's shingles, shape (BANDS * ROWS,); ``EMPTY`` without shingles."""
    minimum = _empty().copy()
    minimum.update_batch(text.shingles.tolist())
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
    for ahead in range(BAND_MEMBERS):
        later = np.flatnonzero(starts + ahead < np.arange(len(order)))
        pairs.append((places[order[later]] << _BITS) + places[order[starts[later] + ahead]])
    return np.concatenate(pairs)
