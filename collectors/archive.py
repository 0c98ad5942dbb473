"""Evidence: every payload in a WARC file before anything reads it, and back again with its digest checked.

One file a run, ending in ``.open`` until it is closed. Nothing is acknowledged before it is on disk; a write
that fails is cut off again, so that whatever was acknowledged before it stays readable.
"""

import hashlib
import os
import re
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import Self

from collectors.errors import EvidenceDamaged, WrongUse
from collectors.evidence import OPEN, create, finish, repair
from collectors.fetch import TOOL
from collectors.manifest import verify
from collectors.records import Capture, Source, digest
from collectors.storage import storing
from collectors.warc import Records, one_line, payload_at
from collectors.web.exchange import Exchange, Headers, header, is_conditional

__all__ = ["Archive", "repair", "verify"]

_RUN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")


@dataclass(frozen=True)
class _Place:
    """Where a payload lies."""

    warc: str
    offset: int
    sha256: str
    length: int


class Archive:
    """The evidence folder during one run; several threads may store.

    The file appears with the first thing stored. ``run`` is a short name of letters, digits, ``-`` and ``_``.
    """

    def __init__(self, folder: Path, run: str) -> None:
        if not _RUN.fullmatch(run):
            raise WrongUse(f"not a name for a run: {run[:100]!r}")
        self._folder = folder
        self._run = run
        self._name = ""
        self._file: FileIO | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def store(
        self, exchange: Exchange, source: Source, parser: str, previous: Capture | None = None
    ) -> Capture:
        """Keep an exchange, its redirects included, and return its capture once it is on disk.

        Bytes equal to those of ``previous``, or a 304 that was asked for, become a revisit record; the
        capture then points at the bytes kept before. Raises ``StorageFull`` and ``StorageRefused``.
        """
        sha256 = hashlib.sha256(exchange.wire).hexdigest()
        same = self._same(exchange, sha256, previous)
        with self._lock:
            file = self._opened()
            records = self._begin(file)
            for hop in exchange.chain:
                records.exchange(hop, hop.url, hashlib.sha256(hop.wire).hexdigest())
            offset = records.tell()
            if same is None:
                records.exchange(exchange, exchange.final_url, sha256)
            else:
                records.revisit(exchange, exchange.final_url, *same)
            offset += self._write(records, file)
        if same is None:
            place, first = _Place(self._name, offset, sha256, len(exchange.wire)), None
        else:
            first = same[0]
            place = _Place(first.warc, first.offset, first.sha256, first.length)
        return _capture(exchange, source, parser, place, first)

    def store_file(
        self, payload: bytes, name: str, content_type: str, source: Source, parser: str
    ) -> Capture:
        """Keep the bytes of a file and return its capture once they are on disk.

        Raises ``StorageFull`` and ``StorageRefused``.
        """
        started = datetime.now(UTC)
        sha256 = hashlib.sha256(payload).hexdigest()
        url, content_type = f"file:{one_line(name)}", one_line(content_type)
        with self._lock:
            file = self._opened()
            records = self._begin(file)
            offset = records.tell()
            records.resource(payload, url, content_type, started, sha256)
            offset += self._write(records, file)
        return Capture(
            id=digest("cap", source.key, url, started.isoformat(), sha256),
            source=source.key,
            parser=parser,
            requested_url=url,
            final_url=url,
            started=started,
            finished=datetime.now(UTC),
            content_type=content_type,
            length=len(payload),
            sha256=sha256,
            warc=self._name,
            offset=offset,
            tool=TOOL,
        )

    def payload(self, capture: Capture) -> bytes:
        """Return the raw bytes of a capture, whose digest is checked. Raises ``EvidenceDamaged``."""
        path = self._path(capture.warc)
        if path is None:
            raise EvidenceDamaged(f"the evidence file {capture.warc!r} is missing")
        try:
            with path.open("rb") as file:
                payload = payload_at(file, capture.offset, capture.length + 1)
        except Exception as error:  # a damaged file makes warcio raise nearly anything
            raise EvidenceDamaged(f"{path.name} cannot be read at {capture.offset}: {error}") from error
        if hashlib.sha256(payload).hexdigest() != capture.sha256:
            raise EvidenceDamaged(
                f"{path.name} at {capture.offset} does not match the digest in {capture.id}"
            )
        return payload

    def close(self) -> None:
        """Give the run's file its final name and enter it in the manifest; a later store begins another.

        Raises ``StorageFull`` and ``StorageRefused``.
        """
        with self._lock:
            if self._file is None:
                return
            file, path = self._file, self._folder / (self._name + OPEN)
            self._file = None
            with storing(self._name):
                empty = file.tell() == 0
                file.close()
                if empty:  # not one record found room
                    path.unlink()
            if not empty:
                finish(path)

    def _path(self, warc: str) -> Path | None:
        """Return the file of this name, open or closed; a name that leaves the folder has no file."""
        if Path(warc).name != warc:
            return None
        candidates = (self._folder / warc, self._folder / (warc + OPEN))
        return next((path for path in candidates if path.is_file()), None)

    def _same(
        self, exchange: Exchange, sha256: str, previous: Capture | None
    ) -> tuple[Capture, bytes] | None:
        """Return the earlier capture whose bytes this exchange repeats, with them, if they can be read."""
        if previous is None or exchange.truncated:
            return None
        repeated = sha256 == previous.sha256 and bool(exchange.wire)
        if not (repeated or (exchange.status == 304 and is_conditional(exchange))):
            return None
        with suppress(EvidenceDamaged):
            return previous, self.payload(previous)
        return None

    def _opened(self) -> FileIO:
        """Return the run's file, which is begun at the first call."""
        if self._file is None:
            self._name, self._file = create(self._folder, self._run)
        return self._file

    def _begin(self, file: FileIO) -> Records:
        """Return a batch of records for the file; in an empty one the first says what wrote it."""
        records = Records()
        if file.tell() == 0:
            records.information(self._name, {"software": TOOL, "format": "WARC File Format 1.1"})
        return records

    def _write(self, records: Records, file: FileIO) -> int:
        """Put records on disk, whole or not at all, and return where the first of them starts."""
        start = file.tell()
        with storing(self._name):
            try:
                left = memoryview(records.content())
                while left:
                    left = left[file.write(left) :]
                os.fsync(file.fileno())
            except OSError:
                with suppress(OSError):
                    file.truncate(start)
                    file.seek(start)
                raise
        return start


