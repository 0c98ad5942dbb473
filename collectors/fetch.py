"""The polite, bounded and guarded HTTP exchange: the only module that opens connections outward."""

import asyncio
import random
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx2

from collectors import guard, names, robots
from collectors.errors import (
    DeadlineExceeded,
    FetchError,
    ProtocolBroken,
    RobotsRefused,
    TooLarge,
    TooManyRedirects,
    Unreachable,
)
from collectors.exchange import (
    REDIRECTS,
    Exchange,
    Headers,
    Limits,
    Reply,
    checked_headers,
    conclude,
    conditions,
    header,
    location,
    refusal,
)
from collectors.guard import Target
from collectors.names import Stopwatch
from collectors.politeness import Budget, Politeness, retry_after
from collectors.records import Capture, Source

__all__ = ["TOOL", "Exchange", "Fetcher", "Limits", "refusal"]

TOOL = f"Moriarty/{version('moriarty-library')}"
_USER_AGENT = f"{TOOL} (+https://github.com/moriarty-library/moriarty)"
_WORTH_RETRYING = {429, 500, 502, 503, 504}
_REDIRECT_BODY = 65_536
_RATE_LIMITED_SECONDS = 60.0
"""How long a host that answers 429 without naming a time is left alone."""


def system_trust() -> ssl.SSLContext:
    """Return a TLS context that trusts whom this machine trusts, whatever the environment says."""
    return httpx2.create_ssl_context(trust_env=False)


