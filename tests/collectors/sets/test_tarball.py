"""Archives are read in memory, within their limits, and no member can land anywhere."""

import bz2
import gzip
import io
import tarfile
from pathlib import Path

import pytest

from collectors.errors import BombRefused, Malformed
from collectors.sets.tarball import ArchiveLimits, pack, unpack


def archive_of(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for member, data in members:
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


def member_of(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member


def everything(name: str) -> bool:
    return True


@pytest.mark.parametrize("packed", [bytes, gzip.compress, bz2.compress])
def test_every_packing_is_read(packed: type[bytes]) -> None:
    payload = packed(archive_of((member_of("dump/a.csv"), b"one"), (member_of("dump/b.json"), b"two")))
    assert unpack(payload, lambda name: name.endswith(".csv")).members == {"dump/a.csv": b"one"}


@pytest.mark.parametrize(
    "member",
    [
        member_of("/etc/a.csv"),
        member_of("../a.csv"),
        member_of("dump/../../a.csv"),
        member_of("C:\\a.csv"),
        member_of("a.csv", tarfile.SYMTYPE, "/etc/hostname"),
        member_of("a.csv", tarfile.LNKTYPE, "good.csv"),
        member_of("a.csv", tarfile.CHRTYPE),
        member_of("a.csv", tarfile.FIFOTYPE),
    ],
)
def test_an_unsafe_member_is_refused_and_the_others_are_read(member: tarfile.TarInfo) -> None:
    unpacked = unpack(archive_of((member, b""), (member_of("good.csv"), b"fine")), everything)
    assert unpacked.members == {"good.csv": b"fine"}
    assert [error.code for error in unpacked.refused.values()] == ["unsafe-archive"]
    assert list(unpacked.refused) == [member.name]


def test_a_repeated_member_does_not_replace_the_first() -> None:
    unpacked = unpack(
        archive_of((member_of("a.csv"), b"first"), (member_of("./a.csv"), b"second")), everything
    )
    assert unpacked.members == {"a.csv": b"first"}
    assert len(unpacked.refused) == 1


def test_a_bomb_is_refused_by_ratio() -> None:
    payload = bz2.compress(archive_of((member_of("a.csv"), bytes(60_000_000))))
    with pytest.raises(BombRefused, match="unpacks to more than 50,000,000"):
        unpack(payload, everything)


def test_a_bomb_in_a_member_nobody_wants_is_refused_too() -> None:
    payload = gzip.compress(archive_of((member_of("a.bson"), bytes(60_000_000))))
    with pytest.raises(BombRefused):
        unpack(payload, lambda name: False)


def test_too_many_members_and_too_much_kept_are_refused() -> None:
    payload = archive_of(*((member_of(f"{number}.csv"), b"12345") for number in range(5)))
    with pytest.raises(BombRefused, match="members"):
        unpack(payload, everything, ArchiveLimits(members=4))
    with pytest.raises(BombRefused, match="tables"):
        unpack(payload, everything, ArchiveLimits(kept=20))


def test_a_giant_extended_header_is_refused_before_it_is_read() -> None:
    header = tarfile.TarInfo("pax")
    header.type, header.size = tarfile.XHDTYPE, 900_000_000
    with pytest.raises(BombRefused, match="header"):
        unpack(header.tobuf(tarfile.USTAR_FORMAT) + bytes(2048), everything)


@pytest.mark.parametrize("payload", [b"not an archive", b"BZh91AY&SY broken", b"\x1f\x8b\x08 broken", b""])
def test_what_is_no_archive_is_malformed_or_empty(payload: bytes) -> None:
    with pytest.raises(Malformed):
        unpack(payload, everything)


def test_a_torn_archive_is_malformed() -> None:
    whole = gzip.compress(archive_of((member_of("a.csv"), bytes(range(256)) * 400)))
    with pytest.raises(Malformed):
        unpack(whole[: len(whole) // 2], everything)


def test_equal_files_give_equal_bytes(tmp_path: Path) -> None:
    paths = [tmp_path / "b.csv", tmp_path / "a.csv"]
    for path in paths:
        path.write_text(path.name)
    first = pack(paths)
    for path in paths:
        path.touch()
    assert pack(reversed(paths)) == first
    assert list(unpack(first, everything).members) == ["a.csv", "b.csv"]
