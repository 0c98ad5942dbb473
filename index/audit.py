"""The append-only log of who did what, with a hash tree that shows any later change.

The tree is that of RFC 6962, section 2.1: a leaf is SHA-256(0x00 entry), a node SHA-256(0x01 left right).
Each row keeps the head of the tree it completed, so that verification can name the first row that is wrong.
Heads kept outside the database also show that it was replaced by an older or a rewritten one.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from sqlalchemy import Connection, insert, select, update

from index.records import Actor
from index.tables import audit, meta

FIELD_CHARACTERS = 2000
"""Characters kept of any one field of an entry; a longer one ends with its length and digest."""

# Made once: every search waits for its entry, and to build a statement takes longer than to run it.
_KEPT = select(meta.c.value).where(meta.c.key == "audit")
_ADD = insert(audit)
_KEEP = update(meta).where(meta.c.key == "audit")


@dataclass(frozen=True)
class Tree:
    """A hash tree reduced to its size and the hashes of its perfect subtrees, largest first."""

    size: int = 0
    frontier: tuple[bytes, ...] = ()

    def append(self, entry: bytes) -> "Tree":
        """Return the tree with one more leaf; takes at most log2(size) hashes."""
        frontier, hashed, size = list(self.frontier), sha256(b"\x00" + entry).digest(), self.size
        while size & 1:
            hashed = _node(frontier.pop(), hashed)
            size >>= 1
        return Tree(self.size + 1, (*frontier, hashed))

    def root(self) -> str:
        """Return the hexadecimal tree head."""
        if not self.frontier:
            return sha256(b"").hexdigest()
        hashed = self.frontier[-1]
        for left in reversed(self.frontier[:-1]):
            hashed = _node(left, hashed)
        return hashed.hex()


@dataclass(frozen=True)
class Head:
    """How many entries a log holds, and the tree head over them."""

    size: int
    root: str


def append(
    connection: Connection,
    actor: Actor,
    action: str,
    target: str,
    *,
    before: str = "",
    after: str = "",
    reason: str = "",
) -> int:
    """Add an entry and return its number; it is part of the caller's transaction."""
    tree = _tree(connection)
    fields = {"before": before, "after": after, "reason": reason, "object": target, "action": action}
    entry = _canonical(
        {
            "seq": tree.size + 1,
            "at": datetime.now(UTC).isoformat(),
            "actor": _kept(actor.name),
            "role": actor.role.value,
            **{name: _kept(value) for name, value in fields.items() if value},
        }
    )
    tree = tree.append(entry.encode())
    connection.execute(_ADD, {"seq": tree.size, "entry": entry, "head": tree.root()})
    value = json.dumps({"size": tree.size, "frontier": [hashed.hex() for hashed in tree.frontier]})
    connection.execute(_KEEP, {"value": value})
    return tree.size


def head(connection: Connection) -> Head:
    """Return the head of the log, to be kept outside the database."""
    tree = _tree(connection)
    return Head(tree.size, tree.root())


def verify(connection: Connection, known: Head | None = None) -> int | None:
    """Return the number of the first entry that was changed, removed or added behind the log, or None.

    ``known`` is a head kept from earlier: a log that does not continue it is wrong from that entry on.
    """
    tree = Tree()
    for seq, entry, kept in _rows(connection):
        tree = tree.append(entry.encode())
        if seq != tree.size or json.loads(entry).get("seq") != seq or kept != tree.root():
            return tree.size
        if known is not None and known.size == seq and known.root != kept:
            return int(seq)
    if tree != _tree(connection) or (known is not None and known.size > tree.size):
        return tree.size + 1
    return None


def _rows(connection: Connection) -> Iterator[tuple[int, str, str]]:
    query = select(audit.c.seq, audit.c.entry, audit.c.head).order_by(audit.c.seq)
    with connection.execute(query, execution_options={"yield_per": 1000}) as rows:  # a server holds it open
        for row in rows:
            yield row.seq, row.entry, row.head


def _tree(connection: Connection) -> Tree:
    stored = json.loads(connection.execute(_KEPT).scalar_one())
    return Tree(stored["size"], tuple(bytes.fromhex(hashed) for hashed in stored["frontier"]))


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def _kept(value: str) -> str:
    """Return a field as an entry holds it: one that is cut says so, and can be told from any other."""
    if len(value) <= FIELD_CHARACTERS:
        return value
    digest = sha256(value.encode("utf-8", "surrogatepass")).hexdigest()
    end = f" … [cut; {len(value)} characters, SHA-256 {digest}]"
    return value[: FIELD_CHARACTERS - len(end)] + end


def _canonical(fields: dict[str, str | int]) -> str:
    # ASCII only: a line break or a control character in a name cannot forge a second line.
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
