"""Our search beside raw tantivy and SQLite FTS5, all in one run: latency, growth, indexing, size.

    python -m tests.bench.search [--small | --million] [--queries 60] [--home DIR] [--processor]

Builds a library of 10,000 and one of 100,000 made-up reports (``corpus.py``) in ``--home``, where they are
kept and used again, or in a temporary folder. Milliseconds a question:

- ours: ``Library.search`` as programs call it: permission, audit entry durable on disk, plan, spelling, ties,
  total, ten hits filled in from the record, each with its best passage, marks and reason.
- bare: raw tantivy that finds, counts and names ten hits (``raw.py``).
- equal: raw tantivy that also fetches what it has stored of the ten, marks the best fragment of title and
  text, and writes a line to a durable log.
- FTS5: what bare does; in the row "highlights", and only there, it marks fragments too (``fts.py``).

Left out for all: parsing the text and embedding the question. Engines take turns; a question counts by the
best of three runs (one where it takes over 0.1 s), so that p50 and p95 tell of questions rather than of what
else the machine does. Read the ratios. On a busy machine ``--processor`` tells more: the time this process
computes, without what it waits for a turn or for the disk.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from tests.bench import cases
from tests.bench.corpus import SOMEBODY
from tests.bench.fts import TooSlow
from tests.bench.room import Room, progress, room

Run = Callable[[], object]
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


@dataclass
class Times:
    """Milliseconds that one engine took for each question of a kind."""

    clock: Callable[[], float] = time.perf_counter
    each: list[float] = field(default_factory=list)
    spent: float = 0.0
    over: bool = False
    """Whether a question took longer than it may, and the rest were left."""

    def take(self, run: Run) -> None:
        """Run a question three times, or once where it is slow, and keep the best."""
        if self.over or self.spent > BUDGET:
            return
        best = np.inf
        for _ in range(3):
            begun = self.clock()
            try:
                run()
            except TooSlow:
                self.over = True
                return
            took = self.clock() - begun
            self.spent += took
            best = min(best, took)
            if took > SLOW:
                break
        self.each.append(best * 1000)

    def at(self, share: float) -> float:
        """Return a quantile."""
        return float(np.quantile(self.each, share)) if self.each else np.nan

    def __str__(self) -> str:
        if self.over:
            return "over 10 s"
        return f"{self.at(0.5):.1f} / {self.at(0.95):.1f}" if self.each else "-"


def measured(place: Room, name: str, queries: int, clock: Callable[[], float]) -> dict[str, Times]:
    """Ask every engine the questions of a kind, in turns."""
    took = {engine: Times(clock) for engine in ENGINES}
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
    near = (lambda: place.raw.nearest(ask.vector())) if ask.hybrid else None
    if (run := place.fts.run(ask, near, marked=marked)) is not None:
        runs["FTS5"] = run
    return runs


def table(
    place: Room, queries: int, before: dict[str, float], clock: Callable[[], float]
) -> dict[str, float]:
    """Print a row for every kind of question; return the p95 of ours, to compare the next size with."""
    for line in place.notes:
        say(line)
    timed = "processor time" if clock is time.process_time else "elapsed time"
    say(f"{queries} questions a kind; {timed}, ms, p50 / p95; ratios of p95; p50 over: ours less equal")
    say(row("kind", ENGINES, ("ours/bare", "ours/equal", "p50 over", "FTS5/ours", "growth")))
    ends = {}
    for name in [*cases.CASES, HIGHLIGHTS]:
        took = measured(place, name, queries, clock)
        ours, bare, equal, fts = (took[engine].at(0.95) for engine in ENGINES)
        over = took["ours"].at(0.5) - took["equal"].at(0.5)
        grown = ours / before.get(name, np.nan)
        ratios = [
            times(ours / bare),
            times(ours / equal),
            f"{over:+.1f}",
            times(fts / ours),
            times(grown),
        ]
        say(row(name, list(map(str, took.values())), ratios))
        ends[name] = ours
    entry = Times(clock)
    for _ in range(queries):
        entry.take(lambda: place.library.record.audit(SOMEBODY, "search", "words", "keyword"))
    say(row("of ours, the audit entry", [str(entry)], []))
    say()
    return ends


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
    parser.add_argument("--processor", action="store_true", help="processor time in place of elapsed time")
    options = parser.parse_args(arguments)
    clock = time.process_time if options.processor else time.perf_counter
    sizes = [10_000] + ([] if options.small else [100_000]) + ([1_000_000] if options.million else [])
    with tempfile.TemporaryDirectory() as folder:
        ends: dict[str, float] = {}
        for count in sizes:
            ends = table(
                room((options.home or Path(folder)) / str(count), count), options.queries, ends, clock
            )


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        progress("stopped\n")
        sys.exit(130)
