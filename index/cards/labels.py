"""What people call the values of facets."""

from functools import lru_cache

from enrichment.typology import Typology
from index import wording
from index.store import Store

NAMES = 10_000
"""Names of facets' values that are kept: to look one up takes longer than to count it."""

_worded = lru_cache(NAMES)(wording.value)


def searched_names(typology: Typology, code: str) -> tuple[str, ...]:
    """Return the names whose every word finds the cards that have a code; none of a scope code.

    The label of a scope code is a sentence of everyday words, such as ``involvement`` and ``policy``: it
    finds cards as a whole alone.
    """
    return typology.names(code) if typology.in_scope(code) else ()


class Labels:
    """Names the values of facets after the typology, the sources and the wording of the rest."""

    def __init__(self, store: Store, typology: Typology) -> None:
        self._store, self._typology = store, typology
        self._source_titles: dict[str, str] = {}

    def label(self, facet: str, value: str) -> str:
        """Return the name of a facet's value."""
        if facet in ("primary", "typology", "family"):
            return self._typology.label(value)
        if facet == "source":
            return self._source_title(value)
        return _worded(facet, value)

    def _source_title(self, key: str) -> str:
        if key not in self._source_titles:  # one that was added since
            self._source_titles = self._store.source_titles()
        return self._source_titles.get(key, key)
