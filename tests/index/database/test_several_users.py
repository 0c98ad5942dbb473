"""Two processes that add and judge at once lose nothing of each other's, on either database."""

import subprocess
import sys
from pathlib import Path

import pytest

from index.records import State
from index.store import Store
from tests.index.log import fault
from tests.index.room import furnish

pytestmark = pytest.mark.databases("sqlite", "postgresql")
ROOT = Path(__file__).resolve().parents[3]
NAMES, CONTESTED = ("bea", "cem"), 15


def test_what_one_decides_the_other_cannot_decide_unseen(url: str, store: Store) -> None:
    contested = [each.id for each in furnish(store, CONTESTED).reports]
    command = [sys.executable, "-m", "tests.index.clerk", url]
    children = [
        subprocess.Popen([*command, name, *contested], stdout=subprocess.PIPE, text=True, cwd=ROOT)
        for name in NAMES
    ]
    begun = seen = store.last_change()
    learned = []
    while any(child.poll() is None for child in children):
        changes = store.changes(seen, 100)
        learned += changes
        seen = changes[-1].seq if changes else seen
    won = [child.communicate()[0].split() for child in children]
    assert [child.returncode for child in children] == [0, 0]
    assert sorted(won[0] + won[1]) == sorted(contested)
    firsts = {key: name for name, keys in zip(NAMES, won, strict=True) for key in keys}
    found = [each for judged in store.findings(contested).values() for each in judged]
    decided = {each.finding.report: each.by for each in found if each.state is State.REJECTED}
    assert decided == firsts
    counts = store.counts()
    assert (counts["reports"], counts["judgements"]) == (3 * CONTESTED, 3 * CONTESTED)
    assert fault(store) is None
    # Who reads on from the last number seen misses nothing: numbers appear in their order.
    assert learned + store.changes(seen, 10_000) == store.changes(begun, 10_000)
