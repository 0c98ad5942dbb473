"""Documents are told by their bytes and read, whatever they are called."""

import io

import docx
import pytest

from collectors.documents import read_document
from collectors.formats.pdf import MAX_PAGES
from collectors.records import Document
from tests.collectors.crafted import STORY, mail, page, pdf


def read(payload: bytes, name: str = "file.bin", content_type: str = "") -> Document:
    return read_document(payload, name, content_type)


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


def test_a_message_within_a_mail_is_an_attachment_like_any_other() -> None:
    parts = (
        'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/html; charset=utf-8\n\n'
        f"<html><body><p>{STORY}</p></body></html>\n--b\nContent-Type: message/rfc822\n\n"
        "Subject: Forwarded\nContent-Type: text/plain\n\nFor your eyes only.\n--b--"
    )
    found = read(("Subject: Two parts\nMIME-Version: 1.0\n" + parts).encode())
    assert STORY in found.text and "For your eyes only" not in found.text
    assert found.text.endswith("Attachment: without a name (message/rfc822)")


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
