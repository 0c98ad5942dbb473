"""One spelling for one address."""

import pytest

from collectors.web.addresses import absolute_url, canonical_url, same_site


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTPS://Example.COM:443/a/../B?b=2&a=1#part", "https://example.com/B?a=1&b=2"),
        ("http://example.com", "http://example.com/"),
        ("http://user:pass@example.com:80/x", "http://example.com/x"),
        (
            "https://example.com/x?utm_source=a&UTM_Medium=b&fbclid=c&gclid=d&id=7",
            "https://example.com/x?id=7",
        ),
        ("https://example.com/x?utm_source=a", "https://example.com/x"),
        ("https://example.com/x?&&b&a=&a=1+2&a=%C3%A9", "https://example.com/x?a=&a=%C3%A9&a=1+2&b"),
        ("  https://example.com:8443/x ", "https://example.com:8443/x"),
        ("https://пример.рф/я", "https://xn--e1afmkfd.xn--p1ai/%D1%8F"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("file:///etc/passwd", ""),
        ("//example.com/x", ""),
        ("not an address", ""),
        ("http://", ""),
        ("", ""),
    ],
)
def test_canonical(url: str, expected: str) -> None:
    assert canonical_url(url) == expected
    assert canonical_url(expected) == expected


@pytest.mark.parametrize(
    "query", ["a=%zz&b=%E9", "q=a%26b&q=%3D", "x=%2520", "é=ü&b", "a;b=c", "utm=1&utm_=2"]
)
def test_canonical_twice_is_once(query: str) -> None:
    once = canonical_url(f"https://example.com/p%41th?{query}")
    assert once
    assert canonical_url(once) == once


def test_a_site_is_its_host_without_www_and_the_like() -> None:
    assert same_site("https://www.example.com/a", "http://m.example.com/b")
    assert same_site("https://EXAMPLE.com/a", "https://amp.example.com/")
    assert not same_site("https://evil.hosting.example/a", "https://hosting.example/a")
    assert not same_site("https://example.com/", "https://example.com.evil.test/")
    assert not same_site("https://www.test/", "https://test/")
    assert not same_site("not an address", "not an address")


def test_references_become_absolute_or_nothing() -> None:
    assert absolute_url(" ../b?x=1 ", "https://example.com/a/c") == "https://example.com/b?x=1"
    assert absolute_url("//other.example/x", "https://example.com/") == "https://other.example/x"
    assert absolute_url("javascript:void(0)", "https://example.com/") == ""
    assert absolute_url("/x", "") == ""
    assert absolute_url("https://example.com/x", "") == "https://example.com/x"
