"""Whatever lies in a drop folder, adding it comes back, says what was wrong and keeps the rest."""

import io
import os
import socket
import sqlite3
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from collectors.archive import verify
from collectors.errors import LibraryBusy, WrongUse
from collectors.records import Report
from index.library import Library
from index.store import Store
from tests.collectors.crafted import STORY, encrypted_pdf, nested_mail, page, pdf, warc, word
from tests.collectors.test_aiid import INCIDENT_COLUMNS, PRESS_COLUMNS, incident, table
from tests.e2e.commands import ROOT, environment
from tests.index.hardship import LEAD, Ran, all_reports, check_books, check_listed, settings

HTML = "text/html"
ATLAS = """id: ATLAS
matrices: []
case-studies:
- id: AML.CS0901
  name: A fictional exercise
  case-study-type: exercise
  incident-date: 2025-03-01
  incident-date-granularity: MONTH
  summary: A team studied a model.
  procedure: []
  references: []
- {id: ../../etc, name: Bad id, case-study-type: incident, summary: Text.}
- just a word
"""


@dataclass(frozen=True)
class Bad:
    """A file with something wrong in it: the code of its issue, if any, and how many reports it yields."""

    content: bytes
    expected: str = ""
    reports: int = 0


def tar(*members: tuple[tarfile.TarInfo, bytes], mode: str = "w:bz2") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]  # mode is a plain str here
        for member, content in members:
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return out.getvalue()


def member(name: str, content: str = "", *, link: str = "") -> tuple[tarfile.TarInfo, bytes]:
    made = tarfile.TarInfo(name)
    if link:
        made.type, made.linkname = tarfile.SYMTYPE, link
    return made, content.encode()


def incidents(*numbers: str, columns: tuple[str, ...] = INCIDENT_COLUMNS) -> tuple[tarfile.TarInfo, bytes]:
    rows = [incident(number, title=f"Fictional incident {number}") for number in numbers]
    return member("backup/incidents.csv", table(columns, *rows))


def doubled() -> tuple[tarfile.TarInfo, bytes]:
    """A table that has a column twice."""
    rows = [[*incident("31", title="Fictional incident 31"), "again"]]
    return member("backup/incidents.csv", table((*INCIDENT_COLUMNS, "title"), *rows))


def torn_warc() -> bytes:
    addresses = (f"https://harbour.example/{name}" for name in "abc")
    return warc(*((address, HTML, page()) for address in addresses))[:-400]


FILES: dict[str, Bad] = {
    "empty.txt": Bad(b"", "empty"),
    "blank.html": Bad(b" \n\t \x00 \n", "empty"),
    "mark.txt": Bad(b"\xef\xbb\xbf", "empty"),
    "scans.pdf": Bad(pdf("", "", ""), "empty"),
    "locked.pdf": Bad(encrypted_pdf(), "encrypted"),
    "locked.docx": Bad(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99) + "EncryptedPackage".encode("utf-16le"), "encrypted"
    ),
    "half.pdf": Bad(pdf(STORY)[:200], "malformed"),
    "garbage.pdf": Bad(b"%PDF-1.7\n" + bytes(range(256)) * 500, "malformed"),
    "program.pdf": Bad(b"MZ\x90\x00\x03\x00\x00\x00" + bytes(500), "unsupported"),
    "picture.html": Bad(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "unsupported"),
    "noise.txt": Bad(bytes((n * 7919 + n // 3) % 256 for n in range(5000)), "unsupported"),
    "old.doc": Bad(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000), "unsupported"),
    "data.xml": Bad(b"<?xml version='1.0'?><feed><entry/></feed>", "unsupported"),
    "macros.docx": Bad(word(STORY, extra={"word/vbaProject.bin": b"x"}), "unsupported"),
    "bomb.docx": Bad(word(STORY, extra={"word/zeros.bin": bytes(20_000_000)}), "bomb-refused"),
    "members.docx": Bad(word(STORY, extra={f"word/{n}": b"" for n in range(10_100)}), "bomb-refused"),
    "torn.docx": Bad(word(STORY)[:5000], "malformed"),
    "torn.warc.gz": Bad(torn_warc(), "malformed", reports=2),
    "hollow.warc": Bad(b"WARC/1.0\r\n" + b"A: b\r\n" * 1000, "empty"),
    "outward.warc.gz": Bad(warc(("javascript:1", HTML, page())), "empty"),
    "way-out.tar.bz2": Bad(
        tar(member("../../etc/cron.d/x", "x"), member("/abs/reports.csv", "x"), incidents("11")),
        "unsafe-archive",
        1,
    ),
    "linked.tar.bz2": Bad(
        tar(incidents("12"), member("backup/reports.csv", link="/etc/passwd")), "unsafe-archive", 1
    ),
    "twice.tar.bz2": Bad(tar(incidents("13", "13")), "malformed", 1),
    "columns.tar.bz2": Bad(tar(doubled()), "", 1),
    "bomb.tar.bz2": Bad(tar(incidents("14"), member("backup/reports.csv", "x" * 60_000_000)), "bomb-refused"),
    "torn.tar.bz2": Bad(
        tar(incidents("15"), member("backup/reports.csv", table(PRESS_COLUMNS)), mode="w"), "", 1
    ),
    "noise.tar.bz2": Bad(b"BZh9garbage" * 99, "unsupported"),
    "deep.eml": Bad(nested_mail(500)),
    "latin.txt": Bad("Überschrift\nmit Umlaut".encode("cp1252"), "", 1),
    "line.txt": Bad(b"word " * 1_000_000, "", 1),
    "page.exe": Bad(page(title="A page all the same"), "", 1),
}
ODD_NAMES = {
    b"caf\xe9.txt": "caf\\xe9.txt",
    b"new\nline.txt": "new line.txt",
    "a\u202etxt.exe".encode(): "atxt.exe",
}


def write(folder: Path) -> Path:
    folder.mkdir()
    for name, bad in FILES.items():
        (folder / name).write_bytes(bad.content)
    for odd in ODD_NAMES:
        Path(os.fsdecode(os.fsencode(folder) + b"/" + odd)).write_bytes(b"A note called " + odd[:3])
    with (folder / "huge.pdf").open("wb") as file:
        file.truncate(200_000_000)
    (folder / "atlas").mkdir()
    (folder / "atlas" / "ATLAS.yaml").write_text(ATLAS)
    (folder / "folder.pdf").mkdir()
    (folder / "folder.pdf" / "inside.txt").write_bytes(b"A note in a folder called like a PDF")
    os.mkfifo(folder / "pipe.txt")
    with closing(socket.socket(socket.AF_UNIX)) as listener:
        listener.bind(str(folder / "socket.txt"))
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "secret.txt").symlink_to("/etc/passwd")
    (folder / "zz-vanishing.txt").write_bytes(b"Gone before it is read")
    return folder


