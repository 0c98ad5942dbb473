"""What runs need: parsers, a server, a ledger for the record, and a drop folder's run."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from collectors.base import Context
from collectors.sandbox.pool import Sandbox
from tests.collectors.dropping import Run
from tests.collectors.hostile import HostileServer, serving
from tests.collectors.running import Ledger, opened


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(workers=2, seconds=20) as running:
        yield running


@pytest.fixture
def server() -> Iterator[HostileServer]:
    with serving() as running:
        yield running


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def context(tmp_path: Path, server: HostileServer, sandbox: Sandbox, ledger: Ledger) -> Iterator[Context]:
    with opened(tmp_path, server, sandbox, ledger) as ready:
        yield ready


@pytest.fixture
def drop(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox) -> Iterator[Run]:
    """Return a run over a drop folder, with an evidence folder of its own."""
    with Run(tmp_path_factory.mktemp("library"), sandbox) as running:
        yield running
