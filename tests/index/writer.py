"""A child process that saves outcomes and prints each one's number once it is acknowledged.

``python -m tests.index.writer URL PROCESS COUNT [LARGEST-FILE-IN-BYTES]``; a full disk exits with 28.
"""

import resource
import sys

from collectors.errors import StorageFull
from index.store import Store
from tests.index.fictional import ANALYST, capture, outcome, report


def main(url: str, process: int, count: int, largest: int = 0) -> int:
    """Save that many captures with a report each; start after what an earlier child acknowledged."""
    store = Store(url)
    if largest:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
    address = f"https://gazette.example/{process}"
    begun = store.counts()["captured"] if count > 1000 else 0
    for number in range(begun, begun + count):
        taken = capture(number, address)
        try:
            store.save(taken, ANALYST)
            store.save(outcome(taken, [report(process * 1_000_000 + number, taken)]), ANALYST)
        except StorageFull as error:
            print("full", error, flush=True)  # noqa: T201  # the parent reads it
            return 28
        print(number, flush=True)  # noqa: T201  # the acknowledgement the parent counts
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], *(int(argument) for argument in sys.argv[2:])))
