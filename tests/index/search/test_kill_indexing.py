"""A process killed while it indexes loses nothing that was acknowledged."""

import random
from pathlib import Path

from tests.index.search.killing import kills

KILLS = 4


def test_killed_while_it_indexes_nothing_acknowledged_is_missing(tmp_path: Path) -> None:
    tally = kills(tmp_path, KILLS, random.Random(3))
    assert tally.acknowledged >= 5 * KILLS
    assert (tally.missing, tally.unread, tally.behind) == (0, 0, 0)
