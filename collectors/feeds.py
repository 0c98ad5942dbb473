"""RSS and Atom bytes → entries. A feed is a signal: each linked page becomes a capture of its own."""

import io
from typing import Any
from xml.sax import SAXException

import feedparser
from lxml import etree, html

from collectors.errors import Malformed, TooLarge
from collectors.formats.dates import partial_date
from collectors.formats.encoding import clean, clean_line
from collectors.records import PartialDate, Record
from collectors.web.addresses import absolute_url, canonical_url

FEED_BYTES = 10_000_000
"""Bytes of one feed; real ones stay below one million."""
MOST_ENTRIES = 2_000
LONGEST_SUMMARY = 2_000


class Entry(Record):
    """One item of a feed, in plain text; title and date stand in where the linked page has none."""

    link: str
    title: str = ""
    published: PartialDate | None = None
    summary: str = ""


class Feed(Record):
    """What a feed announces, in its order, each address once."""

    title: str = ""
    entries: tuple[Entry, ...] = ()


def read_feed(payload: bytes, content_type: str, url: str) -> Feed:
    """Read a feed found at ``url``, after content decoding; entries without a web address are left out.

    Raises ``TooLarge`` past 10 MB and ``Malformed`` where the bytes are no feed. Of more than 2,000 entries
    the first 2,000 are read.
    """
    if len(payload) > FEED_BYTES:
        raise TooLarge(f"a feed of {len(payload):,} bytes; the limit is {FEED_BYTES:,}")
    # feedparser would open a bare string or bytes as an address or a file of that name.
    read = feedparser.parse(
        io.BytesIO(payload), response_headers={"content-type": content_type, "content-location": url}
    )
    if not read.entries and (read.bozo or not read.get("version")):
        raise Malformed(f"not a feed: {_fault(read.get('bozo_exception'))}")
    entries: dict[str, Entry] = {}
    for item in read.entries[:MOST_ENTRIES]:
        entry = _entry(item, url)
        if entry is not None:
            entries.setdefault(canonical_url(entry.link), entry)
    return Feed(title=clean_line(_plain(read.feed, "title")), entries=tuple(entries.values()))


def _fault(error: Exception | None) -> str:
    if isinstance(error, SAXException):
        return str(error.getMessage())  # its own text names a file that there is not
    return str(error or "no RSS or Atom in it")


def _entry(item: Any, url: str) -> Entry | None:  # noqa: ANN401  # feedparser publishes no types
    # FeedBurner replaces each link by a counting redirect and keeps the real one beside it.
    link = absolute_url(item.get("feedburner_origlink") or item.get("link") or "", url)
    if not link or canonical_url(link) == canonical_url(url):
        return None
    stated = item.get("published") or item.get("updated") or ""
    return Entry(
        link=link,
        title=clean_line(_plain(item, "title")),
        published=partial_date(stated, "feed"),
        summary=clean(_plain(item, "summary"))[:LONGEST_SUMMARY],
    )


def _plain(item: Any, field: str) -> str:  # noqa: ANN401  # feedparser publishes no types
    value = item.get(field) or ""
    if item.get(f"{field}_detail", {}).get("type") == "text/plain" or not value.strip():
        return str(value)
    try:
        return str(html.fragment_fromstring(value, create_parent="div").text_content())
    except (etree.ParserError, ValueError):
        return str(value)
