"""Web addresses as ids: one spelling of each for cards and queries. Pure."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit

LONGEST_ADDRESS = 2_000
"""Characters of the longest address that is searched."""

_TYPED = re.compile(r"(?:https?://|www\.)[^\s/?#]+[^\s]*|(?:[\w-]+\.)+[a-z]{2,}/\S+", re.IGNORECASE)
_PREFIX = re.compile(r"(?:www\d?|m|mobile|amp)\.(?=[^.]+\.)")


def is_address(typed: str) -> bool:
    """Whether a word is a web address: with its scheme or ``www.``, or a host and a path."""
    return len(typed) <= LONGEST_ADDRESS and _TYPED.fullmatch(typed) is not None and bool(plain(typed))


def plain(address: str) -> str:
    """Return a web address in its one spelling, ``host/path?query``; empty for anything else.

    The host is in small letters and without ``www.``, the path without a slash at its end, the query in
    alphabetical order; the scheme and what follows ``#`` are left out.
    """
    try:
        parts = urlsplit(address if "://" in address else f"https://{address}")
        host = _PREFIX.sub("", (parts.hostname or "").rstrip("."))
    except ValueError:
        return ""
    if "." not in host or len(address) > LONGEST_ADDRESS:
        return ""
    query = "&".join(sorted(filter(None, parts.query.split("&"))))
    return host + parts.path.rstrip("/") + (f"?{query}" if query else "")


def ids(address: str) -> tuple[str, ...]:
    """Return the ids of the cards that have this address, or the page of another database that it leads to.

    The address without its query is among them: often that says only where a reader came from.
    """
    whole = plain(address)
    page = whole.partition("?")[0]
    matches = ((pattern.fullmatch(page), scheme) for pattern, scheme in _pages())
    outside = (f"{scheme}:{match[1]}" for match, scheme in matches if match)
    return tuple(dict.fromkeys(filter(None, (*outside, whole, page))))


@cache
def _pages() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return the patterns of other databases' pages, each with the scheme of its ids."""
    data = tomllib.loads(files("index.search.language").joinpath("addresses.toml").read_text("utf-8"))
    return tuple((re.compile(pattern, re.IGNORECASE), scheme) for pattern, scheme in data["pages"].items())