OTHERS = {
    "huge.pdf": "too-large",
    "pipe.txt": "unsupported",
    "socket.txt": "unsupported",
    "zz-vanishing.txt": "unreadable",
}
"""What is no ordinary file, by the code of its issue."""


@dataclass
class Runs:
    """The same folder added twice."""

    folder: Path
    first: Ran
    again: Ran


def add(library: Library, folder: Path) -> Ran:
    began = time.monotonic()

    def tell(stage: str, done: int, _: int | None) -> None:
        if stage == "adding files" and done:
            (folder / "zz-vanishing.txt").unlink(missing_ok=True)

    tally = library.collect(paths=[folder], actor=LEAD, progress=tell)
    return Ran(library, tally, time.monotonic() - began)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    folder = write(tmp_path_factory.mktemp("files") / "drop")
    with Library.open(settings(tmp_path_factory.mktemp("library"))) as library:
        first = add(library, folder)
        assert first.status
        assert first.reports
        yield Runs(folder, first, add(library, folder))


def reports_of(ran: Ran, name: str) -> list[Report]:
    """Return the reports that were read out of one file."""
    with closing(Store(ran.library.settings.database_url)) as store:
        return [
            report
            for report in ran.reports
            if store.capture(report.capture).requested_url.endswith((f"/{name}", f":{name}"))
        ]


@pytest.mark.parametrize("name", [name for name in FILES if name != "deep.eml"])
def test_a_bad_file_ends_in_its_own_issue(runs: Runs, name: str) -> None:
    bad = FILES[name]
    with closing(Store(runs.first.library.settings.database_url)) as store:
        said = {
            issue.code
            for issue in runs.first.tally.issues
            if issue.capture and store.capture(issue.capture).requested_url.endswith((f"/{name}", f":{name}"))
        }
    assert said == {bad.expected} - {""}
    assert len(reports_of(runs.first, name)) == bad.reports


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_no_readable_file_is_named_and_never_waited_for(runs: Runs, name: str) -> None:
    [issue] = [issue for issue in runs.first.tally.issues if issue.item.endswith(name)]
    assert (issue.code, issue.capture) == (OTHERS[name], None)


def test_everything_is_listed_with_advice_and_the_books_balance(runs: Runs) -> None:
    check_listed(runs.first)
    check_books(runs.first.status)
    assert runs.first.seconds < 60


def test_the_good_ones_are_kept(runs: Runs) -> None:
    texts = [report.text for report in runs.first.reports]
    assert any("a folder called like a PDF" in text for text in texts)
    assert sum(text.startswith("A note called") for text in texts) == len(ODD_NAMES)
    assert [report.refs for report in runs.first.reports if report.source == "mitre-atlas"] == [
        ("atlas:AML.CS0901",)
    ]
    assert not any("root:" in text for text in texts)


def test_names_are_shown_safely(runs: Runs) -> None:
    with closing(Store(runs.first.library.settings.database_url)) as store:
        urls = {store.capture(report.capture).requested_url for report in runs.first.reports}
    assert {f"file:{shown}" for shown in ODD_NAMES.values()} <= urls
    assert not any(str(runs.folder.parent) in url for url in urls)


