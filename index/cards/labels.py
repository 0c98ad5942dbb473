"""Labels of facet values."""

from functools import lru_cache

from enrichment.typology import Typology
from index import wording
from index.store import Store

NAMES = 10_000
"""Size of the label cache: looking a label up takes longer than counting its value."""

_worded = lru_cache(NAMES)(wording.value)


def searched_names(typology: Typology, code: str) -> tuple[str, ...]:
    """Return the searchable names of a code, any word of which finds its cards; none of a scope code.

    The label of a scope code is a sentence of everyday words, such as ``involvement`` and ``policy``: only
    the whole label finds cards.
    """
    return typology.names(code) if typology.in_scope(code) else ()


class Labels:
    """Labels of facet values: from the typology, the sources, or the wording table."""

    def __init__(self, store: Store, typology: Typology) -> None:
        self._store, self._typology = store, typology
        self._source_titles: dict[str, str] = {}

    def label(self, facet: str, value: str) -> str:
        """Return the label of a facet value."""
        if facet in ("primary", "typology", "family"):
            return self._typology.label(value)
        if facet == "source":
            return self._source_title(value)
        return _worded(facet, value)

    def _source_title(self, key: str) -> str:
        if key not in self._source_titles:  # a source that was added since
            self._source_titles = self._store.source_titles()
        return self._source_titles.get(key, key)
