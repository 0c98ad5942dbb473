"""What a fetch promises: the whole chain, conditional requests, robots.txt, manners and retries."""

import gzip
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate
from pathlib import Path
from socket import socket

import pytest

from collectors.archive import Archive
from collectors.errors import (
    AddressRefused,
    ItemError,
    ProtocolBroken,
    RateLimited,
    RobotsRefused,
    Unreachable,
)
from collectors.records import Robots
from tests.collectors.fetching import Clock, fetch, fetcher, source
from tests.collectors.hostile import Request, Route, bomb, redirect, reply, sequence, serving

BUSY = reply(status=429, headers={"Retry-After": "3"})


def test_an_exchange_tells_the_whole_chain(tmp_path: Path) -> None:
    with serving({"/page": redirect("/next?q=1#part", 301), "/next": reply(b"hello")}) as server:
        exchange = fetch(tmp_path, server)
        assert [(hop.url, hop.status) for hop in exchange.redirects] == [(server.url("/page"), 301)]
        assert exchange.final_url == server.url("/next?q=1")
    assert (exchange.status, exchange.wire, exchange.peer) == (200, b"hello", "127.0.0.1")
    assert exchange.robots is Robots.ALLOWED
    assert exchange.started < exchange.finished


def test_the_request_names_the_reader_and_carries_nothing_else(tmp_path: Path) -> None:
    with serving({"/page": reply(headers={"Set-Cookie": "a=b"})}) as server:
        with fetcher(tmp_path, server) as client:
            client.get(server.url("/page"), source())
            client.get(server.url("/page"), source())
        sent = server.asked("/page")[1].headers
        host = server.host
    assert sent.pop("user-agent").startswith("Moriarty/")
    assert sent == {"host": host, "accept": "*/*", "accept-encoding": "gzip", "connection": "close"}


def test_the_path_is_asked_for_as_written(tmp_path: Path) -> None:
    path = "/a%2Fb/%7euser/x|y;z?q=[1]&r=a+b%20c&caf%C3%A9"
    with serving({path.partition("?")[0]: reply(b"hello")}) as server:
        assert fetch(tmp_path, server, path).status == 200
        assert server.requests[-1].path == path


def test_proxies_in_the_environment_are_ignored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving({"/page": reply(b"hello")}) as server, serving() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(name, proxy.url())
        assert fetch(tmp_path, server).wire == b"hello"
        assert proxy.requests == []


def test_an_unchanged_page_answers_304(tmp_path: Path) -> None:
    def page(connection: socket, request: Request) -> None:
        known = request.headers.get("if-none-match") == '"v1"' and "if-modified-since" in request.headers
        headers = {"ETag": '"v1"', "Last-Modified": "Sat, 21 Nov 2026 00:00:00 GMT"}
        connection.sendall(reply(b"" if known else b"hello", 304 if known else 200, headers))

    with serving({"/old": redirect("/page"), "/page": page}) as server, fetcher(tmp_path, server) as client:
        with Archive(tmp_path / "evidence", "run") as archive:
            first = archive.store(client.get(server.url("/old"), source()), source(), "page")
            again = client.get(server.url("/old"), source(), first)
        assert (again.status, again.wire) == (304, b"")
        assert "if-none-match" not in server.asked("/old")[1].headers


GZIP = {"Content-Encoding": "gzip"}
ROBOTS: dict[str, tuple[Route, type[ItemError] | None]] = {
    "refused": (reply(b"User-agent: *\nDisallow: /page"), RobotsRefused),
    "refused by name": (
        reply(b"User-agent: moriarty\nDisallow: /\n\nUser-agent: *\nAllow: /"),
        RobotsRefused,
    ),
    "failing": (reply(status=500), RobotsRefused),
    "unreadable": (reply(b"x", headers={"Content-Encoding": "br"}), RobotsRefused),
    "stalling": (b"HTTP/1.1 200 OK\r\nContent-Le", ProtocolBroken),
    "redirecting inside": (redirect("http://169.254.169.254/"), AddressRefused),
    "allowed": (reply(b"User-agent: *\nDisallow: /other"), None),
    "missing": (reply(status=404), None),
    "missing, unreadably": (reply(b"x", 404, {"Content-Encoding": "br"}), None),
    "packed": (
        reply(gzip.compress(b"User-agent: *\nDisallow: /"), headers={"Content-Encoding": "gzip"}),
        RobotsRefused,
    ),
    "a bomb": (reply(bomb(20), headers=GZIP), RobotsRefused),
    "forbidden": (reply(status=403), None),
    "redirecting": (sequence(redirect("/robots.txt"), reply(b"User-agent: *\nDisallow: /")), RobotsRefused),
    "redirecting for ever": (redirect("/robots.txt"), None),
    "a login page": (reply(b"<html>log in</html>" * 1000), None),
    "huge, refused early": (reply(b"User-agent: *\nDisallow: /\n" + b"#" * 5_000_000), RobotsRefused),
    "huge, refused too late": (reply(b"#" * 600_000 + b"\nUser-agent: *\nDisallow: /\n"), None),
}


