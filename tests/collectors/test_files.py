"""A drop folder: everything is found, kept, read or named; nothing in it can harm the run."""

import io
import os
import tarfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from collectors.archive import Archive
from collectors.base import Context
from collectors.fetch import Fetcher
from collectors.files import collect_files, find, parse_file, recognise, shown_name
from collectors.records import Capture, Disposition, Event, Issue, Outcome, Report, Source, report_id
from collectors.sandbox import Sandbox
from tests.collectors.crafted import STORY, encrypted_pdf, page, pdf, word

SOURCE = Source(
    key="drop", title="Drop folder", publisher="The team", url="file:", kind="files", language="en"
)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(workers=2, seconds=20) as running:
        yield running


class Run:
    """One run over a drop folder with a real evidence folder; remembers what the record would."""

    def __init__(self, folder: Path, sandbox: Sandbox) -> None:
        self.archive = Archive(folder / "evidence", "run")
        self.fetcher = Fetcher(folder / "state")
        self.sandbox = sandbox
        self.parsed: dict[str, Capture] = {}

    def __enter__(self) -> "Run":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.archive.close()
        self.fetcher.close()

    def collect(self, *paths: Path) -> list[Event]:
        context = Context(self.fetcher, self.archive, self.sandbox, self.parsed.get)
        events = list(collect_files(paths, SOURCE, context))
        captures = {event.id: event for event in events if isinstance(event, Capture)}
        for outcome in events:
            if isinstance(outcome, Outcome) and outcome.disposition is not Disposition.QUARANTINED:
                capture = captures[outcome.capture]
                self.parsed[capture.requested_url] = capture
        return events


@pytest.fixture
def run(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox) -> Iterator[Run]:
    with Run(tmp_path_factory.mktemp("library"), sandbox) as running:
        yield running


def outcomes(events: Sequence[Event]) -> list[Outcome]:
    return [event for event in events if isinstance(event, Outcome)]


def reports(events: Sequence[Event]) -> list[Report]:
    return [report for outcome in outcomes(events) for report in outcome.reports]


def codes(events: Sequence[Event]) -> list[str]:
    alone = [event.code for event in events if isinstance(event, Issue)]
    return alone + [issue.code for outcome in outcomes(events) for issue in outcome.issues]


def fill(folder: Path, **files: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name.replace("_", ".")).write_bytes(content)
    return folder


def test_every_kind_of_document_becomes_a_report(run: Run, tmp_path: Path) -> None:
    folder = fill(
        tmp_path / "drop", a_html=page(), b_pdf=pdf("A text"), c_docx=word("A word"), d_txt=b"A note"
    )
    found = run.collect(folder)
    assert [report.title for report in reports(found)] == ["Voices copied", "A text", "A word", "A note"]
    assert {outcome.disposition for outcome in outcomes(found)} == {Disposition.PARSED}


def test_evidence_comes_before_reading_and_every_capture_has_one_outcome(run: Run, tmp_path: Path) -> None:
    folder = fill(tmp_path / "drop", **{f"f{number}_txt": f"Note {number}".encode() for number in range(40)})
    seen: set[str] = set()
    for event in run.collect(folder):
        if isinstance(event, Capture):
            assert run.archive.payload(event).startswith(b"Note")
            seen.add(event.id)
        elif isinstance(event, Outcome):
            seen.remove(event.capture)
    assert not seen


def test_the_same_bytes_again_are_unchanged_and_new_bytes_are_read(run: Run, tmp_path: Path) -> None:
    note = fill(tmp_path / "drop", note_txt=b"First wording") / "note.txt"
    first = run.collect(note)
    assert [outcome.disposition for outcome in outcomes(run.collect(note))] == [Disposition.UNCHANGED]
    note.write_bytes(b"Second wording")
    assert reports(run.collect(note))[0].text == "Second wording"
    assert reports(first)[0].id == report_id(f"file:{outcomes_sha(first)}")


