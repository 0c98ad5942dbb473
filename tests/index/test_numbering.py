"""Ids as numbers: there and back, and nothing else taken for one."""

import random

import pytest

from index.search.numbering import halves, whole


@pytest.mark.parametrize("kind", ["inc", "rep"])
def test_an_id_comes_back_from_its_halves(kind: str) -> None:
    chance = random.Random(1)
    for digits in ("0" * 20, "f" * 20, *(f"{chance.getrandbits(80):020x}" for _ in range(200))):
        own = halves(f"{kind}-{digits}")
        assert own is not None
        assert all(0 <= half < 2**63 for half in own)
        assert whole(*own) == f"{kind}-{digits}"


@pytest.mark.parametrize(
    "other", ["", "a", "aiid:147", "inc-1", "inc-" + "F" * 20, "cap-" + "0" * 20, "~state"]
)
def test_any_other_id_has_none(other: str) -> None:
    assert halves(other) is None
