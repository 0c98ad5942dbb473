"""Starts the pages on this machine: our settings for Streamlit, and headers that keep the browser at home."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from collectors.errors import MoriartyError, PortTaken
from index.memory import settle
from index.settings import Settings
from ui.commands import printing
from ui.terms import error_text

log = logging.getLogger(__name__)
_HERE = Path(__file__).parent

OPTIONS: dict[str, Any] = {
    "server.address": "127.0.0.1",
    "server.headless": True,
    "server.fileWatcherType": "none",
    "server.maxUploadSize": 20,
    "server.enableStaticServing": True,
    "browser.gatherUsageStats": False,
    "logger.hideWelcomeMessage": True,
    "browser.serverAddress": "127.0.0.1",
    "client.toolbarMode": "viewer",
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "theme.base": str(_HERE / "theme.toml"),
}
"""Our options for Streamlit, which override any config.toml of this user or folder."""

POLICY = {
    "default-src": "'self'",
    "script-src": "'self' 'unsafe-inline' blob:",
    "style-src": "'self' 'unsafe-inline' blob:",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'none'",
    "frame-src": "'none'",
    "frame-ancestors": "'none'",
}
HEADERS = {
    "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in POLICY.items()),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""Sent with every reply: the browser may ask nobody but this server, even were some text to become markup."""

HOSTS = ["127.0.0.1", "localhost"]
"""The names by which the pages may be asked for; any other may be a foreign one that now leads here."""


def _require_free(port: int) -> None:
    try:
        socket.create_server((OPTIONS["server.address"], port)).close()
    except OSError as error:
        raise PortTaken(f"port {port} is not free: {error.strerror}") from error


class SafeHeaders:
    """Adds ``HEADERS`` to every HTTP reply of the app it wraps."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and its reply back, with the headers set."""

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await self.app(scope, receive, send_safely if scope["type"] == "http" else send)


@asynccontextmanager
async def _warm(_app: st.App) -> AsyncIterator[None]:
    """Open the library and its models as soon as the server is up, while the browser still starts."""
    opening = asyncio.create_task(asyncio.to_thread(_open))
    yield
    await opening


def _open() -> None:
    session = import_module("ui.session")
    try:
        library = session.library()
        home = library.status(actor=session.actor()).home
        settle(library)
    except (MoriartyError, OSError) as error:  # every page says so too
        printing.complain(error_text(error))
    except Exception:
        log.exception("the library could not be opened")
    else:
        printing.line(f"The library at {home} is open.")


def serve(settings: Settings, port: int = 8501) -> None:
    """Serve the library at ``settings.home`` on 127.0.0.1 until stopped. Raises ``PortTaken``."""
    _require_free(port)
    import_module("ui.session")  # slow to load; better now than when the first page waits for it
    app = st.App(
        _HERE / "app.py",
        secrets={"moriarty_home": str(settings.home)},
        middleware=[Middleware(SafeHeaders), Middleware(TrustedHostMiddleware, allowed_hosts=HOSTS)],
        lifespan=_warm,
    )
    printing.line(f"The pages are at http://{OPTIONS['server.address']}:{port}; Ctrl-C stops them.")
    app.run(config={**OPTIONS, "server.port": port})
