"""A query once its words are analysed, the same for every engine."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from rapidfuzz.distance import DamerauLevenshtein

from collectors.errors import WrongUse
from index.search.query import FACETS, Query

SHARE = 0.6
"""Of three or more words, how many must match."""
MOST_TOKENS = 64
"""Tokens of one term that are looked at."""
SHORTEST_MISSPELT = 4
SLIPS = 2
"""Letters by which a misspelt word may differ from the one suggested."""

Analyse = Callable[[str], list[str]]
Tokens = tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """A query's terms as tokens of the index; a term of several tokens is a phrase."""

    words: dict[Tokens, str]
    """Of which ``at_least`` must match, with what was typed."""
    phrases: dict[Tokens, str]
    unwanted: tuple[Tokens, ...]

    @property
    def at_least(self) -> int:
        """Return how many of the words a card must have: both of two, about three in five of more."""
        count = len(self.words)
        return count if count <= 2 else max(2, round(SHARE * count))

    def typed(self, tokens: Tokens) -> str:
        """Return what was typed for a word or phrase of the plan."""
        return self.words.get(tokens) or f'"{self.phrases[tokens]}"'

    @property
    def scores(self) -> bool:
        """Return whether anything in the query can tell one match from another."""
        return bool(self.words or self.phrases)


@lru_cache(1)
def stopwords() -> frozenset[str]:
    """Return the English words that say nothing of what is looked for."""
    return frozenset(files("index.search").joinpath("stopwords.txt").read_text("utf-8").split())


def plan(query: Query, analyse: Analyse) -> Plan:
    """Return the plan of a query; stop words count only where there is nothing else.

    Raises ``WrongUse`` where a filter or a facet is none of ``FACETS``.
    """
    if unknown := set(query.filters).union(query.facets).difference(FACETS):
        raise WrongUse(f"there is no facet {', '.join(sorted(unknown))}; there are {', '.join(FACETS)}")
    analysed = [(term, tuple(analyse(term.text)[:MOST_TOKENS])) for term in query.terms]
    analysed = [(term, tokens) for term, tokens in analysed if tokens]
    words = {tokens: term.text for term, tokens in analysed if not (term.phrase or term.negated)}
    telling = {tokens: text for tokens, text in words.items() if text.lower() not in stopwords()}
    phrases = {tokens: term.text for term, tokens in analysed if term.phrase and not term.negated}
    return Plan(telling or words, phrases, tuple(tokens for term, tokens in analysed if term.negated))


def nearest_word(word: str, known: Iterable[tuple[str, int]]) -> str:
    """Return the known word a slip or two from this one, the commonest of the nearest, or an empty string.

    ``known`` holds words with the number of cards that have them.
    """
    slips = (
        (DamerauLevenshtein.distance(word, other, score_cutoff=SLIPS), -count, other)
        for other, count in known
    )
    if len(word) < SHORTEST_MISSPELT:
        return ""
    best = min((slip for slip in slips if slip[0] <= SLIPS), default=None)
    return best[2] if best else ""
