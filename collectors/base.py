"""What every collector is, and what it is given to work with."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from collectors.archive import Archive
from collectors.fetch import Fetcher
from collectors.records import Capture, Event, Source
from collectors.sandbox.pool import Sandbox


@dataclass(frozen=True)
class Context:
    """The open things of one run, handed to each collector."""

    fetcher: Fetcher
    archive: Archive
    sandbox: Sandbox
    previous: Callable[[str], Capture | None]
    """The last capture of an address whose bytes were kept and parsed, from the record."""


class Collector(Protocol):
    """One way of reading a source; ``collectors.run`` holds the registry by ``Source.kind``."""

    def __call__(self, source: Source, context: Context) -> Iterator[Event]:
        """Yield each Capture before its Outcome; the caller commits each event before asking for the next.

        An item that fails yields an Issue; only a ``RunError`` is raised.
        """
