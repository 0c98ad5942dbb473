"""A server between the client and Elasticsearch that fails as it is told to."""

import http.client
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

FULL = (
    '{"error": {"type": "cluster_block_exception", "reason": "index [i] blocked by: [TOO_MANY_REQUESTS/12/'
    'disk usage exceeded flood-stage watermark, index has read-only-allow-delete block];"}, "status": %d}'
)


@dataclass(frozen=True)
class Reply:
    """What is answered instead."""

    status: int
    body: str = "{}"
    delay: float = 0.0
    product: bool = True


Fault = Callable[[str, str], Reply | None]
"""Given method and path, the reply to give, or None to pass the request on."""


@dataclass
class Faulty:
    """The server's address, what fails, and what was asked."""

    url: str = ""
    fault: Fault = lambda method, path: None
    asked: list[tuple[str, str]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)

    def failing(self, reply: Reply, times: int = 10**9, where: str = "") -> None:
        """Give this reply to the next requests whose path holds ``where``."""
        left = [times]

        def fault(_: str, path: str) -> Reply | None:
            if where not in path or not left[0]:
                return None
            left[0] -= 1
            return reply

        self.fault = fault


@contextmanager
def faulty(behind: str, certificate: Path | None = None) -> Iterator[Faulty]:
    """Yield a server that passes everything on to ``behind`` until it is told to fail.

    With a ``certificate`` (PEM, its key in the same file) it speaks TLS.
    """
    told, target = Faulty(), urlsplit(behind).netloc

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            told.asked.append((self.command, self.path))
            told.keys.append(self.headers.get("Authorization"))
            reply = told.fault(self.command, self.path)
            if reply is not None:
                time.sleep(reply.delay)
                headers = {"Content-Type": "application/json"}
                headers |= {"X-Elastic-Product": "Elasticsearch"} if reply.product else {}
                self._send(reply.status, headers, reply.body.encode())
                return
            kept = {name: value for name, value in self.headers.items() if name.lower() != "host"}
            with closing(http.client.HTTPConnection(target, timeout=20)) as behind:
                behind.request(self.command, self.path, body, kept)
                answer = behind.getresponse()
                payload = answer.read()
            names = ("Content-Type", "X-Elastic-Product")
            with suppress(ConnectionError):  # a client that did not wait
                self._send(answer.status, {name: answer.headers[name] or "" for name in names}, payload)

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _answer

        def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    told.url = f"http{'s' if certificate else ''}://127.0.0.1:{server.server_port}"
    try:
        yield told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
