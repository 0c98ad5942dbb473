"""Names of typology codes and of countries among the words of a query."""

from collections.abc import Iterator, Sequence
from functools import cache

from enrichment.typology import Typology
from index.search.vocabulary.analysis import analyse
from index.search.vocabulary.folding import folded
from index.search.vocabulary.spelling import join_compounds
from index.search.vocabulary.synonyms import Tokens, concatenated, phrases
from index.search.vocabulary.value_names import worded_names

NAMED = ("typology", "country")
"""Facets whose values words of a query may name."""


@cache
def _values(facet: str) -> dict[Tokens, tuple[str, ...]]:
    """Map each name of a facet's values, as index tokens, to the values that have it."""
    found: dict[Tokens, tuple[str, ...]] = {}
    for name, value in dict.fromkeys(_typology_names() if facet == "typology" else _country_names()):
        found[name] = (*found.get(name, ()), value)
    return found


def _typology_names() -> Iterator[tuple[Tokens, str]]:
    typology = Typology.load()
    for code in typology.codes():
        for name in typology.names(code):
            yield tuple(analyse(join_compounds(name))), code


def _country_names() -> Iterator[tuple[Tokens, str]]:
    """Yield names with their countries; not the countries' codes, many of which are words: ``in``, ``us``."""
    for name, values in worded_names("country").items():
        for code in values:
            if name != " ".join(folded(code)):
                yield tuple(analyse(name)), code


def named(facet: str, name: Tokens) -> tuple[str, ...]:
    """Return the values of a facet in ``NAMED`` with exactly this name; several may share one."""
    return _values(facet).get(name, ())


def named_by_word(facet: str, words: Sequence[Tokens]) -> dict[Tokens, tuple[str, ...]]:
    """Map query words to the values of the name they are part of: whole adjacent names, the longest first."""
    found: dict[Tokens, tuple[str, ...]] = {}
    for phrase in phrases(words, _values(facet)):
        for word in phrase:
            found[word] = named(facet, concatenated(phrase))
    return found


@cache
def words() -> frozenset[str]:
    """Return every word of the names of codes, folded but not stemmed."""
    typology = Typology.load()
    return frozenset(
        word for leaf in typology.leaves() for name in typology.names(leaf.id) for word in folded(name)
    )
