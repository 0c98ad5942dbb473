"""A full disk, lost evidence and two runs at once end in their own errors and lose nothing."""

import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from collectors.archive import verify
from collectors.errors import LibraryBusy, SourceRefused, StorageRefused
from index.library import Library
from index.store import Store
from tests.e2e.commands import ROOT, command, environment
from tests.index.hardship import LEAD, all_reports, check_books, settings
from tests.index.log import fault

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
        tally = library.add([notes], actor=LEAD)
        assert tally.issues == ()
        check_books(library.status(actor=LEAD))
        assert before <= {report.id for report in all_reports(library)}
        assert len(all_reports(library)) == 30
    assert verify(home / "evidence") == []
    with closing(Store(settings(home).database_url)) as store:
        assert fault(store) is None


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
        library.add([note], actor=LEAD)
        with closing(sqlite3.connect(tmp_path / "home" / "library.sqlite")) as connection:
            connection.execute("update captures set disposition = null")
            connection.commit()
        for path in (tmp_path / "home" / "evidence").glob("*.warc.gz"):
            damage(path)
        tally = library.add([note], actor=LEAD)
        assert [issue.code for issue in tally.issues] == ["evidence-damaged"]
        assert (tally.quarantined, tally.parsed) == (1, 1)
        check_books(library.status(actor=LEAD))
        assert library.add([note], actor=LEAD).unchanged == 1


def test_a_second_run_beside_a_running_one_is_refused_and_harms_nothing(tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_bytes(b"A note on a voice that was copied.")
    inside, go = threading.Event(), threading.Event()

    def wait(_: str, __: int, ___: int | None) -> None:
        inside.set()
        go.wait(60)

    with Library.open(settings(tmp_path / "home")) as one, Library.open(settings(tmp_path / "home")) as other:
        first = threading.Thread(target=lambda: one.add([note], actor=LEAD, progress=wait))
        first.start()
        assert inside.wait(60)
        with pytest.raises(LibraryBusy, match="another run"):
            other.collect(["starter"], actor=LEAD)
        go.set()
        first.join()
        assert other.add([note], actor=LEAD).unchanged == 1


def test_a_source_file_that_is_not_well_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "broken.toml").write_text("title = [")
    with Library.open(settings(tmp_path)) as library, pytest.raises(SourceRefused, match=r"broken\.toml"):
        library.collect(["starter"], actor=LEAD)


@pytest.mark.parametrize("name", ["evidence", "state"])
def test_a_folder_of_the_library_that_cannot_be_used_is_named(tmp_path: Path, name: str) -> None:
    note = tmp_path / "note.txt"
    note.write_bytes(b"A note on a voice that was copied.")
    home = tmp_path / "home"
    home.mkdir()
    (home / name).write_bytes(b"where a folder should be")
    with Library.open(settings(home)) as library:
        with pytest.raises(StorageRefused, match="cannot be read or written"):
            library.add([note], actor=LEAD)
        (home / name).unlink()
        assert library.add([note], actor=LEAD).new_reports == 1
        check_books(library.status(actor=LEAD))


def test_programs_that_add_at_once_leave_every_file_once(tmp_path: Path) -> None:
    home, notes = tmp_path / "home", tmp_path / "notes"
    notes.mkdir()
    for number in range(60):
        (notes / f"{number:02}.txt").write_bytes(f"Note {number} on a voice that was copied.".encode())
    Library.open(settings(home)).close()
    adding = [adder(home, notes) for _ in range(3)]
    said = [one.communicate(timeout=200)[1] for one in adding]
    ended = {one.returncode for one in adding}
    assert 0 in ended, said
    assert ended <= {0, 3}, said
    refused = [words for program, words in zip(adding, said, strict=True) if program.returncode]
    assert all(words.startswith("Another ") for words in refused), refused
    with Library.open(settings(home)) as library:
        assert len(all_reports(library)) == 60
        check_books(library.status(actor=LEAD))
    assert verify(home / "evidence") == []


def test_a_run_killed_in_the_middle_of_a_folder_is_finished_by_the_next(tmp_path: Path) -> None:
    home, notes = tmp_path / "home", tmp_path / "notes"
    notes.mkdir()
    for number in range(120):
        (notes / f"{number:03}.txt").write_bytes(f"Note {number} on a voice that was copied.".encode())
    Library.open(settings(home)).close()
    with subprocess.Popen(
        command(home, "add", str(notes)), stderr=subprocess.DEVNULL, env=environment()
    ) as adding:
        while not captured(home):
            time.sleep(0.01)
        adding.kill()
    kept = captured(home)
    assert 0 < len(kept) < 120
    with Library.open(settings(home)) as library:
        tally = library.add([notes], actor=LEAD)
        assert tally.issues == ()
        assert kept <= captured(home)
        assert len(all_reports(library)) == 120
        check_books(library.status(actor=LEAD))
    assert verify(home / "evidence") == []


def adder(home: Path, notes: Path) -> subprocess.Popen[str]:
    """Start a program that adds a folder."""
    words = command(home, "add", str(notes))
    return subprocess.Popen(words, stderr=subprocess.PIPE, text=True, env=environment())


def captured(home: Path) -> set[str]:
    """Return the captures that are acknowledged."""
    with closing(sqlite3.connect(home / "library.sqlite", timeout=60)) as connection:
        return {row[0] for row in connection.execute("select id from captures")}
