"""Finds the words of a text that may match a term, by how they begin: a fast sieve before stemming. Pure."""

import re
from collections.abc import Collection, Iterable, Iterator
from functools import cache, lru_cache

from index.search.vocabulary.spelling import pairs

KEPT_WORDS = 50_000
CHANGED = 2
"""Last letters of a stem that may differ from the word's own: ``happi`` is the stem of ``happy``."""
OTHERWISE = {"die": "d", "lie": "l", "tie": "t"}
"""Stems that differ earlier: those of ``dying``, ``lying`` and ``tying``."""

_ACCENTED = re.compile(r"[\x80-\u024f]")


@cache
def _respelt() -> dict[str, list[tuple[str, str]]]:
    """Map the first two letters of American spellings to (British, American) pairs."""
    found: dict[str, list[tuple[str, str]]] = {}
    for british, american in pairs().items():
        found.setdefault(american[:2], []).append((british, american))
    return found


@lru_cache(KEPT_WORDS)
def beginnings_of(token: str) -> frozenset[str]:
    """Return the beginnings that an ASCII word with this token can have."""
    shortest = OTHERWISE.get(token, token[:2])
    own = shortest + token[len(shortest) : len(token) - CHANGED]
    known = _respelt().get(own[:2], ())
    return frozenset((own, *(british[: len(own)] for british, american in known if american.startswith(own))))


def without_longer(beginnings: Collection[str]) -> list[str]:
    """Return the ASCII beginnings of which no other is a prefix."""
    plain = {beginning for beginning in beginnings if beginning.isascii()}
    return [
        beginning
        for beginning in plain
        if not any(beginning[:length] in plain for length in range(1, len(beginning)))
    ]


def starts(text: str, beginnings: Iterable[str]) -> Iterator[int]:
    """Yield the starts of words with these beginnings in a Latin text, and of words with accents."""
    small = text.lower()
    if len(small) != len(text):  # one letter, İ, becomes two
        small = text.replace("İ", "I").lower()
    for beginning in beginnings:
        start = small.find(beginning)
        while start >= 0:
            if not (start and small[start - 1].isalnum()):
                yield start
            start = small.find(beginning, start + 1)
    if not text.isascii():
        yield from {_start_of_word(text, match.start()) for match in _ACCENTED.finditer(text)}


def _start_of_word(text: str, place: int) -> int:
    while place and text[place - 1].isalnum():
        place -= 1
    return place
