"""Every way a server can misbehave ends in its own typed outcome, in time."""

import re
import socket
import time
from pathlib import Path

import pytest

from collectors.errors import (
    AddressRefused,
    BombRefused,
    DeadlineExceeded,
    HttpFailed,
    HttpGone,
    HttpRefused,
    ItemError,
    ProtocolBroken,
    RateLimited,
    TooLarge,
    TooManyRedirects,
    Unreachable,
)
from collectors.web.decoding import decoded
from collectors.web.exchange import refusal
from tests.collectors.fetching import LIMITS, SHORT, fetch
from tests.collectors.hostile import (
    HostileServer,
    Request,
    Route,
    bomb,
    drip,
    flood,
    redirect,
    reply,
    sequence,
    serving,
)

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
GZIP = {"Content-Encoding": "gzip"}


def reset(connection: socket.socket, _: Request) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    connection.close()


def stall(connection: socket.socket, _: Request) -> None:
    time.sleep(5)


def spiral(connection: socket.socket, request: Request) -> None:
    connection.sendall(redirect(f"/page?{len(request.path)}{request.path[6:]}"))


def outcome(folder: Path, server: HostileServer, seconds: float = LIMITS.seconds) -> ItemError | str:
    """Return how fetching and decoding the page ended: its error, or what kind of success."""
    try:
        exchange = fetch(folder, server, limit={"seconds": seconds})
        if error := refusal(exchange.final_url, exchange.status, exchange.headers):
            return error
        body = decoded(exchange.headers, exchange.wire, LIMITS, partial=exchange.truncated)
    except ItemError as error:
        return error
    if exchange.truncated:
        return "truncated"
    return "whole" if body else "empty"


