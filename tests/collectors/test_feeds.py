"""A feed gives what it announces, as plain text, and nothing in it is opened or expanded."""

import os
from pathlib import Path

import pytest

from collectors.errors import Malformed, TooLarge
from collectors.feeds import FEED_BYTES, Feed, read_feed

URL = "https://police.example/news/feed.xml"

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0">
<channel><title>Town &amp; Police</title><link>https://police.example/</link>{items}</channel></rss>"""


def item(link: str, title: str = "Title", date: str = "", more: str = "") -> str:
    dated = f"<pubDate>{date}</pubDate>" if date else ""
    return f"<item><title>{title}</title><link>{link}</link>{dated}{more}</item>"


def read(*items: str, content_type: str = "application/rss+xml") -> Feed:
    return read_feed(RSS.format(items="".join(items)).encode(), content_type, URL)


def test_an_rss_feed_is_read_in_order() -> None:
    feed = read(
        item("https://police.example/b", date="Mon, 05 Feb 2024 00:30:00 +0100"),
        item("/a?utm_source=feed", "Fines &amp;amp; &lt;b&gt;fakes&lt;/b&gt;"),
    )
    assert feed.title == "Town & Police"
    assert [entry.link for entry in feed.entries] == [
        "https://police.example/b",
        "https://police.example/a?utm_source=feed",
    ]
    first, second = feed.entries
    assert first.published is not None
    assert (first.published.value, first.published.origin) == ("2024-02-05", "feed")
    assert second.published is None
    assert second.title == "Fines & fakes"


def test_an_atom_feed_keeps_a_month_a_month() -> None:
    atom = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Notes</title>
    <entry><title type="text">1 &lt; 2</title><link rel="alternate" href="https://a.example/x"/>
    <published>2024-03</published><updated>2025-01-01T00:00:00Z</updated><summary
    type="html">&lt;p&gt;One &lt;script&gt;bad()&lt;/script&gt;two&lt;/p&gt;</summary></entry></feed>"""
    (entry,) = read_feed(atom, "application/atom+xml", URL).entries
    assert entry.title == "1 < 2"
    assert entry.published is not None
    assert entry.published.value == "2024-03"
    assert entry.summary == "One two"


def test_one_address_is_one_entry() -> None:
    links = (
        "https://police.example/a?utm_medium=x",
        "https://police.example/a",
        "https://police.example/a#top",
    )
    assert len(read(*map(item, links)).entries) == 1


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "file:///etc/passwd", "mailto:a@b.example", "", "http://"]
)
def test_only_web_addresses_are_links(link: str) -> None:
    assert read(item(link, "One")).entries == ()


def test_the_real_link_of_a_counted_one_is_used() -> None:
    counted = item(
        "https://feeds.example/~r/x/1",
        more="<feedburner:origLink>https://blog.example/1</feedburner:origLink>",
    )
    assert [entry.link for entry in read(counted).entries] == ["https://blog.example/1"]


def test_the_charset_of_the_header_counts() -> None:
    payload = (
        RSS.replace('encoding="UTF-8"', "").format(items=item("https://a.example/", "Café")).encode("latin-1")
    )
    (entry,) = read_feed(payload, "application/rss+xml; charset=iso-8859-1", URL).entries
    assert entry.title == "Café"


def test_a_torn_feed_gives_the_entries_before_the_tear() -> None:
    whole = RSS.format(items=item("https://a.example/1") + item("https://a.example/2")).encode()
    torn = read_feed(whole[:-60], "application/rss+xml", URL)
    assert [entry.link for entry in torn.entries] == ["https://a.example/1"]


def test_an_empty_feed_is_a_feed() -> None:
    assert read().entries == ()


@pytest.mark.parametrize(
    "payload", [b"", b"<html><body>Moved</body></html>", b"\x00\x01\x02", b'{"a": 1}', b"words"]
)
def test_what_is_no_feed_is_malformed(payload: bytes) -> None:
    with pytest.raises(Malformed):
        read_feed(payload, "text/html", URL)


def test_the_name_of_a_file_is_never_opened(tmp_path: Path) -> None:
    secret = tmp_path / "feed.xml"
    secret.write_text(RSS.format(items=item("https://secret.example/")))
    with pytest.raises(Malformed):
        read_feed(os.fsencode(secret), "application/rss+xml", URL)


def test_entities_are_not_expanded(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("private words")
    declared = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "file://{tmp_path}/secret"><!ENTITY a "aaaaaaaaaa">'
    declared += "".join(
        f'<!ENTITY {c} "{"&" + p + ";" * 1}{("&" + p + ";") * 9}">'
        for p, c in zip("abcdefgh", "bcdefghi", strict=True)
    )
    payload = (
        RSS.replace("<rss", declared + "]><rss")
        .format(items=item("https://a.example/", "T &x; &i;"))
        .encode()
    )
    feed = read_feed(payload, "application/rss+xml", URL)
    assert "private words" not in feed.model_dump_json()
    assert len(feed.model_dump_json()) < 10_000


def test_limits_hold() -> None:
    with pytest.raises(TooLarge):
        read_feed(b" " * (FEED_BYTES + 1), "application/rss+xml", URL)
    assert len(read(*(item(f"https://a.example/{number}") for number in range(2_100))).entries) == 2_000
