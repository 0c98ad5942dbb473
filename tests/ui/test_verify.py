"""`moriarty verify`: the log and the evidence are as they were written, or it says what is not."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.commands import answer, moriarty


@pytest.fixture
def mine(home: Path, tmp_path: Path) -> Path:
    """A copy of the starter library that a test may damage."""
    return Path(shutil.copytree(home, tmp_path / "mine"))


def test_a_library_left_alone_is_sound_and_goes_on_from_every_head(mine: Path) -> None:
    first = answer(mine, "verify", "--json")
    assert first["first_wrong"] is None and first["evidence"] == []
    moriarty(mine, "search", "deepfake")
    again = moriarty(mine, "verify", "--head", first["head"])
    assert again.returncode == 0 and "as they were written" in again.stderr
    assert int(again.stdout.split()[1].partition(":")[0]) > first["entries"]


def test_a_log_that_was_replaced_does_not_go_on_from_a_kept_head(mine: Path) -> None:
    size, _, root = answer(mine, "verify", "--json")["head"].partition(":")
    turned = root[:-1] + ("0" if root[-1] != "0" else "1")
    wrong = moriarty(mine, "verify", "--head", f"{size}:{turned}")
    assert wrong.returncode == 1 and f"entry {int(size):,} is not" in wrong.stderr
    for head in ("12", "x:y", f"{size}:{root[:10]}"):
        assert moriarty(mine, "verify", "--head", head).returncode == 2


def test_changed_evidence_and_a_rewritten_entry_are_named(mine: Path) -> None:
    file = next((mine / "evidence").glob("*.warc.gz"))
    file.write_bytes(file.read_bytes() + b"more")
    with closing(sqlite3.connect(mine / "library.sqlite")) as database, database:
        for (trigger,) in database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            database.execute(f"DROP TRIGGER {trigger}")
        database.execute("UPDATE audit SET entry = replace(entry, 'lead', 'boss') WHERE seq = 2")
    done = moriarty(mine, "verify", "--json")
    found = json.loads(done.stdout)
    assert done.returncode == 1 and found["first_wrong"] == 2
    assert found["evidence"] == [f"{file.name} has changed since it was finished"]


def test_verify_names_a_page_of_the_record_that_is_damaged(mine: Path) -> None:
    file = mine / "library.sqlite"
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = database.execute(
            "SELECT rootpage FROM sqlite_master WHERE tbl_name = 'findings' AND type = 'index'"
        ).fetchone()
        (size,) = database.execute("PRAGMA page_size").fetchone()
    with file.open("r+b") as stream:
        stream.seek(page * size - size // 4)
        stream.write(b"\xff" * (size // 4))
    done = moriarty(mine, "verify", "--json")
    assert done.returncode == 1 and json.loads(done.stdout)["record"]
    assert "record: " in moriarty(mine, "verify").stderr
