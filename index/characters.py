"""Characters that no reader sees and some programs obey: how fetched text is handed on without them."""

import json
import re

UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f\u2028\u2029\ufeff\ud800-\udfff]"
)
"""What moves a cursor, turns the reading direction, hides, or is no character at all."""
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What the Char production of XML 1.0 leaves out."""
_SIGN = "\ufffd"


def visible(text: str) -> str:
    """Return text with each control, direction or broken character shown as a replacement sign.

    The length stays the same, so spans into the text still hold.
    """
    return UNSEEN.sub(_SIGN, text)


def xml_safe(text: str) -> str:
    """Return visible text with each character that XML cannot hold as a replacement sign, too."""
    return _NOT_XML.sub(_SIGN, visible(text))


def as_json(value: object, indent: int | None = None) -> str:
    """Return a value as JSON in which all that ``visible`` would replace is escaped."""
    written = json.dumps(value, ensure_ascii=False, indent=indent)
    return UNSEEN.sub(lambda unseen: f"\\u{ord(unseen[0]):04x}", written)
