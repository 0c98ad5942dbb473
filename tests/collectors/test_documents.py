"""Documents are told by their bytes, read, or refused by name; the process that reads them survives."""

import io
import random
import time
import zipfile
from collections.abc import Iterator

import docx
import pytest

from collectors import errors
from collectors.documents import read_document
from collectors.errors import ItemError
from collectors.office import MAX_UNPACKED
from collectors.pdf import MAX_PAGES
from collectors.records import Document
from collectors.sandbox import Sandbox
from tests.collectors.crafted import STORY, encrypted_pdf, nested_mail, page, pdf, word


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(workers=1, seconds=20, megabytes=1024) as running:
        yield running


def read(payload: bytes, name: str = "file.bin", content_type: str = "") -> Document:
    return read_document(payload, name, content_type)


def mail(*headers: str, body: str = STORY) -> bytes:
    return "\n".join([*headers, "From: press@example.org", "MIME-Version: 1.0", "", body]).encode()


@pytest.mark.parametrize("name", ["page.pdf", "page.docx", "page", "page.exe"])
def test_the_name_does_not_decide(name: str) -> None:
    assert read(page(), name).title == "Voices copied"
    assert read(pdf("A PDF all the same"), name).text == "A PDF all the same"


def test_a_page_found_at_an_address_may_name_its_own() -> None:
    linked = page('<link rel="canonical" href="/voices">')
    assert read(linked, "https://harbour.example/v?id=1").url == "https://harbour.example/voices"
    assert read(linked, "voices.html").url is None


def test_pdf_text_title_and_date() -> None:
    lines = "The callers had copied the voice of a director and asked for\nan urgent transfer."
    document = read(
        pdf(
            f"{lines}\nA second para-\ngraph", info="/Title (Copied voices) /CreationDate (D:20250314101500Z)"
        )
    )
    assert document.text.split("\n") == [
        "The callers had copied the voice of a director and asked for an urgent transfer.",
        "A second paragraph",
    ]
    assert document.title == "Copied voices"
    assert document.published is not None
    assert (document.published.value, document.published.origin) == ("2025-03-14", "file")
    assert document.language == "en"


@pytest.mark.parametrize("title", ["Microsoft Word - report.docx", "untitled", "final.indd", ""])
def test_a_pdf_title_that_is_none_gives_way_to_the_first_line(title: str) -> None:
    assert read(pdf("Annual threat report\nText", info=f"/Title ({title})")).title == "Annual threat report"


def test_a_long_pdf_is_cut_and_says_so() -> None:
    document = read(pdf(*(f"Page {number}." for number in range(MAX_PAGES + 20))))
    assert document.truncated
    assert f"Page {MAX_PAGES - 1}." in document.text
    assert f"Page {MAX_PAGES + 1}." not in document.text


def test_a_pdf_that_is_mostly_scan_is_known_to_lack_text() -> None:
    assert read(pdf("A cover", "", "")).truncated
    assert not read(pdf("A text", "More", "")).truncated


def test_word_paragraphs_tables_and_title() -> None:
    document = docx.Document()
    document.add_paragraph("First paragraph.")
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Loss", "£40,000"
    document.add_paragraph("Last\tparagraph.")
    document.core_properties.title = "A case"
    saved = io.BytesIO()
    document.save(saved)
    found = read(saved.getvalue())
    assert found.text == "First paragraph.\nLoss\n£40,000\nLast paragraph."
    assert found.title == "A case"
    assert found.published is None, "the date of the template is not the document's"


def test_mail_subject_date_and_text() -> None:
    found = read(
        mail("Subject: =?utf-8?q?Copied_voices_=E2=80=93_warning?=", "Date: Fri, 14 Mar 2025 10:00:00 +0100")
    )
    assert found.title == "Copied voices – warning"
    assert found.published is not None
    assert (found.published.value, found.published.origin) == ("2025-03-14", "file")
    assert found.text == STORY
    assert "press@example.org" not in found.text


def test_a_mail_out_of_a_mailbox_is_a_mail() -> None:
    assert read(b"From - Fri Mar 14 10:00:00 2025\n" + mail("Subject: Kept")).title == "Kept"


@pytest.mark.parametrize("encoding", ["utf-16le", "utf-16be", "utf-16", "cp1252"])
def test_pages_in_other_encodings(encoding: str) -> None:
    payload = (
        page(title="Voices copied – café").decode().replace('<meta charset="utf-8">', "").encode(encoding)
    )
    found = read(payload, "page.txt")
    assert STORY in found.text
    assert "<" not in found.text


def test_mail_attachments_are_named_and_not_opened() -> None:
    parts = (
        'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/html; charset=utf-8\n\n'
        f"<html><body><p>{STORY}</p><script>alert(1)</script></body></html>\n--b\n"
        'Content-Type: application/zip\nContent-Disposition: attachment; filename="../x.zip"\n\nPK\n--b--'
    )
    payload = ("Subject: Two parts\nFrom: a@example.org\nMIME-Version: 1.0\n" + parts).encode()
    found = read(payload)
    assert STORY in found.text
    assert "alert" not in found.text
    assert found.text.endswith("Attachment: ../x.zip (application/zip)")


def test_a_saved_web_page_keeps_its_address() -> None:
    header = "Snapshot-Content-Location: https://harbour.example/v?utm_source=x&a=1"
    assert read(mail(header, "Subject: Saved")).url == "https://harbour.example/v?a=1"


@pytest.mark.parametrize(
    ("payload", "title"),
    [
        (b"# A heading #\n\nText follows.", "A heading"),
        (b"Intro\n## Second level\nText", "Second level"),
        (b"First line\nsecond line", "First line"),
        ("Überschrift\nmit Umlaut".encode("cp1252"), "Überschrift"),
        ("Wide text without a mark".encode("utf-16le"), "Wide text without a mark"),
        (b"case,case,loss\n1,2,3\n", "case,case,loss"),
        (b"BM is short for something\nin a text", "BM is short for something"),
        (b"MZ, the letters\nin a text", "MZ, the letters"),
        (b"Date: tomorrow\n\nA diary entry", "Date: tomorrow"),
    ],
)
def test_plain_text(payload: bytes, title: str) -> None:
    assert read(payload).title == title


def test_comments_do_not_hide_a_page() -> None:
    assert read(b"<!-- x -->" * 100_000 + page()).title == "Voices copied"


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


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused_by_name(sandbox: Sandbox, name: str) -> None:
    payload, expected = REFUSED[name]
    started = time.monotonic()
    with pytest.raises(expected):
        sandbox.call(read_document, payload, "document.html", "application/octet-stream")
    assert time.monotonic() - started < 21


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


@pytest.mark.parametrize("name", SURVIVED)
def test_odd_documents_are_read_or_refused_in_time(sandbox: Sandbox, name: str) -> None:
    started = time.monotonic()
    result = next(sandbox.map(read_document, [(SURVIVED[name], "document", "")]))
    assert time.monotonic() - started < 21
    assert isinstance(result, Document | ItemError)
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
