"""Which addresses may be asked at all: the guard against requests into private networks.

The rule is applied twice: to the address as written, and to every network address its name resolves to.
The caller must then connect to one of exactly those, so that a second answer from the name server changes
nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from ada_url import URL

from collectors.errors import AddressRefused

_PORTS = {"http:": 80, "https:": 443}
_LONGEST_URL = 8192
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")

IPAddress = IPv4Address | IPv6Address


@dataclass(frozen=True)
class Target:
    """An address that may be asked, in the parts a request needs."""

    url: str
    """Normalised, without the fragment."""
    scheme: str
    hostname: str
    """Without the brackets of an IPv6 literal."""
    literal: bool
    """Whether the host is written as a network address, so that there is no name to look up."""
    port: int
    authority: str
    """The host, and the port where it is not the scheme's own, as a Host header wants it."""
    path: str
    """Path and query, as the request line wants them."""
    exempt: bool
    """Whether the operator allowed this very host and port, public or not."""

    @property
    def origin(self) -> str:
        """Return scheme, host and port as one text."""
        return f"{self.scheme}://{self.authority}"


def target(url: str, allowed_hosts: frozenset[str] = frozenset(), base: str | None = None) -> Target:
    """Return the parts of an address, resolved against ``base`` as a browser would.

    Raises ``AddressRefused`` for anything but http and https on their own ports, and for credentials.
    """
    if len(url) > _LONGEST_URL:
        raise AddressRefused(f"an address of {len(url)} characters is too long: {url[:80]}…")
    try:
        parsed = URL(url, base)
    except ValueError as error:
        raise AddressRefused(f"not an address: {url[:200]!r}") from error
    if parsed.protocol not in _PORTS:
        raise AddressRefused(f"only http and https are asked, not {parsed.protocol} ({url[:200]})")
    if parsed.username or parsed.password:
        raise AddressRefused(f"the address of {parsed.hostname} carries a user name or password")
    port = int(parsed.port) if parsed.port else _PORTS[parsed.protocol]
    exempt = f"{parsed.hostname}:{port}" in allowed_hosts
    if port not in _PORTS.values() and not exempt:
        raise AddressRefused(f"only ports 80 and 443 are asked, not {port} ({url[:200]})")
    return Target(
        url=parsed.href.partition("#")[0],
        scheme=parsed.protocol.rstrip(":"),
        hostname=parsed.hostname.strip("[]"),
        literal=_is_literal(parsed.hostname.strip("[]")),
        port=port,
        authority=parsed.host,
        path=parsed.pathname + parsed.search,
        exempt=exempt,
    )


def _is_literal(hostname: str) -> bool:
    try:
        ip_address(hostname)
    except ValueError:
        return False
    return True


def _embedded(address: IPAddress) -> list[IPAddress]:
    """Return the IPv4 addresses an IPv6 address would be translated or tunnelled to, else itself."""
    if isinstance(address, IPv4Address):
        return [address]
    if address.ipv4_mapped:
        return [address.ipv4_mapped]
    if address.sixtofour:
        return [address.sixtofour]
    if address.teredo:
        return list(address.teredo)
    if address in _NAT64:
        return [IPv4Address(int(address) & 0xFFFFFFFF)]
    return [address]


def is_public(address: IPAddress) -> bool:
    """Return whether an address, and every address hidden inside it, belongs to the open internet."""
    return all(
        part.is_global
        and not part.is_multicast
        and not part.is_reserved
        and (isinstance(part, IPv4Address) or part in _GLOBAL_UNICAST)
        for part in _embedded(address)
    )


def checked(target: Target, resolved: Iterable[str]) -> tuple[str, ...]:
    """Return the resolved addresses, every one of them found public; one private answer refuses them all.

    Raises ``AddressRefused``.
    """
    addresses = tuple(dict.fromkeys(resolved))
    for text in addresses:
        if not target.exempt and not is_public(ip_address(text)):
            said = f"{text} is" if target.literal else f"{target.hostname} leads to {text}, which is"
            raise AddressRefused(f"{said} not a public address")
    return addresses
