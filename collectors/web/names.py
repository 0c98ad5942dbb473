"""Name lookups that cannot outlast their time, and the clock that measures it."""

import queue
import socket
import threading
import time
from collections.abc import Callable, Sequence

from collectors.errors import DeadlineExceeded, Unreachable

Resolver = Callable[[str, int], Sequence[str]]


class Stopwatch:
    """Counts down the time one address may take on the network, however many exchanges that needs."""

    def __init__(self, seconds: float, url: str) -> None:
        self._left = seconds
        self._url = url
        self._since = 0.0

    def __enter__(self) -> float:
        """Start counting; gives the seconds left. Raises ``DeadlineExceeded`` where there are none."""
        if self._left <= 0:
            raise DeadlineExceeded(f"{self._url} has used up its time on the network")
        self._since = time.monotonic()
        return self._left

    def __exit__(self, *_: object) -> None:
        self._left -= time.monotonic() - self._since


def system_resolver(hostname: str, port: int) -> list[str]:
    """Return every address the system's name service gives for a host; raises ``OSError``."""
    found = socket.getaddrinfo(hostname, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


def look_up(resolver: Resolver, hostname: str, port: int, seconds: float) -> Sequence[str]:
    """Return the addresses of a host within so many seconds.

    The system call behind a lookup cannot be stopped, so it runs in a thread that is left behind when
    the time is up. Raises ``DeadlineExceeded`` or ``Unreachable``.
    """
    answers: queue.SimpleQueue[Sequence[str] | OSError | UnicodeError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(resolver(hostname, port))
        except (OSError, UnicodeError) as error:
            answers.put(error)

    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise DeadlineExceeded(f"no answer from the name service for {hostname}") from None
    if isinstance(answer, OSError | UnicodeError):
        said = getattr(answer, "strerror", None) or str(answer)
        raise Unreachable(f"there is no address for {hostname}: {said}") from answer
    if not answer:
        raise Unreachable(f"there is no address for {hostname}")
    return answer
