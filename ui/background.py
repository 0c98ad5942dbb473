"""A collection run beside the pages, in a process of its own that ends when theirs does.

The two share a pipe on which nothing is ever written: it closes when the process of the pages ends, however
that happens, and the collecting process then interrupts itself.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from index.settings import Settings
from ui import __main__ as program

PATIENCE_SECONDS = 5
"""How long a run that was asked to stop may take to close its files; what it acknowledged is safe anyway."""


@contextmanager
def run(settings: Settings) -> Iterator[None]:
    """Collect from the sources that are due while the block lasts, then stop.

    Messages of the run go to ``collection.log`` in the library's state folder; failures of a source go to the
    record, where the pages show them.
    """
    settings.state.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "ui.background", "--home", str(settings.home), "run"]
    with (settings.state / "collection.log").open("w", encoding="utf-8") as log:
        child = subprocess.Popen(  # noqa: S603 (our own program, and no word of the command is from outside)
            command, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True
        )
        try:
            yield
        finally:
            _stop(child)


def _stop(child: subprocess.Popen[bytes]) -> None:
    if child.stdin is not None:
        child.stdin.close()
    try:
        child.wait(PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def main() -> None:
    """Run the command in ``sys.argv`` until it is done or the pipe on standard input closes."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background hands it down as ignored
    # begun first, so that the pipe is watched while the program still loads
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    program.main()


def _end_with_parent() -> None:
    """Interrupt this process when the pipe closes, and end it where that does not suffice."""
    os.read(sys.stdin.fileno(), 1)  # not through sys.stdin, whose lock would be held while Python shuts down
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(PATIENCE_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    main()
