"""Find the pairs of reports that are worth comparing, without comparing all with all."""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from enrichment.grouping.likeness import Corpus
from enrichment.grouping.profile import Profile, Vector
from enrichment.grouping.rarity import Rarity
from enrichment.grouping.sums import SAME_WORTH, Loss, losses

NEIGHBOURS = 10
LIKE_AT = 0.4
"""Cosine below which nearness is no reason to compare two reports."""
EXACT_LIMIT = 4_096
"""Up to this many reports the nearest vectors are found exactly; above among those near the same centres."""
COMMON_AT = 25
"""A word or mark in more reports than this is no reason to compare them."""
RAREST_WORDS = 24
"""The most words of a report that are used to find others, the rarest first."""
MARK = "= "
"""The prefix of a key that is enough by itself."""
LEAD_NAMES = 6
"""The most names of a report that make a key with its country and month."""
PAIRS_KEPT = 20
"""The most reports with common rare words that one report is compared with."""
_CENTRES = 3
"""Centres near which each report is looked for."""
_LISTED = 768
"""Reports at a centre, about."""
_BLOCK = 1024


def shared_rarities(corpus: Corpus) -> Iterator[tuple[int, int]]:
    """Yield pairs that share two rare words or a mark, of each report those that share most."""
    postings: dict[str, list[int]] = defaultdict(list)
    keys = [_keys(corpus, place) for place in range(len(corpus.profiles))]
    for place, weights in enumerate(keys):
        for key in weights:
            postings[key].append(place)
    for place, weights in enumerate(keys):
        met: dict[int, list[float]] = defaultdict(list)
        for key, weight in weights.items():
            if len(postings[key]) <= COMMON_AT:
                for other in postings[key]:
                    met[other] += [weight] * ties(key)
        met.pop(place, None)
        scores = {other: sum(shared) for other, shared in met.items() if len(shared) > 1}
        for other in sorted(scores, key=lambda each: (-scores[each], each))[:PAIRS_KEPT]:
            yield min(place, other), max(place, other)


def _keys(corpus: Corpus, place: int) -> dict[str, float]:
    """Return a report's rarest words with their rarity, and its marks."""
    one = corpus.profiles[place]
    shared = (word for word in one.words if corpus.counts[word] > 1 and is_rare(corpus.rarity, word))
    rare = sorted((-corpus.rarity.of_word(word), word) for word in shared)
    return {word: -negative for negative, word in rare[:RAREST_WORDS]} | dict.fromkeys(marks(one), 4.0)


def is_rare(rarity: Rarity, word: str) -> bool:
    """Whether a word is in so few reports that it is a reason to compare them."""
    return rarity.count(word) <= COMMON_AT


def marks(one: Profile) -> list[str]:
    """Return keys of which one in common is enough to compare two reports.

    A key is a loss as stated, what a loss is worth in a country, or a name with a country and a month. The
    last two are rare even in a library where the name or the sum alone is in too many reports.
    """
    stated = losses(one)
    keys = [f"{loss.currency} {loss.amount:.2g}" for loss in stated]
    if not one.countries:
        return [f"{MARK}{key}" for key in keys]
    months = {f"{day:%Y-%m}" for when in one.whens if when.exact for day in when.ends}
    near = [f"{step}" for loss in stated for step in _worth(loss)]
    told = [f"{name} {month}" for month in sorted(months) for name in _lead(one)] if months else []
    keys += [f"{country} {key}" for country in sorted(one.countries) for key in (*near, *told)]
    return [f"{MARK}{key}" for key in keys]


def ties(key: str) -> int:
    """Return the number of words that a common key counts for; two suffice to compare two reports."""
    return 2 if key.startswith(MARK) else 1


def _worth(loss: Loss) -> Iterator[int]:
    """Yield two neighbouring steps of a scale of dollars: sums of about the same worth have one in common."""
    if loss.dollars > 0:
        step = math.floor(math.log(loss.dollars, SAME_WORTH))
        yield from (step, step + 1)


def _lead(one: Profile) -> list[str]:
    """Return the first names of a report."""
    names = [word for word, written in one.words.items() if not (written.aside or word[0].isdigit())]
    return names[:LEAD_NAMES]


class Nearest(NamedTuple):
    """The rows nearest to one, and the cosine that another must have to be one of them."""

    row: int
    others: list[int]
    reach: float


def neighbours(vectors: Sequence[Vector | None]) -> tuple[set[tuple[int, int]], dict[int, float]]:
    """Return each report with a vector paired with its nearest others, by place, and how far each reaches.

    A report's reach is the cosine from which a further report would be among its nearest.
    """
    places = [place for place, vector in enumerate(vectors) if vector is not None]
    pairs: set[tuple[int, int]] = set()
    reach: dict[int, float] = {}
    if len(places) < 2:
        return pairs, reach
    matrix = np.stack([vector for vector in vectors if vector is not None]).astype(np.float32)
    for row, columns, least in _exact(matrix) if len(places) <= EXACT_LIMIT else _centred(matrix):
        one = places[row]
        others = (places[column] for column in columns if column != row)
        pairs.update((min(one, other), max(one, other)) for other in others)
        reach[one] = max(reach.get(one, LIKE_AT), least)
    return pairs, reach


def _exact(matrix: Vector) -> Iterator[Nearest]:
    keep = min(NEIGHBOURS + 1, len(matrix))
    for start in range(0, len(matrix), _BLOCK):
        scores = matrix[start : start + _BLOCK] @ matrix.T
        nearest = _largest(scores, keep)
        for offset, columns in enumerate(nearest):
            found = scores[offset, columns]
            like = sorted(int(column) for column in columns[found >= LIKE_AT])
            yield Nearest(start + offset, like, float(found.min()) if keep > NEIGHBOURS else LIKE_AT)


def _centred(matrix: Vector) -> Iterator[Nearest]:
    """Compare only reports that have one of their nearest centres in common; centres are drawn by lot.

    The number of centres grows with the library, so that their lists, and the cost of a report, do not.
    """
    count = max(_CENTRES, _CENTRES * len(matrix) // _LISTED)
    drawn = np.random.default_rng(1).choice(len(matrix), count, replace=False)
    lists: dict[int, list[int]] = defaultdict(list)
    for start in range(0, len(matrix), _BLOCK):
        scores = matrix[start : start + _BLOCK] @ matrix[drawn].T
        for offset, centres in enumerate(_largest(scores, _CENTRES)):
            for centre in centres:
                lists[int(centre)].append(start + offset)
    for rows in lists.values():
        # A list that is too long is cut along its own direction, so that those alike stay together.
        cosines = matrix[rows] @ matrix[rows[0]]
        along = [rows[place] for place in np.argsort(cosines, kind="stable")]
        for first in range(0, len(along), 2 * _LISTED):
            yield from _inside(matrix, along[first : first + 2 * _LISTED])


def _largest(scores: NDArray[np.float32], keep: int) -> NDArray[np.intp]:
    return np.argpartition(-scores, keep - 1, axis=1)[:, :keep]


def _inside(matrix: Vector, rows: list[int]) -> Iterator[Nearest]:
    for place, columns, reach in _exact(matrix[rows]):
        yield Nearest(rows[place], [rows[column] for column in columns], reach)
