"""Runs parsers in child processes that can be killed, because no library's own limits hold."""

import queue
import weakref
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self, TypeVar, TypeVarTuple, cast

from collectors.errors import ItemError, Malformed, ParserKilled, by_code
from collectors.sandbox.process import ParserProcess

Arguments = TypeVarTuple("Arguments")
Result = TypeVar("Result")


def _kill_all(children: set[ParserProcess]) -> None:
    for child in tuple(children):
        child.kill()


class Sandbox:
    """Runs module-level functions in children with a time and a memory limit; safe to share between threads.

    ``seconds`` is wall-clock time per task and ``megabytes`` the address space of one child. Nothing is
    started before the first call. Arguments and results are what ``collectors.sandbox.wire`` can carry.
    """

    def __init__(self, workers: int = 2, seconds: float = 20, megabytes: int = 1024) -> None:
        self.workers = workers
        self.seconds = seconds
        self.megabytes = megabytes
        self._slots: queue.LifoQueue[ParserProcess | None] = queue.LifoQueue()
        for _ in range(workers):
            self._slots.put(None)
        self._children: set[ParserProcess] = set()
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
    ) -> Generator[Result | ItemError]:
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

    def _fresh(self, child: ParserProcess | None) -> ParserProcess:
        if not self._finalizer.alive:
            raise RuntimeError("the sandbox is closed")
        if child is not None and child.worn:
            self._discard(child)
            child = None
        if child is None:
            child = ParserProcess(self.seconds, self.megabytes)
            self._children.add(child)
        return child

    def _discard(self, child: ParserProcess) -> None:
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
