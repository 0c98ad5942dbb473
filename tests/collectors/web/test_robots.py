"""robots.txt is read by RFC 9309, and a huge or broken one does no harm."""

import pytest

from collectors.web.exchange import Limits
from collectors.web.robots import LONGEST_DELAY, Rules, StoredRobots, answered

CASES = {
    "nothing said": ("", "/page", True),
    "all refused": ("User-agent: *\nDisallow: /", "/page", False),
    "empty disallow": ("User-agent: *\nDisallow:", "/page", True),
    "another agent": ("User-agent: other\nDisallow: /", "/page", True),
    "own group wins": (
        "User-agent: *\nDisallow: /\n\nUser-agent: Moriarty\nDisallow: /private",
        "/page",
        True,
    ),
    "own group refuses": ("User-agent: *\nAllow: /\n\nUser-agent: moriarty\nDisallow: /page", "/page", False),
    "agent with a comment": ("User-agent: moriarty # us\nDisallow: /page", "/page", False),
    "agent with more words": ("User-agent: moriarty library\nDisallow: /page", "/page", False),
    "longest match allows": ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", True),
    "longest match refuses": ("User-agent: *\nAllow: /a\nDisallow: /a/b", "/a/b/c", False),
    "equal length allows": ("User-agent: *\nDisallow: /page\nAllow: /page", "/page", True),
    "wildcard": ("User-agent: *\nDisallow: /*.pdf$", "/report.pdf", False),
    "wildcard with an end": ("User-agent: *\nDisallow: /*.pdf$", "/report.pdf?x=1", True),
    "query": ("User-agent: *\nDisallow: /*?session=", "/page?session=1", False),
    "case of a path counts": ("User-agent: *\nDisallow: /PAGE", "/page", True),
    "case of a field does not": ("USER-AGENT: *\ndisALLOW: /page", "/page", False),
    "spaces": ("  User-agent :  *  \r\n\tDisallow\t: /page ", "/page", False),
    "several agents share rules": ("User-agent: other\nUser-agent: moriarty\nDisallow: /", "/page", False),
    "unknown lines part no group": (
        "User-agent: moriarty\nUnknown: x\nUser-agent: other\nDisallow: /",
        "/p",
        False,
    ),
    "a sitemap parts no group": (
        "User-agent: moriarty\nSitemap: /s\nUser-agent: other\nDisallow: /",
        "/p",
        False,
    ),
    "rules before any agent": ("Disallow: /\nUser-agent: other\nDisallow: /x", "/page", True),
    "old line ends": ("User-agent: *\rDisallow: /page", "/page", False),
    "robots.txt itself": ("User-agent: *\nDisallow: /", "/robots.txt", True),
}


@pytest.mark.parametrize("case", CASES)
def test_rules(case: str) -> None:
    body, path, allowed = CASES[case]
    rules = Rules(StoredRobots("rules", body), "Moriarty")
    assert rules.allows(f"https://example.org{path}") is allowed


@pytest.mark.parametrize(
    ("status", "allowed"),
    [
        (200, False),
        (204, False),
        (301, True),
        (404, True),
        (403, True),
        (429, False),
        (500, False),
        (503, False),
    ],
)
def test_what_a_status_means(status: int, allowed: bool) -> None:
    stored = answered(status, (), b"\xef\xbb\xbfUser-agent: *\nDisallow: /\n\xff", Limits())
    rules = Rules(stored, "Moriarty")
    assert rules.allows("https://example.org/page") is allowed
    assert rules.reason


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("2.5", 2.5), ("3600", LONGEST_DELAY), ("-1", 0), ("nan", 0), ("inf", 0), ("soon", 0)],
)
def test_the_crawl_delay_is_bounded(value: str, seconds: float) -> None:
    assert Rules(StoredRobots("rules", f"User-agent: *\nCrawl-delay: {value}"), "Moriarty").delay == seconds


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    ("line", "allowed"),
    [
        ("Disallow: /" + "*a" * 2_000, False),
        ("Disallow: /x", True),
        ("User-agent: moriarty", True),
        (":" * 1000, True),
        ("User-agent: " + "a" * 5_000, True),
    ],
)
def test_a_hostile_file_is_read_in_time(line: str, allowed: bool) -> None:
    body = f"User-agent: *\n{line}\n".encode() * 40_000
    rules = Rules(answered(200, (), body, Limits()), "Moriarty")
    assert rules.allows("https://example.org/" + "a" * 4_000 + "b") is allowed
