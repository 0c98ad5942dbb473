"""Writing what enrichment says; every function is part of its caller's transaction."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, delete, insert, select

from collectors.records import STARTER
from enrichment.records import CodeRole, Finding
from index.rows import outbox, sketches, waiting
from index.rows.outbox import chunks
from index.tables import enriched, findings, judged


class EnrichedRecord(Protocol):
    """What enrichment says of one version of a report."""

    @property
    def report(self) -> str:
        """The report's id."""

    @property
    def version(self) -> str:
        """The version that was read."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything claimed of it."""

    @property
    def passages(self) -> tuple[tuple[int, int], ...]:
        """Start and end of each passage in its text."""

    @property
    def vectors(self) -> NDArray[np.float32]:
        """Shape (passages, dimensions), unit rows; shape (0, 0) without an embedder."""


def save_enriched(connection: Connection, batch: Sequence[EnrichedRecord], fingerprint: str) -> None:
    """Replace what machines say of these reports; findings that a person judged stay."""
    ids = [item.report for item in batch]
    sketches.forget(connection, ids)
    kept = _judged_findings(connection, ids)
    for part in chunks(ids):
        connection.execute(delete(enriched).where(enriched.c.report.in_(part)))
        connection.execute(
            delete(findings).where(findings.c.report.in_(part), findings.c.id.not_in(sorted(kept)))
        )
    rows = _finding_rows(batch)
    again = kept & rows.keys()
    for part in chunks(sorted(again)):
        connection.execute(delete(findings).where(findings.c.id.in_(part)))
    if rows:
        connection.execute(insert(findings), list(rows.values()))
    connection.execute(insert(enriched), [_enriched_row(item, fingerprint) for item in batch])
    waiting.mark(connection, ids)
    outbox.note_reports(connection, ids)


def _judged_findings(connection: Connection, ids: Sequence[str]) -> set[str]:
    kept: set[str] = set()
    for part in chunks(ids):
        query = (
            select(findings.c.id)
            .join(judged, judged.c.object == findings.c.id)
            .where(findings.c.report.in_(part))
        )
        kept |= set(connection.execute(query).scalars())
    return kept


def _finding_rows(batch: Sequence[EnrichedRecord]) -> dict[str, dict[str, Any]]:
    rows: dict[str, Finding] = {}
    for item in batch:
        for finding in item.findings:
            if finding.id not in rows or _strength(finding) > _strength(rows[finding.id]):
                rows[finding.id] = finding
    return {key: finding.model_dump(mode="json") for key, finding in rows.items()}


def _strength(finding: Finding) -> tuple[bool, bool, bool, float]:
    """Order findings that make the same claim: people's coding first, then the stronger role and score."""
    return (
        finding.origin == STARTER,
        finding.role == CodeRole.PRIMARY,
        not finding.near_miss,
        finding.score,
    )


def _enriched_row(item: EnrichedRecord, fingerprint: str) -> dict[str, Any]:
    vectors = np.ascontiguousarray(item.vectors, dtype="<f4")
    return {
        "report": item.report,
        "version": item.version,
        "fingerprint": fingerprint,
        "passages": ",".join(f"{start}-{end}" for start, end in item.passages),
        "dimensions": vectors.shape[1] if vectors.ndim == 2 else 0,
        "vectors": vectors.tobytes(),
    }
