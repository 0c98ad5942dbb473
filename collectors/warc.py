"""The bytes of WARC records: built whole in memory, and read back."""

import base64
import hashlib
import re
from collections.abc import Iterable
from datetime import datetime
from io import BytesIO
from typing import BinaryIO
from urllib.parse import quote

from warcio.archiveiterator import ArchiveIterator
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from collectors.records import Capture
from collectors.web.exchange import Exchange, Headers, Reply

_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")
_IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
_NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
SHA256 = "WARC-Moriarty-SHA256"
"""The standard payload digest stays SHA-1, which every reader checks; the evidence rests on this one."""


class _ExactHeaders(StatusAndHeaders):  # type: ignore[misc]  # warcio publishes no types
    """HTTP headers written byte for byte as received; warcio would rewrite what is not ASCII."""

    def compute_headers_buffer(self, header_filter: object = None) -> None:
        self.headers_buff = self.to_str(header_filter).encode("latin-1", "replace") + b"\r\n"


def one_line(text: str) -> str:
    """Return a text that cannot end a header line: controls become a space, what is no character a ``?``."""
    return _CONTROLS.sub(" ", text).strip().encode("utf-8", "replace").decode("utf-8")


def _http_headers(first: str, protocol: str, headers: Headers) -> _ExactHeaders:
    clean = [(one_line(name), one_line(value)) for name, value in headers]
    return _ExactHeaders(one_line(first), clean, protocol=one_line(protocol))


def _archived(headers: Headers) -> Headers:
    """Return headers that describe the payload as it is kept: chunking is undone on the way."""
    return tuple(
        ("X-Archive-Orig-Transfer-Encoding" if name.lower() == "transfer-encoding" else name, value)
        for name, value in headers
    )


def _moment(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def sha1(payload: bytes) -> str:
    """Return the SHA-1 of a payload as WARC readers expect it."""
    digest = hashlib.sha1(payload, usedforsecurity=False).digest()
    return f"sha1:{base64.b32encode(digest).decode('ascii')}"


class Records:
    """Builds WARC records, each its own gzip member, and gives their bytes."""

    def __init__(self) -> None:
        self._out = BytesIO()
        self._writer = WARCWriter(self._out, gzip=True, warc_version="WARC/1.1")

    def tell(self) -> int:
        """Return the offset at which the next record starts."""
        return self._out.tell()

    def content(self) -> bytes:
        """Return everything built so far."""
        return self._out.getvalue()

    def information(self, name: str, lines: dict[str, str]) -> None:
        """Add the record that says what wrote this file, and how."""
        self._writer.write_record(self._writer.create_warcinfo_record(name, lines))

    def exchange(self, reply: Reply | Exchange, url: str, sha256: str) -> None:
        """Add a response and its request."""
        fields = {"WARC-Date": _moment(reply.started), SHA256: sha256, **_peer(reply.peer)}
        if reply.truncated:
            fields["WARC-Truncated"] = "disconnect"
        response = self._record(
            url,
            "response",
            reply.wire,
            fields,
            _http_headers(f"{reply.status} {reply.reason}", reply.http_version, _archived(reply.headers)),
        )
        self._writer.write_request_response_pair(self._request(reply, url), response)

    def revisit(self, reply: Exchange, url: str, first: Capture, payload: bytes) -> None:
        """Add a revisit of a payload kept before, and the request that showed it unchanged."""
        http = _http_headers(f"{reply.status} {reply.reason}", reply.http_version, _archived(reply.headers))
        fields = {"WARC-Date": _moment(reply.started), SHA256: first.sha256, **_peer(reply.peer)}
        fields["WARC-Payload-Digest"] = sha1(payload)
        fields["WARC-Profile"] = _NOT_MODIFIED if reply.status == 304 else _IDENTICAL
        fields["WARC-Refers-To-Target-URI"] = quoted(first.final_url)
        fields["WARC-Refers-To-Date"] = _moment(first.started)
        response = self._record(url, "revisit", b"", fields, http)
        self._writer.write_request_response_pair(self._request(reply, url), response)

    def resource(self, payload: bytes, url: str, content_type: str, started: datetime, sha256: str) -> None:
        """Add a file that came by another way than HTTP."""
        fields = {"WARC-Date": _moment(started), SHA256: sha256}
        record = self._writer.create_warc_record(
            quoted(url),
            "resource",
            payload=BytesIO(payload),
            length=len(payload),
            warc_content_type=one_line(content_type) or "application/octet-stream",
            warc_headers_dict=fields,
        )
        self._writer.write_record(record)

    def _request(self, reply: Reply | Exchange, url: str) -> ArcWarcRecord:
        path = "/" + re.sub(r"^\w+://[^/]*/?", "", url)
        http = _http_headers(f"GET {path} HTTP/1.1", "", reply.request_headers)
        return self._record(url, "request", b"", {}, http)

    def _record(
        self, url: str, kind: str, payload: bytes, fields: dict[str, str], http: _ExactHeaders
    ) -> ArcWarcRecord:
        return self._writer.create_warc_record(
            quoted(url),
            kind,
            payload=BytesIO(payload),
            length=len(payload),
            warc_headers_dict=fields,
            http_headers=http,
        )


def _peer(peer: str) -> dict[str, str]:
    return {"WARC-IP-Address": one_line(peer)} if peer else {}


def quoted(url: str) -> str:
    """Return an address in printable ASCII, so that it stays one header value."""
    return quote(url, safe="!#$%&'()*+,/:;=?@[]~")


def payload_at(file: BinaryIO, offset: int, most: int) -> bytes:
    """Return the payload of the record at an offset, or its first ``most`` bytes.

    Raises whatever a damaged file makes warcio raise.
    """
    file.seek(offset)
    records: Iterable[ArcWarcRecord] = ArchiveIterator(file)
    record = next(iter(records))
    payload = bytearray()
    while piece := record.raw_stream.read(most - len(payload)):
        payload += piece
    return bytes(payload)
