"""How rare a name or figure is among reports: what two share by chance tells little."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from enrichment.grouping.profile import often_named

LEAST_REPORTS, MOST_REPORTS = 200, 2_000
"""A library counts as no smaller and no larger than this: among few reports a word that two share is not yet
common, and among very many two share a name by chance."""
_LEAST_COUNT = 2
"""Reports that have a word which two share; no word counts as rarer."""


@dataclass(frozen=True)
class Rarity:
    """The number of reports, and of those with each word that more than two have."""

    reports: int
    counts: Mapping[str, int]

    @classmethod
    def of(cls, counts: Mapping[str, int], reports: int) -> "Rarity":
        """Return the rarity of words from the number of reports that have each, and of all reports."""
        return cls(reports, {word: count for word, count in counts.items() if count > _LEAST_COUNT})

    def count(self, word: str) -> int:
        """Return the number of reports with a word, at least two."""
        return self.counts.get(word, _LEAST_COUNT)

    def of_word(self, word: str) -> float:
        """Return a word's inverse document frequency, ln(reports / (1 + those with it)), up to a limit.

        Small numbers and names of tools, platforms and authorities, which many events share, have half of it.
        """
        rarest = math.log(MOST_REPORTS / (1 + _LEAST_COUNT))
        known = math.log(max(self.reports, LEAST_REPORTS) / (1 + self.count(word)))
        rarity = min(max(0.0, known), rarest)
        return rarity / 2 if word in often_named() or (word.isdigit() and len(word) < 3) else rarity