def test_a_second_time_changes_nothing(runs: Runs) -> None:
    assert (runs.again.tally.new_reports, runs.again.tally.changed_reports) == (0, 0)
    assert len(all_reports(runs.again.library)) == len(runs.first.reports)
    check_books(runs.again.library.status(actor=LEAD))
    assert runs.again.tally.quarantined == runs.first.tally.quarantined


def test_what_was_mended_loses_its_issue(runs: Runs) -> None:
    (runs.folder / "half.pdf").write_bytes(pdf(STORY))
    tally = runs.again.library.collect(paths=[runs.folder], actor=LEAD)
    assert tally.new_reports == 1
    open_issues = runs.again.library.status(actor=LEAD).issues
    assert not [issue for issue in open_issues if issue.item.endswith("half.pdf")]


def test_a_path_that_is_not_there_is_wrong_use(runs: Runs) -> None:
    with pytest.raises(WrongUse, match="no such file"):
        runs.again.library.collect(paths=[runs.folder / "missing"], actor=LEAD)
    (runs.folder / "dangling").symlink_to(runs.folder / "missing")
    with pytest.raises(WrongUse, match="no such file"):
        runs.again.library.collect(paths=[runs.folder / "dangling"], actor=LEAD)
    with pytest.raises(WrongUse, match="no source"):
        runs.again.library.collect(paths=[runs.folder], source_key="nobody", actor=LEAD)


def test_a_source_file_that_is_not_well_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "broken.toml").write_text("title = [")
    with Library.open(settings(tmp_path)) as library, pytest.raises(WrongUse, match=r"broken\.toml"):
        library.collect(["starter"], actor=LEAD)


LIMITED = (
    "import resource, sys; limit = int(sys.argv.pop(1)); from ui.cli import entry; "
    "resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)); entry()"
)


def limited(home: Path, size: int, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command that may write no file longer than ``size`` bytes, as on a disk that fills up."""
    return subprocess.run(
        [sys.executable, "-c", LIMITED, str(size), "--home", str(home), *words],
        capture_output=True,
        text=True,
        env=environment(),
        cwd=ROOT,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("size", [10_000, 100_000, 600_000])
def test_a_disk_that_fills_up_ends_the_run_and_loses_nothing(tmp_path: Path, size: int) -> None:
    home, notes = tmp_path / "home", tmp_path / "notes"
    notes.mkdir()
    for number in range(30):
        (notes / f"{number:02}.txt").write_bytes(
            f"Note {number}. ".encode() + os.urandom(15_000).hex().encode()
        )
    Library.open(settings(home)).close()
    full = limited(home, size, "add", str(notes))
    assert full.returncode == 3, full.stderr
    assert any(said in full.stderr for said in ("no room", "could not be written", "does not start"))
    assert "Free space" in full.stderr
    assert "Traceback" not in full.stderr
    with closing(sqlite3.connect(home / "library.sqlite")) as connection:
        assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
        before = {row[0] for row in connection.execute("select id from reports")}
    with Library.open(settings(home)) as library:
        tally = library.collect(paths=[notes], actor=LEAD)
        assert tally.issues == ()
        check_books(library.status(actor=LEAD))
        assert before <= {report.id for report in all_reports(library)}
        assert len(all_reports(library)) == 30
    assert verify(home / "evidence") == []
    with closing(Store(settings(home).database_url)) as store:
        assert store.audit_fault() is None


def lose(path: Path) -> None:
    path.unlink()


def tear(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-30])


@pytest.mark.parametrize("damage", [lose, tear])
def test_lost_evidence_of_an_interrupted_capture_does_not_stop_later_runs(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    note = tmp_path / "note.txt"
    note.write_bytes(b"A note on a voice that was copied.")
    with Library.open(settings(tmp_path / "home")) as library:
        library.collect(paths=[note], actor=LEAD)
        with closing(sqlite3.connect(tmp_path / "home" / "library.sqlite")) as connection:
            connection.execute("update captures set disposition = null")
            connection.commit()
        for path in (tmp_path / "home" / "evidence").glob("*.warc.gz"):
            damage(path)
        tally = library.collect(paths=[note], actor=LEAD)
        assert [issue.code for issue in tally.issues] == ["evidence-damaged"]
        assert (tally.quarantined, tally.parsed) == (1, 1)
        check_books(library.status(actor=LEAD))
        assert library.collect(paths=[note], actor=LEAD).unchanged == 1


def test_a_second_run_beside_a_running_one_is_refused_and_harms_nothing(tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_bytes(b"A note on a voice that was copied.")
    inside, go = threading.Event(), threading.Event()

    def wait(_: str, __: int, ___: int | None) -> None:
        inside.set()
        go.wait(60)

    with Library.open(settings(tmp_path / "home")) as one, Library.open(settings(tmp_path / "home")) as other:
        first = threading.Thread(target=lambda: one.collect(paths=[note], actor=LEAD, progress=wait))
        first.start()
        assert inside.wait(60)
        with pytest.raises(LibraryBusy, match="another run"):
            other.collect(["starter"], actor=LEAD)
        go.set()
        first.join()
        assert other.collect(paths=[note], actor=LEAD).unchanged == 1
