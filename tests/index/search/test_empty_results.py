"""A search without an answer says which part of it leaves it so."""

import pytest

from index.search.backend import Backend
from index.search.empty_results import MOST_COUNTS, emptied
from index.search.language.parser import parse
from index.search.query import By, Mode, Query
from tests.index.search.searching import card, searcher

WITHOUT = "Nothing matches all of this; without "


@pytest.mark.parametrize(
    ("typed", "note"),
    [
        ("bail country:MT", f"{WITHOUT}bail or without country:MT something does."),
        ("gift country:MT", f"{WITHOUT}country:MT something does."),
        ("gift country:IE after:2031", f"{WITHOUT}after:2031 something does."),
        ('"card gift" country:IE', f'{WITHOUT}"card gift" something does.'),
        ("gift loss>1m country:IE", f"{WITHOUT}loss>1m something does."),
        ("gift loss>£1m loss<£1", "Nothing matches all of this, nor all but one part of it."),
        ("gift loss:[1m TO 2m]", f"{WITHOUT}loss:[1m TO 2m] something does."),
        ("gift -card country:IE", f"{WITHOUT}-card something does."),
        ("country:IE (ransom OR title:malw*)", f"{WITHOUT}(ransom OR title:malw*) something does."),
        ("country:MT loss>1m", "Nothing matches all of this, nor all but one part of it."),
        ("country:MT", "Nothing matches country:MT."),
        ("card.gift.example", "Nothing matches card.gift.example."),
    ],
)
@pytest.mark.parametrize("mode", [Mode.KEYWORD, Mode.HYBRID])
def test_empty_answer_names_the_part_that_empties_it(
    backend: Backend, typed: str, note: str, mode: Mode
) -> None:
    cards = [card(1, "A gift card.", facets={"country": ("IE",)}), card(2, "A gift card was bought.")]
    if "bail" in typed:
        cards.append(card(3, "Set free on bail.", facets={"country": ("FR",)}))
        cards.append(card(4, "Set free.", facets={"country": ("MT",)}))
    backend.write(cards, (), 1)
    results = searcher(backend, *cards).search(parse(typed, mode=mode))
    assert results.total == 0
    assert sorted(results.notes[-1].split()) == sorted(note.split())
    answered = searcher(backend, *cards).search(parse("card", mode=mode))
    assert answered.total and not [note for note in answered.notes if "Nothing matches" in note]


def test_parts_that_were_not_typed_are_named_and_few_are_counted() -> None:
    asked: list[Query] = []

    def count(query: Query) -> int:
        asked.append(query)
        return len(asked) == 1

    query = parse(
        " ".join(f"(a{number} OR b)" for number in range(20)), filters={"country": ("IE", "MT")}, by=By.REPORT
    )
    assert emptied(query, count) == (f"{WITHOUT}country:IE,MT something does.",)
    assert len(asked) == MOST_COUNTS
    assert asked[0].filters == {} and asked[0].where == query.where
    assert all(len(one.where) == 19 and one.by is By.REPORT for one in asked[1:])
