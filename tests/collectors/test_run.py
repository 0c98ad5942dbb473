"""A source is run: what it announces is fetched, kept and read, and nothing bad in it stops the rest."""

import gzip
from datetime import timedelta
from pathlib import Path

import pytest

from collectors import run
from collectors.base import Context
from collectors.records import Capture, Disposition, Outcome
from collectors.sandbox.pool import Sandbox
from tests.collectors.hostile import HostileServer, redirect, reply
from tests.collectors.running import TEXT, Ledger, feed_of, page, source_of


def test_a_feed_is_followed_and_one_bad_page_does_not_stop_it(
    server: HostileServer, context: Context, ledger: Ledger
) -> None:
    links = [server.url(path) for path in ("/gone", "/secret/a", "/good")]
    server.routes["/robots.txt"] = reply(b"User-agent: *\nDisallow: /secret/", content_type="text/plain")
    server.routes["/feed"] = reply(feed_of(*links), content_type="application/rss+xml")
    server.routes["/good"] = page("Bakery loses money to a copied voice")
    outcomes = ledger.by_path(ledger.take(run.collect(source_of(server), context)))
    assert outcomes["/feed"].links == tuple(links)
    assert outcomes["/feed"].disposition is Disposition.PARSED
    assert outcomes["/gone"].disposition is Disposition.QUARANTINED
    assert [issue.code for issue in outcomes["/gone"].issues] == ["http-gone"]
    assert [(issue.item, issue.code) for issue in ledger.issues] == [(links[1], "robots-refused")]
    assert server.asked("/secret/a") == []
    (report,) = outcomes["/good"].reports
    assert report.title == "Bakery loses money to a copied voice"
    assert "copied voice was used" in report.text
    assert report.url == links[2]
    assert report.published is not None
    assert report.published.value == "2025-03-04"


def test_the_second_run_fetches_no_known_page_and_finds_the_feed_unchanged(
    server: HostileServer, context: Context, ledger: Ledger
) -> None:
    server.routes["/feed"] = reply(feed_of(server.url("/good")), content_type="application/rss+xml")
    server.routes["/good"] = page("Good")
    source = source_of(server)
    ledger.take(run.collect(source, context))
    again = ledger.by_path(ledger.take(run.collect(source, context)))
    assert {path: outcome.disposition for path, outcome in again.items()} == {"/feed": Disposition.UNCHANGED}
    assert again["/feed"].links == (server.url("/good"),)
    assert len(server.asked("/good")) == 1


@pytest.mark.parametrize(("days", "asked"), [(-8, 2), (-6, 1), (6, 1), (8, 2), (400, 2)])
def test_a_known_page_is_looked_at_again_after_a_week_even_where_a_clock_was_ahead(
    server: HostileServer, context: Context, ledger: Ledger, days: int, asked: int
) -> None:
    server.routes["/feed"] = reply(feed_of(server.url("/good")), content_type="application/rss+xml")
    server.routes["/good"] = page("Good")
    ledger.take(run.collect(source_of(server), context))
    for key, capture in ledger.captures.items():
        ledger.captures[key] = capture.model_copy(
            update={"finished": capture.finished + timedelta(days=days)}
        )
    ledger.take(run.collect(source_of(server), context))
    assert len(server.asked("/good")) == asked


def test_a_not_modified_feed_is_unchanged_and_its_other_pages_are_still_fetched(
    server: HostileServer, context: Context, ledger: Ledger
) -> None:
    feed = feed_of(server.url("/one"), server.url("/two"))
    server.routes["/feed"] = reply(feed, headers={"ETag": '"v1"'}, content_type="application/rss+xml")
    server.routes["/one"], server.routes["/two"] = page("One"), page("Two")
    source = source_of(server, items_per_run=1)
    assert set(ledger.by_path(ledger.take(run.collect(source, context)))) == {"/feed", "/one"}
    server.routes["/feed"] = reply(b"", 304, {"ETag": '"v1"'})
    again = ledger.by_path(ledger.take(run.collect(source, context)))
    assert server.asked("/feed")[-1].headers["if-none-match"] == '"v1"'
    assert again["/feed"].disposition is Disposition.UNCHANGED
    assert again["/two"].disposition is Disposition.PARSED
    assert set(again) == {"/feed", "/two"}


def test_a_listing_is_followed(server: HostileServer, context: Context, ledger: Ledger) -> None:
    anchors = (
        '<a href="/news/2025/a">A</a><a href="/about">B</a><a href="https://other.example/news/2025/b">C</a>'
    )
    server.routes["/news"] = reply(f"<html><body>{anchors}</body></html>".encode())
    server.routes["/news/2025/a"] = page("A")
    source = source_of(server, "listing", "/news", link_pattern=r"/news/\d{4}/[a-z]+")
    outcomes = ledger.by_path(ledger.take(run.collect(source, context)))
    assert outcomes["/news"].links == (server.url("/news/2025/a"),)
    assert len(outcomes["/news/2025/a"].reports) == 1


