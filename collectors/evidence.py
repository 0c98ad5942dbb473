"""The evidence folder between runs: files begun and finished, torn ones repaired, and the manifest over them.

The manifest has a line for each finished file with its SHA-256, and each line holds the SHA-256 of the line
before it: a file changed, removed or slipped in later shows.
"""

import errno
import hashlib
import json
import os
import zlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path

from collectors.errors import EvidenceDamaged, MoriartyError, StorageFull

OPEN = ".open"
MANIFEST = "manifest.jsonl"
_NO_ROOM = {errno.ENOSPC, errno.EFBIG, errno.EDQUOT}
_GZIP = 16 + zlib.MAX_WBITS
_STEP = 65_536


def write_failed(error: OSError, name: str) -> MoriartyError:
    """Return what a failed write means."""
    if error.errno in _NO_ROOM:
        return StorageFull(f"no room to write {name}: {error.strerror}")
    return EvidenceDamaged(f"cannot write {name}: {error}")


def _sync_folder(folder: Path) -> None:
    """Make names in a folder durable, where the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def create(folder: Path, run: str) -> tuple[str, FileIO]:
    """Create the WARC file of a run and return its final name and the open file.

    An existing file is never touched. Raises ``StorageFull``.
    """
    number = 1
    while True:
        name = f"{run}.warc.gz" if number == 1 else f"{run}-{number}.warc.gz"
        number += 1
        if (folder / name).exists():
            continue
        try:
            folder.mkdir(parents=True, exist_ok=True)
            file = FileIO(folder / (name + OPEN), "xb")
        except FileExistsError:
            continue
        except OSError as error:
            raise write_failed(error, name) from error
        _sync_folder(folder)
        return name, file


def _file_sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _lines(folder: Path) -> list[bytes]:
    """Return the whole lines of the manifest; one cut short by a crash is not among them."""
    with suppress(FileNotFoundError):
        return (folder / MANIFEST).read_bytes().split(b"\n")[:-1]
    return []


def _link(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


@dataclass(frozen=True)
class _Entry:
    """What a line of the manifest says."""

    warc: str
    sha256: str
    before: str


def _read(line: bytes) -> _Entry | None:
    """Return what a line says, or None where it cannot be read."""
    try:
        entry = json.loads(line)
        return _Entry(str(entry["warc"]), str(entry["sha256"]), str(entry["before"]))
    except (ValueError, KeyError, TypeError):
        return None


def _enter(path: Path) -> None:
    """Add a finished file to the manifest."""
    lines = _lines(path.parent)
    entry = {
        "warc": path.name,
        "bytes": path.stat().st_size,
        "sha256": _file_sha256(path),
        "entered": datetime.now(UTC).isoformat(timespec="seconds"),
        "before": _link(lines[-1]) if lines else "",
    }
    whole = sum(len(line) + 1 for line in lines)
    try:
        with (path.parent / MANIFEST).open("ab") as manifest:
            manifest.truncate(whole)
            manifest.write(json.dumps(entry).encode() + b"\n")
            manifest.flush()
            os.fsync(manifest.fileno())
    except OSError as error:
        raise write_failed(error, MANIFEST) from error


def finish(path: Path) -> Path:
    """Give an open file its final name, enter it in the manifest and return it. Raises ``StorageFull``."""
    final = path.with_name(path.name.removesuffix(OPEN))
    path.rename(final)
    _sync_folder(path.parent)
    _enter(final)
    return final


def _whole_length(path: Path) -> int:
    """Return the number of bytes up to the end of the last whole gzip member of a file."""
    whole = position = 0
    decoder = zlib.decompressobj(_GZIP)
    with path.open("rb") as file:
        while chunk := file.read(_STEP):
            while chunk:
                try:
                    decoder.decompress(chunk, _STEP)
                except zlib.error:
                    return whole
                rest = decoder.unused_data if decoder.eof else decoder.unconsumed_tail
                position += len(chunk) - len(rest)
                chunk = rest
                if decoder.eof:
                    whole, decoder = position, zlib.decompressobj(_GZIP)
    return whole


def repair(folder: Path) -> list[str]:
    """Finish what a crash left: torn files are cut after their last whole record and entered in the manifest.

    Returns what was done, a line each. No run may be writing to the folder meanwhile.
    """
    done = []
    for path in sorted(folder.glob(f"*.warc.gz{OPEN}")):
        whole, size = _whole_length(path), path.stat().st_size
        if whole == 0:
            path.unlink()
            done.append(f"{path.name}: removed, it held no whole record ({size} bytes)")
            continue
        with path.open("r+b") as file:
            file.truncate(whole)
            os.fsync(file.fileno())
        done.append(f"{finish(path).name}: finished, {size - whole} torn bytes cut off")
    listed = {entry.warc for line in _lines(folder) if (entry := _read(line))}
    for path in sorted(folder.glob("*.warc.gz")):
        if path.name not in listed:
            _enter(path)
            done.append(f"{path.name}: entered in the manifest")
    return done


def _differences(folder: Path, entry: _Entry) -> list[str]:
    path = folder / entry.warc
    if path.parent != folder or not path.is_file():
        return [f"{entry.warc} is missing"]
    if _file_sha256(path) != entry.sha256:
        return [f"{entry.warc} has changed since it was finished"]
    return []


def verify(folder: Path) -> list[str]:
    """Return every way in which the finished files differ from the manifest; none means they agree."""
    problems, before, listed = [], "", set()
    for number, line in enumerate(_lines(folder), start=1):
        entry, expected, before = _read(line), before, _link(line)
        if entry is None:
            problems.append(f"{MANIFEST} line {number} cannot be read")
            continue
        if entry.before != expected:
            problems.append(f"{MANIFEST} line {number} does not follow from the line before it")
        listed.add(entry.warc)
        problems += _differences(folder, entry)
    strangers = {path.name for path in folder.glob("*.warc.gz")} - listed
    return problems + [f"{name} is not in the manifest" for name in sorted(strangers)]
