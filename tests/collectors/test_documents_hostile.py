"""Hostile documents are refused by name or read in part; the process that reads them survives."""

import io
import random
import zipfile
from collections.abc import Iterator

import pytest

from collectors import errors
from collectors.documents import read_document
from collectors.errors import ItemError
from collectors.formats.office import MAX_UNPACKED
from collectors.records import Document
from collectors.sandbox.pool import Sandbox
from tests.collectors.crafted import STORY, encrypted_pdf, mail, nested_mail, page, pdf, word


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(workers=1, seconds=20, megabytes=1024) as running:
        yield running


def bomb(size: int) -> bytes:
    return word(STORY, extra={"word/media/zeros.bin": bytes(size)})


def lying_docx() -> bytes:
    """Claims in its list of members to hold 10 bytes where it holds 5 MB."""
    payload = bytearray(word(STORY, extra={"word/zeros.bin": bytes(5_000_000)}))
    with zipfile.ZipFile(io.BytesIO(payload)) as package:
        size = package.getinfo("word/zeros.bin").file_size.to_bytes(4, "little")
    return bytes(payload).replace(size, (10).to_bytes(4, "little"))


def plain_zip() -> bytes:
    saved = io.BytesIO()
    with zipfile.ZipFile(saved, "w") as package:
        package.writestr("../../etc/cron.d/x", "x")
    return saved.getvalue()


def entities() -> bytes:
    """A Word document whose text is an entity that means ten entities, ten levels deep."""
    levels = b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(10))
    space = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = (
        b"<w:document xmlns:w='%s'><w:body><w:p><w:r><w:t>&k;</w:t></w:r></w:p></w:body></w:document>" % space
    )
    document = b'<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa">' + levels + b"]>" + body
    return word("x", without="word/document.xml", extra={"word/document.xml": document})


REFUSED: dict[str, tuple[bytes, type[ItemError] | tuple[type[ItemError], ...]]] = {
    "nothing": (b"", errors.EmptyDocument),
    "blanks": (b" \n\t \x00 \n", errors.EmptyDocument),
    "only a byte order mark": (b"\xef\xbb\xbf", errors.EmptyDocument),
    "invisible text": ("\u200b\u2060".encode(), errors.EmptyDocument),
    "encrypted PDF": (encrypted_pdf(), errors.Encrypted),
    "PDF cut in half": (pdf(STORY)[:200], errors.Malformed),
    "PDF of the header only": (b"%PDF-1.7\n", errors.Malformed),
    "PDF of garbage": (b"%PDF-1.7\n" + bytes(range(256)) * 500, errors.Malformed),
    "PDF whose pages hold themselves": (pdf("x", kids="2 0 R"), errors.ParseError),
    "PDF of scans": (pdf("", "", ""), errors.EmptyDocument),
    "PDF without pages": (pdf(), errors.ParseError),
    "Word document without a document": (word(STORY, without="word/document.xml"), errors.Malformed),
    "Word document without types": (word(STORY, without="[Content_Types].xml"), errors.Unsupported),
    "Word document with macros": (word(STORY, extra={"word/vbaProject.bin": b"x"}), errors.Unsupported),
    "Word document without text": (word(""), errors.EmptyDocument),
    "bomb as Word document": (bomb(MAX_UNPACKED + 1), errors.BombRefused),
    "bomb by ratio": (bomb(20_000_000), errors.BombRefused),
    "many members": (word(STORY, extra={f"word/{n}": b"" for n in range(10_100)}), errors.BombRefused),
    "entities in a Word document": (entities(), errors.ParseError),
    "ZIP with a way out": (plain_zip(), errors.Unsupported),
    "empty ZIP": (b"PK\x05\x06" + bytes(18), errors.Unsupported),
    "ZIP cut in half": (word(STORY)[:5000], errors.Malformed),
    "program": (b"MZ\x90\x00\x03\x00\x00\x00" + bytes(500), errors.Unsupported),
    "program as a page": (b"\x7fELF" + bytes(500) + b"<html><body>text</body></html>", errors.Unsupported),
    "image": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 10, errors.Unsupported),
    "photograph": (b"\xff\xd8\xff\xe0" + bytes(range(256)) * 10, errors.Unsupported),
    "film": (b"\x00\x00\x00\x20ftypisom" + bytes(range(256)) * 10, errors.Unsupported),
    "noise": (bytes((n * 7919 + n // 3) % 256 for n in range(5000)), errors.Unsupported),
    "packed archive": (b"\x1f\x8b\x08" + bytes(100), errors.Unsupported),
    "RTF": (rb"{\rtf1 hello}", errors.Unsupported),
    "XML": (b"<?xml version='1.0'?><feed><entry/></feed>", errors.Unsupported),
    "old Word": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000), errors.Unsupported),
    "encrypted Word": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100) + "EncryptedPackage".encode("utf-16le"),
        errors.Encrypted,
    ),
    "page of scripts": (b"<html><script>var x = 1</script></html>", errors.EmptyDocument),
    "mail without text": (mail("Subject: x", "Date: y", body=""), errors.EmptyDocument),
}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused_by_name(sandbox: Sandbox, name: str) -> None:
    payload, expected = REFUSED[name]
    with pytest.raises(expected) as refused:
        sandbox.call(read_document, payload, "document.html", "application/octet-stream")
    assert not str(refused.value).endswith((".", ":", " ")), "the advice follows it"


