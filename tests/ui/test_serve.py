"""The server opens the library by itself, ends well when stopped, and answers to this machine's names."""

import http.client
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from tests.e2e.commands import command, environment


def ignore_interrupts() -> None:
    """Do as a shell does to what it starts in the background."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def serving(
    home: Path, before: Callable[[], None] | None = None, *words: str, **extra: str
) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Serve a library while the block lasts; yield the server and its port.

    ``words`` are further options of the command, ``extra`` further environment variables of the process.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    program = command(home, "serve", "--port", str(port), *words)
    with subprocess.Popen(
        program, stderr=subprocess.PIPE, text=True, env=environment(**extra), preexec_fn=before
    ) as server:
        try:
            yield server, port
        finally:
            server.kill()


def told(server: subprocess.Popen[str], until: str) -> list[str]:
    """Return what the server says up to the line that holds these words."""
    said = []
    while line := errors(server).readline():
        said.append(line)
        if until in line:
            break
    return said


def assert_an_interrupt_ends_it_well(server: subprocess.Popen[str]) -> None:
    server.send_signal(signal.SIGINT)
    rest = errors(server).read()
    assert server.wait() == 0, rest
    assert "Traceback" not in rest and rest.strip().endswith("Stopped.")


def errors(server: subprocess.Popen[str]) -> IO[str]:
    assert server.stderr is not None
    return server.stderr


@pytest.mark.parametrize("before", [None, ignore_interrupts], ids=["terminal", "background"])
def test_the_library_is_opened_before_anybody_asks_and_an_interrupt_is_a_good_end(
    before: Callable[[], None] | None, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    with serving(home, before) as (server, port):
        said = told(server, "is open")
        assert said[-1].strip() == f"The library at {home} is open.", said
        assert f"http://127.0.0.1:{port}" in "".join(said)
        assert (home / "library.sqlite").exists()
        assert_an_interrupt_ends_it_well(server)


def test_an_interrupt_before_the_library_is_open_is_a_good_end_too(tmp_path: Path) -> None:
    with serving(tmp_path / "home") as (server, _):
        told(server, "The pages are at")
        assert_an_interrupt_ends_it_well(server)


def test_a_foreign_name_that_leads_here_gets_nothing(tmp_path: Path) -> None:
    with serving(tmp_path / "home") as (server, port):
        told(server, "is open")
        for path, more in (("/", {}), ("/_stcore/stream", SOCKET), ("/_stcore/health", {})):
            assert status(port, path, f"evil.example:{port}", more) == 400
            assert status(port, path, f"127.0.0.1.evil.example:{port}", more) == 400
        for own in (f"127.0.0.1:{port}", f"localhost:{port}"):
            assert status(port, "/", own, {}) == 200
            assert status(port, "/_stcore/stream", own, SOCKET) == 101
        assert status(port, "/_stcore/stream", f"localhost:{port}", SOCKET | ELSEWHERE) == 403


SOCKET = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}
ELSEWHERE = {"Origin": "http://evil.example"}


def status(port: int, path: str, host: str, more: dict[str, str]) -> int:
    """Return the status of the answer to one request that says it is meant for this host."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path, headers={"Host": host} | more)
        return connection.getresponse().status
    finally:
        connection.close()
