"""Word documents (DOCX) to a Document, after the package they come in has proved harmless."""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO
from typing import Final

import docx
from docx.oxml.ns import qn
from lxml import etree

from collectors.errors import BombRefused, EmptyDocument, Encrypted, Malformed, Unsupported
from collectors.formats.dates import believable
from collectors.formats.encoding import clean, clean_line
from collectors.language import language_of
from collectors.records import Document, PartialDate

MAX_UNPACKED: Final = 100_000_000
MAX_MEMBERS: Final = 10_000
MAX_RATIO: Final = 100
RATIO_FROM: Final = 1_000_000
"""Unpacked bytes below which no ratio is suspicious."""
TEMPLATE_DATE: Final = date(2013, 12, 23)
"""Creation date in python-docx's template; documents made with it carry it unless somebody set another."""


def read_docx(payload: bytes) -> Document:
    """Read a Word document's text, one paragraph a line, tables included.

    Raises BombRefused before unpacking what would grow too large, Unsupported for macros and other
    archives, Encrypted, Malformed, or EmptyDocument.
    """
    _inspect(payload)
    try:
        package = docx.Document(BytesIO(payload))
        lines = list(_paragraphs(package.element.body))
    except (
        KeyError,
        ValueError,
        AttributeError,
        zipfile.BadZipFile,
        etree.LxmlError,
        NotImplementedError,
    ) as error:
        raise Malformed(f"not a readable Word document: {type(error).__name__}: {error}") from error
    text = clean("\n".join(lines))
    if not text:
        raise EmptyDocument("the Word document holds no text")
    properties = package.core_properties
    return Document(
        title=clean_line(properties.title or "") or clean_line(text.split("\n", 1)[0], 200),
        text=text,
        published=_created(properties.created),
        language=language_of(text),
    )


def _inspect(payload: bytes) -> None:
    """Look at the package's list of members only; nothing is unpacked."""
    try:
        with zipfile.ZipFile(BytesIO(payload)) as package:
            members = package.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise Malformed(f"not a readable ZIP package: {error}") from error
    unpacked = sum(member.file_size for member in members)
    if unpacked > MAX_UNPACKED or len(members) > MAX_MEMBERS:
        raise BombRefused(f"{len(members):,} members would unpack to {unpacked:,} bytes")
    if unpacked > RATIO_FROM and unpacked > MAX_RATIO * len(payload):
        raise BombRefused(f"{len(payload):,} bytes would unpack to {unpacked:,}")
    if any(member.flag_bits & 1 for member in members):
        raise Encrypted("the document needs a password")
    names = {member.filename for member in members}
    if "[Content_Types].xml" not in names:
        raise Unsupported("it is a ZIP archive; unpack it and add the files in it")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Unsupported("it is a Word document with macros")
    if not any(name.startswith("word/") for name in names):
        raise Unsupported("it is an Office file, but no Word document")


def _paragraphs(body: etree._Element) -> Iterator[str]:
    """Yield each paragraph's text; the fallback drawing for old readers would repeat what it stands for."""
    words, tab, breaks = qn("w:t"), qn("w:tab"), {qn("w:br"), qn("w:cr")}
    fallback = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
    for skipped in list(body.iter(fallback)):
        skipped.getparent().remove(skipped)
    parts: list[str] = []
    for element in body.iter():
        if element.tag == qn("w:p"):
            yield "".join(parts)
            parts = []
        elif element.tag == words:
            parts.append(element.text or "")
        elif element.tag == tab and element.getparent().tag == qn("w:r"):
            parts.append(" ")
        elif element.tag in breaks:
            parts.append("\n")
    yield "".join(parts)


def _created(created: datetime | None) -> PartialDate | None:
    if created is None or created.date() == TEMPLATE_DATE:
        return None
    return believable((created.year, created.month, created.day), "file")
