"""A web archive gives a report for each page in it, and says what it lacks."""

from collections.abc import Callable
from pathlib import Path

import pytest

from collectors.records import Disposition
from collectors.sandbox.pool import Sandbox
from tests.collectors.crafted import page, pdf, warc
from tests.collectors.dropping import Run, codes, fill, outcomes, reports

HTML = "text/html; charset=utf-8"


def test_each_page_of_a_web_archive_is_a_report(drop: Run, tmp_path: Path) -> None:
    payload = warc(
        ("https://harbour.example/a?utm_source=x", HTML, page()),
        ("https://harbour.example/b.pdf", "application/pdf", pdf("A text")),
        ("https://harbour.example/c.png", "image/png", b"\x89PNG"),
        ("https://harbour.example/d", HTML, b""),
    )
    (outcome,) = outcomes(drop.collect(fill(tmp_path / "drop", web_warc_gz=payload)))
    assert [report.url for report in outcome.reports] == [
        "https://harbour.example/a",
        "https://harbour.example/b.pdf",
    ]
    assert [(issue.item, issue.code) for issue in outcome.issues] == [("https://harbour.example/d", "empty")]
    assert outcome.disposition is Disposition.PARSED


def test_a_page_met_twice_in_a_web_archive_counts_once(drop: Run, tmp_path: Path) -> None:
    twice = [
        ("https://harbour.example/a", HTML, page()),
        ("https://harbour.example/a#x", HTML, page(title="New")),
    ]
    assert len(reports(drop.collect(fill(tmp_path / "drop", web_warc_gz=warc(*twice))))) == 1


@pytest.mark.parametrize(
    ("damage", "code", "kept"),
    [
        (lambda payload: payload + b"\x1f\x8bgarbage" * 50, "malformed", 1),
        (lambda _: warc(), "unsupported", 0),
        (lambda _: warc(("https://x.example/", HTML, page()), status="404 Not Found"), "empty", 0),
        (lambda _: warc(("javascript:1", HTML, page())), "empty", 0),
        (lambda _: b"WARC/1.0\r\n" + b"A: b\r\n" * 1000, "empty", 0),
    ],
)
def test_damaged_web_archives(
    drop: Run, tmp_path: Path, damage: Callable[[bytes], bytes], code: str, kept: int
) -> None:
    payload = damage(warc(("https://harbour.example/a", HTML, page())))
    events = drop.collect(fill(tmp_path / "drop", web_warc=payload or b"\x1f\x8b\x00"))
    assert len(reports(events)) == kept
    assert code in codes(events)
    assert len(outcomes(events)) == 1


def test_a_web_archive_cut_short_is_known_to_lack_text(drop: Run, tmp_path: Path) -> None:
    whole = warc(("https://harbour.example/a", HTML, page()), ("https://harbour.example/b", HTML, page()))
    in_the_body = drop.collect(fill(tmp_path / "drop", web_warc_gz=whole[:-60]))
    assert [report.truncated for report in reports(in_the_body)] == [False, True]
    in_the_head = drop.collect(fill(tmp_path / "drop", web_warc_gz=whole[:-400]))
    assert [report.truncated for report in reports(in_the_head)] == [False]
    assert codes(in_the_head) == ["malformed"]


def test_a_web_archive_full_of_exhausting_pages_is_left_alone(tmp_path: Path) -> None:
    heavy = page(body="<p>" + "<b>One</b> of very many words in one and the same paragraph " * 19_500)
    pages = [(f"https://harbour.example/{number}", HTML, heavy) for number in range(9)]
    light = ("https://harbour.example/light", HTML, page())
    with Sandbox(workers=2, seconds=2) as hurried, Run(tmp_path / "library", hurried) as drop:
        events = drop.collect(fill(tmp_path / "drop", web_warc=warc(light, *pages)))
    (outcome,) = outcomes(events)
    assert [issue.code for issue in outcome.issues] == ["parser-killed"] * 6
    assert outcome.issues[-1].detail == "5 pages exhausted their parser; 4 more were left unread"
    assert [report.url for report in outcome.reports] == ["https://harbour.example/light"]
