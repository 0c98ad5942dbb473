"""Runs parsers in child processes that can be killed, because no library's own limits hold.

Children are started with nothing of ours: an empty environment, no open file but two pipes, no database
and, by an audit hook, no network. ``multiprocessing`` is not used because its spawned children import the
parent's main module, which for a command line or a web app means the whole program.
"""

import json
import queue
import subprocess
import sys
import threading
import weakref
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Final, Self, TypeVar, TypeVarTuple, cast

from collectors.errors import ItemError, Malformed, ParserKilled, SandboxDown, StorageFull, by_code
from collectors.wire import name_of, read, write

CHILD: Final = Path(__file__).with_name("sandbox_child.py")
PRELOADED: Final = "collectors.documents"
"""Imported by every child, and its ``warm_up`` called, before the first task; no task pays for it."""
TASKS_PER_CHILD: Final = 500
START_SECONDS: Final = 120.0

Arguments = TypeVarTuple("Arguments")
Result = TypeVar("Result")


class _Child:
    """One child process; ``ask`` is called by one thread at a time."""

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


def _kill_all(children: set[_Child]) -> None:
    for child in tuple(children):
        child.kill()


class Sandbox:
    """Runs module-level functions in children with a time and a memory limit; safe to share between threads.

    ``seconds`` is wall-clock time per task and ``megabytes`` the address space of one child. Nothing is
    started before the first call. Arguments and results are what ``collectors.wire`` can carry.
    """

    def __init__(self, workers: int = 2, seconds: float = 20, megabytes: int = 1024) -> None:
        self.workers = workers
        self.seconds = seconds
        self.megabytes = megabytes
        self._slots: queue.LifoQueue[_Child | None] = queue.LifoQueue()
        for _ in range(workers):
            self._slots.put(None)
        self._children: set[_Child] = set()
        self._finalizer = weakref.finalize(self, _kill_all, self._children)

    def call(self, function: Callable[[*Arguments], Result], *args: *Arguments) -> Result:
        """Return ``function(*args)``, run in a child.

        Raises an ItemError as the function raised it, Malformed for any other exception in it,
        ParserKilled when it ran out of time or memory or brought its process down, StorageFull when there
        is no room for a child's temporary files, SandboxDown when no child can be started, and RuntimeError
        when the sandbox is closed.
        """
        child = self._slots.get()
        try:
            child = self._fresh(child)
            reply = child.ask(function, args) or ("killed", child.ending)
            if child.worn or reply[0] == "memory":
                self._discard(child)
                child = None
        except BaseException:
            if child is not None:
                self._discard(child)
                child = None
            raise
        finally:
            self._slots.put(child)
        return cast(Result, self._result(reply, function))

    def map(
        self, function: Callable[..., Result], argument_tuples: Iterable[tuple[Any, ...]]
    ) -> Iterator[Result | ItemError]:
        """Yield ``function(*arguments)`` for each tuple, in order, with every worker busy.

        An item that fails yields its ItemError. At most two tuples a worker are taken in advance.
        """
        waiting: deque[Future[Result | ItemError]] = deque()
        threads = ThreadPoolExecutor(self.workers, thread_name_prefix="sandbox")
        try:
            for arguments in argument_tuples:
                waiting.append(threads.submit(self._try, function, arguments))
                if len(waiting) >= 2 * self.workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            threads.shutdown(wait=True, cancel_futures=True)

    def close(self) -> None:
        """Kill the children; calls still running end in ParserKilled, later ones in RuntimeError."""
        self._finalizer()

    def _try(self, function: Callable[..., Result], arguments: tuple[Any, ...]) -> Result | ItemError:
        try:
            return self.call(function, *arguments)
        except ItemError as error:
            return error

    def _fresh(self, child: _Child | None) -> _Child:
        if not self._finalizer.alive:
            raise RuntimeError("the sandbox is closed")
        if child is not None and child.worn:
            self._discard(child)
            child = None
        if child is None:
            child = _Child(self.seconds, self.megabytes)
            self._children.add(child)
        return child

    def _discard(self, child: _Child) -> None:
        child.kill()
        self._children.discard(child)

    def _result(self, reply: tuple[str, Any], function: Callable[..., Any]) -> object:
        state, value = reply
        if state == "done":
            return value
        if state == "refused":
            code, message = value
            kind = by_code(code)
            raise kind(message) if issubclass(kind, ItemError) else Malformed(message)
        if state == "killed":
            raise ParserKilled(f"the parser {value}")
        if state == "memory":
            raise ParserKilled(f"the parser needed more than {self.megabytes:,} MB of memory")
        if state == "unsendable":
            raise TypeError(f"{function.__name__} returned {value}")
        raise Malformed(f"the parser gave up: {value}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
