"""What the tests of a run share: fictional pages and feeds, and a ledger that stands for the record."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from collectors.archive import Archive
from collectors.base import Context
from collectors.fetch import Fetcher
from collectors.records import Capture, Disposition, Event, Issue, Outcome, Source
from collectors.sandbox.pool import Sandbox
from tests.collectors.hostile import HostileServer, reply

TEXT = "The fictional court heard how a copied voice was used to ask the bakery for an urgent payment. "
WHEN = "Tue, 04 Feb 2025 10:00:00 GMT"


def page(title: str, date: str = "2025-03-04") -> bytes:
    dated = f'<meta property="article:published_time" content="{date}">' if date else ""
    body = f"<article><h1>{title}</h1>" + f"<p>{TEXT * 3}</p>" * 3 + "</article>"
    return reply(
        f"<html lang=en><head><title>{title}</title>{dated}</head><body>{body}</body></html>".encode()
    )


def feed_of(*items: str) -> bytes:
    listed = "".join(
        f"<item><title>From the feed</title><link>{item}</link><pubDate>{WHEN}</pubDate></item>"
        for item in items
    )
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>{listed}</channel></rss>'.encode()
    )


def source_of(server: HostileServer, kind: str = "feed", path: str = "/feed", **changes: object) -> Source:
    described = {"key": "fictional", "title": "T", "publisher": "P", "url": server.url(path), "kind": kind}
    return Source.model_validate({**described, "gap_seconds": 0, **changes})


class Ledger:
    """What the record answers for a run: which captures were kept, and what became of them."""

    def __init__(self) -> None:
        self.captures: dict[str, Capture] = {}
        self.outcomes: dict[str, Outcome] = {}
        self.issues: list[Issue] = []

    def previous(self, url: str) -> Capture | None:
        read = {
            key for key, outcome in self.outcomes.items() if outcome.disposition != Disposition.QUARANTINED
        }
        found = [c for c in self.captures.values() if c.requested_url == url and c.id in read]
        return max(found, key=lambda capture: capture.finished, default=None)

    def take(self, events: Iterator[Event]) -> list[Event]:
        taken = []
        for event in events:
            taken.append(event)
            if isinstance(event, Capture):
                self.captures[event.id] = event
            elif isinstance(event, Outcome):
                assert event.capture in self.captures, "a capture comes before its outcome"
                assert event.capture not in self.outcomes, "a capture has one outcome"
                self.outcomes[event.capture] = event
            else:
                self.issues.append(event)
        assert set(self.captures) == set(self.outcomes)
        return taken

    def by_path(self, events: Sequence[Event]) -> dict[str, Outcome]:
        return {
            "/" + self.captures[event.capture].requested_url.split("/", 3)[-1]: event
            for event in events
            if isinstance(event, Outcome)
        }


@contextmanager
def opened(folder: Path, server: HostileServer, sandbox: Sandbox, ledger: Ledger) -> Iterator[Context]:
    """Open a real fetcher that may ask the server, and a real archive."""
    with (
        Fetcher(folder / "state.sqlite", allowed_hosts=frozenset({server.host})) as fetcher,
        Archive(folder / "evidence", "r1") as archive,
    ):
        yield Context(fetcher=fetcher, archive=archive, sandbox=sandbox, previous=ledger.previous)
