"""Codes of the typology that people ask for."""

import pytest

from collectors.errors import WrongUse
from index.library import Library
from tests.ui.conftest import ANALYST
from ui.asking import check_codes


def test_a_typed_code_finds_what_its_filter_finds_and_says_so(library: Library) -> None:
    typed = library.search(library.parse("fr-01", limit=100), actor=ANALYST)
    asked = library.search(library.parse("typology:FR-01", limit=100), actor=ANALYST)
    assert typed.total == asked.total > 0
    assert {hit.id for hit in typed.hits} == {hit.id for hit in asked.hits}
    assert typed.query.notes[0].startswith("FR-01 is read as typology:FR-01 Executive")


@pytest.mark.parametrize(("code", "near"), [("ZZ-99", "FR "), ("FR-99", "FR-01 "), ("qqzzxx", "-0")])
def test_an_unknown_code_is_wrong_use_and_those_near_are_named(
    code: str, near: str, library: Library
) -> None:
    query = library.parse("", filters={"typology": (code,)})
    with pytest.raises(WrongUse, match=f"knows no '{code}'; nearest are .*{near}"):
        check_codes(query, (code,), library.typology)


def test_codes_and_their_names_are_right_use(library: Library) -> None:
    for code in ("FR-02", "fr-02", "grandparent scam", "FR", "X-05", "romance"):
        check_codes(library.parse("", filters={"typology": (code,)}), (code,), library.typology)
