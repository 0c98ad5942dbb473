"""Kills a process that indexes, again and again, and tells what of the acknowledged is missing.

python -m tests.index.search.killing FOLDER SEED  is the process that is killed: it saves and indexes reports
"""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from enrichment.classify import pool
from index.cards.finder import Finder
from index.cards.maker import Cards
from index.incidents import Incidents
from index.search.query import By, Mode, Query
from index.store import Store
from tests.index.fictional import ANALYST, capture, finding, outcome, report, told
from tests.index.room import TYPOLOGY

ROOT = Path(__file__).resolve().parents[3]
BATCH = 5
LONGEST = 0.4
"""Seconds after its first acknowledgement that a child lives at most."""


class Tally(NamedTuple):
    """What became of a number of kills."""

    acknowledged: int
    """Reports that the outbox has let go of, because the index has them."""
    missing: int
    """Of those, how many the index does not have, counted before anything is replayed."""
    unread: int
    """Kills after which the index could not be read."""
    behind: int
    """Reports of the record that the index does not have after the replay."""


def opened(folder: Path) -> tuple[Store, Incidents, Finder]:
    """Open the record and the index in a folder."""
    store = Store(f"sqlite:///{folder / 'library.sqlite'}")
    incidents = Incidents(store, TYPOLOGY, pool)
    cards = Cards(store, incidents, TYPOLOGY)
    return store, incidents, Finder(folder / "index", store, cards, TYPOLOGY, None)


def index_on(folder: Path, seed: int) -> None:
    """Save reports and index them until killed; print how many changes are acknowledged."""
    store, incidents, finder = opened(folder)
    number = seed * 1_000_000
    while True:
        taken = capture(number)
        reports = [report(number + one, taken) for one in range(BATCH)]
        store.save(taken, ANALYST)
        store.save(outcome(taken, reports), ANALYST)
        store.save_enriched([told(one, finding(one, "FR-01")) for one in reports], "one", ANALYST)
        incidents.regroup([[one.id] for one in reports], [], ANALYST)
        finder.refresh(lambda done, total: None)
        print(store.acknowledged(), flush=True)  # noqa: T201 - the parent reads it
        number += BATCH


def kills(folder: Path, count: int, chance: random.Random) -> Tally:
    """Kill a process that indexes so many times, and check what it leaves each time."""
    acknowledged = missing = unread = behind = 0
    for round_number in range(1, count + 1):
        _killed(folder, round_number, chance.uniform(0, LONGEST))
        store, _, finder = opened(folder)
        waiting = {change.id for change in store.changes(0, 10**6) if change.by == "report"}
        known = {one.id for one in store.all_reports()}
        try:
            applied = finder._main.stamp().applied
        except Exception:
            applied, unread = 0, unread + 1
        acknowledged = len(known - waiting)
        if applied < store.acknowledged():
            missing += 1
        elif not unread:
            missing += len(known - waiting - _indexed(finder))
        finder.refresh(lambda done, total: None)
        behind += len(known - _indexed(finder)) + len(store.changes(0, 10))
        finder.close()
        store.close()
    return Tally(acknowledged, missing, unread, behind)


def _indexed(finder: Finder) -> set[str]:
    found: set[str] = set()
    while True:
        asked = Query(mode=Mode.KEYWORD, by=By.REPORT, limit=1000, offset=len(found))
        hits = finder.search(asked).hits
        found |= {hit.id for hit in hits}
        if len(hits) < 1000:
            return found


def _killed(folder: Path, seed: int, seconds: float) -> None:
    command = [sys.executable, "-m", "tests.index.search.killing", str(folder), str(seed)]
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline(), "the child ended before it acknowledged anything"
    time.sleep(seconds)
    child.send_signal(signal.SIGKILL)
    child.communicate()


if __name__ == "__main__":
    index_on(Path(sys.argv[1]), int(sys.argv[2]))
