"""What is loaded stays out of garbage collection, and garbage does not stay with it."""

import subprocess
import sys

CHILD = """
import gc, weakref
from index.memory import settle

class Node: pass

kept, lost = [Node() for _ in range(1000)], Node()
lost.itself, seen = lost, weakref.ref(lost)
del lost
before = len(gc.get_objects())
settle()
print(seen() is None, gc.get_freeze_count() >= 1000, len(gc.get_objects()) < before / 10)
"""


def test_what_exists_is_exempt_and_garbage_is_freed_first() -> None:
    done = subprocess.run([sys.executable, "-c", CHILD], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True", "True"]
