"""Decoding gives back what was packed, or refuses by name, and never takes much memory to find out."""

import gzip
import tracemalloc
import zlib

import pytest

from collectors.errors import BombRefused, ProtocolBroken, TooLarge
from collectors.web.decoding import decoded
from collectors.web.exchange import Limits
from tests.collectors.hostile import bomb

TEXT = b"Two reports, one incident. " * 400
LIMITS = Limits(decoded_bytes=5_000_000, ratio_from_bytes=1_000_000)


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def unpacked(encoding: str, wire: bytes, *, partial: bool = False) -> bytes:
    return decoded((("Content-Encoding", encoding),), wire, LIMITS, partial=partial)


GIVEN = {
    "nothing": ("", TEXT, TEXT),
    "identity": ("identity", TEXT, TEXT),
    "gzip": ("gzip", gzip.compress(TEXT), TEXT),
    "x-gzip in capitals": ("X-GZIP", gzip.compress(TEXT), TEXT),
    "deflate": ("deflate", zlib.compress(TEXT), TEXT),
    "deflate without its wrapper": ("deflate", raw_deflate(TEXT), TEXT),
    "gzip then deflate": ("gzip, deflate", zlib.compress(gzip.compress(TEXT)), TEXT),
    "two members": ("gzip", gzip.compress(TEXT) + gzip.compress(b"more"), TEXT + b"more"),
    "trailing bytes": ("gzip", gzip.compress(TEXT) + b"\0\0\0 padding", TEXT),
    "no body": ("gzip", b"", b""),
    "an empty body, packed": ("gzip", gzip.compress(b""), b""),
    "exactly one step": ("gzip", gzip.compress(b"a" * 65_536), b"a" * 65_536),
    "many steps": ("deflate", raw_deflate(b"a" * 900_001), b"a" * 900_001),
}

REFUSED = {
    "gzip bomb": ("gzip", bomb(20), BombRefused),
    "gzip in gzip": ("gzip, gzip", bomb(100, 2), BombRefused),
    "deflate bomb": ("deflate", zlib.compress(b"\0" * 20_000_000), BombRefused),
    "raw deflate bomb": ("deflate", raw_deflate(b"\0" * 20_000_000), BombRefused),
    "many members": ("gzip", gzip.compress(b"") * 2_000, BombRefused),
    "three encodings": ("gzip, gzip, gzip", bomb(1, 3), BombRefused),
    "too large, honestly": ("gzip", gzip.compress(bytes(range(256)) * 24_000, 0), TooLarge),
    "cut gzip": ("gzip", gzip.compress(TEXT)[:-4], ProtocolBroken),
    "cut deflate": ("deflate", zlib.compress(TEXT)[:-6], ProtocolBroken),
    "damaged gzip": ("gzip", gzip.compress(TEXT)[:20] + b"\xff" * 30, ProtocolBroken),
    "wrong checksum": ("gzip", gzip.compress(TEXT)[:-8] + b"\0" * 8, ProtocolBroken),
    "not gzip": ("gzip", TEXT, ProtocolBroken),
    "not deflate": ("deflate", b"\xff" + TEXT, ProtocolBroken),
    "brotli": ("br", TEXT, ProtocolBroken),
    "zstd": ("zstd", TEXT, ProtocolBroken),
    "unheard of": ("rot13", TEXT, ProtocolBroken),
}


@pytest.mark.parametrize("case", GIVEN)
def test_packed_bodies_come_back(case: str) -> None:
    encoding, wire, expected = GIVEN[case]
    assert unpacked(encoding, wire) == expected


@pytest.mark.parametrize("case", REFUSED)
def test_hostile_bodies_are_refused(case: str) -> None:
    encoding, wire, expected = REFUSED[case]
    with pytest.raises(expected):
        unpacked(encoding, wire)


def test_encodings_in_several_headers_count_together() -> None:
    headers = (("content-encoding", "deflate"), ("Content-Encoding", "gzip"))
    assert decoded(headers, gzip.compress(zlib.compress(TEXT)), LIMITS) == TEXT


def test_the_part_of_a_cut_body_can_be_had() -> None:
    part = unpacked("gzip", gzip.compress(bytes(range(256)) * 2000)[:1500], partial=True)
    assert part
    assert (bytes(range(256)) * 2000).startswith(part)


def test_a_bomb_is_refused_before_it_unfolds() -> None:
    wire = bomb(200)
    tracemalloc.start()
    try:
        with pytest.raises(BombRefused):
            decoded((("Content-Encoding", "gzip"),), wire, Limits())
        assert tracemalloc.get_traced_memory()[1] < 60_000_000
    finally:
        tracemalloc.stop()
