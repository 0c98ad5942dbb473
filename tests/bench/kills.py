"""How many acknowledged reports are missing after an indexing process is killed again and again.

python -m tests.bench.kills [--kills 50] [--seed 1]
"""

import argparse
import random
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.index.search.killing import kills


def main(arguments: Sequence[str]) -> None:
    """Kill, and print the tally."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        tally = kills(Path(folder), options.kills, random.Random(options.seed))
    print(f"{options.kills} kills: {tally}")  # noqa: T201 - a report to the terminal


if __name__ == "__main__":
    main(sys.argv[1:])
