"""A process loads what answers take before the first question, and keeps it out of garbage collection."""

import subprocess
import sys
from pathlib import Path

from index.library import Library
from index.settings import Settings
from tests.index.stories import entries

SETTLING = """
import gc
import weakref

from index.library import Library
from index.memory import settle
from index.search.vocabulary import english
from index.settings import Settings


class Node:
    pass


lost = Node()
lost.itself, seen = lost, weakref.ref(lost)
del lost
with Library.open(Settings.load()) as library:
    settle(library)
    exempt, left = gc.get_freeze_count(), len(gc.get_objects())
    print(english.words.cache_info().currsize == 1, seen() is None, exempt > 10 * left)
"""


def test_what_answers_take_is_loaded_and_exempt_and_nobody_is_noted(tmp_path: Path) -> None:
    environment = {"MORIARTY_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    run = subprocess.run(  # a process of its own: what is exempt stays so
        [sys.executable, "-c", SETTLING], capture_output=True, text=True, env=environment, check=False
    )
    assert run.stdout.split() == ["True", "True", "True"], run.stderr
    with Library.open(Settings.load(tmp_path)) as library:
        assert entries(library) == []
