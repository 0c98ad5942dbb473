"""Fictional records for the tests of the index: a factory of captures, reports and findings."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from collectors.records import (
    Capture,
    Disposition,
    Outcome,
    PartialDate,
    Report,
    Source,
    digest,
    report_id,
    report_version,
)
from enrichment.records import Finding, Subject, finding_id
from index.records import Actor, Role

ANALYST = Actor(name="ada", role=Role.ANALYST)
INVESTIGATOR = Actor(name="ivo", role=Role.INVESTIGATOR)
MACHINE = "classify@one"


@dataclass(frozen=True)
class Told:
    """What an enricher says, without an enricher."""

    report: str
    version: str
    findings: tuple[Finding, ...]
    passages: tuple[tuple[int, int], ...] = ()
    vectors: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 0), np.float32))


def source(key: str = "gazette", **fields: object) -> Source:
    described = {"title": "The Fictional Gazette", "publisher": "Gazette", "url": "https://gazette.example/"}
    return Source.model_validate({"key": key, **described, "kind": "feed", **fields})


def capture(number: int = 1, url: str = "https://gazette.example/feed", key: str = "gazette") -> Capture:
    started = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number)
    return Capture(
        id=digest("cap", key, url, str(number)),
        source=key,
        parser="feed",
        requested_url=url,
        final_url=url,
        started=started,
        finished=started,
        status=200,
        length=10,
        sha256="0" * 64,
        warc="run.warc.gz",
        offset=number,
        tool="test",
    )


def report(number: int, taken: Capture, text: str = "", **fields: object) -> Report:
    url = f"https://gazette.example/{number}"
    title, text = f"Story {number}", text or f"A cloned voice was used, story {number}. " * 30
    made = {"id": report_id(url), "version": report_version(title, text), "source": taken.source}
    dated = PartialDate(value=f"2026-01-{number % 27 + 1:02}")
    return Report.model_validate(
        {**made, "capture": taken.id, "url": url, "title": title, "text": text, "published": dated, **fields}
    )


def outcome(taken: Capture, reports: Sequence[Report], end: Disposition = Disposition.PARSED) -> Outcome:
    return Outcome(capture=taken.id, disposition=end, reports=tuple(reports))


def finding(
    of: Report, value: str, subject: Subject = Subject.TYPOLOGY, origin: str = MACHINE, **fields: object
) -> Finding:
    said = {"role": "primary" if subject is Subject.TYPOLOGY else "", "score": 0.6}
    span = {"start": 0, "end": 7, "quote": of.text[:7]}
    return Finding.model_validate(
        {
            "id": finding_id(of.id, subject, value),
            "report": of.id,
            "version": of.version,
            "subject": subject,
            "value": value,
            "origin": origin,
            **said,
            **span,
            **fields,
        }
    )


def told(of: Report, *findings: Finding, dimensions: int = 4) -> Told:
    vectors = np.full((2, dimensions), 0.5, np.float32)
    return Told(of.id, of.version, findings, ((0, 5), (5, 9)), vectors)
