"""A library over a damaged index builds it again, says so, and answers as before."""

import logging
import os
from pathlib import Path

import pytest

from index.library import Library
from tests.index.hardship import LEAD, settings
from tests.index.stories import answers, cards


def zero_block(path: Path) -> None:
    """Fill a block in the middle of a file with zeros."""
    content = bytearray(path.read_bytes())
    start = len(content) // 3
    content[start : start + 400] = bytes(min(400, len(content) - start))
    path.write_bytes(content)


def test_verify_finds_an_index_file_that_changed_without_a_trace(
    home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Library.open(settings(home)) as library:
        before = answers(library)
    [damaged, *_] = (home / "index").rglob("*.fieldnorm")
    times = damaged.stat()
    zero_block(damaged)
    os.utime(damaged, ns=(times.st_atime_ns, times.st_mtime_ns))
    with caplog.at_level(logging.WARNING), Library.open(settings(home)) as library:
        assert library.verify(actor=LEAD).sound
        assert answers(library) == before
    assert any(damaged.name in record.getMessage() for record in caplog.records)


@pytest.mark.parametrize("ending", ["*.idx", "*.fast", "*.fieldnorm", "*.store", "incident-*.rows"])
def test_index_with_one_damaged_file_is_built_again_and_says_so(
    home: Path, ending: str, caplog: pytest.LogCaptureFixture
) -> None:
    with Library.open(settings(home)) as library:
        before = answers(library)
    [damaged, *_] = (home / "index").rglob(ending)
    zero_block(damaged)
    with caplog.at_level(logging.WARNING), Library.open(settings(home)) as library:
        assert library.status(actor=LEAD).indexed == sum(cards(library))
        assert answers(library) == before
    told = [record.getMessage() for record in caplog.records if "damaged" in record.getMessage()]
    assert len(told) == 1, "it is built once"
    assert damaged.name in told[0]
