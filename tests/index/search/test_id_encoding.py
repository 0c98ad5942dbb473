"""Ids as numbers: there and back, and nothing else taken for one."""

import random
from typing import Literal

import numpy as np
import pytest

from index.search.id_encoding import decode_ids, encode_id


def test_ids_come_back_from_their_halves() -> None:
    chance = random.Random(1)
    digits = ["0" * 20, "f" * 20, *(f"{chance.getrandbits(80):020x}" for _ in range(200))]
    ids = [f"{chance.choice(('inc', 'rep'))}-{each}" for each in digits]
    pairs = [encode_id(each) for each in ids]
    assert all(pair is not None and all(0 <= half < 2**63 for half in pair) for pair in pairs)
    assert decode_ids(np.array(pairs, np.int64)) == ids


@pytest.mark.parametrize("layout", ["C", "F"])
def test_so_do_few_and_none_however_they_lie(layout: Literal["C", "F"]) -> None:
    one = encode_id("rep-0123456789abcdef0123")
    assert decode_ids(np.array([one], np.int64, order=layout)) == ["rep-0123456789abcdef0123"]
    assert decode_ids(np.empty((0, 2), np.int64, order=layout)) == []


@pytest.mark.parametrize(
    "other", ["", "a", "aiid:147", "inc-1", "inc-" + "F" * 20, "cap-" + "0" * 20, "~state"]
)
def test_any_other_id_has_none(other: str) -> None:
    assert encode_id(other) is None
