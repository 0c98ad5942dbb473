"""Captures and real data that the tests of the data sets share."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from collectors.records import Capture

SHARED = Path(__file__).resolve().parents[2] / "../shared/data"


def shared(name: str) -> Path:
    path = (SHARED / name).resolve()
    if not path.exists():
        pytest.skip(f"the real data set {name} is not beside the project")
    return path


def capture_of(parser: str, source: str = "fictional") -> Capture:
    moment = datetime(2026, 3, 1, 12, tzinfo=UTC)
    address = f"file:{parser}"
    return Capture(
        id=f"cap-{parser}",
        source=source,
        parser=parser,
        requested_url=address,
        final_url=address,
        started=moment,
        finished=moment,
        length=0,
        sha256="0" * 64,
        warc="run.warc.gz",
        offset=0,
        tool="moriarty/test",
    )
