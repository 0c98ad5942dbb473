"""What the search benchmark asks, once for every engine: words, filters, and what is wanted with the hits."""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from index.search.language.parser import parse
from index.search.query import Mode, Query, Sort
from tests.bench.corpus import COUNTRIES, MadeUpEmbedder, vocabulary

PAGE = 10
TOP = 200
"""How many of each side a hybrid search fuses."""
COMMONEST, RAREST = 30, 5000
"""Ranks of the words asked for: by the corpus's own law from 45 % down to 0.45 % of the reports."""


@dataclass(frozen=True)
class Ask:
    """One question, in no engine's words."""

    words: tuple[str, ...] = ()
    either: bool = False
    """Whether one of the words is enough."""
    phrase: tuple[str, ...] = ()
    prefix: str = ""
    near: str = ""
    """A word of which one letter may differ."""
    country: str = ""
    since: date | None = None
    facets: tuple[str, ...] = ()
    newest: bool = False
    hybrid: bool = False

    def query(self) -> Query:
        """Return the question as the library's query language puts it."""
        join = " OR " if self.either else " "
        pieces = [join.join(self.words), f'"{" ".join(self.phrase)}"' if self.phrase else ""]
        pieces += [f"{self.prefix}*" if self.prefix else "", f"{self.near}~1" if self.near else ""]
        return parse(
            " ".join(piece for piece in pieces if piece),
            mode=Mode.HYBRID if self.hybrid else Mode.KEYWORD,
            filters={"country": (self.country,)} if self.country else {},
            since=self.since,
            facets=self.facets,
            sort=Sort.NEWEST if self.newest else Sort.RELEVANCE,
            limit=PAGE,
        )

    def vector(self) -> NDArray[np.float32]:
        """Return what the made-up embedder makes of the words, shape (384,)."""
        row = MadeUpEmbedder().encode([" ".join(self.words)], "query")[0]
        return np.asarray(row, np.float32)


def _word(chance: random.Random) -> str:
    return vocabulary()[int(COMMONEST * (RAREST / COMMONEST) ** chance.random())]


def _words(chance: random.Random, count: int) -> Ask:
    words: dict[str, None] = {}
    while len(words) < count:
        words[_word(chance)] = None
    return Ask(tuple(words))


def _phrase(chance: random.Random) -> Ask:
    # Only common words stand side by side by chance; "one of the" is the worst case of a phrase.
    return Ask(phrase=tuple(vocabulary()[chance.randrange(3, 40)] for _ in range(2)))


CASES: dict[str, Callable[[random.Random], Ask]] = {
    "one word": lambda chance: _words(chance, 1),
    "two words, both": lambda chance: _words(chance, 2),
    "three words, any (OR)": lambda chance: replace(_words(chance, 3), either=True),
    "phrase": _phrase,
    "prefix": lambda chance: Ask(prefix=_word(chance)[:5]),
    "fuzzy, 1 edit": lambda chance: Ask(near=_word(chance)),
    "word, country and date": lambda chance: replace(
        _words(chance, 1), country=chance.choice(COUNTRIES), since=date(chance.randrange(2016, 2024), 1, 1)
    ),
    "two facets, all hits": lambda chance: replace(_words(chance, 1), facets=("country", "source")),
    "newest first": lambda chance: replace(_words(chance, 1), newest=True),
    "hybrid": lambda chance: replace(_words(chance, 2), hybrid=True),
}


def asked(name: str, count: int) -> Iterator[Ask]:
    """Yield so many different questions of a kind, the same every time."""
    chance, seen = random.Random(name), set[Ask]()
    for _ in range(100 * count):
        if (one := CASES[name](chance)) not in seen and len(seen) < count:
            seen.add(one)
            yield one


def fused(worded: Mapping[int, float], near: Mapping[int, float]) -> list[int]:
    """Return the numbers of the first ten by the sum of both sides, each as a share of its best, as ours."""
    most, nearest = max(worded.values(), default=1.0), max(near.values(), default=1.0)
    sums = {one: worded.get(one, 0.0) / most + near.get(one, 0.0) / nearest for one in (*worded, *near)}
    return sorted(sums, key=lambda one: (-sums[one], one))[:PAGE]
