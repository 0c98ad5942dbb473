"""Our search beside raw tantivy and SQLite FTS5, all in one run: latency, growth, indexing, size.

    python -m tests.bench.search [--small | --million] [--queries 60] [--home DIR]

Builds a library of 10,000 and one of 100,000 made-up reports (``corpus.py``) in ``--home``, where they are
kept and used again, or in a temporary folder. Milliseconds a question:

- ours: ``Library.search`` as programs call it: permission, audit entry durable on disk, plan, spelling, ties,
  total, ten hits filled in from the record, each with its best passage, marks and reason.
- bare: raw tantivy that finds, counts and names ten hits (``raw.py``).
- equal: raw tantivy that also fetches what it has stored of the ten, marks the best fragment of title and
  text, and writes a line to a durable log.
- FTS5: what bare does; in the row "highlights", and only there, it marks fragments too (``fts.py``).

Our index holds every report beside the incidents, the others only the incidents: its lists of a word's cards
are twice as long, which the commonest words show.

Left out for all: parsing the text and embedding the question. Engines take turns; a question counts by the
best of three runs (one where it takes over 0.1 s), so that p50 and p95 tell of questions rather than of what
else the machine does. Every question is timed by two clocks at once: the time that passes, and the time this
process computes, which on a busy machine tells more. Read the ratios.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from pathlib import Path

import numpy as np

from tests.bench import cases
from tests.bench.corpus import SOMEBODY
from tests.bench.fts import TooSlow
from tests.bench.room import Room, progress, room

Run = Callable[[], object]
Ends = dict[tuple["Clock", str], float]
"""The p95 of ours, by clock and kind of question."""
SLOW = 0.1
"""Seconds from which on one run of a question is enough."""
BUDGET = 20.0
"""Seconds that one engine may spend on one kind of question."""
HIGHLIGHTS = "highlights"
ENGINES = ("ours", "bare", "equal", "FTS5")
WARM = 3
"""Questions of each kind that are asked before the clock runs."""


def say(line: str = "") -> None:
    """Print a line of the report."""
    print(line, flush=True)  # noqa: T201 - a report to the terminal


class Clock(StrEnum):
    """What is counted as time."""

    ELAPSED = "elapsed time"
    PROCESSOR = "processor time"


@dataclass
class Times:
    """Milliseconds that one engine took for each question of a kind, by each clock."""

    each: dict[Clock, list[float]] = field(default_factory=lambda: {clock: [] for clock in Clock})
    spent: float = 0.0
    over: bool = False
    """Whether a question took longer than it may, and the rest were left."""

    def take(self, run: Run) -> None:
        """Run a question three times, or once where it is slow, and keep the best."""
        if self.over or self.spent > BUDGET:
            return
        best = np.full(len(Clock), np.inf)
        for _ in range(3):
            begun = np.array([time.perf_counter(), time.process_time()])
            try:
                run()
            except TooSlow:
                self.over = True
                return
            took = np.array([time.perf_counter(), time.process_time()]) - begun
            self.spent += took[0]
            best = np.minimum(best, took)
            if took[0] > SLOW:
                break
        for clock, seconds in zip(Clock, best.tolist(), strict=True):
            self.each[clock].append(seconds * 1000)

    def at(self, share: float, clock: Clock = Clock.ELAPSED) -> float:
        """Return a quantile."""
        return float(np.quantile(self.each[clock], share)) if self.each[clock] else np.nan

    def told(self, clock: Clock = Clock.ELAPSED) -> str:
        """Return the median and the slow end, as they are shown."""
        if self.over:
            return "over 10 s"
        return f"{self.at(0.5, clock):.2f} / {self.at(0.95, clock):.2f}" if self.each[clock] else "-"


def measured(place: Room, name: str, queries: int) -> dict[str, Times]:
    """Ask every engine the questions of a kind, in turns."""
    took = {engine: Times() for engine in ENGINES}
    marked = name == HIGHLIGHTS
    asked = list(cases.asked("one word" if marked else name, queries + WARM))
    for number, ask in enumerate(asked):
        for engine, run in _runs(place, ask, marked=marked).items():
            if number >= WARM:
                took[engine].take(run)
            elif engine != "FTS5":  # the first open files and compile patterns
                run()
        progress(f"{place.count:,} reports: {name}, {number + 1} of {len(asked)}")
    progress("")
    return took


def _runs(place: Room, ask: cases.Ask, *, marked: bool) -> dict[str, Run]:
    query = ask.query()
    runs: dict[str, Run] = {
        "ours": lambda: place.library.search(query, actor=SOMEBODY),
        "bare": place.raw.bare(ask),
        "equal": place.raw.equal(ask),
    }
    near = partial(place.raw.near, ask.vector()) if ask.hybrid else None
    if (run := place.fts.run(ask, near, marked=marked)) is not None:
        runs["FTS5"] = run
    return runs


def report(place: Room, queries: int, before: Ends) -> Ends:
    """Print what building cost and a table by each clock; return the p95 of ours, for the next to compare."""
    for line in place.notes:
        say(line)
    took = {name: measured(place, name, queries) for name in [*cases.CASES, HIGHLIGHTS]}
    entry = Times()
    for _ in range(queries):
        entry.take(lambda: place.library.holdings.store.audit(SOMEBODY, "search", "words", "keyword"))
    for clock in Clock:
        say(f"{place.count:,} reports, {queries} questions a kind, by {clock}: ms, p50 / p95")
        say("ratios are of p95; p50 over: of ours less that of bare; growth: of ours, from the size before")
        say(row("kind", ENGINES, ("ours/bare", "ours/equal", "p50 over", "FTS5/ours", "growth")))
        for name, engines in took.items():
            cells = [each.told(clock) for each in engines.values()]
            say(row(name, cells, _ratios(engines, clock, before.get((clock, name)))))
        say(row("of ours, the audit entry", [entry.told(clock)], []))
        say()
    return {(clock, name): each["ours"].at(0.95, clock) for clock in Clock for name, each in took.items()}


def _ratios(took: dict[str, Times], clock: Clock, before: float | None) -> list[str]:
    ours, bare, equal, fts = (took[engine].at(0.95, clock) for engine in ENGINES)
    over = took["ours"].at(0.5, clock) - took["bare"].at(0.5, clock)
    grown = ours / (before or np.nan)
    return [times(ours / bare), times(ours / equal), f"{over:+.2f}", times(fts / ours), times(grown)]


def row(name: str, cells: Sequence[str], ratios: Sequence[str]) -> str:
    """Return a row of a table: cells of sixteen characters, ratios of eleven."""
    return "".join([name.ljust(25), *(cell.rjust(16) for cell in cells), *(one.rjust(11) for one in ratios)])


def times(ratio: float) -> str:
    """Return a ratio as it is shown, nothing where there is none."""
    return "" if np.isnan(ratio) else f"{ratio:.2f}x"


def main(arguments: Sequence[str]) -> None:
    """Build the libraries and print their tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--small", action="store_true", help="10,000 reports only")
    parser.add_argument(
        "--million", action="store_true", help="1,000,000 reports too: about two hours, 30 GB"
    )
    parser.add_argument("--queries", type=int, default=60, help="of each kind")
    parser.add_argument("--home", type=Path, help="where the libraries are kept")
    options = parser.parse_args(arguments)
    sizes = [10_000] + ([] if options.small else [100_000]) + ([1_000_000] if options.million else [])
    with tempfile.TemporaryDirectory() as folder:
        ends: Ends = {}
        for count in sizes:
            place = room((options.home or Path(folder)) / str(count), count)
            ends = report(place, options.queries, ends)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        progress("stopped\n")
        sys.exit(130)
