"""The server opens the library by itself, so that the first page need not wait for it."""

import socket
import subprocess
import time
from pathlib import Path

from tests.e2e.commands import command, environment

SECONDS = 120
"""Longest wait on a busy machine; a quiet one takes about three."""


def test_the_library_is_opened_before_anybody_asks_for_a_page(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    log = (tmp_path / "log").open("wb")
    with (
        log,
        subprocess.Popen(
            command(home, "serve", "--port", port), stdout=log, stderr=log, env=environment()
        ) as server,
    ):
        try:
            assert _appears(home / "library.sqlite", server), (tmp_path / "log").read_text("utf-8")
        finally:
            server.terminate()
            server.wait(timeout=60)
    assert "Traceback" not in (tmp_path / "log").read_text("utf-8")


def _appears(path: Path, server: "subprocess.Popen[bytes]") -> bool:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and server.poll() is None and not path.exists():
        time.sleep(0.1)
    return path.exists()
