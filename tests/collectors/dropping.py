"""What the tests of added files share: a run over a drop folder, and what came of it."""

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from collectors.archive import Archive
from collectors.base import Context
from collectors.fetch import Fetcher
from collectors.files import collect_files
from collectors.records import Capture, Disposition, Event, Issue, Outcome, Report, Source
from collectors.sandbox.pool import Sandbox

SOURCE = Source(
    key="drop", title="Drop folder", publisher="The team", url="file:", kind="files", language="en"
)


class Run:
    """One run over a drop folder with a real evidence folder; remembers what the record would."""

    def __init__(self, folder: Path, sandbox: Sandbox) -> None:
        self.archive = Archive(folder / "evidence", "run")
        self.fetcher = Fetcher(folder / "state")
        self.sandbox = sandbox
        self.parsed: dict[str, Capture] = {}

    def __enter__(self) -> "Run":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.archive.close()
        self.fetcher.close()

    def collect(self, *paths: Path) -> list[Event]:
        context = Context(self.fetcher, self.archive, self.sandbox, self.parsed.get)
        events = list(collect_files(paths, SOURCE, context))
        captures = {event.id: event for event in events if isinstance(event, Capture)}
        for outcome in events:
            if isinstance(outcome, Outcome) and outcome.disposition is not Disposition.QUARANTINED:
                capture = captures[outcome.capture]
                self.parsed[capture.requested_url] = capture
        return events


def outcomes(events: Sequence[Event]) -> list[Outcome]:
    return [event for event in events if isinstance(event, Outcome)]


def reports(events: Sequence[Event]) -> list[Report]:
    return [report for outcome in outcomes(events) for report in outcome.reports]


def codes(events: Sequence[Event]) -> list[str]:
    alone = [event.code for event in events if isinstance(event, Issue)]
    return alone + [issue.code for outcome in outcomes(events) for issue in outcome.issues]


def fill(folder: Path, **files: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name.replace("_", ".")).write_bytes(content)
    return folder
