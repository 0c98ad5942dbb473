"""A drop folder: files somebody adds by hand, each kept as evidence before it is read."""

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from collectors.base import Context
from collectors.documents import read_document
from collectors.errors import ItemError, TooLarge, Unreadable, Unsupported
from collectors.formats.encoding import clean_line
from collectors.formats.web_archives import is_web_archive, parse_web_archive
from collectors.records import Capture, Disposition, Event, Outcome, Source
from collectors.reports import as_report
from collectors.sandbox.pool import Sandbox
from collectors.sets.rows import quarantined
from collectors.web.addresses import canonical_url
from collectors.web.decoding import decoded
from collectors.web.exchange import Limits

PARSER: Final = "document"
MAX_BYTES: Final = 50_000_000
BATCH_FILES: Final = 16
BATCH_BYTES: Final = 64_000_000
"""Bytes of unread files held at once, so that all workers have something to do."""


def find(paths: Sequence[Path]) -> Iterator[Path]:
    """Yield the files at and below the paths, sorted by name within each folder.

    Hidden files and folders, and links inside a folder, are passed over: what a link points at is either in
    the folder anyway or was not meant. A path that does not exist or cannot be listed is yielded as it is,
    so that reading it says why.
    """
    for path in paths:
        if path.is_dir():
            yield from _below(path)
        else:
            yield path


def collect_files(paths: Sequence[Path], source: Source, context: Context) -> Iterator[Event]:
    """Read every file at and below the paths; the Capture of each comes before its Outcome.

    A file that cannot be read or is over 50 MB yields an Issue. One whose bytes are those of its last capture
    is unchanged. Raises only ``RunError``.
    """
    batch: list[tuple[Capture, bytes]] = []
    for path, name in _named(paths):
        try:
            payload = _read(path)
        except ItemError as error:
            yield error.issue(source.key, name)
            continue
        previous = context.previous(f"file:{name}")
        capture = context.archive.store_file(payload, name, "application/octet-stream", source, PARSER)
        yield capture
        if previous is not None and previous.sha256 == capture.sha256:
            yield Outcome(capture=capture.id, disposition=Disposition.UNCHANGED)
            continue
        batch.append((capture, payload))
        if len(batch) >= BATCH_FILES or sum(len(held) for _, held in batch) >= BATCH_BYTES:
            yield from _parsed(batch, source, context.sandbox)
            batch = []
    yield from _parsed(batch, source, context.sandbox)


def parse_file(capture: Capture, payload: bytes, source: Source, sandbox: Sandbox) -> Outcome:
    """Parse one captured document; ``payload`` is the raw bytes, as kept.

    The same bytes give the same outcome, on the first day or years later. What cannot be read is quarantined.
    """
    try:
        body = decoded(capture.headers, payload, Limits(), partial=capture.truncated)
        if is_web_archive(body):
            return parse_web_archive(capture, body, source, sandbox)
        document = sandbox.call(read_document, body, capture.final_url, capture.content_type)
    except ItemError as error:
        return quarantined(error, capture)
    fetched = canonical_url(capture.final_url)
    url = document.url or fetched
    # Anybody can write any address into a file, so only a page from that address is known by it.
    key = url if fetched else f"file:{capture.sha256}"
    report = as_report(document.model_copy(update={"url": url or None}), capture, source, key)
    return Outcome(capture=capture.id, disposition=Disposition.PARSED, reports=(report,))


def shown_name(path: Path) -> str:
    """Return a path as text that can be stored and shown; bytes that are no UTF-8 appear as ``\\xNN``."""
    return clean_line(os.fsencode(path.as_posix()).decode("utf-8", "backslashreplace"))


def _parsed(batch: Sequence[tuple[Capture, bytes]], source: Source, sandbox: Sandbox) -> Iterator[Outcome]:
    with ThreadPoolExecutor(sandbox.workers) as threads:
        yield from threads.map(lambda item: parse_file(item[0], item[1], source, sandbox), batch)


def _named(paths: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    """Yield each file with its name from the path given on, which says nothing of this machine's folders."""
    for path in paths:
        given = path.absolute()
        for found in find([given]):
            yield found, shown_name(found.relative_to(given.parent))


def _below(folder: Path) -> Iterator[Path]:
    """Yield a folder's files, then those of its folders; ``os.walk`` recurses, so depth would end it."""
    waiting = [folder]
    while waiting:
        where = waiting.pop()
        try:
            with os.scandir(where) as listed:
                entries = sorted(listed, key=lambda entry: os.fsencode(entry.name))
        except OSError:
            yield where
            continue
        shown = [entry for entry in entries if not entry.name.startswith(".") and not entry.is_symlink()]
        yield from (Path(entry.path) for entry in shown if not entry.is_dir())
        waiting += [Path(entry.path) for entry in reversed(shown) if entry.is_dir()]


def _read(path: Path) -> bytes:
    """Return a file's bytes. Raises TooLarge before reading, Unsupported for a pipe or device, Unreadable."""
    try:
        status = path.stat()
        if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
            raise Unsupported("it is no file but a device, a pipe or a socket")
        if status.st_size > MAX_BYTES:
            raise TooLarge(f"{status.st_size:,} bytes; the limit is {MAX_BYTES:,}")
        with path.open("rb") as file:
            payload = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise Unreadable(f"cannot be opened: {error.strerror or error}") from error
    if len(payload) > MAX_BYTES:
        raise TooLarge(f"grew past the limit of {MAX_BYTES:,} bytes while it was read")
    return payload
