"""Cards are found by the names of their codes, of scope codes by the whole label alone."""

import pytest

from enrichment.records import Concept
from index.cards.labels import searched_names
from tests.index.room import TYPOLOGY


@pytest.mark.parametrize("scope", TYPOLOGY.scopes(), ids=lambda scope: scope.id)
def test_scope_code_has_no_searched_names(scope: Concept) -> None:
    assert searched_names(TYPOLOGY, scope.id) == ()


@pytest.mark.parametrize("code", ["FR-01", "AB-02"])
def test_leaf_is_searched_by_all_its_names(code: str) -> None:
    assert searched_names(TYPOLOGY, code) == TYPOLOGY.names(code) != ()
