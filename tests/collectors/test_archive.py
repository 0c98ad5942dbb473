"""Every byte comes back as it was, or its loss is named."""

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from collectors.archive import Archive
from collectors.errors import EvidenceDamaged, WrongUse
from collectors.records import Capture, Hop, Robots
from collectors.web.exchange import Exchange, Reply
from tests.collectors.fetching import fetch, source
from tests.collectors.hostile import bomb, redirect, reply, serving

AT = datetime(2026, 11, 21, 12, 0, 0, 123456, tzinfo=UTC)


def exchange(wire: bytes = b"hello", **changes: object) -> Exchange:
    given: dict[str, object] = {
        "requested_url": "https://example.org/page",
        "final_url": "https://example.org/page",
        "redirects": (),
        "started": AT,
        "finished": AT,
        "status": 200,
        "reason": "OK",
        "http_version": "HTTP/1.1",
        "headers": (("Content-Type", "text/html"), ("ETag", '"v1"')),
        "request_headers": (("Host", "example.org"),),
        "wire": wire,
        "truncated": False,
        "peer": "192.0.2.1",
        "robots": Robots.ALLOWED,
    }
    return Exchange(**{**given, **changes})  # type: ignore[arg-type]  # the fields above


def records(path: Path) -> list[tuple[str, str, bytes]]:
    """Return type, address and payload of every record; a digest that does not match raises."""
    with path.open("rb") as file:
        return [
            (found.rec_type, found.rec_headers.get_header("WARC-Target-URI") or "", found.raw_stream.read())
            for found in ArchiveIterator(file, check_digests="raise")
        ]


PAYLOADS = {
    "text": b"hello",
    "empty": b"",
    "zeros": b"\0" * 1_000_000,
    "gzip": bomb(1),
    "like a record": b"\r\n\r\nWARC/1.1\r\nWARC-Type: response\r\n\r\n",
    "like a reply": b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
    "like chunks": b"5\r\nhello\r\n0\r\n\r\n",
    "every byte": bytes(range(256)) * 100,
}


@pytest.mark.parametrize("case", PAYLOADS)
@pytest.mark.parametrize("headers", [(), (("Transfer-Encoding", "chunked"), ("Content-Encoding", "gzip"))])
def test_bytes_come_back_open_and_closed(
    tmp_path: Path, case: str, headers: tuple[tuple[str, str], ...]
) -> None:
    with Archive(tmp_path, "run-1") as archive:
        archive.store(exchange(b"before"), source(), "page")
        capture = archive.store(exchange(PAYLOADS[case], headers=headers), source(), "page")
        archive.store_file(PAYLOADS[case], "after.bin", "application/pdf", source(), "document")
        assert archive.payload(capture) == PAYLOADS[case]
        assert [path.name for path in tmp_path.iterdir()] == ["run-1.warc.gz.open"]
    assert Archive(tmp_path, "run-2").payload(capture) == PAYLOADS[case]
    assert capture.sha256 == hashlib.sha256(PAYLOADS[case]).hexdigest()
    assert (capture.length, capture.headers) == (len(PAYLOADS[case]), headers)


def test_the_file_is_as_other_programs_expect_it(tmp_path: Path) -> None:
    with serving({"/old": redirect("/page"), "/page": reply("café".encode())}) as server:
        with Archive(tmp_path, "run") as archive:
            first = archive.store(fetch(tmp_path, server, "/old"), source(), "page")
            archive.store(fetch(tmp_path, server, "/old"), source(), "page", first)
            archive.store_file(b"%PDF", "report.pdf", "application/pdf", source(), "document")
        url = server.url()
    found = records(tmp_path / "run.warc.gz")
    expected = ["warcinfo", *["response", "request"] * 3, "revisit", "request", "resource"]
    assert [kind for kind, _, _ in found] == expected
    assert {address for _, address, _ in found} == {"", f"{url}old", f"{url}page", "file:report.pdf"}


def test_a_capture_says_where_it_came_from(tmp_path: Path) -> None:
    hop = Reply("http://example.org/", AT, AT, 301, "Moved", "HTTP/1.1", (), (), b"moved", False, "192.0.2.1")
    with Archive(tmp_path, "run") as archive:
        given = exchange(redirects=(Hop(url=hop.url, status=301),), chain=(hop,), requested_url=hop.url)
        capture = archive.store(given, source(key="police"), "feed")
        again = archive.store(given, source(key="police"), "feed")
        other = archive.store(given, source(key="press"), "feed")
    assert (capture.source, capture.parser, capture.status) == ("police", "feed", 200)
    assert (capture.requested_url, capture.final_url) == ("http://example.org/", "https://example.org/page")
    assert (capture.content_type, capture.peer, capture.warc) == ("text/html", "192.0.2.1", "run.warc.gz")
    assert capture.tool.startswith("Moriarty/")
    assert capture.id == again.id != other.id


def test_unchanged_bytes_are_kept_once(tmp_path: Path) -> None:
    large = bytes(range(256)) * 4000
    with Archive(tmp_path, "one") as archive:
        first = archive.store(exchange(large), source(), "page")
    with Archive(tmp_path, "two") as archive:
        second = archive.store(exchange(large), source(), "page", first)
        changed = archive.store(exchange(b"new"), source(), "page", second)
        assert archive.payload(second) == large
        assert archive.payload(changed) == b"new"
    assert (second.warc, second.offset) == (first.warc, first.offset)
    assert [kind for kind, _, _ in records(tmp_path / "two.warc.gz")][1] == "revisit"


