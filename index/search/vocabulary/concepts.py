"""Names of typology codes among the words of a query."""

from collections.abc import Sequence
from functools import cache

from enrichment.typology import Typology
from index.search.vocabulary.analysis import analyse
from index.search.vocabulary.folding import folded
from index.search.vocabulary.spelling import join_compounds
from index.search.vocabulary.synonyms import Tokens, concatenated, phrases


@cache
def _codes() -> dict[Tokens, tuple[str, ...]]:
    """Map each code name, as index tokens, to the codes that have it."""
    typology = Typology.load()
    found: dict[Tokens, tuple[str, ...]] = {}
    for code in typology.codes():
        for name in dict.fromkeys(tuple(analyse(join_compounds(name))) for name in typology.names(code)):
            found[name] = (*found.get(name, ()), code)
    return found


def codes(name: Tokens) -> tuple[str, ...]:
    """Return the codes with exactly this name; several codes may share one."""
    return _codes().get(name, ())


def codes_by_word(words: Sequence[Tokens]) -> dict[Tokens, tuple[str, ...]]:
    """Map query words to the codes of the name they are part of; whole adjacent names only, longest first."""
    found: dict[Tokens, tuple[str, ...]] = {}
    for phrase in phrases(words, _codes()):
        for word in phrase:
            found[word] = codes(concatenated(phrase))
    return found


@cache
def words() -> frozenset[str]:
    """Return every word of the names of codes, folded but not stemmed."""
    typology = Typology.load()
    return frozenset(
        word for leaf in typology.leaves() for name in typology.names(leaf.id) for word in folded(name)
    )
