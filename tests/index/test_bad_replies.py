"""Whatever a server sends, a run of the whole library comes back, says what was wrong and keeps the rest."""

import gzip
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collectors.records import Report
from index.library import Library
from tests.collectors.crafted import STORY, encrypted_pdf, page, pdf, word
from tests.collectors.hostile import HostileServer, Request, Route, bomb, drip, flood, redirect, reply
from tests.index.hardship import LEAD, Ran, all_reports, check_books, check_listed, settings

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
GZIP = {"Content-Encoding": "gzip"}
RSS = "application/rss+xml"
ROOM = 25
"""Seconds for all sources together on an idle machine; a busy one is given four times as many."""
METADATA = "http://169.254.169.254/latest/"
HOSTILE_LINKS = (
    "file:///etc/passwd",
    "javascript:alert(1)",
    "http://127.0.0.1:9/x",
    METADATA,
    "data:text/html,x",
)


@dataclass(frozen=True)
class Bad:
    """A source with something wrong in it, and the codes of the issues that must come of it, if any."""

    expected: str = ""
    page: Route | None = None
    """One of two pages its feed announces; the other is good."""
    feed: Route | None = None
    """In place of the feed."""
    robots: Route = field(default_factory=lambda: reply(status=404))
    url: str = ""
    fields: str = ""
    """More lines of the source's file."""


def silence(_: object, __: Request) -> None:
    time.sleep(60)


def told(head: str = "", body: str = "", **headers: str) -> bytes:
    return reply(page(head, body), headers=headers)


def rss(*links: str) -> bytes:
    items = "".join(f"<item><title>Announced</title><link>{link}</link></item>" for link in links)
    feed = f'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>{items}</channel></rss>'
    return reply(feed.encode(), content_type=RSS)


def laughs() -> bytes:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    feed = f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY l0 "ha">{levels}]><rss><channel>&l9;</channel></rss>'
    return reply(feed.encode(), content_type=RSS)


def jsonld(date: str) -> str:
    thing = f'{{"@type":"NewsArticle","datePublished":{date}}}'
    return (
        f'<script type="application/ld+json">{thing}</script><script type="application/ld+json">{{x</script>'
    )


