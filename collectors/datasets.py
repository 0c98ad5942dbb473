"""Data sets that hold many reports in one payload: which reader takes which, and how a path becomes bytes."""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

from collectors.errors import ItemError, TooLarge, Unreadable
from collectors.files import shown_name
from collectors.records import STARTER, Capture, Outcome
from collectors.sets import aiid, atlas, starter_cases
from collectors.sets.tarball import first_bytes

READERS: dict[str, Callable[[bytes, Capture], Outcome]] = {
    "aiid": aiid.parse,
    "atlas": atlas.parse,
    STARTER: starter_cases.parse,
}
"""By ``Capture.parser``; each is a pure function of the payload and its capture."""

SANDBOXED = frozenset({"atlas"})
"""Readers that end in native code on hostile bytes. The others are bounded Python, and an AIID archive of
105 MB passes the sandbox's limits of time and memory."""

_TAR_ENDINGS = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2")
_LONGEST_HEADER = 10_000
"""Bytes of a table looked at for the names of its columns."""
_ARCHIVE_TYPES = {
    ".bz2": "application/x-bzip2",
    ".gz": "application/gzip",
    ".tgz": "application/gzip",
    ".tbz2": "application/x-bzip2",
}


def recognise(path: Path) -> str:
    """Return ``aiid`` for an AI Incident Database snapshot, ``atlas`` for MITRE ATLAS, else ``files``.

    Only ordinary files are opened: a pipe of the right name would keep us waiting.
    """
    if path.is_dir():
        table = path / "incidents.csv"
        if table.is_file() and _is_incident_table(table):
            return "aiid"
        return "atlas" if (path / "ATLAS.yaml").is_file() else "files"
    if not path.is_file():
        return "files"
    if path.name == "ATLAS.yaml":
        return "atlas"
    return "aiid" if path.name.lower().endswith(_TAR_ENDINGS) and _holds_incidents(path) else "files"


def data_sets_apart(path: Path, depth: int = 3) -> Iterator[tuple[Path, str]]:
    """Yield a path with what ``recognise`` calls it, a folder holding data sets as its parts.

    Data sets are looked for ``depth`` folders deep. Hidden and linked parts are passed over.
    """
    kind = recognise(path)
    if kind != "files" or not _holds_data_set(path, depth):
        yield path, kind
        return
    for part in sorted(path.iterdir()):
        if not part.name.startswith(".") and not part.is_symlink():
            yield from data_sets_apart(part, depth - 1)


def _holds_data_set(path: Path, depth: int) -> bool:
    if depth == 0 or not path.is_dir():
        return False
    try:
        parts = [part for part in path.iterdir() if not part.name.startswith(".") and not part.is_symlink()]
    except OSError:
        return False
    return any(recognise(part) != "files" or _holds_data_set(part, depth - 1) for part in parts)


def _is_incident_table(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return _names_incidents(file.readline(_LONGEST_HEADER))
    except OSError:
        return False


def _holds_incidents(archive: Path) -> bool:
    try:
        return _names_incidents(first_bytes(archive, "incidents.csv", _LONGEST_HEADER))
    except (OSError, ItemError):
        return False


def _names_incidents(table: bytes) -> bool:
    """Whether the first line of a table names a column of incident numbers."""
    header = table.split(b"\n")[0].decode("utf-8-sig", "replace")
    try:
        return "incident_id" in next(csv.reader([header]), [])
    except csv.Error:
        return False


def payload_of(path: Path, kind: str) -> tuple[bytes, str, str]:
    """Return the bytes, a name and a content type for a data set at a path.

    Raises ``TooLarge``, ``Unreadable``, and ``UnsafeArchive`` where a snapshot folder holds a link or a pipe.
    """
    try:
        return _snapshot(path) if kind == "aiid" else _atlas(path)
    except OSError as error:
        raise Unreadable(f"{path.name} cannot be read: {error.strerror or error}") from error


def _snapshot(path: Path) -> tuple[bytes, str, str]:
    name = shown_name(Path(path.resolve().name))
    name = f"{name}.tar" if path.is_dir() else name
    return aiid.bundle(path), name, _ARCHIVE_TYPES.get(path.suffix.lower(), "application/x-tar")


def _atlas(path: Path) -> tuple[bytes, str, str]:
    file = path / "ATLAS.yaml" if path.is_dir() else path
    size = file.stat().st_size
    if size > atlas.MATRIX_BYTES:
        raise TooLarge(f"{file.name} has {size:,} bytes; the limit is {atlas.MATRIX_BYTES:,}")
    return file.read_bytes(), file.name, atlas.CONTENT_TYPE
