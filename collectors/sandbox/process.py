"""A parser's process as its parent sees it: asked one thing at a time, and killed when its time is up.

It is started with nothing of ours: an empty environment, no open file but two pipes, no database and, by an
audit hook, neither network nor writing.
``multiprocessing`` is not used because its spawned children import the parent's main module, which for a
command line or a web app means the whole program.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from collectors.errors import SandboxDown, StorageFull
from collectors.sandbox.wire import name_of, read, write

CHILD: Final = Path(__file__).with_name("child.py")
PRELOADED: Final = "collectors.documents"
"""Imported by every child, and its ``warm_up`` called, before the first task; no task pays for it."""
TASKS_PER_CHILD: Final = 500
START_SECONDS: Final = 120.0


class ParserProcess:
    """One child process, ready for work; ``ask`` is called by one thread at a time.

    ``seconds`` is wall-clock time for each task and ``megabytes`` the child's address space. Raises
    ``SandboxDown`` where it does not start, and ``StorageFull`` where it finds no room for its files.
    """

    def __init__(self, seconds: float, megabytes: int) -> None:
        self.seconds = seconds
        self.tasks = 0
        self.expired = False
        settings = {"path": sys.path, "module": PRELOADED, "megabytes": megabytes, "seconds": seconds}
        try:
            self.process = subprocess.Popen(  # noqa: S603 - fixed arguments, no shell
                [sys.executable, "-I", "-B", "-X", "utf8", str(CHILD), json.dumps(settings)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                # No secret of the parent's environment reaches a parser; one thread each keeps numpy small.
                env={"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
            )
        except OSError as error:
            raise SandboxDown(f"no parser process can be started: {error.strerror}") from error
        state, said = self._exchange(None, START_SECONDS) or ("died", self.ending)
        if state != "ready":
            self.kill()
            raise (StorageFull if state == "full" else SandboxDown)(
                f"the parser process does not start: {said}"
            )

    def ask(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[str, Any] | None:
        """Return the child's reply, or None where it had to be killed or died; it is dead then."""
        self.tasks += 1
        return self._exchange((name_of(function), arguments), self.seconds)

    def _exchange(self, request: object, seconds: float) -> tuple[str, Any] | None:
        clock = threading.Timer(seconds, self._expire)
        clock.daemon = True
        clock.start()
        try:
            requests, replies = cast(BinaryIO, self.process.stdin), cast(BinaryIO, self.process.stdout)
            if request is not None:
                write(requests, request)
            state, value = read(replies)
            return str(state), value
        except (EOFError, OSError, ValueError):
            self.kill()
            return None
        finally:
            clock.cancel()
            clock.join()  # a kill already under way must not hit the next task

    def _expire(self) -> None:
        self.expired = True
        self.process.kill()

    @property
    def ending(self) -> str:
        """How a dead child ended, in words."""
        if self.expired:
            return f"was stopped after {self.seconds if self.tasks else START_SECONDS:g} seconds"
        status = self.process.returncode
        return f"crashed (signal {-status})" if status and status < 0 else f"crashed (exit status {status})"

    @property
    def worn(self) -> bool:
        """Whether it is dead or has worked long enough for leaks to matter."""
        return self.tasks >= TASKS_PER_CHILD or self.process.poll() is not None

    def kill(self) -> None:
        """End it at once and release its pipes; harmless when it is dead already."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:  # unsent bytes of a request nobody will read
                    continue
