"""How rare a name or figure is among reports: what two share by chance tells little."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from enrichment.grouping.profile import often_named

FEWEST, MOST = 200, 2_000
"""A library counts as no smaller and no larger than this: among few reports a word that two share is not yet
common, and among very many two share a name by chance."""
_PAIR = 2
"""Reports that have a word which two share; no word counts as rarer."""


@dataclass(frozen=True)
class Rarity:
    """How many reports there were, and how many of them had each word that more than two had."""

    reports: int
    counts: Mapping[str, int]

    @classmethod
    def of(cls, counts: Mapping[str, int], reports: int) -> "Rarity":
        """Return how rare words are, by how many of so many reports have each."""
        return cls(reports, {word: count for word, count in counts.items() if count > _PAIR})

    def count(self, word: str) -> int:
        """Return how many reports had a word; two where no more are known to."""
        return self.counts.get(word, _PAIR)

    def of_word(self, word: str) -> float:
        """Return a word's inverse document frequency, ln(reports / (1 + those with it)), up to a limit.

        Small numbers and names of tools, platforms and authorities, which many events share, have half of it.
        """
        rarest = math.log(MOST / (1 + _PAIR))
        known = math.log(max(self.reports, FEWEST) / (1 + self.count(word)))
        rarity = min(max(0.0, known), rarest)
        return rarity / 2 if word in often_named() or (word.isdigit() and len(word) < 3) else rarity
