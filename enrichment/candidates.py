"""Which pairs of reports are worth comparing: found without comparing all with all."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
from datasketch import MinHash, MinHashLSH
from rapidfuzz import fuzz

from enrichment.likeness import Corpus, Groupable, Vector, pairs_of

SHINGLE = 3
NEAR_COPY_AT = 0.4
"""Estimated Jaccard likeness of word shingles from which two texts are checked as near copies."""
CONFIRMED_AT = 85.0
"""rapidfuzz token set ratio from which they are near copies."""
PERMUTATIONS = 64
NEIGHBOURS = 10
LIKE_AT = 0.4
"""Cosine below which nearness is no reason to compare two reports."""
EXACT_LIMIT = 20_000
"""Up to this many reports the nearest vectors are found exactly, in blocks; above by random hyperplanes."""
COMMON_AT = 25
"""A word or sum in more reports than this is no reason to compare them."""
_COMPARED = 4_000  # characters of each text that near copies are confirmed on


def near_copies(items: Sequence[Groupable]) -> Iterator[tuple[int, int, float]]:
    """Yield pairs of places whose texts are copies up to edits, with their ratio between 0 and 1."""
    index = MinHashLSH(threshold=NEAR_COPY_AT, num_perm=PERMUTATIONS)
    first: dict[str, int] = {}
    for place, item in enumerate(items):
        if first.setdefault(item.text, place) != place and item.text:
            yield first[item.text], place, 1.0
            continue
        shingles = _shingles(f"{item.title} {item.text}")
        if not shingles:
            continue
        signature = MinHash(num_perm=PERMUTATIONS, seed=1)
        signature.update_batch(shingles)
        for other in sorted(index.query(signature))[:COMMON_AT]:
            ratio = fuzz.token_set_ratio(items[other].text[:_COMPARED], item.text[:_COMPARED])
            if ratio >= CONFIRMED_AT:
                yield other, place, ratio / 100
        index.insert(place, signature)


def _shingles(text: str) -> list[bytes]:
    words = re.findall(r"\w+", text.lower())
    return sorted({" ".join(words[i : i + SHINGLE]).encode() for i in range(len(words) - SHINGLE + 1)})


def shared_rarities(corpus: Corpus) -> Iterator[tuple[int, int]]:
    """Yield pairs that share two rare words, or one loss."""
    by_word: dict[str, list[int]] = defaultdict(list)
    by_loss: dict[str, list[int]] = defaultdict(list)
    for place, one in enumerate(corpus.profiles):
        for word in one.words:
            if corpus.counts[word] <= COMMON_AT:
                by_word[word].append(place)
        for currency, amounts in one.losses.items():
            for amount in amounts:
                by_loss[f"{currency} {amount:.2g}"].append(place)
    met: dict[tuple[int, int], int] = defaultdict(int)
    for places in by_word.values():
        for pair in pairs_of(places):
            met[pair] += 1
    yield from (pair for pair, times in met.items() if times >= 2)
    for places in by_loss.values():
        if len(places) <= COMMON_AT:
            yield from pairs_of(places)


def neighbours(vectors: Sequence[Vector | None]) -> Iterator[tuple[int, int]]:
    """Yield each report with a vector and its nearest others, by place."""
    places = [place for place, vector in enumerate(vectors) if vector is not None]
    if len(places) < 2:
        return
    matrix = np.stack([vector for vector in vectors if vector is not None]).astype(np.float32)
    blocks = _exact(matrix) if len(places) <= EXACT_LIMIT else _hashed(matrix)
    for row, columns in blocks:
        for column in columns:
            if column != row:
                yield min(places[row], places[column]), max(places[row], places[column])


def _exact(matrix: Vector, block: int = 1024) -> Iterator[tuple[int, list[int]]]:
    keep = min(NEIGHBOURS + 1, len(matrix))
    for start in range(0, len(matrix), block):
        scores = matrix[start : start + block] @ matrix.T
        nearest = np.argpartition(-scores, keep - 1, axis=1)[:, :keep]
        for offset, columns in enumerate(nearest):
            like = columns[scores[offset, columns] >= LIKE_AT]
            yield start + offset, sorted(int(column) for column in like)


def _hashed(matrix: Vector, tables: int = 6, bits: int = 12) -> Iterator[tuple[int, list[int]]]:
    """Compare only vectors on the same side of ``bits`` random planes, in several tables."""
    generator = np.random.default_rng(1)
    powers = 1 << np.arange(bits)
    for _ in range(tables):
        planes = generator.standard_normal((matrix.shape[1], bits)).astype(np.float32)
        buckets: dict[int, list[int]] = defaultdict(list)
        for row, key in enumerate(((matrix @ planes) > 0) @ powers):
            buckets[int(key)].append(row)
        for rows in buckets.values():
            for start in range(0, len(rows), 512):
                yield from _inside(matrix, rows[start : start + 512])


def _inside(matrix: Vector, rows: list[int]) -> Iterator[tuple[int, list[int]]]:
    for place, columns in _exact(matrix[rows]):
        yield rows[place], [rows[column] for column in columns]
