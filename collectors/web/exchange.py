"""What one HTTP exchange was asked for and came back with, and the limits it is held to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from collectors.errors import FetchError, HttpFailed, HttpGone, HttpRefused, ProtocolBroken, RateLimited
from collectors.records import Capture, Hop, Robots

Headers = tuple[tuple[str, str], ...]
_CONDITIONS = {"If-None-Match": "etag", "If-Modified-Since": "last-modified"}
REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True)
class Limits:
    """How much of anything is taken from outside before it is refused by name."""

    seconds: float = 30.0
    """Time on the network for one call, redirects, retries and robots.txt together."""
    connect_seconds: float = 10.0
    """Time for one connection attempt to one address."""
    wire_bytes: int = 20_000_000
    header_bytes: int = 65_536
    header_count: int = 200
    redirects: int = 10
    tries: int = 2
    """Attempts at one address, the first included."""
    patience_seconds: float = 5.0
    """Longest ``Retry-After`` that is waited out within one call."""
    decoded_bytes: int = 100_000_000
    ratio: int = 100
    """Decoded bytes allowed per wire byte, once more than ``ratio_from_bytes`` are decoded."""
    ratio_from_bytes: int = 1_000_000
    encodings: int = 2
    """Content encodings allowed on top of one another."""


@dataclass(frozen=True)
class Reply:
    """One request and its reply, as they went over the wire."""

    url: str
    started: datetime
    finished: datetime
    status: int
    reason: str
    http_version: str
    headers: Headers
    request_headers: Headers
    wire: bytes
    truncated: bool
    peer: str


@dataclass(frozen=True)
class Exchange:
    """A whole fetch: the chain of redirects, and the reply at its end.

    ``wire`` holds the body as it came, before any content decoding; ``truncated`` says that it is known to
    be incomplete. Header values are Latin-1 readings of the bytes received, so no byte of them is lost.
    """

    requested_url: str
    final_url: str
    redirects: tuple[Hop, ...]
    started: datetime
    finished: datetime
    status: int
    reason: str
    http_version: str
    headers: Headers
    request_headers: Headers
    wire: bytes
    truncated: bool
    peer: str
    robots: Robots
    chain: tuple[Reply, ...] = ()
    """The replies that redirected, in order; ``redirects`` is their short form."""


def header(headers: Headers, name: str) -> str:
    """Return the last value of a header, or an empty string."""
    values = [value for key, value in headers if key.lower() == name.lower()]
    return values[-1] if values else ""


_REFUSED = {
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.PROXY_AUTHENTICATION_REQUIRED,
    HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS,
}


def refusal(url: str, status: int, headers: Headers) -> FetchError | None:
    """Return the error that a status stands for, or None for 2xx and 304."""
    if 200 <= status < 300 or status == HTTPStatus.NOT_MODIFIED:
        return None
    known = status in HTTPStatus.__members__.values()
    said = f"{url} answered {status}{f' ({HTTPStatus(status).phrase})' if known else ''}"
    come_back = header(headers, "retry-after").strip()[:40]
    until = f" for {int(come_back):,} seconds" if come_back.isdecimal() else f" until {come_back}"
    if status == HTTPStatus.TOO_MANY_REQUESTS or (status == HTTPStatus.SERVICE_UNAVAILABLE and come_back):
        return RateLimited(f"{said} and asks to be left alone{until if come_back else ''}")
    if status in _REFUSED:
        return HttpRefused(said)
    if status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
        return HttpGone(said)
    return HttpFailed(said)


def conditions(previous: Capture) -> Headers:
    """Return the request headers that ask for a page only if it changed since a capture."""
    values = [(name, previous.header(kept)) for name, kept in _CONDITIONS.items()]
    return tuple((name, value) for name, value in values if value and value.isascii() and value.isprintable())


def checked_headers(url: str, version: str, raw: Sequence[tuple[bytes, bytes]], limits: Limits) -> Headers:
    """Return a reply's headers; raises ``ProtocolBroken`` where there are too many or the version is odd."""
    if version not in {"HTTP/1.0", "HTTP/1.1"}:
        raise ProtocolBroken(f"{url} replies in {version}, not HTTP/1.0 or HTTP/1.1")
    if len(raw) > limits.header_count:
        raise ProtocolBroken(
            f"{url} replies with {len(raw)} header lines; the limit is {limits.header_count}"
        )
    size = sum(len(name) + len(value) + 4 for name, value in raw)
    if size > limits.header_bytes:
        raise ProtocolBroken(
            f"{url} replies with {size:,} bytes of headers; the limit is {limits.header_bytes:,}"
        )
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in raw)


def is_conditional(exchange: Exchange) -> bool:
    """Return whether the last request was one that 304 is an answer to."""
    return any(header(exchange.request_headers, name) for name in _CONDITIONS)


def location(reply: Reply) -> str | None:
    """Return where a reply redirects to, or None; UTF-8 is accepted, as browsers do."""
    value = header(reply.headers, "location")
    if reply.status not in REDIRECTS or not value:
        return None
    return value.encode("latin-1").decode("utf-8", "replace")


def conclude(url: str, chain: tuple[Reply, ...], last: Reply) -> Exchange:
    """Return the whole fetch of an address that robots.txt allowed, from its redirects and its last reply."""
    return Exchange(
        requested_url=url,
        final_url=last.url,
        redirects=tuple(Hop(url=reply.url, status=reply.status) for reply in chain),
        started=chain[0].started if chain else last.started,
        finished=last.finished,
        status=last.status,
        reason=last.reason,
        http_version=last.http_version,
        headers=last.headers,
        request_headers=last.request_headers,
        wire=last.wire,
        truncated=last.truncated,
        peer=last.peer,
        robots=Robots.ALLOWED,
        chain=chain,
    )