def outcomes_sha(events: Sequence[Event]) -> str:
    return next(event.sha256 for event in events if isinstance(event, Capture))


def test_reading_again_from_evidence_gives_the_same(run: Run, tmp_path: Path, sandbox: Sandbox) -> None:
    folder = fill(tmp_path / "drop", a_html=page(), b_pdf=encrypted_pdf(), c_bin=bytes(range(256)) * 9)
    events = run.collect(folder)
    captures = [event for event in events if isinstance(event, Capture)]
    again = [parse_file(capture, run.archive.payload(capture), SOURCE, sandbox) for capture in captures]
    assert again == outcomes(events)
    assert codes(events) == ["encrypted", "unsupported"]


def test_a_file_shows_the_address_it_names_but_cannot_pose_as_that_page(run: Run, tmp_path: Path) -> None:
    linked = page('<link rel="canonical" href="https://harbour.example/v?utm_source=x">')
    events = run.collect(fill(tmp_path / "drop", a_html=linked) / "a.html")
    (report,) = reports(events)
    assert report.url == "https://harbour.example/v"
    (capture,) = (event for event in events if isinstance(event, Capture))
    assert report.id == report_id(f"file:{capture.sha256}") != report_id(report.url)


def test_a_huge_file_is_refused_unread(run: Run, tmp_path: Path) -> None:
    huge = tmp_path / "huge.pdf"
    with huge.open("wb") as file:
        file.truncate(200_000_000)
    events = run.collect(huge)
    assert codes(events) == ["too-large"]
    assert not [event for event in events if isinstance(event, Capture)]


def test_what_cannot_be_opened_is_named_and_the_rest_goes_on(run: Run, tmp_path: Path) -> None:
    note = fill(tmp_path / "drop", note_txt=b"A note") / "note.txt"
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    events = run.collect(tmp_path / "missing.txt", pipe, note)
    issues = [event for event in events if isinstance(event, Issue)]
    assert [(issue.item, issue.code) for issue in issues] == [
        ("missing.txt", "unreadable"),
        ("pipe", "unsupported"),
    ]
    assert [report.title for report in reports(events)] == ["A note"]


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_what_may_not_be_read_is_named(run: Run, tmp_path: Path) -> None:
    secret = fill(tmp_path / "drop", secret_txt=b"x") / "secret.txt"
    secret.chmod(0)
    closed = fill(tmp_path / "closed", a_txt=b"x")
    closed.chmod(0)
    assert codes(run.collect(secret, closed)) == ["unreadable", "unreadable"]
    closed.chmod(0o700)


def test_a_file_that_vanishes_meanwhile_is_named(run: Run, tmp_path: Path) -> None:
    folder = fill(tmp_path / "drop", a_txt=b"A note", b_txt=b"B note")
    context = Context(run.fetcher, run.archive, run.sandbox, run.parsed.get)
    events = collect_files([folder], SOURCE, context)
    assert isinstance(next(events), Capture)
    (folder / "b.txt").unlink()
    assert codes(list(events)) == ["unreadable"]


def test_names_that_are_no_text_are_shown_safely(run: Run, tmp_path: Path) -> None:
    folder = fill(tmp_path / "drop")
    for name in (b"caf\xe9.txt", "zoo\u202etxt.exe".encode(), b"new\nline.txt"):
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_bytes(b"A note of " + name[:3])
    captures = [event for event in run.collect(folder) if isinstance(event, Capture)]
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


def warc(*pages: tuple[str, str, bytes], status: str = "200 OK") -> bytes:
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True)
    for url, content_type, body in pages:
        headers = StatusAndHeaders(status, [("Content-Type", content_type)], protocol="HTTP/1.1")
        writer.write_record(
            writer.create_warc_record(
                url, "response", payload=io.BytesIO(body), length=len(body), http_headers=headers
            )
        )
    return out.getvalue()


HTML = "text/html; charset=utf-8"


