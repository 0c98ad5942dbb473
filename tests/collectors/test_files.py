"""A drop folder: everything is found, kept, read or named; nothing in it can harm the run."""

import os
from collections.abc import Iterator, Sequence
from contextlib import chdir
from pathlib import Path

import pytest

from collectors.base import Context
from collectors.files import collect_files, find, parse_file, shown_name
from collectors.records import Capture, Disposition, Event, Issue, Outcome, report_id
from collectors.sandbox.pool import Sandbox
from tests.collectors.crafted import STORY, encrypted_pdf, page, pdf, word
from tests.collectors.dropping import SOURCE, Run, codes, fill, outcomes, reports


def test_every_kind_of_document_becomes_a_report(drop: Run, tmp_path: Path) -> None:
    folder = fill(
        tmp_path / "drop", a_html=page(), b_pdf=pdf("A text"), c_docx=word("A word"), d_txt=b"A note"
    )
    found = drop.collect(folder)
    assert [report.title for report in reports(found)] == ["Voices copied", "A text", "A word", "A note"]
    assert {outcome.disposition for outcome in outcomes(found)} == {Disposition.PARSED}


def test_evidence_comes_before_reading_and_every_capture_has_one_outcome(drop: Run, tmp_path: Path) -> None:
    folder = fill(tmp_path / "drop", **{f"f{number}_txt": f"Note {number}".encode() for number in range(40)})
    seen: set[str] = set()
    for event in drop.collect(folder):
        if isinstance(event, Capture):
            assert drop.archive.payload(event).startswith(b"Note")
            seen.add(event.id)
        elif isinstance(event, Outcome):
            seen.remove(event.capture)
    assert not seen


def test_the_same_bytes_again_are_unchanged_and_new_bytes_are_read(drop: Run, tmp_path: Path) -> None:
    note = fill(tmp_path / "drop", note_txt=b"First wording") / "note.txt"
    first = drop.collect(note)
    assert [outcome.disposition for outcome in outcomes(drop.collect(note))] == [Disposition.UNCHANGED]
    note.write_bytes(b"Second wording")
    assert reports(drop.collect(note))[0].text == "Second wording"
    assert reports(first)[0].id == report_id(f"file:{outcomes_sha(first)}")


def outcomes_sha(events: Sequence[Event]) -> str:
    return next(event.sha256 for event in events if isinstance(event, Capture))


def test_reading_again_from_evidence_gives_the_same(drop: Run, tmp_path: Path, sandbox: Sandbox) -> None:
    folder = fill(tmp_path / "drop", a_html=page(), b_pdf=encrypted_pdf(), c_bin=bytes(range(256)) * 9)
    events = drop.collect(folder)
    captures = [event for event in events if isinstance(event, Capture)]
    again = [parse_file(capture, drop.archive.payload(capture), SOURCE, sandbox) for capture in captures]
    assert again == outcomes(events)
    assert codes(events) == ["encrypted", "unsupported"]


def test_a_file_shows_the_address_it_names_but_cannot_pose_as_that_page(drop: Run, tmp_path: Path) -> None:
    linked = page('<link rel="canonical" href="https://harbour.example/v?utm_source=x">')
    events = drop.collect(fill(tmp_path / "drop", a_html=linked) / "a.html")
    (report,) = reports(events)
    assert report.url == "https://harbour.example/v"
    (capture,) = (event for event in events if isinstance(event, Capture))
    assert report.id == report_id(f"file:{capture.sha256}") != report_id(report.url)


def test_a_huge_file_is_refused_unread(drop: Run, tmp_path: Path) -> None:
    huge = tmp_path / "huge.pdf"
    with huge.open("wb") as file:
        file.truncate(200_000_000)
    events = drop.collect(huge)
    assert codes(events) == ["too-large"]
    assert not [event for event in events if isinstance(event, Capture)]


