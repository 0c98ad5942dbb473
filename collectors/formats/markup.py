"""Hostile HTML made safe to parse: gates before the parser, one parse, and text that no nesting can hide."""

import re
from html.parser import HTMLParser
from typing import Any, Final

from lxml import etree, html

from collectors.errors import EmptyDocument, Malformed

MAX_CHARACTERS: Final = 20_000_000
MAX_ATTRIBUTES: Final = 500
"""Attributes kept of one tag; libxml2 compares each with all before it, so 30,000 cost 15 seconds."""

_ATTRIBUTE = r"""[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+))?+"""
_RAW = "script|style|title|textarea|xmp|iframe|noembed|noframes"
_TAG: Final = re.compile(
    rf"<!--[^-]*+(?:-(?!->)[^-]*+)*+"
    rf"|(?P<raw><(?:{_RAW})(?=[\s/>])(?:{_ATTRIBUTE})*+)[\s/]*+>[^<]*+(?:<(?!/(?:{_RAW}))[^<]*+)*+"
    rf"|<[a-zA-Z][^\s/>]*+(?:{_ATTRIBUTE})*+",
    re.IGNORECASE,
)
"""A comment, an element whose content is no markup, or a tag; it matches at any ``<``, so it is linear."""
_FIRST_ATTRIBUTES: Final = re.compile(rf"<[a-zA-Z][^\s/>]*+(?:{_ATTRIBUTE}){{0,{MAX_ATTRIBUTES}}}+")
_DECLARATION: Final = re.compile(r"^\s*<\?xml[^>]*>")
SILENT: Final = frozenset(
    {"script", "style", "template", "noscript", "svg", "math", "head", "iframe", "object"}
)
INLINE: Final = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em",
    "font", "i", "ins", "kbd", "label", "mark", "nobr", "q", "rp", "rt", "ruby", "s", "samp", "small",
    "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
})  # fmt: skip


def tame(markup: str) -> tuple[str, bool]:
    """Return the markup without what keeps parsers busy for minutes, and whether text may be gone with it."""
    cut = len(markup) > MAX_CHARACTERS
    markup = _DECLARATION.sub("", markup[:MAX_CHARACTERS].replace("\x00", ""))
    dropped: list[str] = []

    def shorten(tag: re.Match[str]) -> str:
        opening = tag["raw"] or tag[0]
        kept = _FIRST_ATTRIBUTES.match(opening) if len(opening) > 2 * MAX_ATTRIBUTES else None
        if kept is None or kept.end() == len(opening):
            return tag[0]
        dropped.append(opening[kept.end() :])
        return kept[0] + tag[0][len(opening) :]

    markup = _TAG.sub(shorten, markup)
    return markup, cut or any("<" in part for part in dropped)


def parse(markup: str) -> tuple[html.HtmlElement, bool]:
    """Return the tree of tamed markup and whether it is complete.

    libxml2 drops everything nested deeper than 256 without an error; its log tells. Raises EmptyDocument
    where there is no element at all and Malformed where nothing can be parsed.
    """
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        tree = html.document_fromstring(markup.encode("utf-8", "replace"), parser=parser)
    except etree.ParserError as error:
        raise EmptyDocument("the page holds no element and no text") from error
    except etree.LxmlError as error:
        raise Malformed(str(error)) from error
    complete = not any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log)
    return tree, complete


class _Flat(HTMLParser):
    """Collects text without building a tree, so depth costs nothing."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:  # noqa: ANN401, ARG002, RUF100 - the base class's shape
        if tag in SILENT and tag not in {"head", "svg", "math"}:
            self.silent.append(tag)
        elif tag not in INLINE:
            self.parts.append("\n")

    def handle_startendtag(self, tag: str, attrs: Any) -> None:  # noqa: ANN401, ARG002, RUF100 - the base class's shape
        if tag not in INLINE:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.silent:
            del self.silent[self.silent.index(tag) :]
        elif tag not in INLINE:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.parts.append(data)


def flat_text(markup: str) -> str:
    """Return all text of tamed markup, one block a line, at any depth of nesting."""
    reader = _Flat()
    reader.feed(markup)
    reader.close()
    return "".join(reader.parts)
