"""A collection run beside the pages, in a process of its own."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from index.settings import Settings

PATIENCE_SECONDS = 5
"""How long a run that was asked to stop may take to close its files; what it acknowledged is safe anyway."""


@contextmanager
def run(settings: Settings) -> Iterator[None]:
    """Collect from the sources that are due while the block lasts, then stop.

    What the run says goes to ``collection.log`` in the library's state folder; what went wrong with a source
    is in the record, where the pages show it.
    """
    settings.state.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "ui.cli", "--home", str(settings.home), "run"]
    with (settings.state / "collection.log").open("w", encoding="utf-8") as log:
        child = subprocess.Popen(  # noqa: S603 (our own program, and no word of the command is from outside)
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
        try:
            yield
        finally:
            _stop(child)


def _stop(child: subprocess.Popen[bytes]) -> None:
    child.send_signal(signal.SIGINT)
    try:
        child.wait(PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
