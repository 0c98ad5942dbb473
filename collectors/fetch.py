"""The polite and guarded fetch of an address: robots.txt, turns, retries and redirects."""

import random
import ssl
import time
from collections.abc import Callable
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Self

from collectors.errors import FetchError, RobotsRefused, TooLarge, TooManyRedirects, Unreachable
from collectors.records import Capture, Source
from collectors.web import guard, names, robots
from collectors.web.exchange import Exchange, Headers, Limits, Reply, conclude, conditions, header, location
from collectors.web.guard import Target
from collectors.web.names import Stopwatch
from collectors.web.politeness import Budget, Politeness, retry_after
from collectors.web.transport import Transport, system_trust

__all__ = ["TOOL", "Exchange", "Fetcher", "Limits"]

TOOL = f"Moriarty/{version('moriarty-library')}"
_USER_AGENT = f"{TOOL} (+https://github.com/moriarty-library/moriarty)"
_WORTH_RETRYING = {429, 500, 502, 503, 504}
_RATE_LIMITED_SECONDS = 60.0
"""How long a host that answers 429 without naming a time is left alone."""


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
        self._transport = Transport(self._limits, user_agent, trust)
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
        ``FetchError`` or ``TooLarge``, and what ``StateFile`` does where the state cannot be kept.
        """
        watch = Stopwatch(self._limits.seconds, url)
        chain: list[Reply] = []
        target = guard.target(url, self._allowed)
        while True:
            delay = self._robots_delay(target, source, watch)
            same = previous is not None and previous.final_url == target.url
            asked = conditions(previous) if previous is not None and same else ()
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
        """Return one reply, tried again a few times where that is worth it, each attempt in its turn."""
        attempt = 0
        while True:
            attempt += 1
            last = attempt >= self._limits.tries
            addresses = self._addresses(target, watch)
            self._politeness.wait_for_turn(target.authority, gap, self._limits.patience_seconds)
            try:
                with watch as seconds:
                    reply = self._transport.ask(target, addresses, conditions, seconds, cap)
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

    def _addresses(self, target: Target, watch: Stopwatch) -> tuple[str, ...]:
        """Return the checked addresses of a host; the lookup has its own thread as it cannot be stopped."""
        if target.literal:
            return guard.checked(target, [target.hostname])
        with watch as seconds:
            found = names.look_up(self._resolver, target.hostname, target.port, seconds)
        return guard.checked(target, found)