def _freshened(exchange: Exchange, first: Capture | None) -> Headers:
    """Return the headers that describe the payload: a 304 only updates the earlier ones (RFC 9111 4.3.4)."""
    if first is None or exchange.status != 304:
        return exchange.headers
    told = {name.lower() for name, _ in exchange.headers} - {"content-length"}
    updates = tuple(pair for pair in exchange.headers if pair[0].lower() in told)
    return updates + tuple(pair for pair in first.headers if pair[0].lower() not in told)


def _capture(
    exchange: Exchange, source: Source, parser: str, place: _Place, first: Capture | None
) -> Capture:
    headers = _freshened(exchange, first)
    url, started = exchange.requested_url, exchange.started
    return Capture(
        id=digest("cap", source.key, url, started.isoformat(), place.sha256),
        source=source.key,
        parser=parser,
        requested_url=url,
        final_url=exchange.final_url,
        redirects=exchange.redirects,
        started=started,
        finished=exchange.finished,
        status=exchange.status,
        headers=headers,
        content_type=header(headers, "content-type"),
        peer=exchange.peer,
        robots=exchange.robots,
        length=place.length,
        sha256=place.sha256,
        truncated=exchange.truncated or (first is not None and first.truncated),
        warc=place.warc,
        offset=place.offset,
        tool=TOOL,
    )
