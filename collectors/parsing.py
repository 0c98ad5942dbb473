"""Captured bytes → their outcome: the same function while collecting and when parsing again offline."""

import re

from collectors.datasets import READERS, SANDBOXED
from collectors.documents import read_document
from collectors.errors import FetchError, ItemError, Unsupported, YieldLow
from collectors.feeds import Entry, read_feed
from collectors.files import PARSER, parse_file
from collectors.pages import read_listing
from collectors.records import Capture, Disposition, Document, Issue, Outcome, Source
from collectors.reports import as_report
from collectors.sandbox.pool import Sandbox
from collectors.sets.rows import issue_of, quarantined
from collectors.web.addresses import canonical_url
from collectors.web.decoding import decoded
from collectors.web.exchange import Limits, refusal

_NEVER_READ = re.compile(
    r"\s*(?:(?:image|video|audio|font|model)/"
    r"|application/(?:json|zip|gzip|x-(?:zip|tar|gzip|bzip2?|7z|rar)\b|vnd\.rar))",
    re.IGNORECASE,
)


def parse(
    capture: Capture, payload: bytes, source: Source, sandbox: Sandbox, entry: Entry | None = None
) -> Outcome:
    """Parse a capture's raw bytes with ``capture.parser``; whatever goes wrong is in the outcome.

    ``payload`` is as it came over the wire. ``entry`` is what a feed said of a page: its title and date
    stand in where the page has none. Raises only a ``RunError``.
    """
    if capture.parser in {"feed", "listing"}:
        return parse_signal(capture, payload, source, sandbox)[0]
    if capture.parser == PARSER:
        return parse_file(capture, payload, source, sandbox)
    try:
        body = _body(capture, payload)
        if capture.parser in READERS:
            reader = READERS[capture.parser]
            sandboxed = capture.parser in SANDBOXED
            return sandbox.call(reader, body, capture) if sandboxed else reader(body, capture)
        return _page(capture, body, source, sandbox, entry)
    except ItemError as error:
        return quarantined(error, capture)


def parse_signal(
    capture: Capture, payload: bytes, source: Source, sandbox: Sandbox
) -> tuple[Outcome, tuple[Entry, ...]]:
    """Return the outcome of a feed or listing, and what it announces in more than addresses."""
    try:
        entries = _entries(capture, _body(capture, payload), source, sandbox)
    except ItemError as error:
        return quarantined(error, capture), ()
    issues: tuple[Issue, ...] = ()
    if len(entries) < source.expected_yield:
        seen = f"addresses announced: {len(entries)}; expected: {source.expected_yield} or more"
        issues = (issue_of(YieldLow(seen), capture.requested_url, capture),)
    outcome = Outcome(
        capture=capture.id,
        disposition=Disposition.PARSED,
        links=tuple(entry.link for entry in entries),
        issues=issues,
    )
    return outcome, entries


def refused(capture: Capture) -> FetchError | None:
    """Return the error that the status of a capture stands for, None for a success."""
    if capture.status is None:
        return None
    return refusal(capture.final_url, capture.status, capture.headers)


def _body(capture: Capture, payload: bytes) -> bytes:
    """Return the bytes to read: those of a success, of a type we read, with content encodings undone."""
    if capture.status is None:
        return payload
    failure = refused(capture)
    if failure is not None:
        raise failure
    if _NEVER_READ.match(capture.content_type):
        raise Unsupported(f"{capture.final_url} is {capture.content_type[:100]}")
    return decoded(capture.headers, payload, Limits(), partial=capture.truncated)


def _entries(capture: Capture, body: bytes, source: Source, sandbox: Sandbox) -> tuple[Entry, ...]:
    if capture.parser == "feed":
        return sandbox.call(read_feed, body, capture.content_type, capture.final_url).entries
    links = sandbox.call(read_listing, body, capture.content_type, capture.final_url, source.link_pattern)
    return tuple(Entry(link=link) for link in links)


def _page(capture: Capture, body: bytes, source: Source, sandbox: Sandbox, entry: Entry | None) -> Outcome:
    document = sandbox.call(read_document, body, capture.final_url, capture.content_type)
    document = _completed(document, capture, entry)
    report = as_report(document, capture, source, document.url or capture.final_url)
    return Outcome(capture=capture.id, disposition=Disposition.PARSED, reports=(report,))


def _completed(document: Document, capture: Capture, entry: Entry | None) -> Document:
    changes: dict[str, object] = {"url": document.url or canonical_url(capture.final_url)}
    if entry is not None and not document.title:
        changes["title"] = entry.title
    guessed = document.published is None or document.published.origin == "htmldate"
    if entry is not None and entry.published is not None and guessed:
        changes["published"] = entry.published
    return document.model_copy(update=changes)
