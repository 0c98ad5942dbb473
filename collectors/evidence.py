"""The evidence files between runs: one begun, one finished, and what a crash has torn put right."""

import mmap
import os
import zlib
from contextlib import suppress
from io import FileIO
from pathlib import Path

from collectors.errors import EvidenceDamaged
from collectors.manifest import enter, entered_files
from collectors.storage import storing
from collectors.web.decoding import GZIP

OPEN = ".open"
_MEMBER = b"\x1f\x8b\x08"
"""What each gzip member, and so each record, begins with; inside one it means nothing."""
_RECORD = b"WARC/"
_STEP = 65_536


def create(folder: Path, run: str) -> tuple[str, FileIO]:
    """Create the WARC file of a run and return its final name and the open file.

    An existing file is never touched, nor is a name taken that another run has. Raises ``StorageFull`` and
    ``StorageRefused``.
    """
    with storing(folder.name):
        folder.mkdir(parents=True, exist_ok=True)
    number = 1
    while True:
        name = f"{run}.warc.gz" if number == 1 else f"{run}-{number}.warc.gz"
        number += 1
        begun = folder / (name + OPEN)
        with storing(name):
            try:
                file = FileIO(begun, "xb")
            except FileExistsError:
                continue
        # Only now: until the open name was ours, another run could still finish under this one.
        if (folder / name).exists():
            file.close()
            begun.unlink()
            continue
        _sync_folder(folder)
        return name, file


def finish(path: Path) -> Path:
    """Give an open file its final name, enter it in the manifest and return it.

    Raises ``EvidenceDamaged`` where another file has that name, ``StorageFull`` and ``StorageRefused``.
    """
    final = path.with_name(path.name.removesuffix(OPEN))
    if final.exists():
        raise EvidenceDamaged(f"{path.name} cannot be finished: there is another {final.name}")
    with storing(final.name):
        path.rename(final)
    _sync_folder(path.parent)
    enter(final)
    return final


def repair(folder: Path) -> list[str]:
    """Finish what a crash left: torn files are cut after their last whole record and entered in the manifest.

    Returns what was done, a line each. No run may be writing to the folder meanwhile. Raises as ``finish``.
    """
    done = []
    for path in sorted(folder.glob(f"*.warc.gz{OPEN}")):
        with storing(path.name):
            (whole, damaged), size = _whole_length(path), path.stat().st_size
            if whole == 0:
                path.unlink()
                done.append(f"{path.name}: removed, it held no whole record ({size} bytes)")
                continue
            with path.open("r+b") as file:
                file.truncate(whole)
                os.fsync(file.fileno())
        inside = f", {damaged} damaged bytes inside it left as they are" if damaged else ""
        done.append(f"{finish(path).name}: finished, {size - whole} torn bytes cut off{inside}")
    known = entered_files(folder)
    for path in sorted(folder.glob("*.warc.gz")):
        if path.name not in known:
            enter(path)
            done.append(f"{path.name}: entered in the manifest")
    return done


def _sync_folder(folder: Path) -> None:
    """Make names in a folder durable, where the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _whole_length(path: Path) -> tuple[int, int]:
    """Return the length up to the end of the last whole record, and how many bytes before it are of none.

    A crash tears the end only; where the middle is damaged, the records after it are still good.
    """
    if path.stat().st_size == 0:
        return 0, 0
    whole = damaged = 0
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        start = data.find(_MEMBER)
        while start >= 0:
            length = _record_length(data, start)
            if length:
                damaged += start - whole
                whole = start + length
            start = data.find(_MEMBER, start + max(length, 1))
    return whole, damaged


def _record_length(data: mmap.mmap, start: int) -> int:
    """Return the bytes of the record that starts there, or 0 where it is cut, broken or none."""
    decoder, position = zlib.decompressobj(GZIP), start
    try:
        while not decoder.eof:
            piece = data[position : position + _STEP]
            unpacked = decoder.decompress(piece, _STEP)
            if not piece or (position == start and not unpacked.startswith(_RECORD)):
                return 0
            position += len(piece) - len(decoder.unused_data or decoder.unconsumed_tail)
    except zlib.error:
        return 0
    return position - start
