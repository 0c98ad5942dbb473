"""Finds what the typology calls things among the words of a query, so that its incidents can lead."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from index.search.analysis import analyse
from index.search.plan import stopwords, together
from index.search.query import Query
from index.search.spelling import compounded
from index.search.syntax import Facet

Tokens = tuple[str, ...]


@dataclass(frozen=True)
class Named:
    """The codes whose names a query's words hold."""

    codes: tuple[str, ...] = ()
    share: float = 0.0
    """Of the query's telling words, the part that such names cover: 1 where it asks for nothing else."""

    @property
    def main(self) -> Facet:
        """Return the filter for cards that have one of the codes as their main one."""
        return Facet(name="primary", values=self.codes)


class Names:
    """The names of codes, as the words of the index; ``names`` holds the phrases of each code."""

    def __init__(self, names: Mapping[str, Iterable[str]]) -> None:
        self._codes: dict[Tokens, tuple[str, ...]] = {}
        for code, phrases in names.items():
            for tokens in dict.fromkeys(tuple(analyse(compounded(phrase))) for phrase in phrases):
                if tokens:
                    self._codes[tokens] = (*self._codes.get(tokens, ()), code)
        self._longest = max(map(len, self._codes), default=0)

    def named(self, query: Query) -> Named:
        """Return the codes that the query's words beside each other name, whole phrases, longest first.

        Unwanted words and what has an operator name nothing. Several codes may bear one name.
        """
        words = [
            (token, term.text.lower() not in stopwords())
            for term in together(query.terms)
            if not term.negated
            for token in analyse(term.text)
        ]
        codes: dict[str, None] = {}
        covered = place = 0
        while place < len(words):
            length = self._length(tuple(token for token, _ in words[place : place + self._longest]))
            found = tuple(token for token, _ in words[place : place + length])
            codes |= dict.fromkeys(self._codes.get(found, ()))
            covered += sum(telling for _, telling in words[place : place + length])
            place += max(length, 1)
        telling = sum(telling for _, telling in words)
        return Named(tuple(codes), covered / telling if telling else float(bool(codes)))

    def _length(self, tokens: Tokens) -> int:
        """Return how many of the first tokens are the longest name there, 0 where none is."""
        return next((size for size in range(len(tokens), 0, -1) if tokens[:size] in self._codes), 0)
