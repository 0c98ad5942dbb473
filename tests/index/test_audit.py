"""The log is the tree of RFC 6962, and any change to it shows."""

import json
from hashlib import sha256

import pytest
from sqlalchemy import Connection, delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from collectors.errors import NotPermitted, WrongUse
from index.audit import Head, Tree, append, verify
from index.library import Library
from index.records import Actor, Decision, Role, Verdict
from index.search.query import Query
from index.store import Store
from index.tables import audit, meta
from tests.index.fictional import ANALYST, INVESTIGATOR
from tests.index.log import fault

pytestmark = pytest.mark.databases("sqlite", "postgresql")

# The example of the certificate-transparency project's own tests.
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def test_the_tree_is_that_of_rfc_6962() -> None:
    tree, roots = Tree(), [Tree().root()]
    for leaf in LEAVES:
        tree = tree.append(bytes.fromhex(leaf))
        roots.append(tree.root())
    assert roots == ROOTS


@pytest.fixture
def logged(store: Store) -> Store:
    for number in range(20):
        store.audit(ANALYST, "search", f"query {number}")
    return store


def test_an_untouched_log_verifies(logged: Store) -> None:
    assert fault(logged) is None
    assert fault(logged, logged.audit_head()) is None


@pytest.mark.parametrize("table", ["audit", "judgements", "judged", "alerts"])
@pytest.mark.parametrize("change", ["UPDATE {} SET {} = '0'", "DELETE FROM {}"])
def test_the_database_refuses_to_change_a_log(logged: Store, table: str, change: str) -> None:
    with logged.writing() as connection:
        connection.execute(text("INSERT INTO judgements VALUES (1, 'jud', 'accept', 'fin', '{}')"))
        connection.execute(text("INSERT INTO judged VALUES (1, 'fin', 'rep')"))
        connection.execute(
            text("INSERT INTO saved_searches VALUES (1, 'ada', 'it', FALSE, FALSE, '{}', '2026', NULL)")
        )
        connection.execute(text("INSERT INTO alerts VALUES (1, 1, 'inc', 0, 'new', '', 'words', '2026')"))
    column = {"audit": "entry", "judgements": "verdict", "judged": "object", "alerts": "reason"}[table]
    with pytest.raises(DBAPIError, match="append-only"), logged.writing() as connection:
        connection.execute(text(change.format(table, column)))


def _unlock(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.execute(text("DROP TRIGGER audit_no_update"))
        connection.execute(text("DROP TRIGGER audit_no_delete"))
    else:
        connection.execute(text("DROP TRIGGER audit_append_only ON audit"))


def _forged(entry: str) -> str:
    return json.dumps({**json.loads(entry), "actor": "eve"})


@pytest.mark.parametrize("seq", [1, 7, 16, 20])
def test_each_kind_of_tampering_is_found_and_placed(logged: Store, seq: int) -> None:
    """With the triggers out of the way, as somebody with the file in hand has them."""
    row, entry = audit.c.seq == seq, entries_of(logged)[seq]
    removed = delete(audit).where(row)
    forged = update(audit).where(row).values(entry=_forged(entry))
    moved = update(audit).where(row).values(seq=999)
    rehashed = update(audit).where(row).values(head="00" * 32)
    for tampering in (removed, forged, moved, rehashed):
        with pytest.raises(_Back), logged.writing() as connection:
            _unlock(connection)
            connection.execute(tampering)
            assert verify(connection) == seq
            raise _Back
    assert fault(logged) is None


def test_entries_added_behind_the_log_are_found(logged: Store) -> None:
    with logged.writing() as connection:
        connection.execute(insert(audit).values(seq=21, entry='{"seq":21}', head="0"))
    assert fault(logged) == 21


def test_a_log_rolled_back_or_rewritten_whole_is_found_by_a_head_kept_outside(logged: Store) -> None:
    kept = logged.audit_head()
    with pytest.raises(_Back), logged.writing() as connection:
        _unlock(connection)
        connection.execute(delete(audit))
        connection.execute(
            update(meta).where(meta.c.key == "audit").values(value='{"size": 0, "frontier": []}')
        )
        for number in range(20):
            append(connection, ANALYST, "search", f"another query {number}")
        assert verify(connection) is None
        assert verify(connection, kept) == 20
        raise _Back
    assert fault(logged, Head(30, kept.root)) == 21


def test_an_entry_says_who_when_and_what_on_one_line(store: Store) -> None:
    forger = Actor(name='eve\n{"seq":2}\x1b[31m\u202e', role=Role.TRAINER)
    store.audit(forger, "export", "inc-1", "x" * 1_000_000)
    [stored] = entries_of(store).values()
    assert stored.isascii()
    assert stored.isprintable()
    assert len(stored) < 5000
    [entry] = [json.loads(each) for each in entries_of(store).values()]
    assert (entry["actor"], entry["role"], entry["action"]) == (forger.name, "trainer", "export")
    assert entry["at"].endswith("+00:00")


def test_an_attempt_that_was_refused_is_logged(library: Library) -> None:
    before = library.holdings.store.audit_head().size
    with pytest.raises(NotPermitted):
        library.judge(Decision(verdict=Verdict.ACCEPT, target="fin-1"), actor=INVESTIGATOR)
    [entry] = [json.loads(each) for seq, each in entries_of(library.holdings.store).items() if seq > before]
    assert (entry["action"], entry["actor"], entry["object"]) == ("refused", "ivo", "judge")


def test_a_search_is_logged_once_it_is_answered_and_also_where_it_fails(library: Library) -> None:
    before = library.holdings.store.audit_head().size
    library.search(Query(text="voice"), actor=ANALYST)
    with pytest.raises(WrongUse, match="no facet"):
        library.search(Query(text="voice", facets=("colour",)), actor=ANALYST)
    entries = [json.loads(entry) for seq, entry in entries_of(library.holdings.store).items() if seq > before]
    assert [(entry["action"], entry["object"]) for entry in entries] == [("search", "voice")] * 2


def test_an_entry_is_nobodys_before_it_is_closed_and_tells_how_far_the_record_has_come(store: Store) -> None:
    before = store.audit_head()
    entry, newest = store.audit_open(ANALYST, "search", "voice clone")
    assert (store.audit_head(), newest) == (before, store.last_change())
    entry.close()
    assert store.audit_head().size == before.size + 1
    assert fault(store, before) is None


def test_what_cannot_be_logged_is_not_shown(library: Library) -> None:
    library.search(Query(text="voice"), actor=ANALYST)
    with library.holdings.store.writing() as connection:
        connection.execute(text("ALTER TABLE audit RENAME TO elsewhere"))
    with pytest.raises(DBAPIError, match="audit"):
        library.search(Query(text="voice"), actor=ANALYST)


class _Back(Exception):
    """Takes a tampering back."""


def entries_of(store: Store) -> dict[int, str]:
    with store.reading() as connection:
        return {row.seq: row.entry for row in connection.execute(audit.select())}


def test_a_field_that_is_cut_says_so_with_what_it_was(store: Store) -> None:
    whole, shorter = "deepfake " * 1000, "deepfake " * 999
    for target in (whole, shorter, "x" * 2000):
        store.audit(ANALYST, "search", target)
    with store.reading() as connection:
        entries = [json.loads(entry) for entry in connection.execute(select(audit.c.entry)).scalars()]
    first, second, third = (entry["object"] for entry in entries)
    assert len(first) == len(second) == 2000 and first != second
    assert f"9000 characters, SHA-256 {sha256(whole.encode()).hexdigest()}]" in first
    assert third == "x" * 2000
    assert store.counts()["audit_entries"] == store.audit_head().size == 3
