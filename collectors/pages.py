"""A listing page → the addresses of its articles."""

import re

from collectors.catalogue import check_pattern
from collectors.errors import TooLarge
from collectors.formats import markup
from collectors.formats.encoding import decode
from collectors.web.addresses import absolute_url, canonical_url, same_site

LISTING_BYTES = 10_000_000
MOST_LINKS = 20_000
"""Links looked at on one page."""
LONGEST_ADDRESS = 2_000


def read_listing(payload: bytes, content_type: str, url: str, pattern: str) -> list[str]:
    """Return the addresses on a page of the same site whose whole path matches, in page order, each once.

    Raises ``TooLarge`` past 10 MB, ``EmptyDocument`` and ``Malformed`` where the bytes hold no page, and
    ``ValueError`` for a pattern that ``catalogue.check_pattern`` does not take.
    """
    if len(payload) > LISTING_BYTES:
        raise TooLarge(f"a listing of {len(payload):,} bytes; the limit is {LISTING_BYTES:,}")
    wanted = check_pattern(pattern)
    tamed, _ = markup.tame(decode(payload, content_type))
    tree, _ = markup.parse(tamed)
    base = next((absolute_url(str(found), url) for found in tree.xpath("//base/@href")[:1]), "") or url
    links: dict[str, str] = {}
    for reference in tree.xpath("//a/@href")[:MOST_LINKS]:
        link = absolute_url(str(reference), base).partition("#")[0]
        if len(link) <= LONGEST_ADDRESS and same_site(link, url) and _matches(wanted, link):
            links.setdefault(canonical_url(link), link)
    links.pop(canonical_url(url), None)
    return list(links.values())


def _matches(wanted: re.Pattern[str], link: str) -> bool:
    path = "/" + link.split("/", 3)[3] if link.count("/") >= 3 else "/"
    return wanted.fullmatch(path.partition("?")[0]) is not None