def test_each_page_of_a_web_archive_is_a_report(run: Run, tmp_path: Path) -> None:
    payload = warc(
        ("https://harbour.example/a?utm_source=x", HTML, page()),
        ("https://harbour.example/b.pdf", "application/pdf", pdf("A text")),
        ("https://harbour.example/c.png", "image/png", b"\x89PNG"),
        ("https://harbour.example/d", HTML, b""),
    )
    (outcome,) = outcomes(run.collect(fill(tmp_path / "drop", web_warc_gz=payload)))
    assert [report.url for report in outcome.reports] == [
        "https://harbour.example/a",
        "https://harbour.example/b.pdf",
    ]
    assert [(issue.item, issue.code) for issue in outcome.issues] == [("https://harbour.example/d", "empty")]
    assert outcome.disposition is Disposition.PARSED


def test_a_page_met_twice_in_a_web_archive_counts_once(run: Run, tmp_path: Path) -> None:
    twice = [
        ("https://harbour.example/a", HTML, page()),
        ("https://harbour.example/a#x", HTML, page(title="New")),
    ]
    assert len(reports(run.collect(fill(tmp_path / "drop", web_warc_gz=warc(*twice))))) == 1


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
    run: Run, tmp_path: Path, damage: Callable[[bytes], bytes], code: str, kept: int
) -> None:
    payload = damage(warc(("https://harbour.example/a", HTML, page())))
    events = run.collect(fill(tmp_path / "drop", web_warc=payload or b"\x1f\x8b\x00"))
    assert len(reports(events)) == kept
    assert code in codes(events)
    assert len(outcomes(events)) == 1


def test_a_web_archive_cut_short_is_known_to_lack_text(run: Run, tmp_path: Path) -> None:
    whole = warc(("https://harbour.example/a", HTML, page()), ("https://harbour.example/b", HTML, page()))
    in_the_body = run.collect(fill(tmp_path / "drop", web_warc_gz=whole[:-60]))
    assert [report.truncated for report in reports(in_the_body)] == [False, True]
    in_the_head = run.collect(fill(tmp_path / "drop", web_warc_gz=whole[:-400]))
    assert [report.truncated for report in reports(in_the_head)] == [False]
    assert codes(in_the_head) == ["malformed"]


def tar(**members: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:bz2") as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(f"backup/{name.replace('_csv', '.csv')}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return out.getvalue()


def test_data_sets_are_recognised_by_what_they_hold(tmp_path: Path) -> None:
    table = b"_id,incident_id,date\n1,1,2020-01-01\n"
    assert recognise(fill(tmp_path / "aiid", incidents_csv=table)) == "aiid"
    assert recognise(fill(tmp_path / "other", incidents_csv=b"number,when\n1,2\n")) == "files"
    assert recognise(fill(tmp_path / "atlas", ATLAS_yaml=b"id: ATLAS\n")) == "atlas"
    assert recognise(tmp_path / "atlas" / "ATLAS.yaml") == "atlas"
    packed = fill(tmp_path / "packed", a_tar_bz2=tar(first=b"x", incidents_csv=table), b_tar_bz2=tar(x=b"y"))
    assert recognise(packed / "a.tar.bz2") == "aiid"
    assert recognise(packed / "b.tar.bz2") == "files"
    broken = fill(tmp_path / "broken", c_tar_bz2=b"BZh9garbage", d_tar=b"")
    assert recognise(broken / "c.tar.bz2") == "files"
    assert recognise(broken / "d.tar") == "files"
    assert recognise(tmp_path / "nothing") == "files"
    assert recognise(packed) == "files"


def test_a_text_with_hostile_words_stays_text(run: Run, tmp_path: Path) -> None:
    words = f"<img src=x onerror=alert(1)> is what they typed.\n{STORY}".encode()
    (report,) = reports(run.collect(fill(tmp_path / "drop", note_txt=words)))
    assert report.title == "<img src=x onerror=alert(1)> is what they typed."
