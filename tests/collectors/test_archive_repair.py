"""What a crash, a full disk or a meddler does to the evidence folder is mended or shown."""

import json
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from collectors.archive import Archive, repair, verify
from collectors.errors import EvidenceDamaged, StorageRefused
from collectors.manifest import MANIFEST
from collectors.records import Capture
from tests.collectors.fetching import child, source
from tests.collectors.test_archive import records

FOREVER = """
import os, sys
from pathlib import Path
from collectors.archive import Archive
from tests.collectors.fetching import source
archive = Archive(Path(sys.argv[1]), "run")
while True:
    capture = archive.store_file(os.urandom(200_000), "noise.bin", "text/plain", source(), "document")
    print(capture.model_dump_json(), flush=True)
"""
FILLING = """
import os, resource, sys
from pathlib import Path
from collectors.archive import Archive
from collectors.errors import StorageFull
from tests.collectors.fetching import source
archive = Archive(Path(sys.argv[1]), "run")
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
for number in range(100):
    try:
        capture = archive.store_file(os.urandom(30_000), "noise.bin", "text/plain", source(), "document")
    except StorageFull as error:
        print(f"full: {error}", file=sys.stderr)
        break
    print(capture.model_dump_json(), flush=True)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(archive.store_file(b"after", "after.txt", "text/plain", source(), "document").model_dump_json())
archive.close()
"""

HOLLOW = """
import resource, sys
from pathlib import Path
from collectors.archive import Archive
from collectors.errors import StorageFull
from tests.collectors.fetching import source
resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))
try:
    with Archive(Path(sys.argv[1]), "run") as archive:
        archive.store_file(b"note", "note.txt", "text/plain", source(), "document")
except StorageFull as error:
    print(error)
"""


def captures(lines: str) -> list[Capture]:
    return [Capture.model_validate_json(line) for line in lines.split("\n")[:-1]]


def all_come_back(folder: Path, acknowledged: list[Capture]) -> bool:
    reader = Archive(folder, "read")
    return all(len(reader.payload(capture)) == capture.length for capture in acknowledged)


@pytest.mark.parametrize("moment", range(5))
def test_what_was_acknowledged_survives_a_kill(tmp_path: Path, moment: int) -> None:
    with child(FOREVER, tmp_path) as running:
        assert running.stdout is not None
        first = running.stdout.readline()
        time.sleep(0.05 + 0.013 * moment)
        running.send_signal(signal.SIGKILL)
        acknowledged = captures(first + running.stdout.read())
    assert [path.name for path in tmp_path.iterdir()] == ["run.warc.gz.open"]
    assert all_come_back(tmp_path, acknowledged)
    assert len(repair(tmp_path)) == 1
    assert {path.name for path in tmp_path.iterdir()} == {"run.warc.gz", MANIFEST}
    assert all_come_back(tmp_path, acknowledged)
    assert len(records(tmp_path / "run.warc.gz")) >= 1 + len(acknowledged)
    assert (verify(tmp_path), repair(tmp_path)) == ([], [])


def test_a_full_disk_loses_nothing_acknowledged_and_is_resumed_after(tmp_path: Path) -> None:
    with child(FILLING, tmp_path) as running:
        out, said = running.communicate(timeout=60)
    assert "full: no room to write run.warc.gz" in said
    acknowledged = captures(out)
    assert len(acknowledged) == 4
    assert all_come_back(tmp_path, acknowledged)
    assert len(records(tmp_path / "run.warc.gz")) == 5
    assert verify(tmp_path) == []


@pytest.fixture
def whole(tmp_path: Path) -> bytes:
    """Return the bytes of a file of three records that a crash has left open."""
    with Archive(tmp_path, "run") as archive:
        for number in range(3):
            archive.store_file(bytes([number]) * 1000, "noise.bin", "text/plain", source(), "document")
    (tmp_path / MANIFEST).unlink()
    return (tmp_path / "run.warc.gz").rename(tmp_path / "run.warc.gz.open").read_bytes()


