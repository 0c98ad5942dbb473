"""The main job timed end to end: add the AIID snapshot and the starter library, run, and do both again.

    python -m tests.bench.run [SHARED_DATA]

Prints seconds and the largest resident memory of each command, each in a process of its own.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.e2e.commands import command, environment


def timed(home: Path, *words: str) -> tuple[float, float, str]:
    """Return seconds, megabytes and the last line that a command said."""
    before = time.perf_counter()
    done = subprocess.run(
        command(home, *words), env=environment(), capture_output=True, text=True, check=True, timeout=900
    )
    seconds = time.perf_counter() - before
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return seconds, largest, done.stderr.strip().splitlines()[-1]


def main() -> None:
    """Run it and print a line a step."""
    default = Path(__file__).resolve().parents[3] / "shared" / "data"
    data = Path(sys.argv[1]) if len(sys.argv) > 1 else default
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        snapshot = str(data / "aiid")
        for step in (("add", snapshot), ("run", "starter"), ("add", snapshot), ("run", "starter")):
            seconds, largest, said = timed(home, *step)
            sys.stdout.write(f"{step[0]:5} {seconds:7.1f} s, at most {largest:.0f} MB so far: {said}\n")


if __name__ == "__main__":
    main()
