"""What PostgreSQL does in its own way, and the record does not let show."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from collectors.errors import LibraryBusy, MoriartyError, NotFound, RecordDown, RecordRefused, WrongUse
from collectors.records import Issue
from index.library import Library
from index.records import Verdict
from index.rows import outbox as pending
from index.store import Store
from index.tables import outbox, sources
from tests.index.database import postgres_server
from tests.index.database.postgres_server import ADMIN, PASSWORD, Server
from tests.index.fictional import ANALYST, capture, finding, outcome, report, source, told
from tests.index.log import fault
from tests.index.room import furnish
from tests.index.search.elastic_server import free_port

ROOT = Path(__file__).resolve().parents[3]
RIGHTS = re.findall(r"```sql\n(.*?)```", (ROOT / "docs" / "postgresql.md").read_text("utf-8"), re.DOTALL)
"""What the documentation has an administrator run: who owns the record, who uses it, who reads it."""
OWNER, USER, BACKUP = "moriarty_owner", "moriarty", "moriarty_backup"


@pytest.fixture
def database() -> str:
    """Every test here is about this one."""
    return "postgresql"


def test_text_sorts_by_code_point_whatever_language_the_database_speaks(store: Store) -> None:
    keys = ["b-2", "a", "b", "b1"]
    store.remember(source(key) for key in keys)
    with store.reading() as connection:
        assert connection.execute(text("SELECT 'B' > 'a'")).scalar(), "as in a dictionary"
        ordered = connection.execute(select(sources.c.key).order_by(sources.c.key)).scalars().all()
    assert ordered == sorted(keys) == ["a", "b", "b-2", "b1"]


def test_a_character_the_database_does_not_keep_stops_nothing(store: Store) -> None:
    taken = capture(url="https://gazette.example/\0")
    one = report(1, taken)
    about = Issue(source="gazette", item="a\0b", code="malformed", detail="\0", advice="", at=taken.started)
    store.save(taken, ANALYST)
    store.save(about, ANALYST)
    store.save(outcome(taken, [one]), ANALYST)
    store.save_enriched([told(one, finding(one, "V\0CF", quote="\0"))], "one", ANALYST)
    assert store.issues() == [about]
    assert store.previous(taken.requested_url) == taken
    with pytest.raises(NotFound):
        store.reports(["rep-\0"])[0]


def test_numbers_go_on_beyond_32_bits(store: Store) -> None:
    with store.writing() as connection:
        connection.execute(text("SELECT setval('outbox_seq_seq', 5000000000)"))
        pending.note(connection, "report", ["rep-1"])
    assert store.last_change() == 5_000_000_001
    store.acknowledge(5_000_000_001)
    assert store.acknowledged() == 5_000_000_001


def test_a_read_sees_one_state_and_writes_nothing(store: Store) -> None:
    with store.reading() as connection:
        assert connection.execute(select(outbox)).all() == []
        with store.writing() as writer:
            pending.note(writer, "report", ["rep-1"])
        assert connection.execute(select(outbox)).all() == []
    with pytest.raises(RecordRefused, match="read-only transaction"), store.reading() as connection:
        pending.note(connection, "report", ["rep-2"])


def test_who_finds_the_record_locked_too_long_is_told(url: str, store: Store) -> None:
    with psycopg.connect(url) as other:
        other.execute("LOCK TABLE sources")
        with pytest.raises(LibraryBusy, match="kept the record locked"), store.writing() as connection:
            connection.execute(text("LOCK TABLE sources NOWAIT"))
    store.remember([source()])


def test_a_database_that_cannot_hold_every_character_is_refused(postgres: Server) -> None:
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS western")
        connection.execute(
            "CREATE DATABASE western TEMPLATE template0 ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C'"
        )
    with pytest.raises(RecordRefused, match="LATIN1; it must be created with UTF8"):
        Store(postgres.url("western"))


@pytest.fixture
def roles(postgres: Server, url: str) -> Iterator[dict[str, str]]:
    """The addresses of a database for each role, made as the documentation says."""
    name = "library"
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
        for statement in RIGHTS[0].split(";\n"):
            connection.execute(statement.replace("'…'", f"'{PASSWORD}'").encode())
    addresses = {role: postgres.url(name, role) for role in (OWNER, USER, BACKUP)}
    Store(addresses[OWNER]).close()
    with psycopg.connect(addresses[OWNER], autocommit=True) as connection:
        for statement in RIGHTS[1].split(";\n"):
            connection.execute(statement.encode())
    yield addresses
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
        connection.execute("DROP DATABASE library WITH (FORCE)")
        for role in addresses:
            connection.execute(f"DROP ROLE {role}".encode())


def test_a_role_that_owns_nothing_does_all_but_touch_the_logs(roles: dict[str, str]) -> None:
    with closing(Store(roles[USER])) as store:
        taken = capture()
        one = report(1, taken)
        store.save(taken, ANALYST)
        store.save(outcome(taken, [one]), ANALYST)
        store.save_enriched([told(one, finding(one, "FR-01"))], "one", ANALYST)
        assert fault(store) is None
        for order in (
            "DROP TRIGGER audit_append_only ON audit",
            "DELETE FROM audit",
            "TRUNCATE audit",
            "UPDATE judgements SET body = ''",
            "ALTER TABLE audit DISABLE TRIGGER ALL",
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE sql AS ''",
        ):
            with pytest.raises((RecordRefused, DBAPIError)), store.writing() as connection:
                connection.execute(text(order))
        assert store.counts()["audit_entries"] == 3


def test_a_role_that_may_only_read_is_told_so(roles: dict[str, str]) -> None:
    with closing(Store(roles[BACKUP])) as store:
        assert store.counts()["reports"] == 0
        with pytest.raises(RecordRefused, match="lacks a right: permission denied for table") as refused:
            store.audit(ANALYST, "search", "voice")
    assert "docs/postgresql.md" in refused.value.advice


def test_a_backup_holds_the_whole_record(postgres: Server, roles: dict[str, str]) -> None:
    file = postgres.folder / "backup"
    with closing(Store(roles[USER])) as store, postgres.copied() as empty:
        furnish(store).judge(Verdict.ACCEPT, finding(report(0, capture()), "FR-01").id)
        postgres.dump(roles[BACKUP], file)
        postgres.restore(file, empty)
        with closing(Store(postgres.url(empty))) as restored:
            assert restored.counts() == store.counts()
            assert fault(restored, store.audit_head()) is None
            furnish(restored, 4)
            assert restored.counts()["reports"] == 4


def test_a_role_that_may_not_make_tables_is_told_so(postgres: Server, roles: dict[str, str]) -> None:
    with postgres.copied() as empty:
        address = roles[USER].replace("/library", f"/{empty}")
        with pytest.raises(RecordRefused, match="lacks a right: permission denied for schema public"):
            Store(address)


WRONG: dict[str, tuple[Callable[[Server], str], str]] = {
    "password": (lambda server: server.url("postgres", password="wr0ng-s3cret"), "password authentication"),
    "role": (lambda server: server.url("postgres", role="nobody"), "password authentication"),
    "database": (lambda server: server.url("no-such-library"), "does not exist"),
    "port": (
        lambda server: f"postgresql://{ADMIN}:{PASSWORD}@127.0.0.1:{free_port()}/library",
        "refused",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_server_that_does_not_let_us_in_is_said_without_the_password(postgres: Server, what: str) -> None:
    address, said = WRONG[what]
    with pytest.raises(RecordDown, match=said) as refused:
        Store(address(postgres))
    assert "s3cret" not in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("postgresql://ada:s3cret@of@host/library", "as %40"),
        ("postgresql://ada:s3cret@host:s3cret/library", "no address"),
        ("s3cret", "no address"),
        ("postgresql://ada:s3cret@127.0.0.1/library?sslmod=require", 'option "sslmod"'),
        ("mysql://ada:s3cret@host/library", "must begin with"),
    ],
)
def test_an_address_that_is_none_is_wrong_use_and_not_repeated(address: str, said: str) -> None:
    with pytest.raises(WrongUse, match=said) as refused:
        Store(address)
    told: list[BaseException | None] = [refused.value, refused.value.__cause__]
    assert not [each for each in told if "s3cret" in str(each)]


def test_a_command_that_cannot_reach_the_record_says_so_on_one_line(postgres: Server, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "ui.cli", "-v", "--home", str(tmp_path), "status"]
    environment = os.environ | {"MORIARTY_DATABASE_URL": postgres.url("postgres", password="wr0ng-s3cret")}
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 3
    assert ended.stdout == ""
    assert ended.stderr.count("\n") == 1
    assert "MORIARTY_DATABASE_URL" in ended.stderr
    assert "s3cret" not in ended.stderr


def test_a_library_goes_on_once_its_server_is_back(postgres: Server, store: Store) -> None:
    acknowledged: list[str] = []

    def save_until_it_fails() -> None:
        for number in range(len(acknowledged), 100_000):
            taken = capture(number)
            store.save(taken, ANALYST)
            acknowledged.append(taken.id)
            if number % 20 == 19:
                postgres.kill()

    for _ in range(2):
        with pytest.raises(RecordDown) as gone:
            save_until_it_fails()
        assert "nothing acknowledged is lost" in gone.value.advice
        with pytest.raises(RecordDown):
            store.counts()
        postgres.start()
        assert {each.id for each in store.pending()} >= set(acknowledged)
        assert fault(store) is None
    assert len(acknowledged) == 40


def test_an_open_library_answers_again_once_its_server_is_back(postgres: Server, library: Library) -> None:
    query = library.parse("cloned voice")
    before = library.search(query, actor=ANALYST)
    postgres.kill()
    with pytest.raises(RecordDown):
        library.search(query, actor=ANALYST)
    postgres.start()
    assert library.search(query, actor=ANALYST).hits == before.hits


def test_the_certificate_of_the_server_is_checked(postgres: Server, url: str, tmp_path: Path) -> None:
    if postgres.certificate is None:
        pytest.skip("no openssl to make a certificate with")
    checked = f"{url}?sslmode=verify-full&sslrootcert="
    with closing(Store(f"{checked}{postgres.certificate}")) as store, store.reading() as connection:
        encrypted = text("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
        assert connection.execute(encrypted).scalar_one()
    another = postgres_server.certificate(tmp_path)
    with pytest.raises(RecordDown, match="certificate verify failed"):
        Store(f"{checked}{another}")
    with pytest.raises(RecordDown, match="does not match host name"):
        Store(f"{checked}{postgres.certificate}".replace("127.0.0.1", "localhost"))


def test_a_transaction_that_the_server_left_in_the_middle_is_not_there(
    postgres: Server, store: Store
) -> None:
    with pytest.raises(MoriartyError), store.writing() as connection:
        pending.note(connection, "report", ["rep-1"])
        postgres.kill()
        pending.note(connection, "report", ["rep-2"])
    postgres.start()
    assert store.changes(0, 10) == []
    store.audit(ANALYST, "search", "voice")
