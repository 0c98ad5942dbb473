"""Whether the record, its audit log and the evidence are still as they were written."""

from pathlib import Path

from collectors.errors import WrongUse
from collectors.records import Record
from index import audit
from index.audit import Head
from index.store import Store


class Verification(Record):
    """What a look at everything that must never change found."""

    entries: int
    """Entries of the audit log."""
    head: str
    """The head of the log, to be kept outside the library: number of entries, a colon, hexadecimal root."""
    first_wrong: int | None
    """Number of the first entry that is not as it was written."""
    record: tuple[str, ...]
    """Every fault of the record's own file, in a sentence each."""
    evidence: tuple[str, ...]
    """Every way in which the evidence files differ from their manifest, in a sentence each."""

    @property
    def sound(self) -> bool:
        """Return whether nothing was found wrong."""
        return self.first_wrong is None and not self.record and not self.evidence


def verify(store: Store, evidence: Path, known: Head | None) -> Verification:
    """Read the record, its log and every evidence file, and hold the log to a head kept from earlier."""
    from collectors.archive import verify as evidence_faults  # here: it loads what reads evidence

    damage = store.damage()
    with store.reading() as connection:
        head, first_wrong = audit.head(connection), audit.verify(connection, known)
    faults = evidence_faults(evidence) if evidence.is_dir() else []
    return Verification(
        entries=head.size,
        head=f"{head.size}:{head.root}",
        first_wrong=first_wrong,
        record=tuple(damage),
        evidence=tuple(faults),
    )


def kept_head(text: str) -> Head | None:
    """Return the head that somebody kept, as ``Verification.head`` writes it; None for an empty text.

    Raises ``WrongUse`` for anything else.
    """
    if not text:
        return None
    size, _, root = text.strip().partition(":")
    if not size.isdecimal() or len(root) != 64 or set(root) - set("0123456789abcdef"):
        raise WrongUse(
            "a head is a number of entries, a colon and 64 hexadecimal digits, as verify prints it"
        )
    return Head(int(size), root)
