"""The bundled starter library: publicly reported cases in our own words, with their sources."""

import json
from collections.abc import Iterator
from decimal import Decimal
from importlib import resources
from typing import Any

from collectors.errors import EmptyDocument, ItemError, Malformed
from collectors.records import (
    Capture,
    Claim,
    Outcome,
    PartialDate,
    Reference,
    Report,
    report_id,
    report_version,
)
from collectors.sets.rows import gather, outcome

FILE_NAME = "cases.jsonl"
CONTENT_TYPE = "application/x-ndjson"


def bundled() -> bytes:
    """Return the starter cases that are part of this installation, one JSON object a line."""
    return (resources.files("collectors") / "starter" / FILE_NAME).read_bytes()


def parse(payload: bytes, capture: Capture) -> Outcome:
    """Return a report for every case; a line that is not a case becomes an issue."""
    reports, issues = gather(_lines(payload), lambda case: _report(case, capture), capture)
    return outcome(reports, issues, capture)


def _lines(payload: bytes) -> Iterator[tuple[str, dict[str, Any] | ItemError]]:
    for number, line in enumerate(payload.splitlines(), start=1):
        if not line.strip():
            continue
        name = f"{FILE_NAME} line {number}"
        try:
            yield name, json.loads(line, parse_float=Decimal)
        except (ValueError, RecursionError) as error:
            yield name, Malformed(f"{name} is not JSON: {error}")


def _report(case: dict[str, Any], capture: Capture) -> Report:
    identity, title, text = case["id"], case["title"].strip(), case["summary"].strip()
    if not text:
        raise EmptyDocument(f"{identity} has no summary")
    references = tuple(Reference.model_validate(source) for source in case["sources"])
    return Report(
        id=report_id(f"starter:{identity}"),
        version=report_version(title, text),
        source=capture.source,
        capture=capture.id,
        title=title,
        text=text,
        published=_latest(references),
        language="en",
        refs=(f"case:{identity}",),
        references=references,
        claims=tuple(_claims(case)),
    )


def _latest(references: tuple[Reference, ...]) -> PartialDate | None:
    dates = [PartialDate(value=item.published, origin="dataset") for item in references if item.published]
    return max(dates, key=lambda each: (each.first, len(each.value)), default=None)


def _claims(case: dict[str, Any]) -> Iterator[Claim]:
    yield Claim(subject="typology", value=case["typologies"]["primary"], role="primary")
    for code in case["typologies"]["others"]:
        yield Claim(subject="typology", value=code, role="other")
    for facet, stated in case["facets"].items():
        for value in [stated] if isinstance(stated, str) else stated:
            yield Claim(subject=facet, value=value)
    for subject, field in _PLAIN_LISTS:
        for value in case[field]:
            yield Claim(subject=subject, value=value)
    for role in ("from", "to"):
        if case["occurred"][role]:
            yield Claim(subject="occurred", value=PartialDate(value=case["occurred"][role]).value, role=role)
    for step in case["timeline"]:
        yield Claim(subject="timeline", value=step["event"], role=step["date"])
    if case["loss"] is not None:
        loss = case["loss"]
        yield Claim(subject="loss", value=f"{loss['currency']} {loss['amount']}", role=loss["as_stated"])
    yield Claim(subject="verified", value=case["verified"])


_PLAIN_LISTS = (
    ("country", "countries"),
    ("tool", "tools"),
    ("organisation", "organisations"),
    ("lesson", "lessons"),
)
