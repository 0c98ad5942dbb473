"""A real record, and a real library, in a temporary folder."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from enrichment.classify import pool
from index.incidents import Incidents
from index.library import Library
from index.store import Store
from tests.index.desk import LATE, STORIES, keep
from tests.index.hardship import LEAD, settings
from tests.index.room import TYPOLOGY


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'library.sqlite'}"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = Store(url)
    yield opened
    opened.close()


@pytest.fixture
def incidents(store: Store) -> Incidents:
    return Incidents(store, TYPOLOGY, pool)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a library of the starter cases and of six stories that only machines have coded."""
    home, notes = tmp_path_factory.mktemp("built"), tmp_path_factory.mktemp("notes")
    for town in set(STORIES) - {LATE}:
        keep(notes, town)
    with Library.open(settings(home)) as library:
        library.collect(["starter"], actor=LEAD)
        library.collect(paths=[notes], actor=LEAD)
        library.enrich(actor=LEAD)
        library.refresh(actor=LEAD)
    return home


@pytest.fixture
def home(built: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may change."""
    shutil.copytree(built, tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def library(home: Path) -> Iterator[Library]:
    """That copy, open."""
    with Library.open(settings(home)) as opened:
        yield opened
