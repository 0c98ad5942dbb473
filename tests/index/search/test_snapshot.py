"""One state of the index: what is put in order, and what is shown of its cards."""

import random
from dataclasses import replace
from pathlib import Path

import pytest

from index.search.cards import HitSource
from index.search.embedded.backend import EmbeddedBackend, in_memory
from index.search.embedded.snapshot import MOST_PLACES
from index.search.language.parser import parse
from index.search.tree import Words
from tests.index.search.searching import card, make_card


@pytest.mark.parametrize("prior", [0.0, 0.02, 0.25, 5.0])
@pytest.mark.parametrize("limit", [1, 10, 64, 90])
def test_the_best_few_are_the_first_of_all(limit: int, prior: float) -> None:
    chance = random.Random(limit)
    made = [make_card(number, chance) for number in range(1, 201)]
    alike = [card(number, "bank") for number in range(201, 260)]
    told = [replace(each, report_count=chance.choice((1,) * 20 + (2, 30))) for each in (*made, *alike)]
    chance.shuffle(told)
    snapshot = in_memory(told)
    hits, found = snapshot.first(Words(("bank",)), len(told))
    assert found > 150
    assert snapshot.rows(hits, limit, prior) == snapshot.rows(hits, len(hits), prior)[:limit]


def test_a_card_shows_the_same_whether_or_not_it_was_named_before(tmp_path: Path) -> None:
    cards = [card(number, "bank", shown=HitSource(f"Title {number}")) for number in range(1, 40)]
    backend = EmbeddedBackend(tmp_path / "index")
    backend.write(cards, (), 7)
    named = backend.words(parse("bank"), 10).ids
    asked = [*named, cards[-1].id, "inc-of-another-library"]
    shown = backend.shown(asked, 7)
    assert len(named) == 10
    assert shown == EmbeddedBackend(tmp_path / "index").shown(asked, 7)
    assert shown == {one.id: one.shown for one in cards if one.id in asked}
    assert backend.shown(asked, 8) == {}


def test_a_card_shows_what_was_written_last(tmp_path: Path) -> None:
    backend = EmbeddedBackend(tmp_path / "index")
    for applied in (1, 2):
        backend.write([card(5, "bank", shown=HitSource(f"Version {applied}"))], (), applied)
        [identifier] = backend.words(parse("bank"), 10).ids
        assert backend.shown([identifier], applied)[identifier].title == f"Version {applied}"
    backend.write((), [identifier], 3)
    assert backend.shown([identifier], 3) == {}


def test_no_more_places_are_kept_than_those_named_last() -> None:
    snapshot = in_memory([card(number, "bank") for number in range(1, 300)])
    hits, _ = snapshot.first(Words(("bank",)), 300)
    addresses = [address for _, address in hits]
    for number in range(2 * MOST_PLACES // 100):
        made = {f"inc-{number}-{place}": address for place, address in enumerate(addresses[:100])}
        snapshot.places.update(made)
        snapshot.ids_at(addresses[:1])
        assert len(snapshot.places) <= MOST_PLACES + 101
