"""The one façade: every command and every page calls this, and every call says who asks."""

import logging
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from collectors.errors import LibraryMissing, MoriartyError, WrongUse
from collectors.records import digest
from index import care, overview, stages, verification
from index.alerts.subscriptions import Subscriptions
from index.database import engine
from index.desk import deciding, logbook
from index.desk.decisions import DecidedKind, DecisionLog, QueueItem
from index.export import formats
from index.holdings import Holdings
from index.learning.teaching import Teaching
from index.once import once
from index.overview import VERSION
from index.records import (
    Actor,
    ConceptCount,
    Decision,
    IncidentView,
    Judgement,
    ReportView,
    Status,
    Tally,
    Verdict,
)
from index.search.language.parser import parse
from index.search.query import By, Hit, Query, Results, Stamp
from index.settings import Settings
from index.stages import Progress, silent
from index.verification import Verification

if TYPE_CHECKING:
    from index.graph.analysis import Analysis

__all__ = ["VERSION", "Library", "Progress"]

logger = logging.getLogger(__name__)

IDS_PER_ENTRY = 50
"""Ids of exported incidents that one audit entry has room for."""


class Library:
    """Everything Moriarty keeps, and the only way to it.

    Safe to share between threads. Each method of it and of its parts first checks that the actor may do it
    (``NotPermitted``), and all that consults, changes or discloses what is kept leaves an audit entry: all
    but ``tree`` and ``status``, which only count, ``releases`` and ``refresh``. Open with ``Library.open``
    and close, or use it as a context manager.
    """

    def __init__(self, holdings: Holdings) -> None:
        self.holdings = holdings
        self.settings, self.typology = holdings.settings, holdings.typology
        self.subscriptions = Subscriptions(holdings)
        """Saved searches and alerts."""
        self.learning = Teaching(holdings)
        """Releases learnt from judgements."""
        self._ledger, self._store, self._incidents = holdings.ledger, holdings.store, holdings.incidents

    @once
    def analysis(self) -> "Analysis":
        """The graph, its measures and trends."""
        from index.graph.analysis import Analysis  # here: it loads scipy, which most commands do without

        return Analysis(self.holdings)

    @classmethod
    def open(cls, settings: Settings | None = None, *, new: bool = True) -> Self:
        """Open the library these settings point to, and make it if it does not exist.

        Raises ``LibraryNewer`` where a newer Moriarty wrote it. Without ``new`` none is made: raises
        ``LibraryMissing``.
        """
        settings = settings or Settings.load()
        if not new and engine.missing(settings.database_url):
            raise LibraryMissing(f"there is no library in {settings.home}")
        return cls(Holdings(settings))

    def close(self) -> None:
        """Let go of every file and connection."""
        self.holdings.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def collect(
        self,
        sources: Sequence[str] | None = None,
        *,
        actor: Actor,
        time_limit: float | None = None,
        progress: Progress = silent,
    ) -> Tally:
        """Collect from the named sources, or with None from every enabled source that is due.

        Whatever could not be fetched is listed as an issue in the tally; ``time_limit`` (seconds) leaves the
        rest for the next run. Raises ``LibraryBusy`` during another run, ``WrongUse`` for an unknown source.
        """
        named = "every source due" if sources is None else ", ".join(sources)
        with self._ledger.running(actor, "collect", named):
            collection = stages.collection(self.settings, self._store, actor, progress, time_limit)
            return collection.sources(sources)

    def add(
        self,
        paths: Sequence[Path],
        *,
        actor: Actor,
        source_key: str | None = None,
        progress: Progress = silent,
    ) -> Tally:
        """Take in files and folders, under the source ``source_key`` or else the drop folder's.

        Whatever could not be read is listed as an issue in the tally. Raises ``LibraryBusy`` during another
        run, ``WrongUse`` for an unknown source or path.
        """
        with self._ledger.running(actor, "add", ", ".join(path.name for path in paths)):
            collection = stages.collection(self.settings, self._store, actor, progress)
            return collection.paths(paths, source_key)

    def enrich(self, *, actor: Actor, progress: Progress = silent) -> int:
        """Judge the reports the present models have not judged, form incidents; return how many were."""
        with self._ledger.running(actor, "enrich"):
            return stages.enrich(self._store, self._incidents, self.holdings.enricher, actor, progress)

    def refresh(self, *, actor: Actor, progress: Progress = silent) -> Stamp:
        """Bring the index level with the record; a damaged index is built again."""
        self._ledger.require(actor, "refresh")
        return self.holdings.finder.refresh(lambda done, total: progress("indexing", done, total))

    def rebuild(self, *, actor: Actor, progress: Progress = silent) -> Stamp:
        """Build the index anew from the record, check its counts, and swap it in."""
        with self._ledger.running(actor, "rebuild"):
            return self.holdings.finder.rebuild(
                lambda done, total: progress("rebuilding the index", done, total)
            )

    def parse(self, text: str, **overrides: Any) -> Query:  # noqa: ANN401 (the fields of a Query)
        """Parse what somebody typed into a Query; never fails on the text, notes say what was ignored.

        Filters take names as people type them: ``country:uk``, ``typology:"nudify app"``, ``FR-01``; the
        beginning of an id stands for the one that begins so.
        """
        values, today = self.holdings.finder.values(), datetime.now(UTC).date()
        query = parse(text, typology=self.typology, names=values.names, today=today, **overrides)
        ids = tuple(map(self._store.whole_id, query.ids))
        query = query if ids == query.ids else query.model_copy(update={"ids": ids})
        return values.read(query) if query.filters or query.where else query

    def search(self, query: Query, *, actor: Actor) -> Results:
        """Answer a query."""
        how = f"{query.mode} {dict(query.filters)}" if query.filters else query.mode
        with self._ledger.noting(actor, "search", query.text, how) as newest:
            return self.holdings.finder.search(query, newest)

    def incident(self, incident_id: str, *, actor: Actor) -> IncidentView:
        """Return an incident with all that is known of it; a merged id leads to where it went.

        An outside id such as ``aiid:147`` works too. Raises ``NotFound``.
        """
        self._ledger.note(actor, "incident", incident_id)
        view = self._incidents.view(self.holdings.incident_id(incident_id))
        return care.redact(view, self.holdings.guarded(view.incident.reports))

    def report(self, report_id: str, *, actor: Actor) -> ReportView:
        """Return a report with its provenance and findings. Raises ``NotFound``."""
        self._ledger.note(actor, "report", report_id)
        report_id = self._store.whole_id(report_id)
        [view] = care.without_citations(
            [self._store.report_view(report_id)], self.holdings.guarded([report_id])
        )
        return view

    def similar(
        self, identifier: str = "", *, actor: Actor, limit: int = 10, text: str = ""
    ) -> tuple[Hit, ...]:
        """Return the nearest neighbours of an incident or report, itself left out, or of a text.

        Raises ``NotFound``, and ``WrongUse`` where there is neither an id nor a text, or both.
        """
        if bool(identifier) == bool(text):
            raise WrongUse("say either of what incident or report, or of what text, the like is wanted")
        self._ledger.note(actor, "similar", identifier or "a text", digest("txt", text) if text else "")
        if text:
            return self.holdings.finder.like(text, By.INCIDENT, limit)
        by = By.REPORT if identifier.startswith("rep-") else By.INCIDENT
        near = (
            identifier if by is By.REPORT else self._incidents.resolve(self.holdings.incident_id(identifier))
        )
        return self.holdings.finder.similar(near, by, limit)

    def tree(self, *, actor: Actor) -> tuple[ConceptCount, ...]:
        """Return the families with their leaves, then the scope codes, each with its number of incidents."""
        self._ledger.require(actor, "tree")
        return overview.concept_counts(self._incidents, self.typology)

    def queue(
        self, *, actor: Actor, why: str | None = None, limit: int = 50, offset: int = 0
    ) -> tuple[QueueItem, ...]:
        """Return the suggestions that most need a person, one a report."""
        self._ledger.note(actor, "queue", why or "all", f"{limit} from {offset}")
        items = self._incidents.queue(limit, offset, why)
        return care.without_citations(items, self.holdings.guarded({item.report.id for item in items}))

    def judge(self, decision: Decision, *, actor: Actor) -> Judgement:
        """Record what a person decided and bring the index level with it.

        Raises ``NotPermitted``, ``NotFound``, ``Stale`` where somebody decided first, ``WrongUse`` where a
        reason or value is missing. An index that cannot follow at once does so with the next change.
        """
        self._ledger.require(actor, "judge")
        judgement = self._incidents.judge(decision, actor)
        self._follow(actor)
        return judgement

    def judge_all(self, decisions: Sequence[Decision], *, actor: Actor) -> tuple[Judgement, ...]:
        """Record decisions that are alike, all or none: at most 25 claims accepted, rejected or taken back.

        Each leaves a judgement of its own. Raises as ``judge`` does.
        """
        self._ledger.require(actor, "judge_all")
        deciding.check_alike(decisions)
        made = self._incidents.judge_all(decisions, actor)
        self._follow(actor)
        return tuple(made)

    def _follow(self, actor: Actor) -> None:
        """Bring the index level with a decision, which stands whether or not that works."""
        try:
            self.refresh(actor=actor)
        except MoriartyError as error:  # what is decided is in the record: it has not failed
            logger.warning("the index does not hold the last decision yet: %s", error)

    def decisions(
        self,
        *,
        actor: Actor,
        by: str = "",
        kind: DecidedKind | None = None,
        verdict: Verdict | None = None,
        since: date | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> DecisionLog:
        """Return the decisions of the library, newest first: by a person, of a kind, since a day."""
        asked = {"by": by, "kind": kind, "verdict": verdict, "since": since}
        said = " ".join(f"{name}:{value}" for name, value in asked.items() if value)
        self._ledger.note(actor, "decisions", said or "all", f"{limit} from {offset}")
        with self._store.reading() as connection:
            return logbook.list_decisions(
                connection, by=by, kind=kind, verdict=verdict, since=since, limit=limit, offset=offset
            )

    def export(self, ids: Sequence[str], format_name: str, *, actor: Actor) -> bytes:
        """Return these incidents in a format of ``index.export.formats``, each once.

        GraphML holds the graph of these incidents. Raises ``NotFound`` and ``WrongUse``.
        """
        for start in range(0, max(len(ids), 1), IDS_PER_ENTRY):
            self._ledger.note(actor, "export", ",".join(ids[start : start + IDS_PER_ENTRY]), format_name)
        from index.graph.network import incidents_graph  # here: it loads scipy

        exportable = map(self.holdings.exportable, map(self.holdings.incident_id, ids))
        views = list({view.incident.id: view for view in exportable}.values())  # one incident, several ids
        return formats.write(
            views, format_name, self.typology, lambda: incidents_graph(views, self.typology), VERSION
        )

    def verify(self, head: str = "", *, actor: Actor) -> Verification:
        """Return whether the audit log and the evidence are as they were written; reads all of both.

        A search index that is damaged is built again from a sound record.

        ``head`` is one that an earlier call returned and somebody kept elsewhere: a log that does not go on
        from there is wrong. Raises ``WrongUse`` for anything but a head.
        """
        known = verification.kept_head(head)
        self._ledger.note(actor, "verify", "all", head)
        verified = verification.verify(self._store, self.settings.evidence, known)
        if verified.sound:  # or the index could not be made anew from the record
            self.holdings.finder.check()
        return verified

    def status(self, *, actor: Actor) -> Status:
        """Return the library's state of health."""
        self._ledger.require(actor, "status")
        return overview.status(self.holdings)