SURVIVED: dict[str, bytes] = {
    "mail 50 parts deep": nested_mail(50),
    "mail 5,000 parts deep": nested_mail(5_000),
    "mail with broken headers": b"From: \xff\xfe<\nSubject: =?x?q?=?=\nDate: \x00\nTo: "
    + b"a," * 5000
    + b"\n\n"
    + STORY.encode(),
    "mail with a wrong charset": mail("Subject: x", "Content-Type: text/plain; charset=rot13"),
    "mail of 3,000 parts": mail(
        "Subject: x", 'Content-Type: multipart/mixed; boundary="b"', body="--b\n\nx\n" * 3000
    ),
    "lying Word document": lying_docx(),
    "PDF with a million operators": pdf("x").replace(b"Tj", b"Tj" + b" (x) Tj" * 300_000),
    "PDF after garbage": b"\x00" * 500 + pdf(STORY),
    "one line of 20 MB": b"word " * 4_000_000,
    "a million lines": b"x\n" * 1_000_000,
    "a million headings": b"# x\n" * 500_000,
    "header lines without end": b"From: x\nSubject: y\n" + b"A: b\n" * 200_000,
    "unclosed comment first": b"<!--" * 100_000 + page(),
}
UNREADABLE = {
    "mail 5,000 parts deep": errors.Malformed,
    "header lines without end": errors.EmptyDocument,
    "unclosed comment first": errors.EmptyDocument,
}
"""Those of them that end in an error; the others are read."""


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", SURVIVED)
def test_odd_documents_are_read_or_refused_in_time(sandbox: Sandbox, name: str) -> None:
    result = next(sandbox.map(read_document, [(SURVIVED[name], "document", "")]))
    assert type(result) is UNREADABLE.get(name, Document), result
    assert sandbox.call(read_document, b"Still here", "x.txt", "").text == "Still here"


def mutated(payload: bytes, seed: int) -> bytes:
    chance = random.Random(seed)
    changed = bytearray(payload)
    for _ in range(1 + seed // 2):
        place = chance.randrange(len(changed))
        if seed > 20 and chance.random() < 0.3:
            del changed[place : place + chance.randint(1, 40)]
        else:
            changed[place] = chance.randrange(256)
    return bytes(changed)


@pytest.mark.parametrize("kind", ["page", "pdf", "word", "mail"])
def test_damaged_documents_never_bring_the_run_down(sandbox: Sandbox, kind: str) -> None:
    whole = {
        "page": page(),
        "pdf": pdf(STORY, "More"),
        "word": word(STORY, title="A"),
        "mail": nested_mail(4),
    }[kind]
    damaged = [(mutated(whole, seed), "document", "") for seed in range(60)]
    results = list(sandbox.map(read_document, damaged))
    assert all(isinstance(result, Document | ItemError) for result in results)
    # A Word document's checksums leave no harmless damage; the others can still be read in part.
    assert kind == "word" or any(isinstance(result, Document) for result in results)
