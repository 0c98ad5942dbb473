"""A library opens at the version of the code, and never below its own."""

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, delete, inspect, select, text
from sqlalchemy.exc import DBAPIError

from collectors.errors import EvidenceDamaged, LibraryNewer, StorageRefused
from index.database.engine import NEWEST
from index.database.upgrading import MIGRATIONS
from index.rows import waiting
from index.store import Store
from index.tables import incident_refs, incidents, judgements, membership, metadata

pytestmark = pytest.mark.databases("sqlite", "postgresql")


@pytest.fixture
def template() -> str:
    """The name of a PostgreSQL database without any tables."""
    return "template1"


def test_the_migrations_make_the_tables_the_code_expects(store: Store) -> None:
    with store.reading() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == NEWEST


@pytest.mark.parametrize("revision", ["0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008"])
def test_a_library_of_any_earlier_revision_is_upgraded_with_what_it_holds(url: str, revision: str) -> None:
    engine = create_engine(url)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        for row in (
            "reports (seq, id, version, source, added) VALUES (7, 'rep-1', 'v', 'gazette', '2026')",
            "incidents (seq, id, stale, body) VALUES (7, 'inc-1', FALSE, '{\"refs\": [\"aiid\\:7\"]}')",
            "membership (incident, report) VALUES ('inc-1', 'rep-1')",
            "judgements (seq, id, verdict, target, body) VALUES (7, 'jud-1', 'accept', 'fin-1', '{}')",
        ):
            connection.execute(text(f"INSERT INTO {row}"))
        if revision >= "0008":
            connection.execute(text("INSERT INTO incident_refs VALUES ('inc-1', 'aiid\\:7')"))
    engine.dispose()
    with closing(Store(url)) as store:
        with store.reading() as connection:
            assert compare_metadata(MigrationContext.configure(connection), metadata) == []
            assert connection.execute(select(membership)).all() == [("inc-1", "rep-1", "")]
            assert connection.execute(select(incidents.c.seq, incidents.c.changed)).all() == [(7, 0)]
            assert connection.execute(select(incident_refs)).all() == [("inc-1", "aiid:7")]
            assert waiting.changed(connection, 9) == ["rep-1"]
        with pytest.raises(DBAPIError, match="append-only"), store.writing() as connection:
            connection.execute(delete(judgements))


def test_opening_again_changes_nothing(url: str, store: Store) -> None:
    again = Store(url)
    assert again.counts() == store.counts()
    again.close()


def test_a_newer_library_is_refused_and_left_alone(url: str, store: Store) -> None:
    with store.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(LibraryNewer, match="9999"):
        Store(url)


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "library.sqlite"
    file.write_bytes(b"not a database " * 100)
    with pytest.raises(EvidenceDamaged):
        Store(f"sqlite:///{file}")
    assert file.read_bytes() == b"not a database " * 100


def test_processes_that_open_a_new_library_together_all_succeed(url: str) -> None:
    root = Path(__file__).resolve().parents[3]
    command = [sys.executable, "-m", "tests.index.writer", url]
    children = [subprocess.Popen([*command, str(number), "1"], cwd=root) for number in range(4)]
    assert [child.wait() for child in children] == [0, 0, 0, 0]
    store = Store(url)
    assert store.counts()["captured"] == 4
    store.close()


def test_an_interrupted_upgrade_leaves_no_half_made_tables(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alembic.op.execute", _fail)  # after the first tables are made
    with pytest.raises(RuntimeError, match="pulled"):
        Store(url)
    monkeypatch.undo()
    engine = create_engine(url)
    assert inspect(engine).get_table_names() == []
    engine.dispose()
    Store(url).close()


def _fail(*_arguments: object) -> None:
    raise RuntimeError("the plug was pulled")


def test_a_record_that_cannot_be_opened_is_refused_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "library.sqlite").mkdir()
    with pytest.raises(StorageRefused, match="unable to open"):
        Store(f"sqlite:///{tmp_path / 'library.sqlite'}")
    (tmp_path / "file").touch()
    with pytest.raises(StorageRefused, match="cannot be the library's folder"):
        Store(f"sqlite:///{tmp_path / 'file' / 'library.sqlite'}")
