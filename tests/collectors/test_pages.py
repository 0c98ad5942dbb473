"""A listing page gives the addresses of its articles, whatever else stands on it."""

import pytest

from collectors.errors import EmptyDocument, TooLarge
from collectors.pages import LISTING_BYTES, read_listing

URL = "https://www.agency.example/en/news"
PATTERN = r"/en/news/\d{4}/[a-z-]+/?"


def links(*references: str, base: str = "", url: str = URL) -> list[str]:
    anchors = "".join(f'<li><a href="{reference}">x</a>' for reference in references)
    page = f"<!doctype html><html><head>{base}</head><body>{anchors}</body></html>"
    return read_listing(page.encode(), "text/html; charset=utf-8", url, PATTERN)


def test_articles_are_listed_in_page_order_once() -> None:
    assert links("/en/news/2025/b", "2025/a", "/en/news/2025/b#more", "/en/news/2025/b?utm_source=x") == [
        "https://www.agency.example/en/news/2025/b",
    ]
    assert links("/en/news/2025/b", "news/2024/a/") == [
        "https://www.agency.example/en/news/2025/b",
        "https://www.agency.example/en/news/2024/a/",
    ]


@pytest.mark.parametrize(
    "reference",
    [
        "https://other.example/en/news/2025/a",
        "//agency.example.evil.example/en/news/2025/a",
        "javascript:/en/news/2025/a",
        "/en/news/2025/a/more",
        "/x/en/news/2025/a",
        "/en/about",
        "http://[broken/en/news/2025/a",
        "#top",
        "",
    ],
)
def test_other_links_are_not_articles(reference: str) -> None:
    assert links(reference) == []


def test_www_is_the_same_site() -> None:
    assert links("https://agency.example/en/news/2025/a") == ["https://agency.example/en/news/2025/a"]


def test_the_base_of_the_page_counts_but_not_for_another_site() -> None:
    assert links("2025/a", base='<base href="/en/news/">') == ["https://www.agency.example/en/news/2025/a"]
    assert links("/en/news/2025/a", base='<base href="https://other.example/">') == []


def test_broken_markup_is_read_as_browsers_do() -> None:
    page = b"<p><a href=/en/news/2025/a>one<div></p><a href='/en/news/2025/b'"
    assert read_listing(page + b">two", "text/html", URL, PATTERN) == [
        "https://www.agency.example/en/news/2025/a",
        "https://www.agency.example/en/news/2025/b",
    ]


def test_limits_hold() -> None:
    with pytest.raises(TooLarge):
        read_listing(b" " * (LISTING_BYTES + 1), "text/html", URL, PATTERN)
    with pytest.raises(EmptyDocument):
        read_listing(b"", "text/html", URL, PATTERN)
    with pytest.raises(ValueError, match="repeated"):
        read_listing(b"<p>", "text/html", URL, "(/a+)+")


def test_bytes_that_are_no_page_have_no_links() -> None:
    assert read_listing(bytes(range(256)) * 4, "image/png", URL, PATTERN) == []


@pytest.mark.timeout(60)
def test_a_tag_that_would_keep_the_parser_busy_costs_nothing_else() -> None:
    busy = f"<p {' '.join(f'a{number}=1' for number in range(400_000))}>"
    page = f"<html><body><a href='/en/news/2025/a'>x</a>{busy}<a href='/en/news/2025/b'>x</a></body></html>"
    assert len(read_listing(page.encode(), "text/html", URL, PATTERN)) == 2
