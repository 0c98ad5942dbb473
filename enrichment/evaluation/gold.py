"""Reading a folder of gold sets, and what the machine says of each of their texts."""

import json
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from collectors.records import PartialDate, Report, report_id, report_version
from enrichment.records import Finding, Subject
from enrichment.run import Enriched, Enricher

REPORTS, TYPOLOGY, RETRIEVAL = "reports-gold", "typology-gold", "retrieval-gold"
_ENDINGS = {REPORTS: "*.jsonl", TYPOLOGY: "*.jsonl", RETRIEVAL: "*.json"}

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Skipped:
    """A set or a figure that was not measured, and why."""

    what: str
    why: str


@dataclass(frozen=True)
class Case:
    """One gold row, its text as a report, and what the machine says of it."""

    row: Row
    report: Report
    enriched: Enriched

    def all(self, subject: Subject) -> list[Finding]:
        """Return the findings about a subject, best first."""
        found = (finding for finding in self.enriched.findings if finding.subject is subject)
        return sorted(found, key=lambda finding: -finding.score)

    def value(self, subject: Subject, otherwise: str = "") -> str:
        """Return the best answer to a question that has one."""
        return next((finding.value for finding in self.all(subject)), otherwise)

    def score(self, subject: Subject) -> float:
        """Return the probability of the best answer."""
        return next((finding.score for finding in self.all(subject)), 0.0)

    @property
    def together(self) -> Hashable:
        """Return what the case must be drawn together with: its incident."""
        return self.row.get("incident") or self.report.id


def files(folder: Path, kind: str) -> list[Path]:
    """Return the gold files of one kind in a folder, by name."""
    return sorted((folder / kind).glob(_ENDINGS[kind]))


def label(path: Path) -> str:
    """Return how figures name a gold file: its set and its name."""
    return f"{path.parent.name}/{path.stem}"


def rows(path: Path, needed: Sequence[str]) -> list[Row] | Skipped:
    """Return the rows of a gold file, or why it cannot be used."""
    try:
        with path.open(encoding="utf-8") as file:
            found = [json.loads(line) for line in file if line.strip()]
    except (OSError, ValueError) as error:
        return Skipped(label(path), f"it cannot be read: {error}")
    if not found:
        return Skipped(label(path), "it is empty")
    for place, row in enumerate(found, 1):
        if not isinstance(row, dict) or (missing := [name for name in needed if name not in row]):
            return Skipped(label(path), f"row {place} lacks {', '.join(missing or needed)}")
    return found


def reports(found: Sequence[Row]) -> Iterator[Report]:
    """Yield the reports of a reports-gold file."""
    for row in found:
        yield _report(str(row["id"]), row["title"], row["text"], row.get("published"))


def incidents(found: Sequence[Row]) -> Iterator[Report]:
    """Yield the incidents of a typology-gold file as reports."""
    for row in found:
        yield _report(f"aiid:{row['incident_id']}", row["title"], row["description"], row.get("date"))


def cases(found: Sequence[Row], texts: Sequence[Report], enricher: Enricher) -> list[Case]:
    """Return each row with what the machine says of its text."""
    said = enricher.enrich(texts)
    return [Case(row, report, each) for row, report, each in zip(found, texts, said, strict=True)]


def _report(key: str, title: str, text: str, published: str | None) -> Report:
    return Report(
        id=report_id(key),
        version=report_version(title, text),
        source="gold",
        capture="gold",
        title=title,
        text=text,
        published=PartialDate(value=published) if published else None,
    )
