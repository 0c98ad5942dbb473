"""The collection beside the pages ends with their process, however that one is stopped."""

import signal
import subprocess
import sys
import threading
from pathlib import Path
from socket import socket

import pytest

from collectors import catalogue
from tests.collectors.hostile import HostileServer, Request, reply
from tests.collectors.hostile import serving as serving_sources
from tests.e2e.commands import environment
from tests.ui.test_serve import errors, serving, told

STOPS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL]
ORDERLY = STOPS[:3]
FOREVER = "100000"
"""Seconds a fetch may take here: longer than any test."""


class Endless:
    """A feed that is asked for and never answers; it knows when the one who asked hangs up."""

    def __init__(self) -> None:
        self.requested = threading.Event()
        self.hung_up = threading.Event()

    def __call__(self, connection: socket, _: Request) -> None:
        self.requested.set()
        try:
            while connection.recv(4096):
                pass
        except ConnectionError:
            pass
        self.hung_up.set()


def add_source(home: Path, server: HostileServer) -> None:
    """Describe the endless feed, and switch every bundled source off, so that it alone is due."""
    folder = home / "sources"
    folder.mkdir(parents=True)
    for key in catalogue.load():
        (folder / f"{key}.toml").write_text('enabled = false\ndisabled_reason = "Not part of this test."\n')
    (folder / "press.toml").write_text(
        f'title = "Press"\npublisher = "Press"\nurl = "{server.url("/feed")}"\nkind = "feed"\n'
        "gap_seconds = 0.0\nenabled = true\n"
    )


@pytest.mark.parametrize("number", STOPS, ids=lambda number: number.name)
def test_collection_ends_with_the_server(number: signal.Signals, tmp_path: Path) -> None:
    feed = Endless()
    with serving_sources({"/feed": feed, "/robots.txt": reply(status=404)}) as sources:
        add_source(tmp_path, sources)
        more = {"MORIARTY_ALLOWED_HOSTS": sources.host, "MORIARTY_FETCH_SECONDS": FOREVER}
        with serving(tmp_path, None, "--collect", **more) as (server, _):
            told(server, "is open")
            feed.requested.wait()
            assert not feed.hung_up.is_set()
            server.send_signal(number)
            feed.hung_up.wait()
            if number in ORDERLY:
                rest = errors(server).read()
                assert server.wait() == 0, rest
                assert "Traceback" not in rest and rest.strip().endswith("Stopped.")
    assert "Traceback" not in (tmp_path / "state" / "collection.log").read_text("utf-8")


def test_an_interrupt_while_the_program_loads_ends_it_without_a_traceback(tmp_path: Path) -> None:
    """The commands are replaced by a module that is being imported without end."""
    (tmp_path / "endless.py").write_text("import time\nprint('loading', flush=True)\ntime.sleep(10**6)\n")
    code = (
        "import sys; sys.path.insert(0, sys.argv.pop(1)); from ui import __main__; "
        "sys.meta_path.insert(0, type('Finder', (), {'find_spec': staticmethod(lambda name, *_: "
        "__import__('importlib.util').util.find_spec('endless') if name == 'ui.cli' else None)})); "
        "__main__.main()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path), "status"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    ) as program:
        assert program.stdout is not None and program.stdout.readline() == "loading\n"
        program.send_signal(signal.SIGINT)
        assert errors(program).read() == ""
        assert program.wait() == -signal.SIGINT
