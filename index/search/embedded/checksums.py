"""Checks that the files of an index still hold what was written to them.

tantivy ends each file of a segment with its CRC-32; those of the vector files are in the commit. Damage that
the engine does not notice would otherwise change answers in silence. A file is read again only where its size
or time of change differ from those at its last check, so an index stays quick to open.
"""

import json
import os
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from struct import Struct

from collectors.errors import IndexDamaged
from index.search.query import By
from index.search.vectors import Extent, path_of

FOOTER = Struct("<II")
"""How each of tantivy's files ends: the length in bytes of the JSON before this, and ``MAGIC``."""
MAGIC = 1337
RECORD = "checked.json"
"""File with the names of verified files, each with its size in bytes and modification time in ns."""
BLOCK_BYTES = 1 << 20

Test = Callable[[Path], bool]


def check_segments(folder: Path, *, every_file: bool = False) -> None:
    """Verify the files of committed segments; raise ``IndexDamaged`` on a checksum mismatch.

    ``every_file`` also reads those unchanged since they were last verified.
    """
    _check(folder, dict.fromkeys(_segment_files(folder), _segment_sound), every_file)


def check_vectors(folder: Path, extents: Mapping[By, Extent], *, every_file: bool = False) -> None:
    """Verify the committed part of the vector files; raise ``IndexDamaged`` on a checksum mismatch.

    ``every_file`` also reads those unchanged since they were last verified.
    """
    tests: dict[Path, Test] = {}
    for by, extent in extents.items():
        for ending, (length, crc) in extent.committed.items():
            tests[path_of(folder, by, extent.epoch, ending)] = partial(_vectors_sound, length=length, crc=crc)
    _check(folder, tests, every_file)


def _check(folder: Path, tests: Mapping[Path, Test], every_file: bool) -> None:
    record = _read_record(folder)
    found = dict(record)
    for path, sound in tests.items():
        with suppress(FileNotFoundError):  # dropped by a commit just made, or the engine reports its loss
            status = path.stat()
            mark = [status.st_size, status.st_mtime_ns]
            if every_file or record.get(path.name) != mark:
                if not sound(path):
                    raise IndexDamaged(f"{folder.name}/{path.name} is not as it was written")
                found[path.name] = mark
    if found != record:
        there = {path.name for path in folder.iterdir()}
        _write_record(folder, {name: mark for name, mark in found.items() if name in there})


def _segment_files(folder: Path) -> Iterator[Path]:
    """Yield the files of the segments that the last commit names."""
    try:
        segments = json.loads((folder / "meta.json").read_bytes())["segments"]
        names = [(segment["segment_id"].replace("-", ""), segment["deletes"]) for segment in segments]
    except FileNotFoundError:
        return  # nothing is committed yet, or the engine reports the loss
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise IndexDamaged(f"{folder.name}/meta.json cannot be read") from error
    for name, deletes in names:
        committed = f"{name}.{deletes['opstamp']}.del" if deletes else ""
        for path in folder.glob(f"{name}.*"):
            if path.suffix != ".del" or path.name == committed:
                yield path


def _segment_sound(path: Path) -> bool:
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - FOOTER.size))
        ending = file.read()
        if len(ending) < FOOTER.size:
            return False
        length, magic = FOOTER.unpack(ending)
        body = size - FOOTER.size - length
        if magic != MAGIC or body < 0:
            return False
        file.seek(body)
        try:
            stated = json.loads(file.read(length))["crc"]
        except (ValueError, TypeError, KeyError):
            return False
    return bool(_crc(path, body) == stated)


def _vectors_sound(path: Path, *, length: int, crc: int) -> bool:
    return path.stat().st_size >= length and _crc(path, length) == crc


def _crc(path: Path, length: int) -> int:
    """Return the CRC-32 of the first ``length`` bytes of a file."""
    crc = 0
    with path.open("rb") as file:
        while length and (block := file.read(min(length, BLOCK_BYTES))):
            crc = zlib.crc32(block, crc)
            length -= len(block)
    return crc


def _read_record(folder: Path) -> dict[str, list[int]]:
    try:
        record = json.loads((folder / RECORD).read_bytes())
    except (OSError, ValueError):  # not there yet, or damaged itself: everything is read again
        return {}
    return record if isinstance(record, dict) else {}


def _write_record(folder: Path, record: Mapping[str, list[int]]) -> None:
    aside = folder / f"{RECORD}.{os.getpid()}"
    with suppress(OSError):  # without it the next check takes longer, no more
        aside.write_text(json.dumps(record), "utf-8")
        aside.replace(folder / RECORD)
