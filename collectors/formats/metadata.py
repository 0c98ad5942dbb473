"""What a page says about itself: title, date, language and address, each by order of trust."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from lxml import html

from collectors.formats.dates import partial_date
from collectors.formats.encoding import clean_line
from collectors.records import PartialDate
from collectors.web.addresses import absolute_url, canonical_url, same_site

_DATE_NAMES: Final = (
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "datepublished",
    "parsely-pub-date",
    "dcterms.issued",
    "dc.date.issued",
    "dcterms.created",
    "dc.date.created",
    "citation_publication_date",
    "citation_online_date",
    "sailthru.date",
    "article.published",
    "publish-date",
    "publishdate",
    "publish_date",
    "published_at",
    "publication_date",
    "pubdate",
    "govuk:first-published-at",
    "rnews:datepublished",
    "dcterms.date",
    "dc.date",
    "date",
)
_ARTICLE: Final = re.compile(r"Article|Posting|Report|WebPage|CreativeWork", re.IGNORECASE)
_SEPARATORS: Final = (" | ", " – ", " — ", " - ", " :: ", " » ", " · ")
_FRONT: Final = re.compile(r"https?://[^/]+/?")
_ASIDE: Final = "[not(ancestor::aside or ancestor::nav or ancestor::footer)]"


def title(tree: html.HtmlElement, url: str | None) -> str:
    """Return the headline: ``og:title``, else the first heading the page's title agrees with, else the title.

    The site's name at its end is cut off. Tags written into a title stay as they are: plain text.
    """
    metas = _metas(tree)
    site = metas.get("og:site_name", "")
    page = clean_line(" ".join(tree.xpath("(//head//title | //title[not(ancestor::svg)])[1]//text()")))
    headings = [clean_line(heading.text_content()) for heading in tree.xpath("//h1")[:5]]
    headings = [heading for heading in headings if heading and _squash(heading) != _squash(site)]
    agreeing = [heading for heading in headings if _squash(heading) in _squash(page) or not page]
    best = (
        clean_line(metas.get("og:title", "")) or next(iter(agreeing), "") or page or next(iter(headings), "")
    )
    return _without_site(best, site, url or "", headings)


def published(tree: html.HtmlElement) -> PartialDate | None:
    """Return the date of publication from JSON-LD, else ``<meta>``, else ``<time>``; None without any."""
    return _from_json_ld(tree) or _from_meta(tree) or _from_time(tree)


def canonical(tree: html.HtmlElement, url: str | None) -> str | None:
    """Return the address the page calls its own; None unless it is a web address of the same site.

    A page below the root that calls the site's front page its own is a known mistake and is not believed.
    """
    references = (
        link.get("href", "") for link in tree.iter("link") if "canonical" in _words(link.get("rel"))
    )
    reference = next(references, "").strip()
    address = canonical_url(absolute_url(reference, url or "")) if reference else ""
    if not address or (url and not same_site(address, url)):
        return None
    mistaken = url and _FRONT.fullmatch(address) and not _FRONT.fullmatch(canonical_url(url))
    return None if mistaken else address


def declared_language(tree: html.HtmlElement) -> str:
    """Return the two- or three-letter language the page declares, or ``und``."""
    metas = _metas(tree)
    attributes = (tree.get("lang"), tree.get("xml:lang"))
    for stated in (*attributes, metas.get("content-language"), metas.get("og:locale")):
        found = re.match(r"\s*([A-Za-z]{2,3})(?![A-Za-z])", stated or "")
        if found:
            return found[1].lower()
    return "und"


def _metas(tree: html.HtmlElement) -> dict[str, str]:
    """Return the first content of each named ``<meta>``, by lower-case name, property or itemprop."""
    found: dict[str, str] = {}
    for meta in tree.iter("meta"):
        for key in ("property", "name", "itemprop", "http-equiv"):
            if meta.get(key) and meta.get("content", "").strip():
                found.setdefault(meta.get(key).strip().lower(), meta.get("content"))
    return found


def _from_json_ld(tree: html.HtmlElement) -> PartialDate | None:
    scripts = tree.xpath("//script[contains(@type, 'ld+json')]/text()")[:20]
    things = [thing for script in scripts for thing in _things(str(script))]
    things.sort(key=lambda thing: not _ARTICLE.search(str(thing.get("@type", ""))))
    for thing in things:
        stated = thing.get("datePublished")
        found = partial_date(stated, "json-ld") if isinstance(stated, str) else None
        if found:
            return found
    return None


def _things(script: str) -> Iterator[dict[str, Any]]:
    """Yield the objects of a JSON-LD block, outer ones first; broken JSON has none."""
    try:
        waiting: list[Any] = [json.loads(script.strip().removesuffix(";"), strict=False)]
    except (ValueError, RecursionError):
        return
    for _ in range(2000):
        if not waiting:
            return
        thing = waiting.pop(0)
        if isinstance(thing, dict):
            yield thing
            waiting.extend(value for value in thing.values() if isinstance(value, (dict, list)))
        elif isinstance(thing, list):
            waiting.extend(thing[:200])


def _from_meta(tree: html.HtmlElement) -> PartialDate | None:
    metas = _metas(tree)
    for name in _DATE_NAMES:
        found = partial_date(metas[name], "meta") if name in metas else None
        if found:
            return found
    stated = tree.xpath("//*[@itemprop='datePublished']")[:1]
    return partial_date(stated[0].get("datetime") or stated[0].text_content(), "meta") if stated else None


def _from_time(tree: html.HtmlElement) -> PartialDate | None:
    times = tree.xpath(f"//time{_ASIDE}")[:20]
    times.sort(
        key=lambda time: "publ" not in " ".join(time.attrib.values()).lower() and time.get("pubdate") is None
    )
    for time in times[:3]:
        found = partial_date(time.get("datetime") or time.text_content(), "time")
        if found:
            return found
    return None


def _words(attribute: str | None) -> list[str]:
    return (attribute or "").lower().split()


def _squash(text: str) -> str:
    return re.sub(r"\W+", "", text).lower()


def _without_site(text: str, site: str, url: str, headings: list[str]) -> str:
    for separator in _SEPARATORS:
        head, _, tail = text.rpartition(separator)
        if not head:
            continue
        name = _squash(tail)
        host = _squash(url.split("/")[2]) if url.count("/") >= 2 else ""
        if name and (name == _squash(site) or name in host or head in headings):
            return head.strip()
    return text
