"""The audit log of a record, checked."""

from index import audit
from index.audit import Head
from index.store import Store


def fault(store: Store, known: Head | None = None) -> int | None:
    """Return the number of the first audit entry that is not as it was written, or None."""
    with store.reading() as connection:
        return audit.verify(connection, known)
