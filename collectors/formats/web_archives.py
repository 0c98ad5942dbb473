"""Pages out of WARC files that somebody drops in, bounded in number and size."""

import zlib
from contextlib import closing
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord

from collectors.documents import read_document
from collectors.errors import EmptyDocument, ItemError, Malformed, ParserKilled, TooLarge
from collectors.records import Capture, Document, Outcome, Report, Source
from collectors.reports import as_report
from collectors.sandbox.pool import Sandbox
from collectors.sets.rows import gather, issue_of, outcome
from collectors.web.addresses import canonical_url
from collectors.web.decoding import GZIP

MAX_PAGES: Final = 5_000
MAX_TOTAL: Final = 150_000_000
"""Decoded bytes of all pages together."""
MAX_PAGE: Final = 20_000_000
MAX_KILLED: Final = 5
"""Pages that may exhaust their parser; each takes its time to, so one that is full of them is left unread."""
_TYPES: Final = ("text/html", "application/xhtml+xml", "application/pdf")


@dataclass(frozen=True)
class Page:
    """One response of a WARC file, its content encoding undone."""

    url: str
    content_type: str
    body: bytes
    truncated: bool


@dataclass(frozen=True)
class Pages:
    """The responses of a WARC file, and what kept the rest of it from being read, if anything did."""

    found: tuple[Page, ...]
    stopped: str = ""
    full: bool = False
    """Whether it stopped at our limits and not at damage."""


def is_web_archive(payload: bytes) -> bool:
    """Whether the bytes begin as a WARC file does, compressed or not."""
    if payload.startswith(b"\x1f\x8b"):
        try:
            return zlib.decompressobj(GZIP).decompress(payload[:1024], 5) == b"WARC/"
        except zlib.error:
            return False
    return payload.startswith(b"WARC/")


def read_web_archive(payload: bytes) -> Pages:
    """Return a WARC file's successful HTML and PDF responses, up to 5,000 and 150 MB. Runs in a child."""
    found: list[Page] = []
    total = 0
    records = ArchiveIterator(BytesIO(payload))
    try:
        for record in records:
            if not _wanted(record):
                continue
            if len(found) >= MAX_PAGES or total >= MAX_TOTAL:
                read = f"only the first {len(found):,} pages of the web archive were read"
                return Pages(tuple(found), read, full=True)
            found.append(_page(record))
            total += len(found[-1].body)
    except (ArchiveLoadFailed, EOFError, ValueError, LookupError, AttributeError, zlib.error) as error:
        said = str(error) or type(error).__name__
        return Pages(tuple(found), f"the web archive is damaged after {len(found)} pages: {said}")
    if records.offset < len(payload):  # it ends quietly where a record's head is cut
        return Pages(tuple(found), f"the web archive is damaged after {len(found)} pages")
    return Pages(tuple(found))


def parse_web_archive(capture: Capture, payload: bytes, source: Source, sandbox: Sandbox) -> Outcome:
    """Return a report for each page of a WARC file, known by its address; of a page met twice, the last.

    A page that cannot be read, and what lies behind damage, our limits or five pages that exhausted their
    parser, becomes an issue. Raises the ItemErrors of the sandbox where the file itself cannot be opened.
    """
    pages = sandbox.call(read_web_archive, payload)
    rows = _documents(pages.found, sandbox)
    reports, issues = gather(rows, lambda row: _report(*row, capture, source), capture)
    if pages.stopped:
        stopped = (TooLarge if pages.full else Malformed)(pages.stopped)
        issues.append(issue_of(stopped, capture.requested_url, capture))
    if left := len(pages.found) - len(rows):
        exhausted = ParserKilled(f"{MAX_KILLED} pages exhausted their parser; {left:,} more were left unread")
        issues.append(issue_of(exhausted, capture.requested_url, capture))
    if not pages.found and not pages.stopped:
        empty = EmptyDocument("the web archive holds no HTML or PDF page")
        issues.append(issue_of(empty, capture.requested_url, capture))
    return outcome({report.id: report for report in reports}.values(), issues, capture)


def _wanted(record: ArcWarcRecord) -> bool:
    if record.rec_type != "response" or record.http_headers is None:
        return False
    content_type = record.http_headers.get_header("Content-Type") or ""
    return record.http_headers.get_statuscode() == "200" and content_type.lower().startswith(_TYPES)


def _page(record: ArcWarcRecord) -> Page:
    body = record.content_stream().read(MAX_PAGE + 1)
    return Page(
        url=record.rec_headers.get_header("WARC-Target-URI") or "",
        content_type=record.http_headers.get_header("Content-Type") or "",
        body=body[:MAX_PAGE],
        # what the record announces and the file no longer holds
        truncated=len(body) > MAX_PAGE or record.raw_stream.limit > 0,
    )


def _documents(
    pages: tuple[Page, ...], sandbox: Sandbox
) -> list[tuple[str, tuple[Page, Document] | ItemError]]:
    """Return each page's content, or why it cannot be read, up to the last that may exhaust its parser."""
    rows: list[tuple[str, tuple[Page, Document] | ItemError]] = []
    killed = 0
    with closing(
        sandbox.map(read_document, ((page.body, page.url, page.content_type) for page in pages))
    ) as read:
        for page, document in zip(pages, read, strict=False):
            rows.append((page.url, document if isinstance(document, ItemError) else (page, document)))
            killed += isinstance(document, ParserKilled)
            if killed == MAX_KILLED:
                break
    return rows


def _report(page: Page, document: Document, capture: Capture, source: Source) -> Report:
    url = document.url or canonical_url(page.url)
    if not url:
        raise Malformed("a page without a web address")
    named = document.model_copy(update={"url": url, "truncated": document.truncated or page.truncated})
    return as_report(named, capture, source, url)