def test_not_modified_refers_to_the_bytes_and_keeps_their_headers(tmp_path: Path) -> None:
    headers = (("Content-Type", "text/html"), ("Content-Encoding", "gzip"), ("ETag", '"v1"'))
    with Archive(tmp_path, "run") as archive:
        first = archive.store(exchange(bomb(1), headers=headers), source(), "page")
        renewed = (("ETag", '"v1"'), ("Date", "now"), ("Content-Length", "0"))
        asked = (("If-None-Match", '"v1"'),)
        answer = exchange(b"", status=304, headers=renewed, request_headers=asked)
        again = archive.store(answer, source(), "page", first)
        assert archive.payload(again) == bomb(1)
    assert (again.status, again.sha256, again.length) == (304, first.sha256, first.length)
    assert (again.content_type, again.header("content-encoding")) == ("text/html", "gzip")
    assert (again.header("etag"), again.header("date")) == ('"v1"', "now")


def test_not_modified_unasked_refers_to_nothing(tmp_path: Path) -> None:
    with Archive(tmp_path, "run") as archive:
        first = archive.store(exchange(), source(), "page")
        again = archive.store(exchange(b"", status=304), source(), "page", first)
        assert archive.payload(again) == b""
    assert again.length == 0


def test_bytes_are_kept_anew_where_the_earlier_ones_are_lost(tmp_path: Path) -> None:
    with Archive(tmp_path, "one") as archive:
        first = archive.store(exchange(), source(), "page")
    (tmp_path / "one.warc.gz").unlink()
    with Archive(tmp_path, "two") as archive:
        assert archive.payload(archive.store(exchange(), source(), "page", first)) == b"hello"


@pytest.mark.parametrize("text", ["a\r\nWARC-Type: response", "a\nb", "a\0b", "a\x85b", "caf\xe9", "\ud800"])
def test_no_outside_text_forges_a_header(tmp_path: Path, text: str) -> None:
    hostile = exchange(
        headers=(("X-Evil", text), (text, "x")),
        reason=text,
        peer=text,
        final_url=f"https://example.org/{text}",
        request_headers=(("Referer", text),),
    )
    with Archive(tmp_path, "run") as archive:
        kept = [archive.store_file(b"file", text, text, source(), "document")]
        if text != "\ud800":  # no reply has one: header values are read as Latin-1
            kept.append(archive.store(hostile, source(), "page"))
        assert [archive.payload(capture) for capture in kept] == [b"file", b"hello"][: len(kept)]
    found = records(tmp_path / "run.warc.gz")
    assert [kind for kind, _, _ in found] == ["warcinfo", "resource", "response", "request"][: 2 * len(kept)]
    with (tmp_path / "run.warc.gz").open("rb") as file:
        names = [name for record in ArchiveIterator(file) for name, _ in record.rec_headers.headers]
    assert names.count("WARC-Type") == len(found)


@pytest.mark.parametrize("run", ["", "../up", "a/b", "a\\b", ".hidden", "a b", "x" * 200, "a\0b"])
def test_a_run_cannot_name_another_place(tmp_path: Path, run: str) -> None:
    with pytest.raises(WrongUse):
        Archive(tmp_path, run)


def test_a_run_never_writes_into_an_earlier_file(tmp_path: Path) -> None:
    for _ in range(3):
        with Archive(tmp_path, "run") as archive:
            archive.store(exchange(), source(), "page")
    assert {path.name for path in tmp_path.glob("*.gz")} == {f"run{n}.warc.gz" for n in ("", "-2", "-3")}


def test_a_run_that_stores_nothing_leaves_nothing(tmp_path: Path) -> None:
    with Archive(tmp_path / "evidence", "run"):
        pass
    assert not (tmp_path / "evidence").exists()


@pytest.fixture
def kept(tmp_path: Path) -> Capture:
    with Archive(tmp_path, "run") as archive:
        archive.store(exchange(bytes(range(256))), source(), "page")
        return archive.store(exchange(bytes(range(255, 0, -1)) * 50), source(), "page")


def test_a_missing_file_is_named(tmp_path: Path, kept: Capture) -> None:
    (tmp_path / "run.warc.gz").unlink()
    with pytest.raises(EvidenceDamaged, match="missing"):
        Archive(tmp_path, "read").payload(kept)


def test_every_changed_byte_of_a_record_is_found_or_harmless(tmp_path: Path, kept: Capture) -> None:
    path = tmp_path / "run.warc.gz"
    whole = path.read_bytes()
    payload = Archive(tmp_path, "read").payload(kept)
    for position in range(kept.offset, len(whole), 7):
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 0x55]) + whole[position + 1 :])
        with suppress(EvidenceDamaged):
            assert Archive(tmp_path, "read").payload(kept) == payload


@pytest.mark.parametrize(
    "change",
    [{"offset": 0}, {"offset": 7}, {"offset": 10**9}, {"warc": "../run.warc.gz"}, {"sha256": "0" * 64}],
)
def test_a_capture_that_points_elsewhere_is_refused(
    tmp_path: Path, kept: Capture, change: dict[str, object]
) -> None:
    with pytest.raises(EvidenceDamaged):
        Archive(tmp_path, "read").payload(kept.model_copy(update=change))


def test_threads_store_side_by_side(tmp_path: Path) -> None:
    barrier = threading.Barrier(4)

    def store(number: int) -> Capture:
        if number < 4:
            barrier.wait(10)
        return archive.store(exchange(str(number).encode() * 100), source(), "page")

    with Archive(tmp_path, "run") as archive, ThreadPoolExecutor(4) as pool:
        captures = list(pool.map(store, range(40)))
        assert [archive.payload(capture) for capture in captures] == [
            str(n).encode() * 100 for n in range(40)
        ]