REFUSED: dict[str, tuple[Route, type[ItemError]]] = {
    "slow header": (drip(b"HTTP/1.1 200 OK\r\nX-Slow: "), DeadlineExceeded),
    "slow status line": (drip(b"HT", b"T"), DeadlineExceeded),
    "slow body": (drip(OK + b"\r\n"), DeadlineExceeded),
    "slow body of known length": (drip(OK + b"Content-Length: 100000\r\n\r\n"), DeadlineExceeded),
    "slow chunks": (drip(CHUNKED, b"1\r\na\r\n"), DeadlineExceeded),
    "endless interim replies": (flood(b"", b"HTTP/1.1 103 Early\r\n\r\n" * 100), DeadlineExceeded),
    "silence": (stall, DeadlineExceeded),
    "endless body": (flood(OK + b"\r\n"), TooLarge),
    "endless chunks": (flood(CHUNKED, b"400\r\n%s\r\n" % (b"x" * 1024)), TooLarge),
    "announced too large": (OK + b"Content-Length: 999999999999\r\n\r\nx", TooLarge),
    "endless header": (flood(b"HTTP/1.1 200 OK\r\nX-Long: "), ProtocolBroken),
    "header of 70 kB": (OK + b"X-Long: " + b"a" * 70_000 + b"\r\n\r\n", ProtocolBroken),
    "header of 5 MB": (OK + b"X-Long: " + b"a" * 5_000_000 + b"\r\n\r\n", ProtocolBroken),
    "1000 header lines": (OK + b"X: y\r\n" * 1000 + b"\r\n", ProtocolBroken),
    "endless header lines": (flood(OK, b"Set-Cookie: a=b\r\n" * 100), ProtocolBroken),
    "negative length": (OK + b"Content-Length: -1\r\n\r\nx", ProtocolBroken),
    "two lengths": (OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx", ProtocolBroken),
    "NUL in a header": (OK + b"X-Nul: a\0b\r\n\r\n", ProtocolBroken),
    "HTTP/0.9": (b"<html>hello</html>", ProtocolBroken),
    "wrong version": (b"HTTP/9.9 200 OK\r\n\r\n", ProtocolBroken),
    "another protocol": (b"SSH-2.0-OpenSSH_9.2\r\n", ProtocolBroken),
    "nothing at all": (b"", ProtocolBroken),
    "connection reset": (reset, ProtocolBroken),
    "unknown transfer coding": (OK + b"Transfer-Encoding: gzip\r\n\r\nx", ProtocolBroken),
    "gzip bomb": (reply(bomb(30), headers=GZIP), BombRefused),
    "gzip in gzip": (reply(bomb(200, 2), headers={"Content-Encoding": "gzip, gzip"}), BombRefused),
    "three encodings": (reply(bomb(1, 3), headers={"Content-Encoding": "gzip, gzip, gzip"}), BombRefused),
    "brotli not asked for": (reply(b"x", headers={"Content-Encoding": "br"}), ProtocolBroken),
    "not the gzip it claims": (reply(b"plain", headers=GZIP), ProtocolBroken),
    "400": (reply(status=400), HttpFailed),
    "401": (reply(status=401), HttpRefused),
    "403": (reply(status=403), HttpRefused),
    "404": (reply(status=404), HttpGone),
    "410": (reply(status=410), HttpGone),
    "429": (reply(status=429), RateLimited),
    "451": (reply(status=451), HttpRefused),
    "500": (reply(status=500), HttpFailed),
    "503": (reply(status=503), HttpFailed),
    "503 with a time": (reply(status=503, headers={"Retry-After": "60"}), RateLimited),
    "redirect without a place": (reply(status=302), HttpFailed),
    "redirect to itself": (redirect("/page"), TooManyRedirects),
    "endless redirects": (spiral, TooManyRedirects),
    "redirect to another port": (redirect("http://127.0.0.1:9/"), AddressRefused),
    "redirect to a short address": (redirect("http://0x7f.1/", 301), AddressRefused),
    "redirect to a decimal address": (redirect("http://2130706433/", 303), AddressRefused),
    "redirect to the loopback of IPv6": (redirect("http://[::1]/", 307), AddressRefused),
    "redirect to a cloud's metadata": (redirect("http://169.254.169.254/latest/", 308), AddressRefused),
    "redirect to a local IPv6 network": (redirect("http://[fd00::1]/"), AddressRefused),
    "redirect to a carrier's network": (redirect("http://100.64.0.1/"), AddressRefused),
    "redirect to no address": (redirect("http://0.0.0.0/"), AddressRefused),
    "redirect to a file": (redirect("file:///etc/passwd"), AddressRefused),
    "redirect to FTP": (redirect("ftp://example.org/"), AddressRefused),
    "redirect to data": (redirect("data:text/html,hello"), AddressRefused),
    "redirect with credentials": (redirect("http://user:secret@example.org/"), AddressRefused),
    "redirect to a broken address": (redirect("http://[::1"), AddressRefused),
    "redirect with backslashes": (redirect("\\\\127.0.0.1:9\\share"), AddressRefused),
}

TAKEN: dict[str, tuple[Route, str]] = {
    "plain": (reply(b"hello"), "whole"),
    "no length": (OK + b"\r\nhello", "whole"),
    "empty": (reply(), "empty"),
    "204": (b"HTTP/1.1 204 No Content\r\n\r\n", "empty"),
    "204 with a body": (b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello", "empty"),
    "304 unasked": (b"HTTP/1.1 304 Not Modified\r\n\r\n", "empty"),
    "cut body": (OK + b"Content-Length: 100\r\n\r\nonly this", "truncated"),
    "cut gzip": (OK + b"Content-Length: 999\r\nContent-Encoding: gzip\r\n\r\n" + bomb(1)[:500], "truncated"),
    "cut chunk": (CHUNKED + b"64\r\nonly this", "truncated"),
    "bad chunk": (CHUNKED + b"5\r\nhello\r\nzz\r\n", "truncated"),
    "chunked and with a length": (
        OK + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "whole",
    ),
    "longer than announced": (OK + b"Content-Length: 5\r\n\r\nhello, and more", "whole"),
    "folded header": (OK + b"X-Folded: a\r\n b\r\nContent-Length: 2\r\n\r\nhi", "whole"),
    "part unasked": (reply(b"hello", 206, {"Content-Range": "bytes 0-4/100"}), "truncated"),
    "interim reply first": (b"HTTP/1.1 103 Early Hints\r\n\r\n" + reply(b"hello"), "whole"),
    "redirect with an endless body": (
        sequence(flood(b"HTTP/1.1 302 Found\r\nLocation: /page\r\n\r\n"), reply(b"hello")),
        "whole",
    ),
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("case", REFUSED)
def test_misbehaviour_ends_in_its_own_error_in_time(tmp_path: Path, case: str) -> None:
    route, expected = REFUSED[case]
    seconds = SHORT if expected is DeadlineExceeded else LIMITS.seconds
    with serving({"/page": route}) as server:
        ended = outcome(tmp_path, server, seconds)
    assert type(ended) is expected, ended
    assert re.fullmatch(r"\S.*[^\s:]", str(ended)), "a message says what happened, and to what"


@pytest.mark.parametrize("case", TAKEN)
def test_odd_but_usable_replies_are_taken(tmp_path: Path, case: str) -> None:
    route, expected = TAKEN[case]
    with serving({"/page": route}) as server:
        assert outcome(tmp_path, server) == expected


def test_nobody_answering_is_unreachable(tmp_path: Path) -> None:
    with HostileServer() as server:
        pass
    with pytest.raises(Unreachable, match="no connection"):
        fetch(tmp_path, server)


@pytest.mark.parametrize(
    ("route", "message"),
    [
        (reset, "/page: the connection broke off"),
        (OK + b"X: y\r\n" * 300 + b"\r\n", "/page replies with 301 header lines; the limit is 200"),
        (b"HTTP/9.9 200 OK\r\n\r\n", "/page replies in HTTP/9.9, not HTTP/1.0 or HTTP/1.1"),
        (
            OK + b"Content-Length: 999999999\r\n\r\n",
            "/page announces 999,999,999 bytes; the limit is 300,000",
        ),
        (reply(status=404), "/page answered 404 (Not Found)"),
        (reply(status=599), "/page answered 599"),
        (reply(status=429), "/page answered 429 (Too Many Requests) and asks to be left alone"),
        (
            reply(status=503, headers={"Retry-After": "60"}),
            "/page answered 503 (Service Unavailable) and asks to be left alone for 60 seconds",
        ),
        (redirect("http://[::1]/"), "::1 is not a public address"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_message_reads_well(tmp_path: Path, route: Route, message: str) -> None:
    with serving({"/page": route}) as server:
        assert str(outcome(tmp_path, server)).removeprefix(server.url().rstrip("/")) == message


def test_a_cut_body_keeps_what_arrived(tmp_path: Path) -> None:
    with serving({"/page": OK + b"Content-Length: 100\r\n\r\nonly this"}) as server:
        assert fetch(tmp_path, server).wire == b"only this"


def test_the_bytes_are_not_reread_in_a_false_charset(tmp_path: Path) -> None:
    body = "café".encode("latin-1")
    with serving({"/page": reply(body, content_type="text/html; charset=rot13")}) as server:
        assert fetch(tmp_path, server).wire == body


def test_a_refused_hop_is_never_connected_to(tmp_path: Path) -> None:
    with serving({"/page": reply(b"secret")}) as inside, serving() as outside:
        outside.routes["/page"] = redirect(inside.url("/page"))
        with pytest.raises(AddressRefused):
            fetch(tmp_path, outside)
        assert inside.requests == []
