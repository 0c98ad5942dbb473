"""How collection is doing: sources, their runs, open issues and the counts that must balance."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select, update

from collectors.errors import BudgetSpent
from collectors.records import Issue, Source
from index.audit import head
from index.records import SourceHealth, Verdict
from index.rows.saving import iso
from index.tables import (
    captures,
    findings,
    incidents,
    issues,
    judgements,
    outbox,
    reports,
    runs,
    sources,
)

LOOK_BACK = 20
"""Runs of a source that are looked at for its health."""
RETRY = timedelta(hours=1)
"""How long a source that failed is left alone."""


def remember(connection: Connection, known: Iterable[Source]) -> None:
    """Keep the sources as their files describe them now."""
    for source in known:
        connection.execute(delete(sources).where(sources.c.key == source.key))
        connection.execute(insert(sources).values(key=source.key, body=source.model_dump_json()))


def run_started(connection: Connection, source: str, at: datetime) -> int:
    """Begin a run of a source and return its number."""
    row = insert(runs).values(source=source, started=iso(at), yielded=0, error="")
    return int(connection.execute(row.returning(runs.c.seq)).scalar_one())


def run_ended(connection: Connection, run: int, yielded: int, at: datetime, error: str) -> None:
    """End a run: what it saw of its source, new or not, and what stopped it where something did."""
    row = update(runs).where(runs.c.seq == run).values(ended=iso(at), yielded=yielded, error=error)
    connection.execute(row)


def due(connection: Connection, source: Source, now: datetime) -> bool:
    """Return whether a source's last run is longer ago than it asks for: an hour where it failed, no time
    where its run was cut short.
    """
    next_due = _next_due(source, _runs(connection, source.key))
    return next_due is None or next_due <= now


def issues_open(connection: Connection, limit: int) -> list[Issue]:
    """Return the newest open issues, newest first."""
    query = select(issues.c.body).order_by(issues.c.seq.desc()).limit(limit)
    return [Issue.model_validate_json(body) for body in connection.execute(query).scalars()]


def health(connection: Connection) -> list[SourceHealth]:
    """Return how each remembered source is doing, by key."""
    dispositions = _dispositions(connection)
    query = select(reports.c.source, func.count(), func.max(reports.c.added)).group_by(reports.c.source)
    told = {source: (count, newest) for source, count, newest in connection.execute(query)}
    result = []
    for body in connection.execute(select(sources.c.body).order_by(sources.c.key)).scalars():
        source = Source.model_validate_json(body)
        ran = _runs(connection, source.key)
        counts = dispositions[source.key]
        count, newest = told.get(source.key, (0, None))
        good = [ended for _, ended, _, error in ran if ended and not error]
        result.append(
            SourceHealth(
                key=source.key,
                title=source.title,
                enabled=source.enabled,
                disabled_reason=source.disabled_reason,
                last_ok=datetime.fromisoformat(good[0]) if good else None,
                last_new=datetime.fromisoformat(newest) if newest else None,
                next_due=_next_due(source, ran),
                captured=sum(counts.values()),
                parsed=counts["parsed"],
                quarantined=counts["quarantined"],
                unchanged=counts["unchanged"],
                reports=count,
                last_issue=_last_issue(connection, source.key),
                silent_runs=_silent(source, ran),
            )
        )
    return result


def counts(connection: Connection) -> dict[str, int]:
    """Return how many of everything there are.

    captured = parsed + quarantined + unchanged + pending, always. Judgements are those that stand: not taken
    back, and no taking back.
    """
    query = select(captures.c.disposition, func.count()).group_by(captures.c.disposition)
    by_end = {end or "pending": count for end, count in connection.execute(query)}
    ends = {end: by_end.get(end, 0) for end in ("parsed", "quarantined", "unchanged", "pending")}
    tables = {
        "captured": captures,
        "reports": reports,
        "findings": findings,
        "outbox": outbox,
    }
    whole = {
        name: int(connection.execute(select(func.count()).select_from(table)).scalar_one())
        for name, table in tables.items()
    }
    live = select(func.count()).select_from(incidents).where(incidents.c.redirect_to.is_(None))
    undone = select(judgements.c.target).where(judgements.c.verdict == Verdict.UNDO)
    standing = select(func.count()).where(
        judgements.c.verdict != Verdict.UNDO, judgements.c.id.not_in(undone)
    )
    present = {"incidents": live, "judgements": standing}
    # Not counted: every search and page adds an entry, and the log keeps its own size.
    whole["audit_entries"] = head(connection).size
    return whole | ends | {name: int(connection.execute(q).scalar_one()) for name, q in present.items()}


def last_run(connection: Connection) -> datetime | None:
    """Return when the newest finished run ended."""
    ended = connection.execute(select(func.max(runs.c.ended))).scalar()
    return datetime.fromisoformat(ended) if ended else None


def _runs(connection: Connection, source: str) -> list[tuple[str, str | None, int, str]]:
    query = select(runs.c.started, runs.c.ended, runs.c.yielded, runs.c.error).where(runs.c.source == source)
    rows = connection.execute(query.order_by(runs.c.seq.desc()).limit(LOOK_BACK))
    return [(started, ended, yielded, error) for started, ended, yielded, error in rows]


def _next_due(source: Source, ran: list[tuple[str, str | None, int, str]]) -> datetime | None:
    finished = [(started, error) for started, ended, _, error in ran if ended]
    if not finished:
        return None
    started, error = finished[0]
    pause = timedelta(hours=source.every_hours)
    if error:
        pause = timedelta() if error == BudgetSpent.code else min(RETRY, pause)
    return datetime.fromisoformat(started) + pause


def _silent(source: Source, ran: list[tuple[str, str | None, int, str]]) -> int:
    silent = 0
    for _, ended, yielded, _ in ran:
        if ended is None:
            continue
        if yielded >= source.expected_yield:
            break
        silent += 1
    return silent


def _last_issue(connection: Connection, source: str) -> Issue | None:
    query = select(issues.c.body).where(issues.c.source == source).order_by(issues.c.seq.desc()).limit(1)
    body = connection.execute(query).scalar()
    return None if body is None else Issue.model_validate_json(body)


def _dispositions(connection: Connection) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    query = select(captures.c.source, captures.c.disposition, func.count())
    for source, end, count in connection.execute(query.group_by(captures.c.source, captures.c.disposition)):
        found[source][end or "pending"] += count
    return found
