"""Each engine in turn, empty or filled."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.search.backend import Backend
from index.search.cards import Card
from index.search.embedded.backend import EmbeddedBackend
from tests.index.search import elastic_server
from tests.index.search.backends import BACKENDS, Kind
from tests.index.search.elastic_faults import Faulty, faulty
from tests.index.search.searching import Collection, make_card


@pytest.fixture(params=BACKENDS, ids=lambda kind: kind.name, scope="module")
def kind(request: pytest.FixtureRequest) -> Kind:
    """Each engine in turn; one that cannot run here skips with its reason."""
    if request.param.missing:
        pytest.skip(request.param.missing)
    return Kind(*request.param)


@pytest.fixture
def backend(kind: Kind, tmp_path: Path) -> Iterator[Backend]:
    with kind.opened(tmp_path) as opened:
        yield opened


@pytest.fixture(scope="module")
def collection(kind: Kind, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collection]:
    """A hundred and sixty cards in four commits, some rewritten, some deleted; no test may write to it."""
    chance = random.Random(7)
    cards: dict[str, Card] = {}
    with kind.opened(tmp_path_factory.mktemp("library")) as opened:
        for start in range(1, 161, 40):
            batch = [make_card(number, chance) for number in range(start, start + 40)]
            again = [make_card(one.seq, chance, version=1) for one in list(cards.values())[start % 7 :: 9]]
            gone = [card.id for card in list(cards.values())[start % 5 :: 17]]
            opened.write(batch + again, gone, start)
            cards = {one: card for one, card in cards.items() if one not in gone}
            cards |= {card.id: card for card in batch + again}
        yield opened, cards


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[EmbeddedBackend]:
    opened = EmbeddedBackend(tmp_path / "index")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[EmbeddedBackend, dict[str, Card]]]:
    """Two hundred cards written in seven commits, some rewritten, some deleted."""
    folder = tmp_path_factory.mktemp("library") / "index"
    opened = EmbeddedBackend(folder)
    chance = random.Random(7)
    cards: dict[str, Card] = {}
    for start in range(1, 246, 35):
        batch = [make_card(number, chance) for number in range(start, start + 35)]
        again = [
            make_card(card.seq, chance, version=1)
            for card in chance.sample(list(cards.values()), k=len(cards) // 10)
        ]
        gone = [card.id for card in chance.sample(list(cards.values()), k=len(cards) // 20)]
        opened.write(batch + again, gone, start)
        cards |= {card.id: card for card in batch + again}
        # A card both deleted and written in one call is written.
        for one in set(gone) - {card.id for card in again}:
            del cards[one]
    assert len(list(folder.glob("*.store"))) >= 4, "several segments are the point"
    yield opened, cards
    opened.close()


@pytest.fixture(scope="module")
def elastic_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of Elasticsearch, or of what stands in for it."""
    if missing := elastic_server.missing():
        pytest.skip(missing)
    with elastic_server.elasticsearch(tmp_path_factory.mktemp("elasticsearch")) as address:
        yield address


@pytest.fixture
def between(elastic_url: str) -> Iterator[Faulty]:
    """What stands between the client and that server, and fails as it is told to."""
    with faulty(elastic_url) as opened:
        yield opened