@pytest.mark.parametrize("case", ROBOTS)
def test_robots_txt_is_obeyed(tmp_path: Path, case: str) -> None:
    route, refused = ROBOTS[case]
    with serving({"/robots.txt": route, "/page": reply(b"hello")}) as server:
        if refused is None:
            assert fetch(tmp_path, server).status == 200
        else:
            with pytest.raises(refused):
                fetch(tmp_path, server)
        assert len(server.asked("/page")) == (refused is None)


def test_robots_txt_of_each_hop_is_asked(tmp_path: Path) -> None:
    with (
        serving({"/robots.txt": reply(b"User-agent: *\nDisallow: /"), "/page": reply()}) as strict,
        serving() as easy,
    ):
        easy.routes["/page"] = redirect(strict.url("/page"))
        with pytest.raises(RobotsRefused):
            fetch(tmp_path, easy, allowed={strict.host})
        assert not strict.asked("/page")


def test_robots_txt_is_asked_once_a_day_and_across_restarts(tmp_path: Path) -> None:
    clock = Clock()
    with serving({"/page": reply()}) as server:
        for passed in (0, 80_000, 10_000):
            clock.now += passed
            fetch(tmp_path, server, clock=clock, sleep=clock.sleep)
        assert len(server.asked("/robots.txt")) == 2


def test_the_gap_and_the_crawl_delay_are_kept(tmp_path: Path) -> None:
    clock = Clock()
    with serving({"/robots.txt": reply(b"User-agent: *\nCrawl-delay: 7"), "/page": reply()}) as server:
        for _ in range(3):
            with fetcher(tmp_path, server, clock=clock, sleep=clock.sleep) as client:
                client.get(server.url("/page"), source(gap_seconds=3))
    assert clock.slept == [3, 7, 7]


@pytest.mark.parametrize(
    ("value", "left_alone"),
    [
        ("60", 60),
        (formatdate(1_900_000_120, usegmt=True), 120),
        (formatdate(1_800_000_000, usegmt=True), 0),
        ("1000000000", 86_400),
        ("soon", 60),
        ("-5", 60),
        ("", 60),
    ],
)
def test_a_host_is_left_alone_as_long_as_it_asks(tmp_path: Path, value: str, left_alone: float) -> None:
    clock = Clock()
    with serving({"/page": reply(status=429, headers={"Retry-After": value})}) as server:
        assert fetch(tmp_path, server, clock=clock).status == 429
        server.routes["/page"] = reply()
        if left_alone:
            clock.now += left_alone - 10
            with pytest.raises(RateLimited, match="left alone until"):
                fetch(tmp_path, server, clock=clock)
            clock.now += 10
        assert fetch(tmp_path, server, clock=clock).status == 200
        assert len(server.asked("/page")) == 2


RETRIES = {
    "busy for a moment": ((BUSY, reply(b"hello")), 200, 2),
    "failing once": ((reply(status=502), reply(b"hello")), 200, 2),
    "failing always": ((reply(status=500),), 500, 2),
    "busy for long": ((reply(status=503, headers={"Retry-After": "600"}), reply(b"hello")), 503, 1),
    "gone": ((reply(status=404), reply(b"hello")), 404, 1),
}


@pytest.mark.parametrize("case", RETRIES)
def test_only_a_passing_trouble_is_tried_again(tmp_path: Path, case: str) -> None:
    routes, status, requests = RETRIES[case]
    clock = Clock()
    with serving({"/page": sequence(*routes)}) as server:
        exchange = fetch(tmp_path, server, clock=clock, sleep=clock.sleep, limit={"tries": 2})
        assert (exchange.status, len(server.asked("/page"))) == (status, requests)
    assert sum(clock.slept) < 6


def test_a_failing_host_is_left_alone_for_a_while(tmp_path: Path) -> None:
    clock = Clock()
    with serving({"/page": b"garbage"}) as server, fetcher(tmp_path, server, clock=clock) as client:
        for _ in range(5):
            with pytest.raises(ProtocolBroken):
                client.get(server.url("/page"), source())
        with pytest.raises(Unreachable, match="5 times running"):
            client.get(server.url("/page"), source())
        clock.now += 601
        server.routes["/page"] = reply()
        assert client.get(server.url("/page"), source()).status == 200


def test_one_fetcher_serves_several_threads(tmp_path: Path) -> None:
    with serving({"/page": reply(b"hello")}) as server, fetcher(tmp_path, server) as client:
        with ThreadPoolExecutor(8) as pool:
            fetched = list(pool.map(lambda n: client.get(server.url(f"/page?{n}"), source()), range(40)))
        assert [exchange.final_url for exchange in fetched] == [server.url(f"/page?{n}") for n in range(40)]
        assert {exchange.status for exchange in fetched} == {200}
