"""The search engines that the conformance suite runs over: add one here, and every case runs over it too."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import NamedTuple

from index.search.backend import Backend
from index.search.embedded.backend import EmbeddedBackend
from tests.index.search import elastic_server


class Kind(NamedTuple):
    """One engine: how an empty backend over a folder or index of its own is opened, and closed again."""

    name: str
    opened: Callable[[Path], AbstractContextManager[Backend]]
    """Given an empty folder; its name is unique within the run."""
    missing: str = ""
    """Why it cannot run here, or empty."""
    trees: int = 400
    """How many random boolean trees it is asked; fewer for an engine that scans."""


@contextmanager
def embedded(folder: Path) -> Iterator[Backend]:
    backend = EmbeddedBackend(folder / "index")
    try:
        yield backend
    finally:
        backend.close()


BACKENDS = [
    Kind("embedded", embedded),
    Kind("elasticsearch", elastic_server.elastic, elastic_server.missing(), trees=100),
]