def test_what_cannot_be_opened_is_named_and_the_rest_goes_on(drop: Run, tmp_path: Path) -> None:
    note = fill(tmp_path / "drop", note_txt=b"A note") / "note.txt"
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    events = drop.collect(tmp_path / "missing.txt", pipe, note)
    issues = [event for event in events if isinstance(event, Issue)]
    assert [(issue.item, issue.code) for issue in issues] == [
        ("missing.txt", "unreadable"),
        ("pipe", "unsupported"),
    ]
    assert [report.title for report in reports(events)] == ["A note"]


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_what_may_not_be_read_is_named(drop: Run, tmp_path: Path) -> None:
    secret = fill(tmp_path / "drop", secret_txt=b"x") / "secret.txt"
    secret.chmod(0)
    closed = fill(tmp_path / "closed", a_txt=b"x")
    closed.chmod(0)
    assert codes(drop.collect(secret, closed)) == ["unreadable", "unreadable"]
    closed.chmod(0o700)


def test_a_file_that_vanishes_meanwhile_is_named(drop: Run, tmp_path: Path) -> None:
    folder = fill(tmp_path / "drop", a_txt=b"A note", b_txt=b"B note")
    context = Context(drop.fetcher, drop.archive, drop.sandbox, drop.parsed.get)
    events = collect_files([folder], SOURCE, context)
    assert isinstance(next(events), Capture)
    (folder / "b.txt").unlink()
    assert codes(list(events)) == ["unreadable"]


def test_names_that_are_no_text_are_shown_safely(drop: Run, tmp_path: Path) -> None:
    folder = fill(tmp_path / "drop")
    for name in (b"caf\xe9.txt", "zoo\u202etxt.exe".encode(), b"new\nline.txt"):
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_bytes(b"A note of " + name[:3])
    captures = [event for event in drop.collect(folder) if isinstance(event, Capture)]
    assert [capture.requested_url for capture in captures] == [
        "file:drop/caf\\xe9.txt",
        "file:drop/new line.txt",
        "file:drop/zootxt.exe",
    ]
    assert shown_name(Path(os.fsdecode(b"\xff"))) == "\\xff"


def test_links_and_hidden_files_are_passed_over(tmp_path: Path) -> None:
    outside = fill(tmp_path / "outside", secret_txt=b"x")
    folder = fill(tmp_path / "drop", b_txt=b"x", a_txt=b"x")
    fill(folder / "sub", c_txt=b"x")
    fill(folder / ".git", d_txt=b"x")
    (folder / ".hidden").write_bytes(b"x")
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "out").symlink_to(outside, target_is_directory=True)
    (folder / "one.txt").symlink_to(outside / "secret.txt")
    (folder / "dangling").symlink_to(folder / "nothing")
    names = [path.relative_to(folder).as_posix() for path in find([folder])]
    assert names == ["a.txt", "b.txt", "sub/c.txt"]
    assert names == [path.relative_to(folder).as_posix() for path in find([folder])]


@pytest.fixture
def deep(tmp_path: Path) -> Iterator[Path]:
    """Return a folder of 1,200 folders in one another, with a file in the last; neither Python's own way of
    making nor that of removing them gets so far down.
    """
    with chdir(tmp_path):
        for _ in range(1_200):
            os.mkdir("a")  # noqa: PTH102 -- relative to where we are
            os.chdir("a")
        Path("note.txt").write_bytes(b"A note at the bottom")
        yield tmp_path
        Path("note.txt").unlink()
        for _ in range(1_200):
            os.chdir("..")
            os.rmdir("a")  # noqa: PTH106 -- relative to where we are


def test_a_file_however_deep_is_found(drop: Run, deep: Path) -> None:
    (report,) = reports(drop.collect(deep / "a"))
    assert report.text == "A note at the bottom"


def test_a_text_with_hostile_words_stays_text(drop: Run, tmp_path: Path) -> None:
    words = f"<img src=x onerror=alert(1)> is what they typed.\n{STORY}".encode()
    (report,) = reports(drop.collect(fill(tmp_path / "drop", note_txt=words)))
    assert report.title == "<img src=x onerror=alert(1)> is what they typed."