class Fetcher:
    """Fetches addresses; one may serve several threads.

    ``state`` is the folder that remembers each host's budget and robots.txt between runs.
    ``allowed_hosts`` names ``host:port`` pairs the guard lets pass, public or not. ``trust`` makes the
    TLS context of a thread; ``resolver``, ``clock`` and ``sleep`` stand for the name service and the time.
    """

    def __init__(
        self,
        state: Path,
        *,
        limits: Limits | None = None,
        allowed_hosts: frozenset[str] = frozenset(),
        user_agent: str = _USER_AGENT,
        budget: Budget | None = None,
        trust: Callable[[], ssl.SSLContext] = system_trust,
        resolver: names.Resolver = names.system_resolver,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._politeness = Politeness(state / "politeness.sqlite", budget=budget, clock=clock, sleep=sleep)
        self._limits = limits or Limits()
        self._allowed = allowed_hosts
        self._user_agent = user_agent
        self._trust = trust
        self._local = threading.local()
        self._resolver = resolver
        self._clock = clock
        self._sleep = sleep
        self._rules = lru_cache(maxsize=256)(robots.Rules)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the state file."""
        self._politeness.close()

    def get(self, url: str, source: Source, previous: Capture | None = None) -> Exchange:
        """Return the exchange for an address, whatever the final status; ``refusal`` says what it means.

        With ``previous`` the request is conditional, so that an unchanged page answers 304. Raises a
        ``FetchError``, ``TooLarge`` or ``BombRefused``; ``StorageFull`` where the state cannot be written.
        """
        watch = Stopwatch(self._limits.seconds)
        chain: list[Reply] = []
        target = guard.target(url, self._allowed)
        while True:
            delay = self._robots_delay(target, source, watch)
            asked = conditions(previous) if previous and previous.final_url == target.url else ()
            reply = self._ask(target, max(source.gap_seconds, delay), watch, asked)
            if (onward := location(reply)) is None:
                return conclude(url, tuple(chain), reply)
            chain.append(reply)
            if len(chain) > self._limits.redirects:
                raise TooManyRedirects(f"{url} redirects more than {self._limits.redirects} times")
            target = guard.target(onward, self._allowed, base=target.url)

    def _robots_delay(self, target: Target, source: Source, watch: Stopwatch) -> float:
        """Return the crawl delay of a host that allows the address; raises ``RobotsRefused``."""
        stored = self._politeness.robots(target.origin)
        if stored is None:
            stored = self._ask_robots(target, source, watch)
            self._politeness.keep_robots(target.origin, stored)
        rules = self._rules(stored, self._user_agent.partition("/")[0])
        if not rules.allows(target.url):
            raise RobotsRefused(f"{target.url}: {rules.reason}")
        return rules.delay

    def _ask_robots(self, target: Target, source: Source, watch: Stopwatch) -> robots.StoredRobots:
        place = guard.target("/robots.txt", self._allowed, base=target.url)
        for _ in range(robots.MOST_REDIRECTS + 1):
            reply = self._ask(place, source.gap_seconds, watch, (), cap=robots.MOST_BYTES)
            if (onward := location(reply)) is None:
                return robots.answered(reply.status, reply.headers, reply.wire, self._limits)
            place = guard.target(onward, self._allowed, base=place.url)
        return robots.StoredRobots("allow", reason="its robots.txt redirects too often to be read")

    def _ask(
        self, target: Target, gap: float, watch: Stopwatch, conditions: Headers, cap: int | None = None
    ) -> Reply:
        """Return one reply, tried again a few times where that is worth it, each attempt in its turn.

        ``cap`` keeps only so many bytes of the body instead of refusing a longer one.
        """
        for attempt in range(1, self._limits.tries + 1):
            last = attempt == self._limits.tries
            addresses = self._addresses(target, watch)
            self._politeness.wait_for_turn(target.authority, gap, self._limits.patience_seconds)
            try:
                with watch as seconds:
                    reply = asyncio.run(self._exchange(target, addresses, conditions, seconds, cap))
            except (FetchError, TooLarge) as error:
                failed = isinstance(error, FetchError)
                taken = 0 if failed else self._limits.wire_bytes
                self._politeness.settle(target.authority, wire_bytes=taken, failed=failed)
                if last or not isinstance(error, Unreachable):
                    raise
            else:
                if self._settled(target, reply, last):
                    return reply
            self._sleep(random.uniform(0.5, 1.0) * attempt)  # noqa: S311 -- jitter, not a secret
        raise AssertionError("the last attempt returns or raises")

    def _settled(self, target: Target, reply: Reply, last: bool) -> bool:
        """Record what a reply says about its host; return whether the reply is the one to hand on."""
        wanted: float | None = None
        if reply.status == 429 or reply.status >= 500:
            wanted = retry_after(header(reply.headers, "retry-after"), self._clock())
        if wanted is None and reply.status == 429 and last:
            wanted = _RATE_LIMITED_SECONDS
        self._politeness.settle(
            target.authority,
            wire_bytes=len(reply.wire),
            failed=reply.status >= 500,
            leave_alone=wanted or 0.0,
        )
        too_long = wanted is not None and wanted > self._limits.patience_seconds
        return last or too_long or reply.status not in _WORTH_RETRYING

    def _tls(self) -> ssl.SSLContext:
        # One a thread: each connection sets options on its context, which OpenSSL does not guard.
        if not hasattr(self._local, "tls"):
            self._local.tls = self._trust()
        context: ssl.SSLContext = self._local.tls
        return context

    def _addresses(self, target: Target, watch: Stopwatch) -> tuple[str, ...]:
        """Return the checked addresses of a host; the lookup has its own thread as it cannot be stopped."""
        if target.literal:
            return guard.checked(target, [target.hostname])
        with watch as seconds:
            found = names.look_up(self._resolver, target.hostname, target.port, seconds)
        return guard.checked(target, found)

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
                received = checked_headers(
                    response.extensions["http_version"], response.headers.raw, self._limits
                )
                wire, truncated = await self._read(response, received, target, cap)
        except TimeoutError:
            raise DeadlineExceeded(
                f"{target.url} took longer than {self._limits.seconds:g} seconds"
            ) from None
        except (httpx2.HTTPError, OSError) as error:
            raise ProtocolBroken(f"{target.url}: {error or type(error).__name__}") from error
        return Reply(
            url=target.url,
            started=started,
            finished=datetime.now(UTC),
            status=response.status_code,
            reason=response.extensions["reason_phrase"].decode("latin-1"),
            http_version=response.extensions["http_version"].decode("ascii"),
            headers=received,
            request_headers=sent,
            wire=wire,
            truncated=truncated,
            peer=str(peer[0]) if peer else "",
        )

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
        raise Unreachable(f"no connection to {target.authority}: {problem or 'timed out'}") from problem

    async def _read(
        self, response: httpx2.Response, received: Headers, target: Target, cap: int | None
    ) -> tuple[bytes, bool]:
        """Return the undecoded body and whether it is known to be incomplete."""
        if cap is None and response.status_code in REDIRECTS:
            cap = _REDIRECT_BODY
        most = self._limits.wire_bytes if cap is None else cap
        announced = header(received, "content-length")
        if cap is None and announced.isdecimal() and len(announced) < 20 and int(announced) > most:
            raise TooLarge(f"{target.url} announces {announced} bytes, more than {most}")
        wire = bytearray()
        try:
            async for chunk in response.aiter_raw():
                wire += chunk
                if len(wire) > most:
                    if cap is None:
                        raise TooLarge(f"{target.url} sends more than {most} bytes")
                    return bytes(wire[:most]), True
        except (httpx2.RemoteProtocolError, httpx2.ReadError, ssl.SSLError):
            return bytes(wire), True
        return bytes(wire), response.status_code == 206
