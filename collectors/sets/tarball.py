"""Tar archives read in memory: nothing is ever extracted, so no member can land anywhere."""

import bz2
import gzip
import io
import tarfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO, cast

from collectors.errors import BombRefused, Malformed, UnsafeArchive


@dataclass(frozen=True)
class ArchiveLimits:
    """What one archive may cost; sizes in bytes."""

    unpacked: int = 4_000_000_000
    kept: int = 1_000_000_000
    """Of the members asked for, together."""
    members: int = 10_000
    ratio: int = 25
    """More than text and tables pack, and far less than a bomb."""
    ratio_from: int = 50_000_000
    """The ratio counts from this many unpacked bytes on: short, repetitive tables pack well."""


@dataclass(frozen=True)
class Unpacked:
    """The members asked for, by name within the archive, and those that were refused."""

    members: dict[str, bytes]
    refused: dict[str, UnsafeArchive]


def pack(files: Iterable[Path]) -> bytes:
    """Return the files as one tar, sorted and without times or owners, so equal files give equal bytes."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path in sorted(files, key=lambda each: each.name):
            data = path.read_bytes()
            member = tarfile.TarInfo(path.name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


def unpack(
    payload: bytes, wanted: Callable[[str], bool], limits: ArchiveLimits = ArchiveLimits()
) -> Unpacked:
    """Return the members of a tar, tar.gz or tar.bz2 whose file name is wanted.

    A member with an absolute path, with ``..``, or that is a link, a device or sparse is refused by name.
    Raises ``BombRefused`` past the limits and ``Malformed`` where the bytes are no such archive.
    """
    result = Unpacked({}, {})
    with _opened(io.BytesIO(payload), len(payload), limits) as archive:
        for member in _members(archive, limits):
            _take(archive, member, wanted, limits, result)
    return result


def first_bytes(path: Path, name: str, most: int, limits: ArchiveLimits = ArchiveLimits()) -> bytes:
    """Return the first bytes of the first file of this name in a tar, tar.gz or tar.bz2; none without such.

    Raises as ``unpack`` does, and ``OSError`` where the archive cannot be opened.
    """
    with path.open("rb") as packed, _opened(packed, path.stat().st_size, limits) as archive:
        for member in _members(archive, limits):
            if member.isreg() and PurePosixPath(member.name).name == name:
                file = archive.extractfile(member)
                return file.read(most) if file is not None else b""
    return b""


@contextmanager
def _opened(packed: BinaryIO, size: int, limits: ArchiveLimits) -> Iterator[tarfile.TarFile]:
    stream = cast(IO[bytes], _Metered(_plain(packed), size, limits))
    try:
        with tarfile.open(fileobj=stream, mode="r|", tarinfo=_Member) as archive:
            yield archive
    except (tarfile.TarError, OSError, EOFError, ValueError) as error:
        raise Malformed(f"not a readable archive: {error}") from error


def _members(archive: tarfile.TarFile, limits: ArchiveLimits) -> Iterator[tarfile.TarInfo]:
    for count, member in enumerate(archive, start=1):
        if count > limits.members:
            raise BombRefused(f"the archive has more than {limits.members:,} members")
        yield member


def _take(
    archive: tarfile.TarFile,
    member: tarfile.TarInfo,
    wanted: Callable[[str], bool],
    limits: ArchiveLimits,
    result: Unpacked,
) -> None:
    path = PurePosixPath(member.name)
    unsafe = _danger(member, path)
    if unsafe:
        result.refused[member.name[:300]] = UnsafeArchive(f"{member.name[:300]!r} {unsafe}")
        return
    if not member.isreg() or not wanted(path.name):
        return
    if sum(map(len, result.members.values())) + member.size > limits.kept:
        raise BombRefused(f"the tables of the archive unpack to more than {limits.kept:,} bytes")
    if str(path) in result.members:
        result.refused[member.name] = UnsafeArchive(
            f"{member.name!r} is in the archive twice; the first is read"
        )
        return
    taken = archive.extractfile(member)
    if taken is not None:
        result.members[str(path)] = taken.read()


def _danger(member: tarfile.TarInfo, path: PurePosixPath) -> str:
    if path.is_absolute() or ".." in path.parts or "\\" in member.name or member.name[1:2] == ":":
        return "would land outside the archive's own folder"
    if member.issparse() or not (member.isreg() or member.isdir()):
        return "is a link, a device or another special file"
    return ""


class _Member(tarfile.TarInfo):
    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> "_Member":
        member = super().frombuf(buf, encoding, errors)
        # A long name or a PAX header is read whole into memory before the archive shows the member.
        if member.type not in tarfile.REGULAR_TYPES and member.size > 1_000_000:
            raise BombRefused(f"a header of the archive claims {member.size:,} bytes")
        return member


class _Metered:
    """Hands out unpacked bytes and refuses at the limit, before they pile up."""

    def __init__(self, stream: IO[bytes], packed: int, limits: ArchiveLimits) -> None:
        self._stream = stream
        self._most = min(limits.unpacked, max(limits.ratio_from, packed * limits.ratio))
        self._given = 0

    def read(self, size: int) -> bytes:
        """Return up to ``size`` bytes."""
        data = self._stream.read(size)
        self._given += len(data)
        if self._given > self._most:
            raise BombRefused(f"the archive unpacks to more than {self._most:,} bytes")
        return data


def _plain(packed: BinaryIO) -> IO[bytes]:
    start = packed.read(3)
    packed.seek(0)
    if start == b"BZh":
        return cast(IO[bytes], bz2.BZ2File(packed))
    if start.startswith(b"\x1f\x8b"):
        return cast(IO[bytes], gzip.GzipFile(fileobj=packed))
    return packed
