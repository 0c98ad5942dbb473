"""An Elasticsearch to test against: the one ``ES_URL`` names, else the stand-in noida-db on a free port.

The stand-in speaks Elasticsearch's protocol over HTTP; it scans every document, so keep to about 200.
"""

import os
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path

from index.search.elastic.backend import ElasticBackend
from index.search.elastic.client import Cluster
from index.search.elastic.server import Server
from tests.index.search.searching import DIMENSIONS

REAL = os.environ.get("ES_URL", "")


def missing() -> str:
    """Return why there is no server to test against, or an empty string."""
    try:
        present = files("noida_db").joinpath("noida-db").is_file()
    except ModuleNotFoundError:
        present = False
    return "" if REAL or present else "noida-db is not installed, and ES_URL names no server"


@contextmanager
def elasticsearch(folder: Path) -> Iterator[str]:
    """Yield the address of a server; the stand-in keeps its data in ``folder`` and ends with the block."""
    if REAL:
        yield REAL
        return
    port = free_port()
    with as_file(files("noida_db") / "noida-db") as program, (folder / "noida.log").open("wb") as log:
        arguments = [
            "--only",
            "elasticsearch",
            "--elasticsearch-port",
            str(port),
            "--data-dir",
            str(folder / "data"),
        ]
        process = subprocess.Popen([program, "start", *arguments], stdout=log, stderr=log)
        try:
            _wait(port, process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()
            process.wait(10)


def server(url: str, prefix: str, seconds: float = 20) -> Server:
    """Return how to reach it; ``ES_API_KEY`` and ``ES_CA`` are those of the real one."""
    ca = os.environ.get("ES_CA")
    return Server(url, os.environ.get("ES_API_KEY"), Path(ca) if ca else None, prefix, seconds)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(100):
        assert process.poll() is None, "noida-db ended at once"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("noida-db does not answer")


@contextmanager
def elastic(folder: Path, dimensions: int = DIMENSIONS) -> Iterator[ElasticBackend]:
    """Yield an empty backend with a server, or indexes of the real one, of its own."""
    prefix = f"test-{uuid.uuid4().hex[:10]}"
    with elasticsearch(folder) as url:
        backend = ElasticBackend(server(url, prefix), dimensions=dimensions)
        try:
            backend.rebuild((), 0)
            yield backend
        finally:
            drop(url, prefix)
            backend.close()


def indexes(url: str, prefix: str) -> list[str]:
    """Return the names of a prefix's indexes."""
    cluster = Cluster(server(url, prefix))
    names = sorted(cluster.indexes(f"{prefix}-*"))
    cluster.close()
    return names


def drop(url: str, prefix: str) -> None:
    """Delete a prefix's indexes."""
    cluster = Cluster(server(url, prefix))
    cluster.drop(indexes(url, prefix))
    cluster.close()
