"""A real record in a temporary folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from enrichment.classify import pool
from index.incidents import Incidents
from index.store import Store
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
