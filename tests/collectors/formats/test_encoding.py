"""Bytes become text by the order of the WHATWG standard, and text is made fit to store."""

import pytest

from collectors.formats.encoding import clean, clean_line, decode

CAFE = "café – naïve"


@pytest.mark.parametrize(
    ("payload", "content_type", "expected"),
    [
        (CAFE.encode(), "text/html", CAFE),
        (CAFE.encode("cp1252"), "text/html", CAFE),
        (b"\xef\xbb\xbf" + CAFE.encode(), "text/html; charset=iso-8859-1", CAFE),
        (b"\xff\xfe" + CAFE.encode("utf-16le"), "", CAFE),
        (b"\xfe\xff" + CAFE.encode("utf-16be"), "text/plain; charset=utf-8", CAFE),
        (CAFE.encode("utf-16le") * 3, "", CAFE * 3),
        (CAFE.encode("utf-16le"), "text/html; charset=utf-16", CAFE),
        (f"<p>{CAFE}".encode(), "text/html; charset=utf-16", f"<p>{CAFE}"),
        (CAFE.encode("utf-16be") * 3, "", CAFE * 3),
        ("Привет".encode("koi8-r"), 'text/html; charset="koi8-r"', "Привет"),
        ("Привет".encode("cp1251"), "text/html; CHARSET = windows-1251; x=y", "Привет"),
        (CAFE.encode("cp1252"), "text/html; charset=iso-8859-1", CAFE),
        (b"", "text/html; charset=nonsense", ""),
    ],
)
def test_the_standard_order(payload: bytes, content_type: str, expected: str) -> None:
    assert decode(payload, content_type) == expected


@pytest.mark.parametrize(
    "label", ["rot13", "utf-7", "hex", "zip", "base64", "idna", "unicode_escape", "undefined"]
)
def test_python_codecs_that_are_no_web_encodings_are_passed_over(label: str) -> None:
    assert decode(CAFE.encode(), f"text/html; charset={label}") == CAFE
    assert CAFE in decode(f'<meta charset="{label}">{CAFE}'.encode())


def test_a_page_may_declare_itself() -> None:
    page = '<html><head><meta charset="windows-1251"><title>Привет</title>'
    assert "Привет" in decode(page.encode("cp1251"))
    xml = '<?xml version="1.0" encoding="iso-8859-2"?><html>Łódź</html>'
    assert "Łódź" in decode(xml.encode("iso-8859-2"))


@pytest.mark.parametrize(
    "head",
    [
        "<META CHARSET=windows-1251>",
        "<meta http-equiv='Content-Type' content='text/html; charset=windows-1251'/>",
        '<meta content="text/html; charset=windows-1251" http-equiv="content-type">',
        '<!-- <meta charset="koi8-r"> --><meta charset="windows-1251">',
        '<meta name="note" content="charset=koi8-r"><meta charset="windows-1251">',
        '<meta name="a > b" charset="windows-1251">',
        '<meta charset="no-such-thing"><meta charset="windows-1251">',
    ],
)
def test_a_declaration_is_read_as_browsers_read_it(head: str) -> None:
    assert "Привет" in decode(f"{head}<title>Привет</title>".encode("cp1251"))


def test_a_declaration_in_a_comment_that_never_ends_does_not_count() -> None:
    assert CAFE in decode(f'<!-- <meta charset="koi8-r">{CAFE}'.encode())


def test_a_declaration_of_utf16_that_can_be_read_is_wrong_and_means_utf8() -> None:
    assert CAFE in decode(f'<meta charset="utf-16">{CAFE}'.encode())


def test_the_header_wins_over_the_page() -> None:
    assert "é" in decode('<meta charset="koi8-r">é'.encode(), "text/html; charset=utf-8")


def test_undecodable_bytes_become_replacement_characters() -> None:
    assert decode(b"a\xffb", "text/html; charset=utf-8") == "a\ufffdb"


def test_misleading_characters_go() -> None:
    assert clean("safe\u202etxt.exe") == "safetxt.exe"
    assert clean("pass\u200bword\x00\x1b[31m") == "password[31m"
    assert clean("a\ud800b") == "a\ufffdb"
    assert clean("e\u0301") == "é"
    assert clean("hidden\U000e0041\U000e0042") == "hidden"


def test_paragraphs_stay_lines_and_blank_ones_go() -> None:
    assert clean("one\r\n\r\n  two\t\ttoo \x0b three\u2028four") == "one\ntwo too\nthree\nfour"


def test_one_line_has_a_limit() -> None:
    assert clean_line("a\nb") == "a b"
    assert len(clean_line("word " * 1000)) <= 500
