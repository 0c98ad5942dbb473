"""Runs one source: captures, then what each of them holds; a bad item is an issue and the run goes on."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from collectors import catalogue
from collectors.base import Collector, Context
from collectors.datasets import data_sets_apart, payload_of
from collectors.errors import EvidenceDamaged, ItemError, WrongUse
from collectors.feeds import Entry
from collectors.files import collect_files, shown_name
from collectors.parsing import parse, parse_signal, refused
from collectors.records import STARTER, Capture, Disposition, Event, Outcome, Source
from collectors.sets import starter_cases

__all__ = ["RECHECK", "collect", "collect_paths", "drop_folder", "parse"]

RECHECK = timedelta(days=7)
"""How long a page once read is left alone."""

DROP_FOLDER = "drop-folder"
DATASET_SOURCES = {"aiid": "aiid", "atlas": "mitre-atlas"}
"""The source a recognised data set belongs to, by what ``datasets.recognise`` calls it."""


@dataclass(frozen=True)
class _Taken:
    """A capture just made, its raw bytes, and whether they were read before by this same version."""

    capture: Capture
    payload: bytes
    unchanged: bool


_Taking = Generator[Event, None, _Taken | None]


def collect(source: Source, context: Context) -> Iterator[Event]:
    """Yield each Capture before its Outcome, for everything a source has that is not known yet.

    Raises a ``RunError`` only: ``WrongUse`` where no collector fetches this kind of source.
    """
    collector = COLLECTORS.get(source.kind)
    if collector is None:
        reason = source.disabled_reason or f"Nothing fetches a source of kind {source.kind!r}."
        raise WrongUse(f"{source.key} cannot be collected: {reason}")
    yield from collector(source, context)


def collect_paths(
    paths: Sequence[Path],
    source_key: str | None,
    context: Context,
    sources: Mapping[str, Source] | None = None,
) -> Iterator[Event]:
    """Yield the events of files and folders an operator adds; known data sets are recognised.

    Files belong to the source named, or to the drop folder; ``sources`` is the bundled catalogue unless
    given. Raises ``WrongUse`` for a path that does not exist and for a source that is not in the catalogue.
    """
    sources = catalogue.load() if sources is None else sources
    missing = [str(path) for path in paths if not path.exists()]
    if missing:
        raise WrongUse(f"no such file or folder: {', '.join(missing)}")
    if source_key is not None and source_key not in sources:
        raise WrongUse(f"no source is called {source_key!r}")
    named = sources[source_key or DROP_FOLDER]
    plain = []
    for path in paths:
        for part, kind in data_sets_apart(path):
            if kind in DATASET_SOURCES:
                own = named if named.kind == kind else sources[DATASET_SOURCES[kind]]
                yield from _add_dataset(part, kind, own, context)
            else:
                plain.append(part)
    yield from collect_files(plain, named, context)


def drop_folder(key: str = DROP_FOLDER) -> Source:
    """Return the source of added files, under this key."""
    return catalogue.load()[DROP_FOLDER].model_copy(update={"key": key})


def _collect_signal(source: Source, context: Context) -> Iterator[Event]:
    taken = yield from _fetch(source.url, source.kind, source, context)
    if taken is None:
        return
    outcome, entries = parse_signal(taken.capture, taken.payload, source, context.sandbox)
    # An unchanged feed may still announce pages that an earlier run did not get to.
    if taken.unchanged and outcome.disposition is Disposition.PARSED:
        outcome = outcome.model_copy(update={"disposition": Disposition.UNCHANGED})
    yield outcome
    yield from _follow(entries, source, context)


def _follow(entries: Sequence[Entry], source: Source, context: Context) -> Iterator[Event]:
    left = source.items_per_run
    for entry in entries:
        known = context.previous(entry.link)
        # A clock that was ahead once must not keep a page from being looked at for as long again.
        if known is not None and abs(datetime.now(UTC) - known.finished) < RECHECK:
            continue
        if left == 0:
            return
        left -= 1
        taken = yield from _fetch(entry.link, "page", source, context)
        if taken is not None:
            yield _outcome(taken, source, context, entry)


def _collect_atlas(source: Source, context: Context) -> Iterator[Event]:
    taken = yield from _fetch(source.url, "atlas", source, context)
    if taken is not None:
        yield _outcome(taken, source, context)


def _collect_starter(source: Source, context: Context) -> Iterator[Event]:
    payload = starter_cases.bundled()
    name, content_type = starter_cases.FILE_NAME, starter_cases.CONTENT_TYPE
    taken = yield from _take_in(payload, name, content_type, STARTER, source, context)
    yield _outcome(taken, source, context)


def _add_dataset(path: Path, kind: str, source: Source, context: Context) -> Iterator[Event]:
    try:
        payload, name, content_type = payload_of(path, kind)
    except ItemError as error:
        yield error.issue(source.key, shown_name(Path(path.name)))
        return
    taken = yield from _take_in(payload, name, content_type, kind, source, context)
    yield _outcome(taken, source, context)


def _fetch(url: str, parser: str, source: Source, context: Context) -> _Taking:
    previous = context.previous(url)
    whole = previous if previous is not None and _is_whole(previous, context) else None
    try:
        exchange = context.fetcher.get(url, source, whole)
    except ItemError as error:
        yield error.issue(source.key, url)
        return None
    capture = context.archive.store(exchange, source, parser, whole)
    yield capture
    payload = context.archive.payload(capture) if exchange.status == 304 else exchange.wire
    return _Taken(capture, payload, _is_unchanged(capture, previous))


def _take_in(
    payload: bytes, name: str, content_type: str, parser: str, source: Source, context: Context
) -> Generator[Event, None, _Taken]:
    previous = context.previous(f"file:{name}")
    capture = context.archive.store_file(payload, name, content_type, source, parser)
    yield capture
    return _Taken(capture, payload, _is_unchanged(capture, previous))


def _is_whole(previous: Capture, context: Context) -> bool:
    """Whether a capture may be confirmed as unchanged: a cut or damaged one would stay so for ever."""
    try:
        return not previous.truncated and context.archive.payload(previous) is not None
    except EvidenceDamaged:
        return False


def _is_unchanged(capture: Capture, previous: Capture | None) -> bool:
    """Whether these bytes were read before, from the same source and by this same version of Moriarty."""
    if previous is None or refused(capture) is not None:
        return False
    same = ("sha256", "source", "parser", "tool")
    return all(getattr(capture, field) == getattr(previous, field) for field in same)


def _outcome(taken: _Taken, source: Source, context: Context, entry: Entry | None = None) -> Outcome:
    if taken.unchanged:
        return Outcome(capture=taken.capture.id, disposition=Disposition.UNCHANGED)
    return parse(taken.capture, taken.payload, source, context.sandbox, entry)


COLLECTORS: dict[str, Collector] = {
    "feed": _collect_signal,
    "listing": _collect_signal,
    "atlas": _collect_atlas,
    STARTER: _collect_starter,
}
"""By ``Source.kind``; the other kinds are filled by path."""
