"""The record: everything durable, in one database.

A store may be shared by threads; each process opens its own. What a method changes, it changes in one
transaction with its audit entry and its outbox rows, and it returns only after the commit. Any method may
raise ``StorageFull`` or ``LibraryBusy``.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from datetime import UTC, datetime
from typing import TypeVar, TypeVarTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Select, func, select

from collectors.errors import NotFound
from collectors.records import Capture, Event, Issue, Outcome, Report, Source
from index import audit
from index.audit import Head
from index.database.engine import Database
from index.records import Actor, JudgedFinding, ReportView, SourceHealth
from index.rows import enriching, health, outbox, reading, saving
from index.rows.enriching import EnrichedRecord
from index.rows.outbox import Change
from index.rows.reading import Passages
from index.rows.saving import Saved
from index.tables import enriched, reports

Kind = TypeVar("Kind")
Columns = TypeVarTuple("Columns")
PAGE = 200
"""Reports read in one go by the iterators."""


class Store:
    """The record behind a database URL; opening creates or upgrades it and may raise ``LibraryNewer``."""

    def __init__(self, url: str) -> None:
        self._database = Database(url)

    def close(self) -> None:
        """Let go of every connection."""
        self._database.close()

    def reading(self) -> AbstractContextManager[Connection]:
        """Give a connection that sees one unchanging state of the record."""
        return self._database.reading()

    def writing(self) -> AbstractContextManager[Connection]:
        """Give the one writer's connection; its work is durable when the block has ended without an error."""
        return self._database.writing()

    def save(self, event: Event, actor: Actor) -> Saved:
        """Keep what a collector yielded; keeping it again changes nothing.

        Raises ``NotFound`` for an outcome whose capture was not saved before it.
        """
        with self.writing() as connection:
            if isinstance(event, Capture):
                if saving.save_capture(connection, event):
                    after = f"{event.requested_url} sha256:{event.sha256}"
                    audit.append(connection, actor, "capture", event.id, after=after)
                return Saved()
            if isinstance(event, Issue):
                if saving.save_issue(connection, event):
                    audit.append(
                        connection, actor, "issue", event.item, after=event.code, reason=event.detail
                    )
                return Saved()
            return self._save_outcome(connection, event, actor)

    def _save_outcome(self, connection: Connection, outcome: Outcome, actor: Actor) -> Saved:
        saved, anything = saving.save_outcome(connection, outcome)
        if anything:
            after = f"{outcome.disposition} new:{saved.new} changed:{saved.changed}"
            audit.append(connection, actor, "record", outcome.capture, after=after)
        return saved

    def previous(self, url: str) -> Capture | None:
        """Return the newest capture of a requested address that was parsed or found unchanged."""
        with self.reading() as connection:
            return reading.previous(connection, url)

    def pending(self) -> list[Capture]:
        """Return the captures without a disposition: parsing was interrupted and must be finished."""
        with self.reading() as connection:
            return reading.pending(connection)

    def all_reports(self) -> Iterator[Report]:
        """Yield the current version of every report, in the order they came in."""
        return self._pages(reading.current())

    def unenriched(self, fingerprint: str) -> Iterator[Report]:
        """Yield the reports whose current version was not enriched by this fingerprint, in order.

        Results may be saved while this goes on.
        """
        return self._pages(_unenriched(reading.current(), fingerprint))

    def unenriched_count(self, fingerprint: str) -> int:
        """Return how many reports wait for this fingerprint."""
        with self.reading() as connection:
            waiting = _unenriched(select(func.count()).select_from(reports), fingerprint)
            return int(connection.execute(waiting).scalar_one())

    def ungrouped(self) -> int:
        """Return how many reports wait to be grouped, new or enriched again."""
        with self.reading() as connection:
            return reading.ungrouped(connection)

    def _pages(self, query: Select[int, str]) -> Iterator[Report]:
        after = 0
        while True:
            with self.reading() as connection:  # short reads: an open one would keep the WAL from shrinking
                page = list(reading.pages(connection, query, after, PAGE))
            yield from (report for _, report in page)
            if len(page) < PAGE:
                return
            after = page[-1][0]

    def save_enriched(self, batch: Sequence[EnrichedRecord], fingerprint: str, actor: Actor) -> None:
        """Replace the machine's findings, passages and vectors of these reports; what people judged stays."""
        if not batch:
            return
        with self.writing() as connection:
            enriching.save_enriched(connection, batch, fingerprint)
            audit.append(connection, actor, "enrich", f"{len(batch)} reports", after=fingerprint)

    def reports(self, ids: Iterable[str]) -> list[Report]:
        """Return the current versions in the order asked for; raises ``NotFound``."""
        wanted = list(ids)
        with self.reading() as connection:
            found = reading.reports_by_id(connection, wanted)
        return [_found(found.get(key), key) for key in wanted]

    def findings(self, ids: Sequence[str]) -> dict[str, list[JudgedFinding]]:
        """Return every finding of these reports with where it stands, by report."""
        with self.reading() as connection:
            return reading.judged_findings(connection, ids)

    def vectors(self, ids: Iterable[str]) -> dict[str, tuple[Passages, NDArray[np.float32]]]:
        """Return the passages and their vectors, shape (passages, dimensions), of these, where enriched."""
        with self.reading() as connection:
            return reading.vectors(connection, ids)

    def report_view(self, key: str) -> ReportView:
        """Return a report with where it came from and what is claimed of it; raises ``NotFound``."""
        with self.reading() as connection:
            return _found(reading.report_views(connection, [key]).get(key), key)

    def seqs(self, ids: Iterable[str]) -> dict[str, int]:
        """Return the numbers of many reports or incidents; unknown ids are left out."""
        with self.reading() as connection:
            return reading.seqs(connection, ids)

    def whole_id(self, beginning: str) -> str:
        """Return the only id of an incident or report that begins so; for none or several, the beginning."""
        with self.reading() as connection:
            return reading.whole_id(connection, beginning)

    def changes(self, after: int, limit: int) -> list[Change]:
        """Return the changes above a number that the index does not hold yet, oldest first."""
        with self.reading() as connection:
            return outbox.changes(connection, after, limit)

    def acknowledge(self, up_to: int) -> None:
        """Forget the changes up to a number, once the index holds them durably."""
        with self.writing() as connection:
            outbox.acknowledge(connection, up_to)

    def acknowledged(self) -> int:
        """Return the number up to which changes are forgotten: an index behind it can only be rebuilt."""
        with self.reading() as connection:
            return outbox.acknowledged(connection)

    def last_change(self) -> int:
        """Return the number of the newest change ever made."""
        with self.reading() as connection:
            return outbox.last_change(connection)

    def audit(self, actor: Actor, action: str, target: str, detail: str = "") -> int:
        """Record that somebody consulted, disclosed or tried something, and return the entry's number."""
        with self.writing() as connection:
            return audit.append(connection, actor, action, target, reason=detail)

    def audit_open(self, actor: Actor, action: str, target: str, detail: str = "") -> tuple[ExitStack, int]:
        """Record as ``audit`` does; return what makes the entry durable when it is closed, in any thread.

        Until then no other writer has its turn. Return also the number of the newest change by then.
        """
        with ExitStack() as open_until_closed:
            connection = open_until_closed.enter_context(self.writing())
            audit.append(connection, actor, action, target, reason=detail)
            newest = outbox.last_change(connection)
            return open_until_closed.pop_all(), newest

    def audit_head(self) -> Head:
        """Return the size and head of the audit log, to be kept outside the library."""
        with self.reading() as connection:
            return audit.head(connection)

    def damage(self) -> list[str]:
        """Return every fault of the record's own file in a sentence."""
        return self._database.damage()

    def remember(self, sources: Iterable[Source]) -> None:
        """Keep the sources as their files describe them now."""
        with self.writing() as connection:
            health.remember(connection, sources)

    def run_started(self, source: str) -> int:
        """Begin a run of a source and return its number."""
        with self.writing() as connection:
            return health.run_started(connection, source, datetime.now(UTC))

    def run_ended(self, run: int, yielded: int, error: str = "") -> None:
        """End a run: what it saw of its source, new or not, and the error that stopped it, if one did."""
        with self.writing() as connection:
            health.run_ended(connection, run, yielded, datetime.now(UTC), error)

    def due(self, source: Source, now: datetime) -> bool:
        """Return whether it is time to run a source again."""
        with self.reading() as connection:
            return health.due(connection, source, now)

    def source_titles(self) -> dict[str, str]:
        """Return the title of each remembered source by its key."""
        with self.reading() as connection:
            return {key: source.title for key, source in reading.sources_by_key(connection).items()}

    def health(self) -> list[SourceHealth]:
        """Return how each remembered source is doing, by key."""
        with self.reading() as connection:
            return health.health(connection)

    def issues(self, limit: int = 50) -> list[Issue]:
        """Return the newest open issues, newest first."""
        with self.reading() as connection:
            return health.issues_open(connection, limit)

    def counts(self) -> dict[str, int]:
        """Return how many of everything there are, under the names of ``Status``."""
        with self.reading() as connection:
            return health.counts(connection)

    def last_run(self) -> datetime | None:
        """Return when the newest finished run ended."""
        with self.reading() as connection:
            return health.last_run(connection)


def _unenriched(query: Select[*Columns], fingerprint: str) -> Select[*Columns]:
    done = (enriched.c.report == reports.c.id) & (enriched.c.version == reports.c.version)
    query = query.outerjoin(enriched, done & (enriched.c.fingerprint == fingerprint))
    return query.where(enriched.c.report.is_(None))


def _found(value: Kind | None, key: str) -> Kind:
    if value is None:
        raise NotFound(f"nothing with the id {key}")
    return value
