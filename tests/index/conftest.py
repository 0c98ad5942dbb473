"""A real record, and a real library, in a temporary folder."""

import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest

from enrichment.classify import pool
from index.incidents import Incidents
from index.library import Library
from index.search.backend import Backend
from index.search.cards import Card
from index.search.embedded import EmbeddedBackend
from index.settings import Settings
from index.store import Store
from tests.index import elastic_server, postgres_server
from tests.index.backends import BACKENDS, Kind
from tests.index.desk import LATE, STORIES, keep
from tests.index.elastic_faults import Faulty, faulty
from tests.index.hardship import LEAD, settings
from tests.index.postgres_server import Server
from tests.index.room import TYPOLOGY
from tests.index.searching import Collection, make_card

Build = Callable[[str], tuple[Settings, str]]
"""Takes the kind of a database; returns where the library is, and the name of its PostgreSQL database."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test of the record on each kind of database that it, or else its module, is marked with."""
    marker = metafunc.definition.get_closest_marker("databases")
    if "database" in metafunc.fixturenames and marker is not None:
        metafunc.parametrize("database", marker.args, indirect=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server."""
    if missing := postgres_server.missing():
        pytest.skip(missing)
    with postgres_server.postgresql() as server:
        yield server


@pytest.fixture(scope="session")
def template(postgres: Server) -> str:
    """The name of a database on it that holds an empty record."""
    name = postgres.database()
    Store(postgres.url(name)).close()
    return name


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    """The kind of database a test runs on."""
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture
def url(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty record; in PostgreSQL its tables are made already."""
    if database == "sqlite":
        yield f"sqlite:///{tmp_path / 'library.sqlite'}"
        return
    server: Server = request.getfixturevalue("postgres")
    with server.copied(request.getfixturevalue("template")) as name:
        yield server.url(name)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = Store(url)
    yield opened
    opened.close()


@pytest.fixture
def incidents(store: Store) -> Incidents:
    return Incidents(store, TYPOLOGY, pool)


@pytest.fixture(scope="session")
def build(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Gives, on each kind of database, a library of the starter cases and of stories only machines coded."""

    @cache
    def built(database: str) -> tuple[Settings, str]:
        home, notes, name = tmp_path_factory.mktemp("built"), tmp_path_factory.mktemp("notes"), ""
        where = settings(home)
        if database == "postgresql":
            server: Server = request.getfixturevalue("postgres")
            name = server.database()
            where = where.model_copy(update={"database_url": server.url(name)})
        for town in set(STORIES) - {LATE}:
            keep(notes, town)
        with Library.open(where) as library:
            library.collect(["starter"], actor=LEAD)
            library.collect(paths=[notes], actor=LEAD)
            library.enrich(actor=LEAD)
            library.refresh(actor=LEAD)
        return where, name

    return built


@pytest.fixture
def home(build: Build, database: str, tmp_path: Path) -> Path:
    """A copy of its folder that a test may change."""
    shutil.copytree(build(database)[0].home, tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def library(build: Build, database: str, home: Path, request: pytest.FixtureRequest) -> Iterator[Library]:
    """A copy of that library, open."""
    where = settings(home)
    with ExitStack() as stack:
        if database == "postgresql":
            server: Server = request.getfixturevalue("postgres")
            name = stack.enter_context(server.copied(build(database)[1]))
            where = where.model_copy(update={"database_url": server.url(name)})
        yield stack.enter_context(Library.open(where))


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
