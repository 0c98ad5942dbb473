"""One request to one host, bounded in time and size: the only module that opens connections outward."""

import asyncio
import ssl
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import httpx2

from collectors.errors import DeadlineExceeded, ProtocolBroken, TooLarge, Unreachable
from collectors.web.exchange import REDIRECTS, Headers, Limits, Reply, checked_headers, header
from collectors.web.guard import Target

_REDIRECT_BODY = 65_536


def system_trust() -> ssl.SSLContext:
    """Return a TLS context that trusts whom this machine trusts, whatever the environment says."""
    return httpx2.create_ssl_context(trust_env=False)


class Transport:
    """Sends requests to addresses that the guard has checked; one may serve several threads.

    ``trust`` makes the TLS context of each thread.
    """

    def __init__(
        self, limits: Limits, user_agent: str, trust: Callable[[], ssl.SSLContext] = system_trust
    ) -> None:
        self._limits = limits
        self._user_agent = user_agent
        self._trust = trust
        self._local = threading.local()

    def ask(
        self,
        target: Target,
        addresses: Sequence[str],
        conditions: Headers,
        seconds: float,
        cap: int | None = None,
    ) -> Reply:
        """Return the reply of the first address that answers, whatever its status, its body undecoded.

        ``cap`` keeps only so many bytes of the body instead of refusing a longer one. Raises ``Unreachable``,
        ``DeadlineExceeded`` after so many seconds in all, ``ProtocolBroken`` and ``TooLarge``.
        """
        return asyncio.run(self._exchange(target, addresses, conditions, seconds, cap))

    async def _exchange(
        self, target: Target, addresses: Sequence[str], conditions: Headers, seconds: float, cap: int | None
    ) -> Reply:
        started = datetime.now(UTC)
        sent = (
            ("Host", target.authority),
            ("User-Agent", self._user_agent),
            ("Accept", "*/*"),
            ("Accept-Encoding", "gzip"),
            ("Connection", "close"),
            *conditions,
        )
        try:
            async with (
                asyncio.timeout(seconds),
                httpx2.AsyncHTTPTransport(verify=self._tls(), trust_env=False) as transport,
            ):
                response = await self._connect(transport, target, addresses, sent, seconds)
                peer = response.extensions["network_stream"].get_extra_info("server_addr")
                version = response.extensions["http_version"].decode("latin-1")
                received = checked_headers(target.url, version, response.headers.raw, self._limits)
                wire, truncated = await self._read(response, received, target, cap)
        except TimeoutError:
            allowed = self._limits.seconds
            raise DeadlineExceeded(f"{target.url} took longer than {allowed:g} seconds") from None
        except (httpx2.HTTPError, OSError) as error:
            said = str(error).rstrip(".") or "the connection broke off"
            raise ProtocolBroken(f"{target.url}: {said}") from error
        return Reply(
            url=target.url,
            started=started,
            finished=datetime.now(UTC),
            status=response.status_code,
            reason=response.extensions["reason_phrase"].decode("latin-1"),
            http_version=version,
            headers=received,
            request_headers=sent,
            wire=wire,
            truncated=truncated,
            peer=str(peer[0]) if peer else "",
        )

    def _tls(self) -> ssl.SSLContext:
        # One a thread: each connection sets options on its context, which OpenSSL does not guard.
        if not hasattr(self._local, "tls"):
            self._local.tls = self._trust()
        context: ssl.SSLContext = self._local.tls
        return context

    async def _connect(
        self,
        transport: httpx2.AsyncHTTPTransport,
        target: Target,
        addresses: Sequence[str],
        sent: Headers,
        seconds: float,
    ) -> httpx2.Response:
        """Return a response with its body unread, from the first of the addresses that answers."""
        # Connecting and the TLS handshake each take this long at most, well within the whole: a handshake
        # that is cancelled, rather than timed out, leaves its socket open.
        patience = min(self._limits.connect_seconds, seconds / 3)
        extensions = {
            "timeout": {"connect": patience},
            "target": target.path.encode("ascii"),
        }
        if not target.literal:
            extensions["sni_hostname"] = target.hostname.rstrip(".")
        problem: Exception | None = None
        for address in addresses:
            host = f"[{address}]" if ":" in address else address
            request = httpx2.Request(
                "GET",
                f"{target.scheme}://{host}:{target.port}/",
                headers=[(name.encode("ascii"), value.encode("latin-1")) for name, value in sent],
                extensions=extensions,
            )
            try:
                return await transport.handle_async_request(request)
            except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
                problem = error
        said = str(problem or "") or f"nobody answered within {patience:.1f} seconds"
        raise Unreachable(f"no connection to {target.authority}: {said}") from problem

    async def _read(
        self, response: httpx2.Response, received: Headers, target: Target, cap: int | None
    ) -> tuple[bytes, bool]:
        """Return the undecoded body and whether it is known to be incomplete."""
        if cap is None and response.status_code in REDIRECTS:
            cap = _REDIRECT_BODY
        most = self._limits.wire_bytes if cap is None else cap
        announced = header(received, "content-length")
        if cap is None and announced.isdecimal() and len(announced) < 20 and int(announced) > most:
            raise TooLarge(f"{target.url} announces {int(announced):,} bytes; the limit is {most:,}")
        wire = bytearray()
        try:
            async for chunk in response.aiter_raw():
                wire += chunk
                if len(wire) > most:
                    if cap is None:
                        raise TooLarge(f"{target.url} sends more than {most:,} bytes")
                    return bytes(wire[:most]), True
        except (httpx2.RemoteProtocolError, httpx2.ReadError, ssl.SSLError):
            return bytes(wire), True
        return bytes(wire), response.status_code == 206
