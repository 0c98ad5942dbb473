"""Collects for a library: from its sources or from files, each event committed as it comes."""

import threading
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from collectors import catalogue
from collectors import run as collecting
from collectors.archive import Archive, repair
from collectors.base import Context
from collectors.errors import BudgetSpent, EvidenceDamaged, WrongUse
from collectors.fetch import Fetcher, Limits
from collectors.records import Capture, Disposition, Event, Issue, Outcome, Source
from collectors.sandbox.pool import Sandbox
from index.records import Actor, Tally
from index.settings import Settings
from index.stages import Progress
from index.store import Store

WORKERS = 6
"""Sources read at once; each host is still asked one request at a time."""


@dataclass
class Count:
    """What a run has done so far; several threads add to it."""

    run: str
    sources: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    new: int = 0
    changed: int = 0
    issues: list[Issue] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, event: Event, new: int, changed: int) -> None:
        """Count one event that has been committed."""
        with self.lock:
            self.new += new
            self.changed += changed
            if isinstance(event, Capture):
                self.kinds["captured"] += 1
            elif isinstance(event, Outcome):
                self.kinds[event.disposition] += 1
                self.issues += event.issues
            else:
                self.issues.append(event)

    def tally(self) -> Tally:
        """Return the count as a record."""
        return Tally(
            run=self.run,
            sources=self.sources,
            captured=self.kinds["captured"],
            parsed=self.kinds["parsed"],
            quarantined=self.kinds["quarantined"],
            unchanged=self.kinds["unchanged"],
            new_reports=self.new,
            changed_reports=self.changed,
            issues=tuple(self.issues),
        )


class Collection:
    """One collection run over a library: its evidence file, its parsers and its clock."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        actor: Actor,
        progress: Progress,
        time_limit: float | None = None,
    ) -> None:
        self._settings, self._store, self._actor, self._progress = settings, store, actor, progress
        self._deadline = None if time_limit is None else time.monotonic() + time_limit
        self._stopped = threading.Event()
        self.count = Count(run=f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{uuid4().hex[:6]}")

    def sources(self, keys: Sequence[str] | None) -> Tally:
        """Run these sources, or with None every enabled one that is due, several at once."""
        known = self._known()
        unknown = [key for key in keys or () if key not in known]
        if unknown:
            raise WrongUse(f"no such source: {', '.join(unknown)}")
        chosen = self._due(known.values()) if keys is None else [known[key] for key in keys]
        with ExitStack() as stack:
            context = self._open(stack)
            self._finish_interrupted(context, known)
            with ThreadPoolExecutor(WORKERS) as pool:
                try:
                    for done, _ in enumerate(
                        pool.map(lambda source: self._source(source, context), chosen), 1
                    ):
                        self._progress("collecting sources", done, len(chosen))
                except BaseException:
                    self._stopped.set()
                    raise
        return self.count.tally()

    def paths(self, paths: Sequence[Path], source_key: str | None) -> Tally:
        """Take in these files and folders."""
        with ExitStack() as stack:
            context = self._open(stack)
            known = self._known()
            self._finish_interrupted(context, known)
            for event in collecting.collect_paths(paths, source_key, context, known):
                self._commit(event)
                self._progress("adding files", self.count.kinds["captured"], None)
        return self.count.tally()

    def _known(self) -> dict[str, Source]:
        known = catalogue.load(self._settings.sources)
        self._store.remember(known.values())
        return known

    def _open(self, stack: ExitStack) -> Context:
        for line in repair(self._settings.evidence):
            self._progress(line, 0, None)
        return Context(
            fetcher=stack.enter_context(
                Fetcher(
                    self._settings.state,
                    limits=Limits(seconds=self._settings.fetch_seconds),
                    allowed_hosts=self._settings.allowed_hosts,
                )
            ),
            archive=stack.enter_context(Archive(self._settings.evidence, self.count.run)),
            sandbox=stack.enter_context(Sandbox()),
            previous=self._store.previous,
        )

    def _due(self, sources: Iterable[Source]) -> list[Source]:
        now = datetime.now(UTC)
        return [source for source in sources if source.enabled and self._store.due(source, now)]

    def _source(self, source: Source, context: Context) -> None:
        run = self._store.run_started(source.key)
        seen, failure = 0, ""
        for event in collecting.collect(source, context):
            self._commit(event)
            failure = failure or _failure(event, source)
            if isinstance(event, Outcome):
                seen += len(event.links) or len(event.reports)
            if isinstance(event, Outcome | Issue) and self._is_over():
                failure = failure or BudgetSpent.code  # so that the source stays due
                break
        self._store.run_ended(run, seen, failure)
        with self.count.lock:
            self.count.sources += 1

    def _is_over(self) -> bool:
        late = self._deadline is not None and time.monotonic() > self._deadline
        return late or self._stopped.is_set()

    def _commit(self, event: Event) -> None:
        saved = self._store.save(event, self._actor)
        self.count.add(event, saved.new, saved.changed)

    def _finish_interrupted(self, context: Context, known: dict[str, Source]) -> None:
        """Parse the captures a crash left behind: their bytes are in the evidence."""
        for capture in self._store.pending():
            source = known.get(capture.source) or collecting.drop_folder(capture.source)
            try:
                payload = context.archive.payload(capture)
            except EvidenceDamaged as error:
                self._commit(_lost(capture, error))
            else:
                self._commit(collecting.parse(capture, payload, source, context.sandbox))


def _failure(event: Event, source: Source) -> str:
    """Return the code of what kept the source itself from being read, or an empty string."""
    if isinstance(event, Capture) or (
        isinstance(event, Outcome) and event.disposition is not Disposition.QUARANTINED
    ):
        return ""
    issues = event.issues if isinstance(event, Outcome) else (event,)
    return next((issue.code for issue in issues if issue.item == source.url), "")


def _lost(capture: Capture, error: EvidenceDamaged) -> Outcome:
    """Return the end of a capture whose bytes are gone; one of them must not stop every later run."""
    issue = Issue(
        source=capture.source,
        item=capture.requested_url,
        code=error.code,
        detail=str(error)[:500],
        advice=error.advice,
        at=datetime.now(UTC),
        capture=capture.id,
    )
    return Outcome(capture=capture.id, disposition=Disposition.QUARANTINED, issues=(issue,))