SOURCES: dict[str, Bad] = {
    "no-such-host": Bad("unreachable", url="http://nowhere.invalid/feed"),
    "nobody-answers": Bad("unreachable", url="closed"),
    "no-tls": Bad("unreachable", url="https"),
    "feed-gone": Bad("http-gone", feed=reply(status=404)),
    "feed-forbidden": Bad("http-refused", feed=reply(status=403)),
    "feed-wants-a-password": Bad("http-refused", feed=reply(status=401)),
    "feed-fails": Bad("http-failed", feed=reply(status=500)),
    "feed-is-a-page": Bad("malformed", feed=told()),
    "feed-is-empty": Bad("malformed", feed=reply(content_type=RSS)),
    "feed-of-entities": Bad("malformed", feed=laughs()),
    "feed-is-a-picture": Bad("unsupported", feed=reply(b"GIF89a", content_type="image/gif")),
    "feed-too-often": Bad("rate-limited", feed=reply(status=429, headers={"Retry-After": "3600"})),
    "feed-resting": Bad("rate-limited", feed=reply(status=503, headers={"Retry-After": "3600"})),
    "feed-refused-by-robots": Bad("robots-refused", robots=reply(b"User-agent: *\nDisallow: /")),
    "robots-fails": Bad("robots-refused", robots=reply(status=500)),
    "robots-without-end": Bad("", robots=flood(OK + b"\r\n", b"Disallow: /private\n" * 1000)),
    "feed-leads-inside": Bad("address-refused", feed=redirect(METADATA)),
    "feed-in-a-loop": Bad("too-many-redirects", feed=redirect("/feed")),
    "feed-bomb": Bad("bomb-refused", feed=reply(bomb(200), headers=GZIP, content_type=RSS)),
    "feed-bomb-in-bomb": Bad(
        "bomb-refused", feed=reply(bomb(200, 2), headers={"Content-Encoding": "gzip, gzip"})
    ),
    "feed-without-end": Bad("too-large", feed=flood(OK + b"\r\n")),
    "feed-in-drops": Bad("deadline", feed=drip(OK + b"\r\n")),
    "feed-silent": Bad("deadline", feed=silence),
    "feed-of-another-protocol": Bad("protocol-broken", feed=b"SSH-2.0-OpenSSH_9.2\r\n"),
    "feed-with-less": Bad("yield-low", fields="expected_yield = 3"),
    "feed-of-hostile-links": Bad("address-refused", feed=b"links"),
    "listing-without-links": Bad(
        "yield-low", feed=told(), fields='kind = "listing"\nlink_pattern = "/news/.+"'
    ),
    "page-gone": Bad("http-gone", reply(status=410)),
    "page-withheld": Bad("http-refused", reply(status=451)),
    "page-leads-inside": Bad("address-refused", redirect("http://[::1]/")),
    "page-leads-to-a-file": Bad("address-refused", redirect("file:///etc/passwd")),
    "page-in-a-loop": Bad("too-many-redirects", redirect("/page")),
    "page-cut": Bad("", reply(page()[:-40], headers={"Content-Length": "99999"})),
    "page-badly-packed": Bad("protocol-broken", reply(gzip.compress(page())[:-20], headers=GZIP)),
    "page-not-packed": Bad("protocol-broken", told(**GZIP)),
    "page-bomb": Bad("bomb-refused", reply(bomb(200), headers=GZIP)),
    "page-without-end": Bad("too-large", flood(OK + b"\r\n")),
    "page-announced-huge": Bad("too-large", OK + b"Content-Length: 99999999999\r\n\r\nx"),
    "page-in-drops": Bad("deadline", drip(b"HTTP/1.1 200 OK\r\nX-Slow: ")),
    "page-of-headers": Bad("protocol-broken", OK + b"X-Long: " + b"a" * 5_000_000 + b"\r\n\r\n"),
    "page-of-a-false-charset": Bad("", reply(page(), content_type="text/html; charset=rot13")),
    "page-of-a-wrong-charset": Bad("", reply(page(), content_type="text/html; charset=utf-16")),
    "page-of-an-image": Bad("unsupported", reply(b"\x89PNG\r\n\x1a\n" + bytes(99), content_type="image/png")),
    "page-is-an-image": Bad("unsupported", reply(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9)),
    "page-is-a-program": Bad("unsupported", reply(b"MZ\x90\x00\x03\x00\x00\x00" + bytes(500))),
    "page-is-data": Bad("unsupported", reply(b'{"a": ' * 9999, content_type="application/json")),
    "page-is-locked": Bad("encrypted", reply(encrypted_pdf(), content_type="application/pdf")),
    "page-is-half-a-pdf": Bad("malformed", reply(pdf(STORY)[:200], content_type="application/pdf")),
    "page-is-a-word-bomb": Bad(
        "bomb-refused",
        reply(word(STORY, extra={"word/zeros.bin": bytes(20_000_000)}), content_type="application/msword"),
    ),
    "page-empty": Bad("empty", reply()),
    "page-of-scripts": Bad("empty", reply(b"<html><script>var x = 1</script></html>")),
    "page-of-attributes": Bad("", told(body="<p " + " ".join(f"a{n}=1" for n in range(30_000)) + ">x</p>")),
    "page-nested-deep": Bad("", told(body="<div>" * 100_000 + "the end")),
    "page-of-paragraphs": Bad("", told(body="<p>x" * 100_000)),
    "page-of-nul": Bad("", told(body="<p>a\0b\ud7ff\ufffe</p>" * 9 + "<p>after it</p>")),
    "page-of-odd-dates": Bad("", told(head=jsonld('"9999-99-99T99:99:99Z"') + jsonld("[1e999, null]"))),
    "page-of-another-address": Bad("", told('<link rel="canonical" href="https://gazette.example/other">')),
}
FIRST_ONLY = {"no-such-host", "nobody-answers", "no-tls", "feed-refused-by-robots", "robots-fails"}
"""Sources that have no good page, beside those whose feed is bad."""


def has_good_page(name: str) -> bool:
    return name not in FIRST_ONLY and (SOURCES[name].feed is None or name == "feed-of-hostile-links")


def good(name: str) -> bytes:
    return reply(
        page(title=f"Good of {name}").replace(b"<h1>Voices copied</h1>", f"<h1>Good of {name}</h1>".encode())
    )


def furnish(name: str, bad: Bad, server: HostileServer) -> str:
    """Give a server its routes and return the address of the source."""
    links = [server.url("/good")]
    if bad.page is not None:
        server.routes["/page"] = bad.page
        links.insert(0, server.url("/page"))
    if name == "feed-of-hostile-links":
        links = [*HOSTILE_LINKS, *links]
    feed = rss(*links) if bad.feed is None or bad.feed == b"links" else bad.feed
    server.routes |= {"/feed": feed, "/robots.txt": bad.robots, "/good": good(name)}
    special = {"https": f"https://{server.host}/feed", "closed": server.url("/feed")}
    return special.get(bad.url, bad.url) or server.url("/feed")


def describe(folder: Path, name: str, url: str, fields: str) -> None:
    lines = [f'title = "{name}"', 'publisher = "Hostile"', f'url = "{url}"', "gap_seconds = 0.0"]
    lines += [] if "kind" in fields else ['kind = "feed"']
    (folder / f"{name}.toml").write_text("\n".join([*lines, fields]), "utf-8")


