"""What the typology calls things is known among a query's words."""

import pytest

from index.search.concepts import Names
from index.search.parser import parse

NAMES = Names(
    {
        "FR-01": ("Executive, supplier or adviser payment diversion", "CEO fraud", "BEC"),
        "AB-02": ("nudify app", "undress bot"),
        "AB-01": ("deepfake porn", "nudify app advert"),
        "CS-01": ("organised abuse images", "nudify app"),
    },
)


@pytest.mark.parametrize(
    ("typed", "codes", "share"),
    [
        ("ceo frauds", ("FR-01",), 1),
        ('"CEO fraud"', ("FR-01",), 1),
        ("Executive, supplier or adviser payment diversion", ("FR-01",), 1),
        ("the CEO fraud in Hong Kong", ("FR-01",), 0.5),
        ("nudify app", ("AB-02", "CS-01"), 1),
        ("nudify app advert", ("AB-01",), 1),
        ("undress-bot BEC", ("AB-02", "FR-01"), 1),
        ("organized abuse images", ("CS-01",), 1),
        ("CEO of a fraud office", (), 0),
        ("-CEO -fraud Arup", (), 0),
        ("CEO OR fraud", (), 0),
        ("", (), 0),
    ],
)
def test_whole_names_are_known_in_any_form_longest_first(
    typed: str, codes: tuple[str, ...], share: float
) -> None:
    named = NAMES.named(parse(typed))
    assert (named.codes, named.share) == (codes, share)


def test_without_names_nothing_is_named() -> None:
    assert Names({}).named(parse("CEO fraud")).codes == ()
