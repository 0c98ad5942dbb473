"""Data sets are told from other files by what they hold, and nothing is waited for or unfolded on the way."""

import io
import os
import tarfile
from pathlib import Path

import pytest

from collectors.catalogue import KINDS
from collectors.datasets import READERS, recognise
from collectors.errors import UnsafeArchive
from collectors.run import COLLECTORS
from collectors.sets import aiid
from tests.collectors.dropping import fill

TABLE = b"_id,incident_id,date\n1,1,2020-01-01\n"


def tar(**members: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:bz2") as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(f"backup/{name.replace('_csv', '.csv')}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return out.getvalue()


def test_data_sets_are_recognised_by_what_they_hold(tmp_path: Path) -> None:
    assert recognise(fill(tmp_path / "aiid", incidents_csv=TABLE)) == "aiid"
    assert recognise(fill(tmp_path / "other", incidents_csv=b"number,when\n1,2\n")) == "files"
    assert recognise(fill(tmp_path / "atlas", ATLAS_yaml=b"id: ATLAS\n")) == "atlas"
    assert recognise(tmp_path / "atlas" / "ATLAS.yaml") == "atlas"
    packed = fill(tmp_path / "packed", a_tar_bz2=tar(first=b"x", incidents_csv=TABLE), b_tar_bz2=tar(x=b"y"))
    assert recognise(packed / "a.tar.bz2") == "aiid"
    assert recognise(packed / "b.tar.bz2") == "files"
    broken = fill(tmp_path / "broken", c_tar_bz2=b"BZh9garbage", d_tar=b"")
    assert recognise(broken / "c.tar.bz2") == "files"
    assert recognise(broken / "d.tar") == "files"
    assert recognise(tmp_path / "nothing") == "files"
    assert recognise(packed) == "files"


def test_a_bomb_is_no_data_set(tmp_path: Path) -> None:
    bomb = tar(zeros=bytes(60_000_000), incidents_csv=TABLE)
    assert len(bomb) < 100_000
    assert recognise(fill(tmp_path, a_tar_bz2=bomb) / "a.tar.bz2") == "files"


def test_a_table_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    marked = b"\xef\xbb\xbfincident_id,date\n1,2020-01-01\n"
    assert recognise(fill(tmp_path, incidents_csv=marked)) == "aiid"


@pytest.mark.parametrize("name", ["a.tar.gz", "incidents.csv", "ATLAS.yaml"])
def test_a_pipe_is_not_waited_for(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    assert recognise(tmp_path) == "files"
    assert recognise(tmp_path / name) == "files"


def test_a_pipe_among_the_tables_of_a_snapshot_is_refused(tmp_path: Path) -> None:
    fill(tmp_path, incidents_csv=TABLE)
    os.mkfifo(tmp_path / "reports.csv")
    with pytest.raises(UnsafeArchive, match=r"reports\.csv is a link or no ordinary file"):
        aiid.bundle(tmp_path)


def test_every_kind_that_is_collected_or_read_is_one_a_source_may_have() -> None:
    assert {*COLLECTORS, *READERS} <= KINDS
