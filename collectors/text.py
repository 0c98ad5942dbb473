"""HTML bytes to a Document: the article's text, and what the page says about itself."""

import logging
from copy import deepcopy
from datetime import date
from typing import Final

import htmldate
import trafilatura
from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString
from lxml import etree, html

from collectors.errors import EmptyDocument
from collectors.formats import markup, metadata
from collectors.formats.dates import as_shown
from collectors.formats.encoding import clean, decode
from collectors.language import language_of
from collectors.records import Document, PartialDate

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
logging.getLogger("htmldate").setLevel(logging.CRITICAL)

MAX_ELEMENTS: Final = 20_000
"""Elements trafilatura and htmldate are asked to weigh; 300,000 keep them busy for minutes."""
DEEP: Final = etree.XPath("boolean(//*[count(ancestor::*) > 100])")
"""Whether a tree is nested deeper than pages are; trafilatura's time grows with elements times depth."""
DATE_LINE: Final = 20
"""Words that the line with a page's date has at most."""
MIN_ARTICLE: Final = 250
"""Characters below which an extraction is not trusted when the page holds much more."""


def read_html(payload: bytes, content_type: str, url: str | None) -> Document:
    """Read a page as it was captured (after content decoding); ``url`` is where it was found, if anywhere.

    The text is the article without navigation, one paragraph a line; where no article can be told from its
    surroundings, all text of the page. ``truncated`` says that some text is known to be missing or was
    nested so deep that no browser-like reader shows it. Raises EmptyDocument where there is no text.
    """
    tamed, cut = markup.tame(decode(payload, content_type))
    tree, complete = markup.parse(tamed)
    ordinary = complete and sum(1 for _ in tree.iter()) <= MAX_ELEMENTS and not DEEP(tree)
    text = clean(_article(tree, tamed) if ordinary else markup.flat_text(tamed))
    if not text:
        raise EmptyDocument("the page holds no text")
    return Document(
        title=metadata.title(tree, url),
        text=text,
        published=metadata.published(tree) or (_guessed_date(tree, url) if ordinary else None),
        language=language_of(text, metadata.declared_language(tree)),
        url=metadata.canonical(tree, url),
        truncated=cut or not complete,
    )


def _article(tree: html.HtmlElement, tamed: str) -> str:
    article = _extracted(tree, favor_precision=True)
    if len(article) < MIN_ARTICLE:
        article = max(article, _extracted(tree, favor_recall=True), key=len)
    if len(article) >= MIN_ARTICLE:
        return article
    whole = _full_text(tamed)
    return whole if len(whole) > 2 * len(article) else article


def _extracted(tree: html.HtmlElement, **mode: bool) -> str:
    """Return the article as trafilatura extracts it from a copy of the tree."""
    found = trafilatura.bare_extraction(tree, include_comments=False, **mode)  # type: ignore[arg-type]  # modes are flags
    return str(getattr(found, "text", None) or "")


def _full_text(tamed: str) -> str:
    """Return all visible text, one block a line."""
    parts: list[str] = []
    before: Tag | None = None
    for element in BeautifulSoup(tamed, "lxml").descendants:
        if isinstance(element, Tag):
            parts.append("\n" if element.name in {"br", "hr"} else "")
        elif type(element) is NavigableString:  # scripts, comments and the like are of its subclasses
            parents = [parent.name for parent in element.parents]
            block = next((parent for parent in element.parents if parent.name not in markup.INLINE), None)
            parts.append("" if block is before else "\n")
            parts.append("" if markup.SILENT.intersection(parents) else element)
            before = block
    return "".join(parts)


def _guessed_date(tree: html.HtmlElement, url: str | None) -> PartialDate | None:
    """Ask htmldate, and take back the day or month it adds where the page names none.

    The article's own sentences are not asked: what they date is the deed, not the page.
    """
    found = htmldate.find_date(tree, extensive_search=False, original_date=True, url=url)
    found = found or htmldate.find_date(
        _without_sentences(tree), extensive_search=True, original_date=True, url=url
    )
    if found is None:
        return None
    shown = html.tostring(tree, encoding="unicode")[:500_000] + (url or "")
    return as_shown(date.fromisoformat(found), shown, "htmldate")


def _without_sentences(tree: html.HtmlElement) -> html.HtmlElement:
    """Return a copy of the tree without its sentences; a line that gives a date does not count as one."""
    kept = deepcopy(tree)
    for block in list(kept.iter("p", "li", "blockquote", "dd")):
        if block.getparent() is not None and _is_sentence(block.text_content()):
            block.drop_tree()
    for element in kept.iter(etree.Element):
        # What is no sentence is not set again: the parser lets characters pass that a setter refuses.
        if _is_sentence(element.text):
            element.text = None
        if _is_sentence(element.tail):
            element.tail = None
    return kept


def _is_sentence(text: str | None) -> bool:
    words = (text or "").split()
    return len(words) > DATE_LINE or (len(words) > 4 and words[-1].rstrip("\"'”’)").endswith((".", "!", "?")))
