"""Addresses that may not be asked are refused however they are written."""

from ipaddress import ip_address

import pytest

from collectors.errors import AddressRefused
from collectors.web.guard import checked, is_public, target

REFUSED = [
    "file:///etc/passwd",
    "ftp://example.org/",
    "gopher://example.org/",
    "data:text/html,hello",
    "javascript:alert(1)",
    "example.org/no-scheme",
    "",
    "http://",
    "http://user@example.org/",
    "http://user:secret@example.org/",
    "http://:secret@example.org/",
    "http://example.org:8080/",
    "http://example.org:22/",
    "https://example.org:6379/",
    "http://exa mple.org/",
    "http://[::1/",
    "http://1.2.3.4.5.256/",
    "http://0x100000000/",
    "http://\ud800/",
    "http://example.org/" + "a" * 9000,
]

PRIVATE = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.1",
    "192.168.1.1",
    "198.18.0.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "::8.8.8.8",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::7f00:1",
    "100::1",
    "2001:db8::1",
    "2001:0:7f00:1::",
    "2002:7f00:1::",
    "2002:a00:1::",
    "fc00::1",
    "fd00::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
]

PUBLIC = [
    "8.8.8.8",
    "93.184.215.14",
    "2606:4700::1111",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2002:808:808::1",
]

LOOPBACK_SPELLINGS = [
    "127.1",
    "0x7f.1",
    "0177.0.0.1",
    "0x7f000001",
    "2130706433",
    "017700000001",
    "127.0.0.1.",
    "%31%32%37.0.0.1",
    "①②⑦.⓪.⓪.①",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:0:0:1]",
    "[::]",
]


@pytest.mark.parametrize("url", REFUSED, ids=lambda url: ascii(url[:30]))
def test_only_plain_web_addresses_are_asked(url: str) -> None:
    with pytest.raises(AddressRefused):
        target(url)


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize("spelling", LOOPBACK_SPELLINGS, ids=ascii)
def test_every_spelling_of_loopback_is_seen_through(spelling: str) -> None:
    place = target(f"http://{spelling}/")
    assert place.literal
    with pytest.raises(AddressRefused):
        checked(place, [place.hostname])


def test_one_private_answer_refuses_all() -> None:
    with pytest.raises(AddressRefused, match=r"10\.0\.0\.1"):
        checked(target("http://example.org/"), ["8.8.8.8", "10.0.0.1"])


def test_an_allowed_host_is_exempt_on_that_port_only() -> None:
    allowed = frozenset({"127.0.0.1:8123"})
    place = target("http://127.0.0.1:8123/page", allowed)
    assert checked(place, ["127.0.0.1", "127.0.0.1"]) == ("127.0.0.1",)
    with pytest.raises(AddressRefused):
        target("http://127.0.0.1:8124/page", allowed)
    with pytest.raises(AddressRefused):
        checked(target("http://127.0.0.1/page", allowed), ["127.0.0.1"])


def test_an_address_is_taken_apart_as_a_browser_would() -> None:
    place = target("HTTPS://EXAMPLE.org:443/a/../b?q=1#part")
    assert (place.url, place.origin) == ("https://example.org/b?q=1", "https://example.org")
    assert (place.scheme, place.hostname, place.port) == ("https", "example.org", 443)
    assert (place.authority, place.path, place.literal) == ("example.org", "/b?q=1", False)


def test_a_backslash_does_not_hide_the_host() -> None:
    assert target("http://good.example\\@evil.example/").hostname == "good.example"
    assert target("//other.example/x", base="https://example.org/").url == "https://other.example/x"
