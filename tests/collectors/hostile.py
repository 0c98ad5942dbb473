"""A web server on this machine that misbehaves on demand: real sockets, and bytes exactly as given.

A route is bytes to send as they are, or a function that is handed the socket and the request. Every request
is remembered, so that a test can tell who was asked for what.
"""

import gzip
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from socket import SHUT_RDWR, socket
from ssl import SSLContext
from typing import Self


@dataclass(frozen=True)
class Request:
    """A request as the server received it; header names are lower case."""

    path: str
    headers: dict[str, str]


Handler = Callable[[socket, Request], None]
Route = bytes | Handler


def reply(
    body: bytes = b"",
    status: int = 200,
    headers: dict[str, str] | None = None,
    content_type: str = "text/html; charset=utf-8",
) -> bytes:
    """Return a well-formed reply."""
    fields = {"Content-Type": content_type, "Content-Length": str(len(body)), "Connection": "close"}
    fields.update(headers or {})
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status} Status {status}\r\n{lines}\r\n".encode("latin-1") + body


def redirect(location: str, status: int = 302) -> bytes:
    return reply(status=status, headers={"Location": location})


def bomb(megabytes: int, layers: int = 1) -> bytes:
    """Return gzip data of that many megabytes of zeros, packed again for each further layer."""
    data = b"\0" * (megabytes * 1_000_000)
    for _ in range(layers):
        data = gzip.compress(data, 9, mtime=0)
    return data


def drip(start: bytes, piece: bytes = b"a", pause: float = 0.05) -> Handler:
    """Return a route that sends ``start`` and then one piece after another without end."""

    def serve(connection: socket, _: Request) -> None:
        connection.sendall(start)
        while True:
            connection.sendall(piece)
            time.sleep(pause)

    return serve


def flood(start: bytes, piece: bytes = b"x" * 65_536) -> Handler:
    """Return a route that sends ``start`` and then pieces as fast as they are taken."""

    def serve(connection: socket, _: Request) -> None:
        connection.sendall(start)
        while True:
            connection.sendall(piece)

    return serve


def sequence(*routes: Route) -> Handler:
    """Return a route that answers one request after another differently, and then always like the last."""
    left = list(routes)

    def serve(connection: socket, request: Request) -> None:
        route = left.pop(0) if len(left) > 1 else left[0]
        _send(route, connection, request)

    return serve


def _send(route: Route, connection: socket, request: Request) -> None:
    if isinstance(route, bytes):
        connection.sendall(route)
    else:
        route(connection, request)


class _Connection(socketserver.BaseRequestHandler):
    server: "HostileServer"

    def handle(self) -> None:
        head = b""
        with suppress(OSError):
            while b"\r\n\r\n" not in head:
                if not (piece := self.request.recv(65_536)):
                    return
                head += piece
            request = _parsed(head)
            self.server.requests.append(request)
            _send(self.server.route(request.path), self.request, request)

    def finish(self) -> None:
        with suppress(OSError):
            self.request.shutdown(SHUT_RDWR)


def _parsed(head: bytes) -> Request:
    first, *lines = head.split(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Request(first.split(" ")[1], headers)


class HostileServer(socketserver.ThreadingTCPServer):
    """Serves ``routes`` on a free port of 127.0.0.1 until closed; what has no route answers 404."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 50

    def __init__(self, tls: SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self._tls = tls
        self.routes: dict[str, Route] = {}
        self.requests: list[Request] = []
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()
        self._thread.join()

    def finish_request(self, request: socket | tuple[bytes, socket], client_address: object) -> None:
        """Greet in TLS where there is any, in the connection's own thread."""
        if self._tls is None or not isinstance(request, socket):
            super().finish_request(request, client_address)
        else:
            with self._tls.wrap_socket(request, server_side=True) as wrapped:
                super().finish_request(wrapped, client_address)

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep quiet: clients that hang up are the point."""

    @property
    def host(self) -> str:
        """Return host and port, as ``Fetcher(allowed_hosts=…)`` wants them."""
        return f"127.0.0.1:{self.server_address[1]}"

    def url(self, path: str = "/") -> str:
        return f"http://{self.host}{path}"

    def route(self, path: str) -> Route:
        """Return what answers a path: its own route, or that of the path without its query."""
        default = self.routes.get(path.partition("?")[0], reply(b"nothing here", 404))
        return self.routes.get(path, default)

    def asked(self, path: str) -> list[Request]:
        """Return the requests for one path."""
        return [request for request in self.requests if request.path == path]


@contextmanager
def serving(routes: dict[str, Route] | None = None, tls: SSLContext | None = None) -> Iterator[HostileServer]:
    """Run a server with these routes."""
    with HostileServer(tls) as server:
        server.routes.update(routes or {})
        yield server