def test_a_tear_anywhere_leaves_the_whole_records(tmp_path: Path, whole: bytes) -> None:
    path = tmp_path / "run.warc.gz.open"
    counts = set()
    for length in range(0, len(whole) + 1, 13):
        path.write_bytes(whole[:length])
        done = repair(tmp_path)
        finished = tmp_path / "run.warc.gz"
        counts.add(len(records(finished)) if finished.exists() else 0)
        assert len(done) == 1
        finished.unlink(missing_ok=True)
        (tmp_path / MANIFEST).unlink(missing_ok=True)
    assert counts >= {0, 1, 2, 3}


@pytest.mark.parametrize("tail", [b"\0" * 5000, b"\x1f\x8b\x08\0", b"garbage", b"\x1f"], ids=len)
def test_a_tail_that_is_no_record_is_cut_off(tmp_path: Path, whole: bytes, tail: bytes) -> None:
    (tmp_path / "run.warc.gz.open").write_bytes(whole + tail)
    assert f"{len(tail)} torn bytes" in repair(tmp_path)[0]
    assert (tmp_path / "run.warc.gz").read_bytes() == whole


def test_damage_in_the_middle_costs_no_record_behind_it(tmp_path: Path) -> None:
    with Archive(tmp_path, "run") as archive:
        first, second, third = (
            archive.store_file(bytes([number]) * 1000, "noise.bin", "text/plain", source(), "document")
            for number in range(3)
        )
    (tmp_path / MANIFEST).unlink()
    torn = bytearray((tmp_path / "run.warc.gz").rename(tmp_path / "run.warc.gz.open").read_bytes())
    torn[(second.offset + third.offset) // 2] ^= 0x55
    (tmp_path / "run.warc.gz.open").write_bytes(torn + b"\x1f\x8b\x08torn")
    [done] = repair(tmp_path)
    inside = f"{third.offset - second.offset} damaged bytes inside it left as they are"
    assert done == f"run.warc.gz: finished, 7 torn bytes cut off, {inside}"
    assert all_come_back(tmp_path, [first, third])
    with pytest.raises(EvidenceDamaged):
        Archive(tmp_path, "read").payload(second)
    assert verify(tmp_path) == []


def test_a_finished_file_is_never_written_over(tmp_path: Path, whole: bytes) -> None:
    (tmp_path / "run.warc.gz").write_bytes(b"of another run")
    with pytest.raises(EvidenceDamaged, match="there is another"):
        repair(tmp_path)
    assert (tmp_path / "run.warc.gz").read_bytes() == b"of another run"
    assert (tmp_path / "run.warc.gz.open").read_bytes() == whole


def test_two_runs_of_one_name_keep_apart(tmp_path: Path) -> None:
    with Archive(tmp_path, "run") as one, Archive(tmp_path, "run") as other:
        kept = [
            archive.store_file(text, "a.txt", "text/plain", source(), "document")
            for archive, text in ((one, b"one"), (other, b"other"))
        ]
        one.close()
        kept.append(one.store_file(b"more", "a.txt", "text/plain", source(), "document"))
    assert [capture.warc for capture in kept] == ["run.warc.gz", "run-2.warc.gz", "run-3.warc.gz"]
    assert all_come_back(tmp_path, kept)
    assert verify(tmp_path) == []


def test_a_folder_that_refuses_has_its_name(tmp_path: Path, whole: bytes) -> None:
    (tmp_path / "taken").write_bytes(b"")
    with (
        pytest.raises(StorageRefused, match="taken") as refused,
        Archive(tmp_path / "taken", "run") as archive,
    ):
        archive.store_file(b"a", "a.txt", "text/plain", source(), "document")
    assert "cannot be read or written" in str(refused.value)
    (tmp_path / MANIFEST).mkdir()
    for ask in (repair, verify):
        with pytest.raises(
            StorageRefused, match=r"manifest\.jsonl cannot be read or written: Is a directory"
        ):
            ask(tmp_path)
    assert (tmp_path / "run.warc.gz").read_bytes() == whole


def test_a_disk_full_from_the_start_leaves_no_hollow_file(tmp_path: Path) -> None:
    with child(HOLLOW, tmp_path) as running:
        said = running.communicate(timeout=60)[0]
    assert said == "no room to write run.warc.gz: File too large\n"
    assert list(tmp_path.iterdir()) == []


def test_a_crash_between_naming_and_entering_is_mended(tmp_path: Path, whole: bytes) -> None:
    (tmp_path / "run.warc.gz.open").rename(tmp_path / "run.warc.gz")
    (tmp_path / MANIFEST).write_text('{"warc": "torn')
    assert repair(tmp_path) == ["run.warc.gz: entered in the manifest"]
    assert verify(tmp_path) == []


def test_repairing_a_folder_that_is_not_there_does_nothing(tmp_path: Path) -> None:
    assert repair(tmp_path / "nowhere") == []
    assert verify(tmp_path / "nowhere") == []


@pytest.fixture
def finished(tmp_path: Path) -> Path:
    for run in ("a", "b", "c"):
        with Archive(tmp_path, run) as archive:
            archive.store_file(run.encode(), f"{run}.txt", "text/plain", source(), "document")
    assert verify(tmp_path) == []
    return tmp_path


def rewrite(folder: Path, number: int, **changes: str) -> None:
    lines = (folder / MANIFEST).read_text().splitlines()
    lines[number] = json.dumps({**json.loads(lines[number]), **changes})
    (folder / MANIFEST).write_text("\n".join(lines) + "\n")


def drop_line(folder: Path) -> None:
    lines = (folder / MANIFEST).read_text().splitlines()
    (folder / MANIFEST).write_text("\n".join([lines[0], lines[2]]) + "\n")


MEDDLING: dict[str, tuple[Callable[[Path], object], str]] = {
    "changed file": (lambda f: (f / "b.warc.gz").write_bytes(b"x"), "b.warc.gz has changed"),
    "removed file": (lambda f: (f / "b.warc.gz").unlink(), "b.warc.gz is missing"),
    "added file": (lambda f: (f / "d.warc.gz").write_bytes(b"x"), "d.warc.gz is not in the manifest"),
    "changed line": (lambda f: rewrite(f, 1, entered="2020-01-01"), "line 3 does not follow"),
    "removed line": (drop_line, "line 2 does not follow"),
    "broken line": (lambda f: (f / MANIFEST).write_text("[]\n"), "line 1 cannot be read"),
    "line of noise": (lambda f: (f / MANIFEST).write_bytes(b"\xff\0\n"), "line 1 cannot be read"),
    "line that points away": (lambda f: rewrite(f, 2, warc="../c"), "../c is missing"),
}


@pytest.mark.parametrize("case", MEDDLING)
def test_meddling_shows(finished: Path, case: str) -> None:
    meddle, expected = MEDDLING[case]
    meddle(finished)
    assert [problem for problem in verify(finished) if expected in problem]


@pytest.mark.parametrize("noise", [b"[]\n", b"\xff\0\n", b"{}\n\n", b"torn"], ids=repr)
def test_a_broken_manifest_does_not_stop_a_repair(finished: Path, noise: bytes) -> None:
    (finished / MANIFEST).write_bytes(noise)
    assert len(repair(finished)) == 3
    assert repair(finished) == []
    problems = verify(finished)
    assert all("cannot be read" in problem for problem in problems)
    assert bool(problems) == (noise != b"torn")


def test_a_meddled_payload_is_refused(finished: Path) -> None:
    with Archive(finished, "d") as archive:
        capture = archive.store_file(b"d", "d.txt", "text/plain", source(), "document")
    (finished / "d.warc.gz").write_bytes((finished / "a.warc.gz").read_bytes())
    with pytest.raises(EvidenceDamaged):
        Archive(finished, "read").payload(capture)
