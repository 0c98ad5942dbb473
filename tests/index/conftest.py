"""A real record, and a real library, in a temporary folder."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest

from enrichment.classify import pool
from index.incidents import Incidents
from index.library import Library
from index.settings import Settings
from index.store import Store
from tests.index.database import postgres_server
from tests.index.database.postgres_server import Server
from tests.index.hardship import LEAD, settings
from tests.index.room import TYPOLOGY
from tests.index.stories import LATE, STORIES, keep

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
            library.add([notes], actor=LEAD)
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
