"""A real library, the real server in its own process, and a real browser that records every request."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from index.library import Library
from index.records import Actor, Role
from index.settings import Settings
from tests.e2e.payloads import PAYLOADS

if TYPE_CHECKING:  # the package may be absent: then these tests are skipped, and the others here run
    from playwright.sync_api import Browser, ConsoleMessage, Locator, Page

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE = 120_000
"""Milliseconds that a page on a busy machine may take for anything."""
TRIES = 6
ANALYST = Actor(name="e2e", role=Role.LEAD)


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of the starter cases and of reports whose titles and texts try to act."""
    home = tmp_path_factory.mktemp("library")
    drop = tmp_path_factory.mktemp("drop")
    for number, payload in enumerate(PAYLOADS):
        (drop / f"hostile-{number}.html").write_text(_page(payload), "utf-8")
    with Library.open(Settings.load(home)) as library:
        library.collect(["starter"], actor=ANALYST)
        library.add([drop], actor=ANALYST)
        library.enrich(actor=ANALYST)
        library.refresh(actor=ANALYST)
    return home


def _page(payload: str) -> str:
    shown = escape(payload.replace("\x00", "\ufffd"))
    return (
        f"<!doctype html><html lang=en><head><title>Hostile {shown}</title></head><body><article>"
        f"<h1>Hostile {shown}</h1><p>A hostile deepfake video of a director was used to defraud a firm of "
        f"$5 million, police in London said in March 2024. {shown}</p><p>The voice was cloned with a tool, "
        f"{shown}, and the finance worker made three transfers before the fraud was discovered.</p>"
        "</article></body></html>"
    )


@pytest.fixture(scope="session")
def address(home: Path) -> Iterator[str]:
    """The address of a server over that library, in its own process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    code = (
        "import sys; from pathlib import Path; from index.settings import Settings; "
        "from ui.serve import serve; serve(Settings.load(Path(sys.argv[1])), port=int(sys.argv[2]))"
    )
    command = [sys.executable, "-c", code, str(home), str(port)]
    log = home / "server.log"
    with (
        log.open("wb") as output,
        subprocess.Popen(command, stdout=output, stderr=output, cwd=home) as server,
    ):
        try:
            _wait(f"http://127.0.0.1:{port}/_stcore/health", server, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=20)


def _wait(url: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    """Return once the server answers, however long a busy machine takes; fail where it ended instead."""
    while server.poll() is None:
        try:
            with urlopen(url, timeout=2) as reply:
                if reply.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.1)
    pytest.fail(f"the server did not start: {log.read_text('utf-8')[-2000:]}")


@dataclass
class Visit:
    """One browser tab with everything it asked for and complained about."""

    page: "Page"
    address: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        """Go to a path of the app and wait until its page is drawn."""
        self.page.goto(self.address + path)
        self.drawn()

    def drawn(self) -> None:
        """Wait until the page is drawn to its foot and nothing runs any more."""
        self.page.wait_for_selector(".foot")
        self.page.wait_for_selector("[data-test-script-state=notRunning]", state="attached")

    def shortcut(self, key: str, brings: "Locator") -> None:
        """Press a key until what it brings is there: a page that is being drawn hears none."""
        from playwright.sync_api import TimeoutError as NotThere  # here: the package may be absent

        for _ in range(TRIES):
            self.page.keyboard.press(key)
            with suppress(NotThere):
                return brings.wait_for(timeout=PATIENCE / TRIES)
        return brings.wait_for()

    @property
    def outward(self) -> list[str]:
        """Every request that was not for this server."""
        own = (self.address, self.address.replace("http", "ws"), "data:", "blob:" + self.address, "about:")
        return [url for url in self.requests if not url.startswith(own)]

    def check(self) -> None:
        """Fail where anything left the host, the console complained or a page broke."""
        assert self.outward == []
        assert self.complaints == []
        assert self.page.locator("[data-testid=stException]").count() == 0
        assert self.page.get_by_text("could not be drawn").count() == 0
        assert self.page.get_by_role("dialog").count() == 0


@pytest.fixture(scope="package")
def chromium() -> Iterator["Browser"]:
    """The browser, started once; it ends with these tests, for no other event loop can run beside its own."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not installed")
    sync_api = pytest.importorskip("playwright.sync_api", reason="the package playwright is not installed")
    with sync_api.sync_playwright() as playwright:
        sync_api.expect.set_options(timeout=PATIENCE)
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: "Browser", address: str) -> Iterator[Visit]:
    """A fresh tab; at its end nothing may have left the host and nothing may have broken."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    tab = Visit(page, address)
    context.on("request", lambda request: tab.requests.append(request.url))
    page.on("pageerror", lambda error: tab.complaints.append(str(error)))
    page.on(
        "console", lambda said: tab.complaints.append(f"{said.text} {said.location}") if _bad(said) else None
    )
    yield tab
    tab.check()
    context.close()


def _bad(said: "ConsoleMessage") -> bool:
    # Streamlit looks for its own base path below a deep link first; that 404 is its way of finding out.
    probing = "/_stcore/" in said.location.get("url", "") and "404" in said.text
    return said.type == "error" and not probing
