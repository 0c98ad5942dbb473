"""Any document a person may drop in, by what its bytes are and never by what it is called."""

import re
from typing import Final

from collectors.errors import EmptyDocument, Encrypted, Unsupported
from collectors.formats.encoding import clean, clean_line, decode
from collectors.formats.mail import read_mail
from collectors.formats.office import read_docx
from collectors.formats.pdf import read_pdf
from collectors.language import language_of
from collectors.records import Document
from collectors.text import read_html

SNIFFED: Final = 4096
"""Bytes looked at to tell what a file is."""
MAX_CONTROL_SHARE: Final = 0.02
MAX_COMMENTS: Final = 2_000_000
"""Bytes searched for a page that begins with comments."""
_COMPOUND_FILE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SIGNATURES: Final = (
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a program"),
    (b"\xca\xfe\xba\xbe", "a program"),
    (b"\xcf\xfa\xed\xfe", "a program"),
    (b"\x00asm", "a program"),
    (b"\x89PNG", "an image"),
    (b"GIF8", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"BM", "an image"),
    (b"II*\x00", "an image"),
    (b"MM\x00*", "an image"),
    (b"RIFF", "an image, sound or film"),
    (b"ID3", "a sound"),
    (b"OggS", "a sound or film"),
    (b"\x1f\x8b", "a packed archive"),
    (b"BZh", "a packed archive"),
    (b"7z\xbc\xaf", "a packed archive"),
    (b"Rar!", "a packed archive"),
    (b"\xfd7zXZ", "a packed archive"),
    (b"\x28\xb5\x2f\xfd", "a packed archive"),
    (b"PK\x05\x06", "an empty archive"),
    (b"SQLite format 3", "a database"),
    (b"{\\rtf", "an RTF document"),
)
_HTML: Final = re.compile(
    r"\s*+(?:(?:<!--(?:(?!-->).)*+-->|<\?xml[^>]*+>)\s*+)*+<(?:!doctype\s+html|html|head|body|title|meta|article"
    r"|section|main|div|p|h[1-6]|table|script|style|a|b|br|font|ul|ol|iframe)\b",
    re.IGNORECASE | re.DOTALL,
)
_MAIL: Final = re.compile(r"(?:>?From [^\n]*\n)?(?:[A-Za-z][A-Za-z0-9-]*:[^\n]*\n(?:[ \t][^\n]*\n)*){2}")
_MAIL_FIELD: Final = re.compile(
    r"^(?:from|to|subject|date|received|message-id|mime-version|return-path):", re.I | re.M
)
_HEADING: Final = re.compile(r"#{1,3} ")


def read_document(payload: bytes, name: str, content_type: str) -> Document:
    """Read HTML, PDF, DOCX, e-mail or plain text; the type comes from the bytes alone.

    ``name`` is the file's name, or the address where it was found; ``content_type`` contributes its charset
    only. Raises EmptyDocument, Unsupported, and what the reader of the type raises.
    """
    if not payload.strip(b"\x00 \t\r\n\x0c\xef\xbb\xbf"):
        raise EmptyDocument("the file is empty")
    if b"%PDF-" in payload[:1024]:
        return read_pdf(payload)
    if payload.startswith(b"PK\x03\x04"):
        return read_docx(payload)
    _refuse_binary(payload)
    start = decode(payload[:SNIFFED], content_type)
    if _is_page(payload, start, content_type):
        return read_html(payload, content_type, name if name.startswith(("http://", "https://")) else None)
    if _MAIL.match(start.replace("\r\n", "\n")) and len(_MAIL_FIELD.findall(start)) >= 2:
        return read_mail(payload)
    return _read_text(decode(payload, content_type))


def warm_up() -> None:
    """Load what the readers load on first use, so that the first document is as quick as the others."""
    read_document(
        b"<html><title>Ready</title><p>" + b"A sentence to read. " * 20 + b"</p></html>", "ready.html", ""
    )


def _refuse_binary(payload: bytes) -> None:
    if payload.startswith(_COMPOUND_FILE):
        if "EncryptedPackage".encode("utf-16le") in payload:
            raise Encrypted("the Office document needs a password")
        raise Unsupported("it is an Office document of before 2007")
    kind = next((kind for signature, kind in _SIGNATURES if payload.startswith(signature)), "")
    start = decode(payload[:SNIFFED])
    controls = sum(character < " " and character not in "\t\n\r\x0c\x1b" for character in start)
    textual = controls <= MAX_CONTROL_SHARE * len(start)
    # "BM", "MZ", "II*" may begin a text as well
    if kind and (not textual or not re.match(r"[A-Za-z]{2,}\s|\w+[,.:;]?\s", start)):
        raise Unsupported(f"it is {kind}")
    if not textual:
        raise Unsupported("it is binary data")


def _is_page(payload: bytes, start: str, content_type: str) -> bool:
    if _HTML.match(start) or ("html" in content_type and re.search(r"<[a-zA-Z]", start)):
        return True
    return (
        start.lstrip().startswith("<!--")
        and re.search(rb"(?i)<(html|body)\b", payload[:MAX_COMMENTS]) is not None
    )


def _read_text(decoded: str) -> Document:
    if decoded.lstrip().startswith("<?xml"):
        raise Unsupported("it is XML data")
    text = clean(decoded)
    if not text:
        raise EmptyDocument("the file holds no text")
    lines = text[:20_000].split("\n")[:50]
    title = next((line.strip("# ") for line in lines if _HEADING.match(line)), lines[0])
    return Document(title=clean_line(title, 200), text=text, language=language_of(text))
