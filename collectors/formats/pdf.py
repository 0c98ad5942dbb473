"""PDF bytes to a Document. Runs in a sandboxed child: PDFium is native code fed with hostile files."""

import re
from typing import Final

import pypdfium2
from pypdfium2.raw import FPDF_ERR_PASSWORD

from collectors.errors import EmptyDocument, Encrypted, Malformed
from collectors.formats.dates import partial_date
from collectors.formats.encoding import clean, clean_line
from collectors.language import language_of
from collectors.records import Document, PartialDate

MAX_PAGES: Final = 500
MAX_CHARACTERS: Final = 20_000_000
_NO_TITLE: Final = re.compile(
    r"(?i)microsoft (word|powerpoint|excel)\b.*|untitled.*|document\d*|\W*"
    r"|.*\.(docx?|pptx?|indd|pdf|qxd|rtf)"
)
_BROKEN_WORD: Final = re.compile("[\ufffe\x02]\\s*|(?<=[a-z])-\n(?=[a-z])")
_SENTENCE_END: Final = (".", "!", "?", ":", ";", "”", '"')
WIDE_LINE: Final = 60
"""Characters from which a line without a full stop is taken to run on into the next."""


def read_pdf(payload: bytes) -> Document:
    """Read the text of a PDF's first 500 pages, lines of a paragraph joined.

    ``truncated`` says that pages were left out or that some hold no text (a partial scan). Raises Encrypted
    where a password is needed, EmptyDocument for a scan, Malformed where PDFium cannot open it.
    """
    try:
        document = pypdfium2.PdfDocument(payload)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == FPDF_ERR_PASSWORD:
            raise Encrypted("the PDF needs a password") from error
        raise Malformed(f"not a readable PDF: {str(error).rstrip('.')}") from error
    try:
        return _read(document)
    finally:
        document.close()


def _read(document: pypdfium2.PdfDocument) -> Document:
    pages, blank = _pages(document)
    text = clean(_joined("\n".join(pages)))
    if not text:
        raise EmptyDocument(f"none of the {len(document)} pages holds text; it may be a scan")
    return Document(
        title=_title(document, text),
        text=text,
        published=_created(document),
        language=language_of(text),
        truncated=len(pages) + blank < len(document) or blank > len(pages),
    )


def _pages(document: pypdfium2.PdfDocument) -> tuple[list[str], int]:
    """Return the text of each page that has some, and how many had none."""
    texts: list[str] = []
    blank = characters = 0
    for number in range(min(len(document), MAX_PAGES)):
        try:
            text = document[number].get_textpage().get_text_range()
        except pypdfium2.PdfiumError:  # one broken page leaves the others readable
            text = ""
        if text.strip():
            texts.append(text.replace("\r\n", "\n"))
            characters += len(text)
        else:
            blank += 1
        if characters > MAX_CHARACTERS:
            break
    return texts, blank


def _joined(text: str) -> str:
    """Put together again the lines and words that the width of a page has broken."""
    paragraphs: list[list[str]] = []
    for line in _BROKEN_WORD.sub("", text).split("\n"):
        line = line.strip()
        before = paragraphs[-1][-1] if paragraphs else ""
        runs_on = bool(before) and not before.endswith(_SENTENCE_END)
        if line and runs_on and (line[0].islower() or len(before) >= WIDE_LINE):
            paragraphs[-1].append(line)
        else:
            paragraphs.append([line])
    return "\n".join(" ".join(lines) for lines in paragraphs)


def _title(document: pypdfium2.PdfDocument, text: str) -> str:
    stated = clean_line(document.get_metadata_value("Title"))
    return clean_line(text.split("\n", 1)[0], 200) if _NO_TITLE.fullmatch(stated) else stated


def _created(document: pypdfium2.PdfDocument) -> PartialDate | None:
    stamp = re.match(r"D:(\d{8}|\d{6}|\d{4})", document.get_metadata_value("CreationDate"))
    if stamp is None:
        return None
    digits = stamp[1]
    return partial_date("-".join(part for part in (digits[:4], digits[4:6], digits[6:8]) if part), "file")
