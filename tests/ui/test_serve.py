"""The server opens the library by itself, so that the first page need not wait for it."""

import signal
import socket
import subprocess
from pathlib import Path

from tests.e2e.commands import command, environment


def test_the_library_is_opened_before_anybody_asks_and_an_interrupt_is_a_good_end(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    with subprocess.Popen(
        command(home, "serve", "--port", port), stderr=subprocess.PIPE, text=True, env=environment()
    ) as server:
        assert server.stderr is not None
        try:
            said = []
            while (line := server.stderr.readline()) and "is open" not in line:
                said.append(line)
            assert line.strip() == f"The library at {home} is open.", said
            assert f"http://127.0.0.1:{port}" in "".join(said)
            assert (home / "library.sqlite").exists()
        finally:
            server.send_signal(signal.SIGINT)
        rest = server.stderr.read()
    assert server.returncode == 0, rest
    assert "Traceback" not in rest and rest.strip().endswith("Stopped.")