def run(library: Library) -> Ran:
    return Ran(library, library.collect(list(SOURCES), actor=LEAD))


@dataclass
class Runs:
    """The same sources collected from twice."""

    servers: dict[str, HostileServer]
    first: Ran
    asked: dict[str, int]
    again: Ran


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    home = tmp_path_factory.mktemp("library")
    (home / "sources").mkdir()
    with ExitStack() as stack:
        servers = {name: HostileServer() for name in SOURCES}
        for name, server in servers.items():
            describe(home / "sources", name, furnish(name, SOURCES[name], server), SOURCES[name].fields)
            if SOURCES[name].url == "closed":
                server.server_close()
            else:
                stack.enter_context(server)
        hosts = [server.host for server in servers.values()]
        library = stack.enter_context(Library.open(settings(home, hosts)))
        first = run(library)
        assert first.status and first.reports
        asked = {name: len(server.requests) for name, server in servers.items()}
        yield Runs(servers, first, asked, run(library))


def report_of(ran: Ran, server: HostileServer, path: str = "/page") -> Report:
    return next(report for report in ran.reports if report.url == server.url(path))


def test_there_are_enough_of_them() -> None:
    assert len(SOURCES) >= 55


@pytest.mark.parametrize("name", SOURCES)
def test_a_bad_reply_ends_in_its_own_issue_and_the_good_page_is_kept(runs: Runs, name: str) -> None:
    expected = {SOURCES[name].expected} - {""}
    assert runs.first.said(name) == expected
    assert {issue.code for issue in runs.first.status.issues if issue.source == name} == expected
    titles = [report.title for report in runs.first.reports if report.source == name]
    assert (f"Good of {name}" in titles) is has_good_page(name)
    read = SOURCES[name].page is not None and not expected
    assert len(titles) == has_good_page(name) + read


def test_everything_is_listed_with_advice_and_the_books_balance(runs: Runs) -> None:
    check_listed(runs.first)
    check_books(runs.first.status)
    assert runs.first.tally.sources == len(SOURCES)


def test_a_source_that_could_not_be_read_is_tried_again_sooner(runs: Runs) -> None:
    health = {source.key: source for source in runs.first.status.sources}
    for name, bad in SOURCES.items():
        unread = name in FIRST_ONLY or (bad.feed is not None and not has_good_page(name))
        unread = unread and bad.expected != "yield-low"
        assert (health[name].last_ok is None) is unread, name
        due = health[name].next_due
        assert due is not None
        assert (due - datetime.now(UTC) < timedelta(hours=2)) is unread, name


def test_hostile_links_are_refused_before_anything_is_asked(runs: Runs) -> None:
    name = "feed-of-hostile-links"
    refused = [issue.item for issue in runs.first.tally.issues if issue.source == name]
    assert refused == ["http://127.0.0.1:9/x", METADATA]
    assert not any("root:" in report.text for report in runs.first.reports)


def test_what_is_missing_from_a_page_is_known(runs: Runs) -> None:
    for name in ("page-cut", "page-nested-deep"):
        assert report_of(runs.first, runs.servers[name]).truncated, name
    assert not report_of(runs.first, runs.servers["page-of-attributes"]).truncated


def test_lies_of_a_page_are_not_believed(runs: Runs) -> None:
    for name in ("page-of-a-false-charset", "page-of-a-wrong-charset"):
        assert STORY in report_of(runs.first, runs.servers[name]).text
    assert report_of(runs.first, runs.servers["page-of-odd-dates"]).published is None
    assert report_of(runs.first, runs.servers["page-of-another-address"]).url
    text = report_of(runs.first, runs.servers["page-of-nul"]).text
    assert "\0" not in text
    assert "after it" in text


def test_a_second_run_doubles_nothing_and_leaves_alone_who_asked_for_it(runs: Runs) -> None:
    assert runs.again.tally.new_reports == 0
    assert runs.again.tally.changed_reports == 0
    assert len(all_reports(runs.again.library)) == len(runs.first.reports)
    check_books(runs.again.library.status(actor=LEAD))
    for name in ("feed-too-often", "feed-resting", "feed-refused-by-robots", "robots-fails"):
        assert len(runs.servers[name].requests) == runs.asked[name], name
        assert runs.again.said(name) == runs.first.said(name)


def test_a_source_that_recovers_loses_its_issue(runs: Runs) -> None:
    name = "feed-is-a-page"
    runs.servers[name].routes["/feed"] = rss(runs.servers[name].url("/good"))
    tally = runs.again.library.collect([name], actor=LEAD)
    assert (tally.issues, tally.new_reports) == ((), 1)
    status = runs.again.library.status(actor=LEAD)
    assert name not in {issue.source for issue in status.issues}
    assert next(source for source in status.sources if source.key == name).last_ok
