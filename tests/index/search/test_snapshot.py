"""What is put in order of one state of the index is no less than what may come first."""

import random
from dataclasses import replace

import pytest

from index.search.embedded.backend import in_memory
from index.search.tree import Words
from tests.index.search.searching import card, make_card


@pytest.mark.parametrize("prior", [0.0, 0.02, 0.25, 5.0])
@pytest.mark.parametrize("limit", [1, 10, 64, 90])
def test_the_best_few_are_the_first_of_all(limit: int, prior: float) -> None:
    chance = random.Random(limit)
    made = [make_card(number, chance) for number in range(1, 201)]
    alike = [card(number, "bank") for number in range(201, 260)]
    told = [replace(each, told=chance.choice((1,) * 20 + (2, 30))) for each in (*made, *alike)]
    chance.shuffle(told)
    snapshot = in_memory(told)
    hits, found = snapshot.first(Words(("bank",)), len(told))
    assert found > 150
    assert snapshot.rows(hits, limit, prior) == snapshot.rows(hits, len(hits), prior)[:limit]
