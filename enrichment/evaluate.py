"""Every figure about enrichment on gold data: relevance, typology, facts and grouping."""

import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from collectors.records import PartialDate, Report, report_id, report_version
from enrichment import figures
from enrichment.figures import Coded, Figure
from enrichment.group import Groupable, group
from enrichment.records import Finding, Subject
from enrichment.run import Enriched, Enricher

__all__ = ["Figure", "evaluate_enrichment"]

REPORTS = "reports-gold"
TYPOLOGY = "typology-gold"


def evaluate_enrichment(gold_folder: Path, enricher: Enricher) -> list[Figure]:
    """Return all figures for the gold sets in a folder; a set that is not there gives none.

    ``reports-gold/dev.jsonl`` gives relevance, facts and grouping, ``typology-gold/dev.jsonl`` the typology.
    """
    found: list[Figure] = []
    if (path := gold_folder / REPORTS / "dev.jsonl").is_file():
        found += _reports(list(_lines(path)), enricher, f"{REPORTS}/dev")
    if (path := gold_folder / TYPOLOGY / "dev.jsonl").is_file():
        found += _typology(list(_lines(path)), enricher, f"{TYPOLOGY}/dev")
    return found


def _reports(rows: Sequence[dict[str, Any]], enricher: Enricher, data: str) -> list[Figure]:
    reports = [_report(row["id"], row["title"], row["text"], row["published"]) for row in rows]
    enriched = list(enricher.enrich(reports))
    scores = [_relevance(each) for each in enriched]
    clear = [place for place, row in enumerate(rows) if not row["boundary"]]
    relevant = [place for place, row in enumerate(rows) if row["relevant"]]
    return [
        *figures.relevance(scores, [row["relevant"] for row in rows], data),
        *figures.relevance(
            [scores[place] for place in clear],
            [rows[place]["relevant"] for place in clear],
            f"{data} without boundary cases",
        ),
        *_facts([rows[place] for place in relevant], [enriched[place] for place in relevant], data),
        *_grouping(rows, reports, enriched, relevant, data),
    ]


def _facts(rows: Sequence[dict[str, Any]], enriched: Sequence[Enriched], data: str) -> list[Figure]:
    losses = [_first(each, Subject.LOSS, "loss") for each in enriched]
    allowed = [_allowed(row) for row in rows]
    stated = [place for place, row in enumerate(rows) if row["loss"]]
    countries = [_values(each, Subject.COUNTRY, "where") for each in enriched]
    return [
        figures.mean("loss exact", [loss in may for loss, may in zip(losses, allowed, strict=True)], data),
        figures.mean("loss exact where stated", [losses[place] in allowed[place] for place in stated], data),
        figures.exact("country exact set", [frozenset(row["country"]) for row in rows], countries, data),
    ]


def _allowed(row: dict[str, Any]) -> set[str | None]:
    if not row["loss"]:
        return {None}
    return {_money(loss) for loss in (row["loss"], *row["loss_alt"])}


def _money(loss: dict[str, Any]) -> str:
    return f"{loss['currency']} {Decimal(str(loss['amount'])).normalize():f}"


def _first(enriched: Enriched, subject: Subject, role: str) -> str | None:
    return next(
        (
            finding.value
            for finding in enriched.findings
            if finding.subject is subject and finding.role == role
        ),
        None,
    )


def _values(enriched: Enriched, subject: Subject, role: str) -> frozenset[str]:
    """Return the values with this role, a part of the United Kingdom as the whole of it."""
    return frozenset(
        finding.value.partition("-")[0]
        for finding in enriched.findings
        if finding.subject is subject and finding.role == role
    )


def _grouping(
    rows: Sequence[dict[str, Any]],
    reports: Sequence[Report],
    enriched: Sequence[Enriched],
    relevant: Sequence[int],
    data: str,
) -> list[Figure]:
    items = [
        Groupable.of(report, each.findings, each.vectors)
        for report, each in zip(reports, enriched, strict=True)
    ]
    # A report may be in several clusters; the gold has one incident a report, so its first counts.
    cluster: dict[str, str] = {}
    for members in group(items).clusters:
        for member in members:
            cluster.setdefault(member, members[0])
    truth = [rows[place]["incident"] or f"alone:{rows[place]['id']}" for place in relevant]
    return figures.grouping(truth, [cluster[reports[place].id] for place in relevant], data)


def _typology(rows: Sequence[dict[str, Any]], enricher: Enricher, data: str) -> list[Figure]:
    reports = [
        _report(f"aiid:{row['incident_id']}", row["title"], row["description"], row["date"]) for row in rows
    ]
    coded = [_coded(row["primary"], each) for row, each in zip(rows, enricher.enrich(reports), strict=True)]
    return figures.typology(coded, enricher.typology.family_of, data)


def _coded(truth: str, enriched: Enriched) -> Coded:
    codes = sorted(_of(enriched, Subject.TYPOLOGY), key=lambda finding: -finding.score)
    primary = next((finding.value for finding in codes if finding.role == "primary"), None)
    return Coded(truth, tuple(finding.value for finding in codes), primary, codes[0].score if codes else 0.0)


def _relevance(enriched: Enriched) -> float:
    return next((finding.score for finding in _of(enriched, Subject.RELEVANCE)), 0.0)


def _of(enriched: Enriched, subject: Subject) -> Iterator[Finding]:
    return (finding for finding in enriched.findings if finding.subject is subject)


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


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        yield from (json.loads(line) for line in file if line.strip())
