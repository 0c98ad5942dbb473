"""How often each host may be asked, remembered across runs, threads and processes."""

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

from collectors.errors import BudgetSpent, RateLimited, Unreachable
from collectors.web.robots import StoredRobots
from collectors.web.state import StateFile

DAY = 86_400.0
_ROBOTS_REFUSED_SECONDS = 600.0
"""A host that fails to answer for its robots.txt is asked again sooner than one that answered."""
_LONGEST_GAP = 3_600.0


@dataclass(frozen=True)
class Budget:
    """What one host may be asked for."""

    requests_per_day: int = 2_000
    bytes_per_day: int = 500_000_000
    failures: int = 5
    """Failures in a row after which the host is left alone."""
    pause_seconds: float = 600.0
    longest_wait: float = 120.0
    """Longest queue for a host that is still joined; beyond it the budget counts as spent."""


def retry_after(value: str, now: float) -> float | None:
    """Return the seconds a Retry-After header asks for, between 0 and one day; None if it makes no sense."""
    value = value.strip()
    if value.isascii() and value.isdecimal():
        return DAY if len(value) > 5 else min(float(value), DAY)
    try:
        when = parsedate_to_datetime(value)
        seconds = when.replace(tzinfo=when.tzinfo or UTC).timestamp() - now
    except (ValueError, OverflowError):
        return None
    return min(max(seconds, 0.0), DAY)


def _clock_text(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M UTC")


class Politeness:
    """Hands out turns at each host; safe for several threads and processes over the same file.

    Opening it and every call raises what ``StateFile`` does where the file fails.
    """

    def __init__(
        self,
        path: Path,
        *,
        budget: Budget | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._state = StateFile(path)
        self._budget = budget or Budget()
        self._clock = clock
        self._sleep = sleep

    def close(self) -> None:
        """Close the file."""
        self._state.close()

    def _row(self, db: sqlite3.Connection, host: str) -> sqlite3.Row:
        today = datetime.fromtimestamp(self._clock(), UTC).date().isoformat()
        db.execute("INSERT OR IGNORE INTO host(host, day) VALUES (?, ?)", (host, today))
        db.execute(
            "UPDATE host SET day = ?, requests = 0, bytes = 0 WHERE host = ? AND day <> ?",
            (today, host, today),
        )
        row: sqlite3.Row = db.execute("SELECT * FROM host WHERE host = ?", (host,)).fetchone()
        return row

    def _slot(self, host: str, row: sqlite3.Row, patience: float) -> float:
        """Return when the host may be asked next; times no honest clock could have stored count as now."""
        now, budget = self._clock(), self._budget
        not_before = row["not_before"] if row["not_before"] <= now + DAY else 0.0
        if not_before > now + patience:
            raise RateLimited(f"{host} asked to be left alone until {_clock_text(not_before)}")
        if now < row["paused_until"] <= now + budget.pause_seconds:
            raise Unreachable(
                f"{host} failed {row['failures']} times running; it is left alone until "
                f"{_clock_text(row['paused_until'])}"
            )
        if row["requests"] >= budget.requests_per_day or row["bytes"] >= budget.bytes_per_day:
            raise BudgetSpent(f"{host} has had {row['requests']} requests and {row['bytes']} bytes today")
        next_slot = row["next_slot"] if row["next_slot"] <= now + budget.longest_wait + _LONGEST_GAP else now
        if next_slot > now + budget.longest_wait:
            raise BudgetSpent(f"{host} may be asked again at {_clock_text(next_slot)}")
        return max(now, next_slot, not_before)

    def wait_for_turn(self, host: str, gap: float, patience: float = 0.0) -> None:
        """Take the next turn at a host and sleep until it comes; the one after is ``gap`` seconds later.

        Raises ``RateLimited`` where the host's own time to come back is more than ``patience`` seconds away,
        ``Unreachable`` while the host is left alone after failures, ``BudgetSpent`` for the day's caps.
        """
        with self._state.transaction() as db:
            slot = self._slot(host, self._row(db, host), patience)
            db.execute(
                "UPDATE host SET next_slot = ?, requests = requests + 1 WHERE host = ?",
                (slot + min(gap, _LONGEST_GAP), host),
            )
        if (wait := slot - self._clock()) > 0:
            self._sleep(wait)

    def settle(
        self, host: str, *, wire_bytes: int = 0, failed: bool = False, leave_alone: float = 0.0
    ) -> None:
        """Record what a turn came to: bytes taken, a failure, the seconds the host wants to be left alone."""
        with self._state.transaction() as db:
            now = self._clock()
            row = self._row(db, host)
            failures = row["failures"] + 1 if failed else 0
            paused = now + self._budget.pause_seconds if failures >= self._budget.failures else 0.0
            db.execute(
                "UPDATE host SET bytes = bytes + ?, failures = ?, paused_until = ?, "
                "not_before = max(not_before, ?) WHERE host = ?",
                (wire_bytes, failures, paused, now + min(leave_alone, DAY) if leave_alone else 0.0, host),
            )

    def robots(self, origin: str) -> StoredRobots | None:
        """Return the origin's answer for its robots.txt of the last day, None if there was none."""
        with self._state.transaction() as db:
            row = db.execute("SELECT * FROM robots WHERE origin = ?", (origin,)).fetchone()
        if row is None:
            return None
        lifetime = _ROBOTS_REFUSED_SECONDS if row["kind"] == "refuse" else DAY
        if not 0 <= self._clock() - row["fetched"] < lifetime:
            return None
        return StoredRobots(row["kind"], row["body"], row["reason"])

    def keep_robots(self, origin: str, stored: StoredRobots) -> None:
        """Keep what the origin answered for its robots.txt, and forget answers older than a day."""
        with self._state.transaction() as db:
            now = self._clock()
            db.execute("DELETE FROM robots WHERE fetched < ?", (now - DAY,))
            db.execute(
                "INSERT OR REPLACE INTO robots VALUES (?, ?, ?, ?, ?)",
                (origin, now, stored.kind, stored.body, stored.reason),
            )
