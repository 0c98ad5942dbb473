"""The main job on SQLite and on PostgreSQL side by side, step by step, and whether both then hold the same.

    python -m tests.bench.databases [SHARED_DATA]

Prints seconds of each step on both, and PostgreSQL's as a multiple of SQLite's. Processor time is Moriarty's
alone; what the server worked is told at the end. It is on this machine and waits for no disk.
"""

import resource
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import select

from index.store import Store
from index.tables import findings, incident_codes, incidents, links, membership, reports
from tests.e2e.commands import command, environment
from tests.index.database.postgres_server import postgresql

HELD = (reports.c.seq, reports.c.id), incident_codes.c, membership.c, findings.c, links.c
STEPS = (("add", "aiid"), ("run", "starter"), ("run", "starter"), ("search", "cloned voice"), ("status",))


class Cost(NamedTuple):
    """Seconds that passed, and that a processor worked."""

    passed: float
    worked: float


def timed(home: Path, url: str, words: tuple[str, ...]) -> Cost:
    """Return what a command costs, in a process of its own."""
    before, used = time.perf_counter(), _used()
    surroundings = environment() | {"MORIARTY_DATABASE_URL": url}
    subprocess.run(command(home, *words), env=surroundings, capture_output=True, check=True, timeout=1800)
    return Cost(time.perf_counter() - before, _used() - used)


def _used() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def held(url: str) -> list[list[Any]]:
    """Return what does not tell when it was written, in an order of its own."""
    with closing(Store(url)) as store, store.reading() as connection:
        tables = [sorted(map(repr, connection.execute(select(*columns)))) for columns in HELD]
        order = select(incidents.c.id, incidents.c.redirect_to).order_by(incidents.c.seq)
        return [*tables, [tuple(row) for row in connection.execute(order)]]


def main() -> None:
    """Run every step on both, one after the other, and print a line a step."""
    default = Path(__file__).resolve().parents[3] / "shared" / "data"
    data = Path(sys.argv[1]) if len(sys.argv) > 1 else default
    with tempfile.TemporaryDirectory() as folder, postgresql() as server, server.copied() as name:
        homes = [Path(folder) / kind for kind in ("sqlite", "postgresql")]
        urls = [f"sqlite:///{homes[0] / 'library.sqlite'}", server.url(name)]
        for step in STEPS:
            words = tuple(str(data / "aiid") if word == "aiid" else word for word in step)
            file, other = (timed(home, url, words) for home, url in zip(homes, urls, strict=True))
            sys.stdout.write(
                f"{' '.join(step):22} SQLite {file.passed:6.1f} s ({file.worked:5.1f} worked), "
                f"PostgreSQL {other.passed:6.1f} s ({other.worked:5.1f} worked): "
                f"{other.passed / file.passed:.2f} times, {other.worked / file.worked:.2f} worked\n"
            )
        sys.stdout.write(f"both hold the same: {held(urls[0]) == held(urls[1])}\n")
        used = _used()
    sys.stdout.write(f"the server worked {_used() - used:.1f} s\n")  # counted once it has ended


if __name__ == "__main__":
    main()
