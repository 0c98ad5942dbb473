"""Figures on gold reports: relevance, facts and grouping, as a whole and by language and kind of source."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from enrichment.evaluation import tables
from enrichment.evaluation.agreement import overlap_f1
from enrichment.evaluation.calibration import calibration_error
from enrichment.evaluation.figure import Figure, exact, mean
from enrichment.evaluation.gold import Case, Skipped
from enrichment.evaluation.grouping import grouping
from enrichment.evaluation.relevance import relevance
from enrichment.group import Groupable, group
from enrichment.records import Subject

FEW = 10
"""A part with fewer reports than this gets no figure of its own."""


def measure(cases: Sequence[Case], data: str) -> tuple[list[Figure], list[Skipped]]:
    """Return all figures of one file of gold reports, and the parts too small for one."""
    clear = [case for case in cases if not case.row.get("boundary")]
    telling = [case for case in cases if case.row["relevant"]]
    figures = [
        *_relevance(cases, data),
        calibration_error("relevance ECE", *_scored(cases), data),
        *(_relevance(clear, f"{data} without boundary cases") if len(clear) < len(cases) else ()),
        *_facts(telling, data),
        *_grouping(cases, data),
    ]
    parts, few = _parts(cases, data)
    return figures + parts, few


def _relevance(cases: Sequence[Case], data: str) -> list[Figure]:
    return relevance(*_scored(cases), data, _together(cases))


def _scored(cases: Sequence[Case]) -> tuple[list[float], list[bool]]:
    """Return the probability that each report is relevant, and whether it is."""
    return [case.score(Subject.RELEVANCE) for case in cases], [case.row["relevant"] for case in cases]


def _facts(cases: Sequence[Case], data: str) -> list[Figure]:
    stated = [case for case in cases if case.row.get("loss")]
    told = [case for case in cases if "modality" in case.row]
    return [
        _loss("loss exact", cases, data),
        _loss("loss exact where stated", stated, data),
        country(cases, "country", data),
        *_outcome(cases, data),
        overlap_f1(
            "modality F1",
            [tables.modality(case.row["modality"]) for case in told],
            [{finding.value for finding in case.all(Subject.MODALITY)} for case in told],
            data,
            _together(told),
        ),
    ]


def _loss(name: str, cases: Sequence[Case], data: str) -> Figure:
    right = [_lost(case) in _allowed(case.row) for case in cases]
    return mean(name, right, data, _together(cases))


def _lost(case: Case) -> str | None:
    return next((each.value for each in case.all(Subject.LOSS) if each.role == "loss"), None)


def _allowed(row: Any) -> set[str | None]:  # noqa: ANN401 (a row of JSON)
    if not row.get("loss"):
        return {None}
    return {_money(loss) for loss in (row["loss"], *row.get("loss_alt", ()))}


def _money(loss: Any) -> str:  # noqa: ANN401 (a row of JSON)
    return f"{loss['currency']} {Decimal(str(loss['amount'])).normalize():f}"


def country(cases: Sequence[Case], field: str, data: str) -> Figure:
    """Return how often the countries are exactly those of the gold; a part of the UK counts as the UK."""
    truth = [frozenset(tables.state(code) for code in case.row[field]) for case in cases]
    given = [
        frozenset(tables.state(each.value) for each in case.all(Subject.COUNTRY) if each.role == "where")
        for case in cases
    ]
    return exact("country exact set", truth, given, data, _together(cases))


def _outcome(cases: Sequence[Case], data: str) -> list[Figure]:
    stages = tables.stages()
    told = [case for case in cases if case.row.get("status") in stages]
    given = [case.value(Subject.OUTCOME, "unknown") for case in told]
    one = [value == stages[case.row["status"]][0] for case, value in zip(told, given, strict=True)]
    fitting = [value in stages[case.row["status"]] for case, value in zip(told, given, strict=True)]
    return [
        mean("outcome exact", one, data, _together(told)),
        mean("outcome fits", fitting, data, _together(told)),
    ]


def _grouping(cases: Sequence[Case], data: str) -> list[Figure]:
    items = [Groupable.of(case.report, case.enriched.findings, case.enriched.vectors) for case in cases]
    # A report may be in several clusters; the gold has one incident a report, so its first counts.
    cluster: dict[str, str] = {}
    for members in group(items).clusters:
        for member in members:
            cluster.setdefault(member, members[0])
    telling = [case for case in cases if case.row["relevant"]]
    truth = [case.row.get("incident") or f"alone:{case.row['id']}" for case in telling]
    return grouping(truth, [cluster[case.report.id] for case in telling], data)


def _parts(cases: Sequence[Case], data: str) -> tuple[list[Figure], list[Skipped]]:
    kinds: dict[str, Callable[[Case], str]] = {
        "language": lambda case: str(case.row.get("page_language") or "unknown"),
        "source": lambda case: tables.kind_of_site(str(case.row.get("site") or "")),
    }
    figures: list[Figure] = []
    few: list[Skipped] = []
    for kind, of in kinds.items():
        parts: dict[str, list[Case]] = defaultdict(list)
        for case in cases:
            parts[of(case)].append(case)
        for name, members in sorted(parts.items()):
            where = f"{data}, {kind} {name}"
            if len(members) < FEW:
                few.append(Skipped(where, f"{len(members)} reports; a figure needs {FEW}"))
                continue
            telling = [case for case in members if case.row["relevant"]]
            figures += [
                each for each in _relevance(members, where) if each.name.endswith(("F1", "specificity"))
            ]
            figures += [country(telling, "country", where), _loss("loss exact", telling, where)]
            figures += _outcome(telling, where)[:1]
    return [each for each in figures if each.n and each.value == each.value], few


def _together(cases: Sequence[Case]) -> list[Any]:
    return [case.together for case in cases]
