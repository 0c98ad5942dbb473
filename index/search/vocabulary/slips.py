"""Finds the word that a misspelt one was likely meant for. Pure."""

from collections.abc import Sequence

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

SHORTEST_MISSPELT = 4
"""Letters of a word that may have a slip, at least."""
SHORTEST_TWICE = 6
"""Letters of a word that may have two slips, at least."""
SLIPS = 2
"""Letters by which a misspelt word may differ from the one suggested."""


def nearest_word(word: str, known: Sequence[tuple[str, int]]) -> str:
    """Return the known word a slip or two from this one, or an empty string.

    ``known`` holds words with the number of cards that have them. Of the nearest, those with the same first
    letter win, then those with the same last, then the commonest. Short words and what is no plain word have
    no slips.
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
