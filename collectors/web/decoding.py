"""Content decoding that stops before a small body becomes a large one."""

import zlib

from collectors.errors import BombRefused, ProtocolBroken, TooLarge
from collectors.web.exchange import Headers, Limits

_STEP = 65_536
GZIP = 16 + zlib.MAX_WBITS
"""What tells zlib to expect the wrapper of gzip."""
_MEMBERS = 1000
"""Most gzip members in one body: each costs a fresh decoder, so very many tiny ones are an attack."""


def _encodings(headers: Headers) -> list[str]:
    """Return the content encodings in the order they were applied."""
    listed = ",".join(value for name, value in headers if name.lower() == "content-encoding")
    names = [name.strip().lower() for name in listed.split(",")]
    return [name for name in names if name not in {"", "identity"}]


class _Measure:
    """Counts decoded bytes against the limits."""

    def __init__(self, wire: int, limits: Limits) -> None:
        self._wire = wire
        self._limits = limits

    def check(self, decoded: int) -> None:
        """Let so many bytes pass; raises ``BombRefused`` by their ratio to the wire, else ``TooLarge``."""
        if decoded > self._limits.ratio_from_bytes and decoded > self._limits.ratio * self._wire:
            raise BombRefused(f"{self._wire:,} bytes unpack to more than {decoded:,}")
        if decoded > self._limits.decoded_bytes:
            raise TooLarge(f"{self._wire:,} bytes unpack to more than {self._limits.decoded_bytes:,}")


def _inflate(body: bytes, window: int, measure: _Measure, partial: bool) -> bytes:
    """Return a gzip or deflate body decoded; trailing bytes that start no further member are ignored."""
    decoder = zlib.decompressobj(window)
    decoded = bytearray()
    position, members, pending = 0, 1, False
    while position < len(body) or decoder.unconsumed_tail or (pending and not decoder.eof):
        if decoder.eof:
            if window != GZIP or body[position : position + 2] != b"\x1f\x8b":
                break
            decoder = zlib.decompressobj(window)
            members += 1
            if members > _MEMBERS:
                raise BombRefused(f"more than {_MEMBERS} gzip members in one body")
        chunk = decoder.unconsumed_tail or body[position : position + _STEP]
        if not decoder.unconsumed_tail:
            position += len(chunk)
        piece = decoder.decompress(chunk, _STEP)
        # A full piece may leave output inside the decoder even when all input is used up.
        pending = len(piece) == _STEP
        decoded += piece
        position -= len(decoder.unused_data)
        measure.check(len(decoded))
    if not decoder.eof and not partial:
        raise ProtocolBroken(f"the packed body ends early, after {len(decoded):,} unpacked bytes")
    return bytes(decoded)


def _deflated(body: bytes, measure: _Measure, partial: bool) -> bytes:
    """Return a deflate body decoded, with or without the zlib wrapper: servers send both."""
    try:
        return _inflate(body, zlib.MAX_WBITS, measure, partial)
    except zlib.error:
        return _inflate(body, -zlib.MAX_WBITS, measure, partial)


def decoded(headers: Headers, wire: bytes, limits: Limits, *, partial: bool = False) -> bytes:
    """Return the body with its content encodings (gzip, deflate) undone, never beyond the limits.

    ``partial`` accepts a body that was cut short and returns what it holds. Raises ``BombRefused``,
    ``TooLarge``, or ``ProtocolBroken`` for broken data and for encodings that were never asked for.
    """
    encodings = _encodings(headers)
    if len(encodings) > limits.encodings:
        raise BombRefused(f"{len(encodings)} content encodings on top of one another")
    measure = _Measure(len(wire), limits)
    body = wire
    for encoding in reversed(encodings if wire else []):
        try:
            if encoding in {"gzip", "x-gzip"}:
                body = _inflate(body, GZIP, measure, partial)
            elif encoding == "deflate":
                body = _deflated(body, measure, partial)
            else:
                raise ProtocolBroken(f"content encoding {encoding[:40]!r} was not asked for")
        except zlib.error as error:
            said = str(error).rpartition(": ")[2]
            raise ProtocolBroken(f"the body is not valid {encoding}: {said}") from error
    return body
