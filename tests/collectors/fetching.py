"""What the tests of fetching share: a source, a clock moved by hand, and a fetcher for a server."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from collectors.fetch import Exchange, Fetcher, Limits
from collectors.records import Source
from tests.collectors.hostile import HostileServer

ROOT = Path(__file__).resolve().parents[2]
SHORT = 0.8
"""Seconds for a test in which the time does run out; the others have enough on a busy machine too."""
LIMITS = Limits(
    wire_bytes=300_000,
    decoded_bytes=5_000_000,
    ratio_from_bytes=1_000_000,
    tries=1,
)


class Clock:
    """Time that passes only in sleep."""

    def __init__(self, now: float = 1_900_000_000.0) -> None:
        self.now = now
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def source(**changes: Any) -> Source:  # noqa: ANN401 -- any field of a Source
    fields = {
        "key": "test",
        "title": "Test",
        "publisher": "Test",
        "url": "http://example.org",
        "kind": "feed",
    }
    return Source.model_validate({**fields, "gap_seconds": 0, **changes})


def fetcher(folder: Path, server: HostileServer, **settings: Any) -> Fetcher:  # noqa: ANN401 -- Fetcher's own
    limits = replace(LIMITS, **settings.pop("limit", {}))
    allowed = frozenset({server.host, *settings.pop("allowed", ())})
    return Fetcher(folder / "state", limits=limits, allowed_hosts=allowed, **settings)


def fetch(folder: Path, server: HostileServer, path: str = "/page", **settings: Any) -> Exchange:  # noqa: ANN401
    with fetcher(folder, server, **settings) as client:
        return client.get(server.url(path), source())


def child(program: str, *arguments: object) -> subprocess.Popen[str]:
    """Start a Python program of its own, to be killed or starved without harm to the tests."""
    return subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
