"""What a robots.txt allows, by RFC 9309."""

import re
from dataclasses import dataclass
from typing import Literal

from protego import Protego

from collectors.errors import BombRefused, ProtocolBroken, TooLarge
from collectors.web.decoding import decoded
from collectors.web.exchange import Headers, Limits

MOST_BYTES = 512_000
"""RFC 9309 2.5: at least 500 KiB are read; what follows is ignored."""
MOST_REDIRECTS = 5
LONGEST_DELAY = 60.0

Kind = Literal["rules", "allow", "refuse"]

_KNOWN = re.compile(r"(user-agent|allow|disallow|crawl-delay)[ \t]*:(.*)", re.IGNORECASE)


@dataclass(frozen=True)
class StoredRobots:
    """What a host answered for its robots.txt, as it is kept between runs."""

    kind: Kind
    body: str = ""
    reason: str = ""


def answered(status: int, headers: Headers, wire: bytes, limits: Limits) -> StoredRobots:
    """Return the meaning of a reply for robots.txt: rules, all allowed (4xx), or all refused (5xx, 429)."""
    if status >= 500 or status == 429:
        return StoredRobots("refuse", reason=f"its robots.txt answered {status}")
    if not 200 <= status < 300:
        return StoredRobots("allow", reason=f"its robots.txt answered {status}")
    try:
        body = decoded(headers, wire, limits, partial=True)
    except (BombRefused, TooLarge, ProtocolBroken) as error:
        return StoredRobots("refuse", reason=f"its robots.txt cannot be read: {error}")
    return StoredRobots("rules", body[:MOST_BYTES].decode("utf-8-sig", "replace"))


def _kept_lines(body: str) -> list[str]:
    """Return only the lines RFC 9309 knows, each agent cut to its product token.

    Protego also reads misspelt and unknown lines, which end a group of agents too early.
    """
    kept = []
    for line in re.split(r"[\r\n]+", body):
        if found := _KNOWN.match(line.partition("#")[0].strip()):
            name, value = found[1].lower(), found[2].strip()
            kept.append(f"{name}: {value.split()[0] if name == 'user-agent' and value else value}")
    return kept


class Rules:
    """The rules of one robots.txt for one agent."""

    def __init__(self, stored: StoredRobots, agent: str) -> None:
        self._stored = stored
        self._agent = agent
        self._parsed = Protego.parse("\n".join(_kept_lines(stored.body)))

    @property
    def reason(self) -> str:
        """Return why an address is refused, for a message."""
        return self._stored.reason or "its robots.txt says no"

    def allows(self, url: str) -> bool:
        """Return whether the agent may ask for this address."""
        if self._stored.kind != "rules":
            return self._stored.kind == "allow"
        return bool(self._parsed.can_fetch(url, self._agent))

    @property
    def delay(self) -> float:
        """Return the crawl delay asked for, in seconds, at most ``LONGEST_DELAY``."""
        return min(self._parsed.crawl_delay(self._agent) or 0.0, LONGEST_DELAY)
