"""MITRE ATLAS, ``dist/ATLAS.yaml``: its case studies as reports."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import yaml

from collectors.errors import ItemError, Malformed, TooLarge
from collectors.formats.encoding import clean, clean_line
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
from collectors.web.addresses import absolute_url

CONTENT_TYPE = "application/yaml"
STUDY_ADDRESS = "https://atlas.mitre.org/studies/"
MATRIX_BYTES = 20_000_000
"""Bytes of YAML taken; version 5.6.0 has 450,000."""

_EVENT_KINDS = {"exercise": "research_or_demonstration", "incident": "criminal_incident"}
_DATE_LENGTHS = {"YEAR": 4, "MONTH": 7, "DATE": 10}
_STUDY_ID = re.compile(r"AML\.CS\d{4}")
_MARKDOWN_LINK = re.compile(r"\[([^\]\n]{1,300})\]\([^)\n]{0,500}\)")
_LAYOUT_TAG = re.compile(r"</?(?:div|span|sup|br|p)\b[^<>]{0,200}>")


def parse(payload: bytes, capture: Capture) -> Outcome:
    """Return a report for every case study.

    A case study of another form becomes an issue. Raises ``Malformed`` where the file is not ATLAS at all,
    ``TooLarge`` past 20 MB.
    """
    studies = _load(payload).get("case-studies")
    if not isinstance(studies, list):
        raise Malformed("the file has no list of case studies")
    reports, issues = gather(_named(studies), lambda study: _report(study, capture), capture)
    return outcome(reports, issues, capture)


def _load(payload: bytes) -> dict[str, Any]:
    if len(payload) > MATRIX_BYTES:
        raise TooLarge(f"{len(payload):,} bytes of YAML; the limit is {MATRIX_BYTES:,}")
    try:
        loaded = yaml.load(payload, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise Malformed(f"not readable as YAML: {error}") from error
    if not isinstance(loaded, dict):
        raise Malformed("the file is not an ATLAS data file")
    return loaded


def _named(studies: list[Any]) -> Iterator[tuple[str, dict[str, Any] | ItemError]]:
    for number, study in enumerate(studies, start=1):
        known = isinstance(study, dict) and isinstance(study.get("id"), str)
        yield study["id"] if known else f"case study {number}", study


def _report(study: dict[str, Any], capture: Capture) -> Report:
    identity, title = study["id"], clean_line(study["name"])
    if _STUDY_ID.fullmatch(identity) is None:
        raise Malformed(f"{identity!r:.100} is not the id of a case study")
    steps = study.get("procedure") or []
    text = clean(
        "\n".join(_plain(part) for part in (study["summary"], *(step["description"] for step in steps)))
    )
    return Report(
        id=report_id(f"atlas:{identity}"),
        version=report_version(title, text),
        source=capture.source,
        capture=capture.id,
        url=STUDY_ADDRESS + identity,
        title=title,
        text=text,
        language="en",
        refs=(f"atlas:{identity}",),
        references=tuple(_reference(item) for item in study.get("references") or []),
        claims=tuple(_claims(study, steps)),
    )


def _claims(study: dict[str, Any], steps: list[dict[str, Any]]) -> Iterator[Claim]:
    yield Claim(subject="event_kind", value=_EVENT_KINDS[study["case-study-type"]])
    day, precision = study["incident-date"], _DATE_LENGTHS[study["incident-date-granularity"]]
    written = day.isoformat() if isinstance(day, date) else str(day)
    yield Claim(subject="occurred", value=PartialDate(value=written[:precision]).value)
    for technique in dict.fromkeys(step["technique"] for step in steps):
        yield Claim(subject="technique", value=technique)


def _reference(item: dict[str, Any]) -> Reference:
    url = absolute_url(item.get("url") or "", "") or None
    return Reference(publisher=urlsplit(url).hostname or "" if url else "", title=item["title"], url=url)


def _plain(markdown: str) -> str:
    return _LAYOUT_TAG.sub("", _MARKDOWN_LINK.sub(r"\1", markdown))
