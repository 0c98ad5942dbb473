"""The manifest: a line for each finished evidence file, each line holding the SHA-256 of the line before it.

A file changed, removed or slipped in later shows.
"""

import hashlib
import json
import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from collectors.storage import storing

MANIFEST = "manifest.jsonl"


@dataclass(frozen=True)
class _Entry:
    """What a line of the manifest says."""

    warc: str
    sha256: str
    before: str


def enter(path: Path) -> None:
    """Add a finished file to the manifest of its folder. Raises ``StorageFull`` and ``StorageRefused``."""
    with storing(MANIFEST):
        lines = _lines(path.parent)
        entry = {
            "warc": path.name,
            "bytes": path.stat().st_size,
            "sha256": _file_sha256(path),
            "entered": datetime.now(UTC).isoformat(timespec="seconds"),
            "before": _link(lines[-1]) if lines else "",
        }
        whole = sum(len(line) + 1 for line in lines)
        with (path.parent / MANIFEST).open("ab") as manifest:
            manifest.truncate(whole)
            manifest.write(json.dumps(entry).encode() + b"\n")
            manifest.flush()
            os.fsync(manifest.fileno())


def entered_files(folder: Path) -> set[str]:
    """Return the names of the files entered so far; a line that cannot be read names none."""
    return {entry.warc for line in _lines(folder) if (entry := _read(line))}


def verify(folder: Path) -> list[str]:
    """Return every way in which the finished files differ from the manifest; none means they agree."""
    problems, before, named = [], "", set()
    for number, line in enumerate(_lines(folder), start=1):
        entry, expected, before = _read(line), before, _link(line)
        if entry is None:
            problems.append(f"{MANIFEST} line {number} cannot be read")
            continue
        if entry.before != expected:
            problems.append(f"{MANIFEST} line {number} does not follow from the line before it")
        named.add(entry.warc)
        problems += _differences(folder, entry)
    strangers = {path.name for path in folder.glob("*.warc.gz")} - named
    return problems + [f"{name} is not in the manifest" for name in sorted(strangers)]


def _lines(folder: Path) -> list[bytes]:
    """Return the whole lines of the manifest; one cut short by a crash is not among them."""
    with storing(MANIFEST), suppress(FileNotFoundError):
        return (folder / MANIFEST).read_bytes().split(b"\n")[:-1]
    return []


def _read(line: bytes) -> _Entry | None:
    """Parse a line; None for an unreadable one."""
    try:
        entry = json.loads(line)
        return _Entry(str(entry["warc"]), str(entry["sha256"]), str(entry["before"]))
    except (ValueError, KeyError, TypeError):
        return None


def _link(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


def _file_sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _differences(folder: Path, entry: _Entry) -> list[str]:
    path = folder / entry.warc
    if path.parent != folder or not path.is_file():
        return [f"{entry.warc} is missing"]
    try:
        same = _file_sha256(path) == entry.sha256
    except OSError as error:
        return [f"{entry.warc} cannot be read: {error.strerror}"]
    return [] if same else [f"{entry.warc} has changed since it was finished"]
