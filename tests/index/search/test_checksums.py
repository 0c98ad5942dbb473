"""Damage in the middle of one file of the embedded index is found, whether or not the engine meets it."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from collectors.errors import IndexDamaged, WrongUse
from index.search.cards import HitSource
from index.search.embedded.backend import EmbeddedBackend
from index.search.embedded.checksums import RECORD
from index.search.language.parser import parse
from index.search.query import Query
from tests.index.search.searching import DIMENSIONS, card, unit

SEGMENT = ("fast", "fieldnorm", "idx", "pos", "store", "term", "del")
VECTORS = ("incident-0.cards", "incident-0.rows")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The files of an index of many cards, some of them deleted, that is closed."""
    backend, generator = EmbeddedBackend(tmp_path / "index"), np.random.default_rng(3)
    shown = HitSource(title="A cloned voice", texts=(("rep-1", "", "A cloned voice called."),))
    text = "cloned voice of a banker"
    cards = [card(n, f"{text} {n}", vectors=unit(generator, 2), shown=shown) for n in range(300)]
    backend.write(cards, (), 1)
    backend.write((), [card(n).id for n in range(0, 40, 2)], 2)
    backend.close()
    return tmp_path / "index"


def largest(folder: Path, ending: str) -> Path:
    """Return the largest file with this ending."""
    return max(folder.glob(f"*{ending}"), key=lambda path: path.stat().st_size)


def flip_middle(path: Path) -> None:
    """Change the middle third of a file, in place: a reader may have it mapped."""
    with path.open("r+b") as file:
        third = path.stat().st_size // 3
        file.seek(third)
        before = file.read(third)
        file.seek(third)
        file.write(bytes(byte ^ 0x5A for byte in before))


def flip_unseen(path: Path) -> None:
    """Change a file so that its size and times stay, as a failing disk does."""
    before = path.stat()
    flip_middle(path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize("ending", [*(f".{name}" for name in SEGMENT), *VECTORS])
def test_changed_bytes_in_any_one_file_are_found_on_opening(folder: Path, ending: str) -> None:
    EmbeddedBackend(folder).close()
    path = largest(folder, ending)
    flip_middle(path)
    with pytest.raises(IndexDamaged, match=path.name):
        EmbeddedBackend(folder)


@pytest.mark.parametrize("ending", [*(f".{name}" for name in SEGMENT), *VECTORS])
def test_check_finds_bytes_that_changed_without_a_trace(folder: Path, ending: str) -> None:
    backend = EmbeddedBackend(folder)
    backend.check()
    path = largest(folder, ending)
    flip_unseen(path)
    with pytest.raises(IndexDamaged, match=path.name):
        backend.check()


def test_search_that_fails_over_a_damaged_file_says_so(folder: Path) -> None:
    backend = EmbeddedBackend(folder)
    flip_unseen(largest(folder, ".store"))
    with pytest.raises(IndexDamaged, match=r"\.store"):
        backend.shown([card(n).id for n in range(300)], 2)


def test_fields_other_than_written_are_damage(folder: Path) -> None:
    meta = json.loads((folder / "meta.json").read_text())
    meta["schema"][0]["options"]["stored"] = not meta["schema"][0]["options"]["stored"]
    (folder / "meta.json").write_text(json.dumps(meta))
    with pytest.raises(IndexDamaged, match="fields"):
        EmbeddedBackend(folder)


def test_error_over_sound_files_is_no_damage(folder: Path) -> None:
    backend = EmbeddedBackend(folder)
    with pytest.raises(WrongUse):
        backend.nearest(np.ones(DIMENSIONS + 1, np.float32), Query(), 5)
    with pytest.raises(AttributeError):
        backend.words(None, 5)  # type: ignore[arg-type]  # stands for any fault of the program


def test_sound_files_are_read_once_and_a_lost_record_costs_nothing_else(folder: Path) -> None:
    with_record = EmbeddedBackend(folder)
    total = with_record.words(parse("banker"), 5).total
    record = json.loads((folder / RECORD).read_text())
    assert {f".{name}" for name in SEGMENT} < {Path(name).suffix for name in record}
    for broken in ("", "[]", "{"):
        (folder / RECORD).write_text(broken)
        assert EmbeddedBackend(folder).words(parse("banker"), 5).total == total
    assert json.loads((folder / RECORD).read_text()) == record
