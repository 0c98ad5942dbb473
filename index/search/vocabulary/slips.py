"""Nearest known word for a misspelt one, by edit distance. Pure."""

from collections.abc import Sequence

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

SHORTEST_MISSPELT = 4
"""Least letters of a word that may have an edit."""
SHORTEST_TWICE = 6
"""Least letters of a word that may have two edits."""
SLIPS = 2
"""Largest edit distance between a misspelt word and the suggested one."""


def nearest_word(word: str, known: Sequence[tuple[str, int]]) -> str:
    """Return the nearest known word, one or two edits away, or an empty string.

    ``known`` holds words with the number of cards that have them. Of the nearest, those with the same first
    letter win, then those with the same last, then the commonest. Short words, and words with anything but
    letters, have no near word.
    """
    if len(word) < SHORTEST_MISSPELT or not word.isalpha():
        return ""
    slips = 1 if len(word) < SHORTEST_TWICE else SLIPS
    near = process.extract(
        word,
        [other for other, _ in known],
        scorer=DamerauLevenshtein.distance,
        score_cutoff=slips,
        limit=None,
    )
    found = (
        (distance, other[0] != word[0], other[-1] != word[-1], -known[place][1], other)
        for other, distance, place in near
        if other.isalpha()
    )
    return min(found, default=(0, False, False, 0, ""))[-1]


def likely(typed: str, word: str) -> bool:
    """Whether a word is likelier a slip for another than an unknown name: names have capitals."""
    return not typed[0].isupper() or DamerauLevenshtein.distance(typed.lower(), word) <= 1
