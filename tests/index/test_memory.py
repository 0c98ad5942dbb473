"""A process loads what answers take before the first question."""

import subprocess
import sys
from pathlib import Path

from index.library import Library
from index.settings import Settings
from tests.index.stories import entries

SETTLING = """
import gc
from index.library import Library
from index.memory import settle
from index.search.vocabulary import english
from index.settings import Settings

with Library.open(Settings.load()) as library:
    settle(library)
    print(english.words.cache_info().currsize, gc.get_freeze_count() > 10_000)
"""


def test_settling_loads_models_and_dictionaries_and_leaves_no_audit_entry(tmp_path: Path) -> None:
    environment = {"MORIARTY_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    run = subprocess.run(  # a process of its own: what is exempt stays so
        [sys.executable, "-c", SETTLING], capture_output=True, text=True, env=environment, check=False
    )
    assert run.stdout.split() == ["1", "True"], run.stderr
    with Library.open(Settings.load(tmp_path)) as library:
        assert entries(library) == []