def test_the_feed_gives_title_and_date_where_the_page_has_none(
    server: HostileServer, context: Context, ledger: Ledger
) -> None:
    server.routes["/feed"] = reply(feed_of(server.url("/bare")), content_type="application/rss+xml")
    server.routes["/bare"] = reply(f"<html><body><p>{TEXT * 5}</p></body></html>".encode())
    outcomes = ledger.by_path(ledger.take(run.collect(source_of(server), context)))
    (report,) = outcomes["/bare"].reports
    assert report.title == "From the feed"
    assert report.published is not None
    assert (report.published.value, report.published.origin) == ("2025-02-04", "feed")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "image/png"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "text/html"),
        (b"<html><p>Really a page</p></html>", "IMAGE/SVG+XML"),
        (b"\x00\x00\x00\x18ftypmp42" + bytes(100), "video/mp4"),
        (b"PK\x03\x04" + bytes(100), "application/zip"),
        (b'{"a": 1}', "application/json"),
    ],
)
def test_media_and_archives_are_kept_but_never_read(
    server: HostileServer, context: Context, ledger: Ledger, body: bytes, content_type: str
) -> None:
    server.routes["/feed"] = reply(feed_of(server.url("/item")), content_type="application/rss+xml")
    server.routes["/item"] = reply(body, content_type=content_type)
    outcomes = ledger.by_path(ledger.take(run.collect(source_of(server), context)))
    assert outcomes["/item"].disposition is Disposition.QUARANTINED
    assert [issue.code for issue in outcomes["/item"].issues] == ["unsupported"]
    assert outcomes["/item"].reports == ()


def test_parsing_again_from_the_evidence_equals_the_live_outcome(
    server: HostileServer, context: Context, ledger: Ledger, sandbox: Sandbox
) -> None:
    packed = reply(
        gzip.compress(page("Packed").split(b"\r\n\r\n", 1)[1]), headers={"Content-Encoding": "gzip"}
    )
    paths = ("/good", "/packed", "/gone", "/moved", "/empty", "/picture")
    server.routes |= {
        "/feed": reply(feed_of(*map(server.url, paths)), content_type="application/rss+xml"),
        "/good": page("Good"),
        "/packed": packed,
        "/moved": redirect("/good?moved=1"),
        "/empty": reply(b""),
        "/picture": reply(b"GIF89a", content_type="image/gif"),
    }
    source = source_of(server)
    events = ledger.take(run.collect(source, context))
    assert len(ledger.captures) == 7
    context.archive.close()
    for outcome in events:
        if isinstance(outcome, Outcome):
            capture = ledger.captures[outcome.capture]
            again = run.parse(capture, context.archive.payload(capture), source, sandbox)
            assert again == outcome, capture.requested_url


def test_a_reply_cut_short_is_read_as_far_as_it_goes_and_a_broken_one_is_not(
    server: HostileServer, context: Context, ledger: Ledger
) -> None:
    whole = gzip.compress(page("Long").split(b"\r\n\r\n", 1)[1])
    packed = {"Content-Encoding": "gzip"}
    server.routes |= {
        "/feed": reply(
            feed_of(server.url("/cut"), server.url("/broken")), content_type="application/rss+xml"
        ),
        "/cut": reply(whole[:-20], headers=packed | {"Content-Length": str(len(whole))}),
        "/broken": reply(whole[:-20], headers=packed),
    }
    outcomes = ledger.by_path(ledger.take(run.collect(source_of(server), context)))
    assert [report.truncated for report in outcomes["/cut"].reports] == [True]
    assert [issue.code for issue in outcomes["/broken"].issues] == ["protocol-broken"]


def test_a_feed_that_is_none_is_quarantined(server: HostileServer, context: Context, ledger: Ledger) -> None:
    server.routes["/feed"] = reply(b"<html><body>We have moved</body></html>")
    outcomes = ledger.by_path(ledger.take(run.collect(source_of(server), context)))
    assert [issue.code for issue in outcomes["/feed"].issues] == ["malformed"]
    assert outcomes["/feed"].disposition is Disposition.QUARANTINED


def test_a_feed_with_fewer_items_than_expected_says_so(
    server: HostileServer, context: Context, ledger: Ledger
) -> None:
    server.routes["/feed"] = reply(feed_of(), content_type="application/rss+xml")
    outcomes = ledger.by_path(ledger.take(run.collect(source_of(server, expected_yield=3), context)))
    assert outcomes["/feed"].disposition is Disposition.PARSED
    assert [issue.code for issue in outcomes["/feed"].issues] == ["yield-low"]


def test_a_host_that_does_not_answer_is_an_issue(
    server: HostileServer, context: Context, ledger: Ledger
) -> None:
    source = source_of(server).model_copy(update={"url": "http://127.0.0.1:9/feed"})
    ledger.take(run.collect(source, context))
    assert [issue.code for issue in ledger.issues] == ["address-refused"]


def test_lost_evidence_is_fetched_anew_instead_of_confirmed(
    tmp_path: Path, server: HostileServer, context: Context, ledger: Ledger
) -> None:
    feed = feed_of(server.url("/good"))
    server.routes["/feed"] = reply(feed, headers={"ETag": '"v1"'}, content_type="application/rss+xml")
    server.routes["/good"] = page("Good")
    source = source_of(server)
    ledger.take(run.collect(source, context))
    context.archive.close()
    for path in (tmp_path / "evidence").glob("*.warc.gz"):
        path.unlink()
    again = ledger.take(run.collect(source, context))
    assert "if-none-match" not in server.asked("/feed")[-1].headers
    assert isinstance(again[0], Capture)
    assert context.archive.payload(again[0]) == feed
