"""Bytes to text by the WHATWG order, and text made fit to store and show."""

import re
import unicodedata
from typing import Final

import webencodings

PRESCAN_BYTES: Final = 4096
"""The standard asks for 1,024; published pages often declare themselves a little later."""
_BYTE_ORDER_MARKS: Final = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16le"), (b"\xfe\xff", "utf-16be"))
_CHARSET: Final = re.compile(r"charset\s*=\s*[\"']?\s*([^\s\"';,]+)", re.IGNORECASE)
_COMMENT: Final = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_META: Final = re.compile(rb"<meta[\s/]((?:[^>\"']|\"[^\"]*\"|'[^']*')*)", re.IGNORECASE)
_ATTRIBUTE: Final = re.compile(rb"([a-z-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"']+))", re.IGNORECASE)
_XML_ENCODING: Final = re.compile(rb"^\s*<\?xml[^>]{1,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_UNWANTED: Final = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # control characters that are no line break or blank
    "\u00ad\u200b\u2060\ufeff"  # invisible: they split words for a search and not for a reader
    "\u202a-\u202e\u2066-\u2069"  # they make text read in another order than it is stored
    "\ufff9-\ufffb\U000e0000-\U000e007f]"  # annotations and tags nobody sees
)
_SURROGATES: Final = re.compile("[\ud800-\udfff]")
_BREAKS: Final = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_BLANKS: Final = re.compile(r"[^\S\n]+")


def decode(payload: bytes, content_type: str = "") -> str:
    """Return the text of an HTML page or a text file, whatever its bytes; undecodable ones become U+FFFD.

    Order of the WHATWG encoding standard: byte order mark, charset of the Content-Type, ``<meta>``, then
    UTF-8 where the bytes are valid UTF-8, else windows-1252. Only labels of that standard count, so
    ``rot13`` or ``utf-7`` is passed over, as is UTF-16 for bytes that cannot be.
    """
    for mark, label in _BYTE_ORDER_MARKS:
        if payload.startswith(mark):
            return _decoded(payload[len(mark) :], label)
    label = _from_header(content_type)
    if label.startswith("utf-16") and b"\x00" not in payload[:PRESCAN_BYTES]:
        label = ""  # markup, digits and blanks in UTF-16 have NULs
    label = label or _wide(payload) or _declared(payload)
    if label:
        return _decoded(payload, label)
    try:
        return payload.decode("utf-8")
    except UnicodeDecodeError:
        return _decoded(payload, "windows-1252")


def clean(text: str) -> str:
    """Return the text in NFC, one paragraph a line, without blank lines or characters that mislead."""
    text = _UNWANTED.sub("", _BREAKS.sub("\n", text))
    text = unicodedata.normalize("NFC", _SURROGATES.sub("\ufffd", text))
    lines = (line.strip() for line in _BLANKS.sub(" ", text).split("\n"))
    return "\n".join(line for line in lines if line)


def clean_line(text: str, limit: int = 500) -> str:
    """Return the cleaned text on one line of at most ``limit`` characters."""
    line = clean(text[: 4 * limit]).replace("\n", " ")
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def _decoded(payload: bytes, label: str) -> str:
    text: str = webencodings.lookup(label).codec_info.decode(payload, "replace")[0]
    return text


def _known(label: str) -> str:
    encoding = webencodings.lookup(label)
    return "" if encoding is None else str(encoding.name)


def _from_header(content_type: str) -> str:
    found = _CHARSET.search(content_type)
    return _known(found[1]) if found else ""


def _declared(payload: bytes) -> str:
    start = payload[:PRESCAN_BYTES]
    found = _XML_ENCODING.match(start)
    name = _in_meta(start) or (_known(found[1].decode("ascii")) if found else "")
    # A declaration readable as ASCII cannot stand in UTF-16; the standard reads it as UTF-8.
    return "utf-8" if name.startswith("utf-16") else name


def _in_meta(start: bytes) -> str:
    """Return the first known encoding that a ``<meta>`` outside comments names, or nothing."""
    for tag in _META.findall(_COMMENT.sub(b"", start)):
        given = {name.lower(): b"".join(value) for name, *value in reversed(_ATTRIBUTE.findall(tag))}
        label = given.get(b"charset", b"").decode("ascii", "ignore")
        if not label and given.get(b"http-equiv", b"").lower() == b"content-type":
            stated = _CHARSET.search(given.get(b"content", b"").decode("ascii", "ignore"))
            label = stated[1] if stated else ""
        if known := _known(label):
            return known
    return ""


def _wide(payload: bytes) -> str:
    """Recognise UTF-16 without a byte order mark; the standard does not, and would yield NULs."""
    start = payload[:1000]
    if len(start) < 20 or b"\x00" not in start:
        return ""
    even, odd = start[0::2].count(0) / len(start), start[1::2].count(0) / len(start)
    if odd > 0.35 and even < 0.05:
        return "utf-16le"
    return "utf-16be" if even > 0.35 and odd < 0.05 else ""
