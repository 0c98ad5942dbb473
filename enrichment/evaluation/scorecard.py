"""Every figure about enrichment on the gold sets of a folder, and the scorecard all figures go on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from math import isnan
from pathlib import Path
from typing import Any

from enrichment.evaluation import coding, facets, gold, nearcopies, reports, robust, tables
from enrichment.evaluation.calibration import Bin
from enrichment.evaluation.figure import Figure, mean
from enrichment.evaluation.gold import Case, Row, Skipped
from enrichment.records import CodeRole, Subject
from enrichment.run import Enricher

_NEEDED = {
    gold.REPORTS: ("id", "title", "text", "relevant"),
    gold.TYPOLOGY: ("incident_id", "title", "description", "primary"),
}


@dataclass
class Scorecard:
    """All figures of one evaluation, with what they belong to."""

    models: dict[str, str]
    """What was measured: versions and fingerprints by name."""
    files: dict[str, int] = field(default_factory=dict)
    """The gold files read, with their number of rows or questions."""
    figures: list[Figure] = field(default_factory=list)
    reliability: dict[str, tuple[Bin, ...]] = field(default_factory=dict)
    """By gold file, how often the primary code was right where the machine was about so sure."""
    skipped: list[Skipped] = field(default_factory=list)

    def held_to_goals(self) -> "Scorecard":
        """Return the scorecard with goals, and the agreement of people, beside the figures."""
        told = [tables.held_to(each) for each in self.figures]
        return Scorecard(self.models, self.files, told, self.reliability, self.skipped)

    def value(self) -> dict[str, Any]:
        """Return the scorecard as plain JSON values; a number that could not be had is null."""
        return {
            "models": self.models,
            "files": self.files,
            "figures": [_plain({**asdict(each), "met": each.met}) for each in self.figures],
            "reliability": {
                name: [_plain(asdict(each)) for each in table] for name, table in self.reliability.items()
            },
            "human": {"agreement": [asdict(each) for each in tables.humans()], "caveat": tables.caveat()},
            "skipped": [asdict(each) for each in self.skipped],
        }


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    plain = {name: round(value, 4) if isinstance(value, float) else value for name, value in row.items()}
    return {
        name: None if isinstance(value, float) and isnan(value) else value for name, value in plain.items()
    }


def measure(folder: Path, enricher: Enricher, card: Scorecard) -> None:
    """Add to a scorecard all figures about enrichment that the gold sets in a folder allow."""
    takers: dict[str, Callable[[Sequence[Row], str, Enricher, Scorecard], list[Case]]] = {
        gold.REPORTS: _on_reports,
        gold.TYPOLOGY: _on_incidents,
    }
    for kind, take in takers.items():
        paths = gold.files(folder, kind)
        if not paths:
            card.skipped.append(Skipped(kind, "no such files in the folder given"))
        for path in paths:
            rows = gold.rows(path, _NEEDED[kind])
            if isinstance(rows, Skipped):
                card.skipped.append(rows)
                continue
            data = gold.label(path)
            card.files[data] = len(rows)
            cases = take(rows, data, enricher, card)
            card.figures += evidence(cases, data)
    card.figures += nearcopies.measure(nearcopies.snapshot(folder / nearcopies.SNAPSHOT), nearcopies.SNAPSHOT)
    card.figures += facets.measure(folder)


def _on_reports(rows: Sequence[Row], data: str, enricher: Enricher, card: Scorecard) -> list[Case]:
    cases = gold.cases(rows, list(gold.reports(rows)), enricher)
    figures, few = reports.measure(cases, data)
    card.figures += figures + nearcopies.measure((case.report.text for case in cases), data)
    card.skipped += few
    return cases


def _on_incidents(rows: Sequence[Row], data: str, enricher: Enricher, card: Scorecard) -> list[Case]:
    cases = gold.cases(rows, list(gold.incidents(rows)), enricher)
    figures, table = coding.measure(cases, enricher.typology.family_of, data)
    card.figures += figures + robust.measure(cases, enricher, data)
    card.reliability[data] = table
    return cases


def evidence(cases: Sequence[Case], data: str) -> list[Figure]:
    """Return the share of quotes that stand in their text as they say, and of primary codes with a quote.

    The interval of the first is over texts: one wrong quote makes a text wrong.
    """
    sound = [all(_verbatim(case, place) for place in range(len(case.enriched.findings))) for case in cases]
    primaries = [
        each for case in cases for each in case.all(Subject.TYPOLOGY) if each.role == CodeRole.PRIMARY
    ]
    return [
        mean("evidence verbatim", sound, data),
        mean("primary code with words to rest on", [bool(each.quote) for each in primaries], data),
    ]


def _verbatim(case: Case, place: int) -> bool:
    finding = case.enriched.findings[place]
    if finding.start is None or finding.end is None:
        return not finding.quote
    text = case.report.title if finding.field == "title" else case.report.text
    return bool(finding.quote) and text[finding.start : finding.end] == finding.quote
