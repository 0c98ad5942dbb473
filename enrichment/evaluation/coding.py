"""Figures on gold incidents: typology codes, abstention, calibration, and the facets beside them."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from enrichment.evaluation.agreement import kappa, macro_f1, overlap_f1, precision_recall
from enrichment.evaluation.calibration import Bin, adaptive_error, calibration_error, reliability
from enrichment.evaluation.figure import Figure, Rows, exact, figure, mean
from enrichment.evaluation.gold import Case
from enrichment.evaluation.relevance import relevance
from enrichment.evaluation.reports import country
from enrichment.records import CodeRole, Subject

SURE = 0.7
"""The share of cases the machine is surest of, for which its accuracy is published."""
_SILENT = {"unknown", "reported_no_action_known"}
LEAST = 3
"""Gold cases a leaf needs to count in the mean over leaves."""


@dataclass(frozen=True)
class Coded:
    """One typology prediction: codes best first, the primary or None where it abstained, its probability."""

    truth: str
    ranked: tuple[str, ...]
    primary: str | None
    score: float

    @classmethod
    def of(cls, case: Case) -> "Coded":
        """Return what the machine says of a gold incident's primary code."""
        codes = case.all(Subject.TYPOLOGY)
        primary = next((finding.value for finding in codes if finding.role == CodeRole.PRIMARY), None)
        ranked = tuple(finding.value for finding in codes)
        return cls(case.row["primary"], ranked, primary, codes[0].score if codes else 0.0)

    @property
    def leading(self) -> str:
        """Return the likeliest code, given or not."""
        return self.ranked[0] if self.ranked else ""

    @property
    def right(self) -> bool:
        """Return whether the likeliest code is the gold's."""
        return self.leading == self.truth


def measure(
    cases: Sequence[Case], family_of: Callable[[str], str], data: str
) -> tuple[list[Figure], tuple[Bin, ...]]:
    """Return all figures of one file of gold incidents, and the reliability table of the primary code."""
    coded = [Coded.of(case) for case in cases]
    figures = [
        *typology(coded, family_of, data),
        *_beside(cases, data),
        *_relevance(cases, data),
        *_families(coded, family_of, data),
    ]
    return figures, reliability([each.score for each in coded], [each.right for each in coded])


def typology(coded: Sequence[Coded], family_of: Callable[[str], str], data: str) -> list[Figure]:
    """Return accuracy of code and family, coverage, accuracy where decided or surest, and calibration."""
    decided = [case for case in coded if case.primary is not None]
    crimes = [case for case in coded if not case.truth.startswith("X")]
    right, scores = [case.right for case in coded], [case.score for case in coded]
    truth, leading = [case.truth for case in coded], [case.leading for case in coded]
    families = [bool(case.ranked) and family_of(case.leading) == family_of(case.truth) for case in coded]
    return [
        mean("typology top-1", right, data),
        mean("typology top-3", [case.truth in case.ranked[:3] for case in coded], data),
        mean("typology family", families, data),
        macro_f1("typology macro-F1", truth, leading, data, LEAST),
        kappa("typology kappa", truth, leading, data),
        kappa("typology in or out of scope kappa", _scopes(truth), _scopes(leading), data),
        mean("typology coverage", [case.primary is not None for case in coded], data),
        mean("typology accuracy where decided", [case.primary == case.truth for case in decided], data),
        surest("typology top-1 at 70 % coverage", scores, right, data),
        mean(
            "crime without a leaf: abstained or out of scope",
            [_no_leaf(case.primary) for case in crimes],
            data,
        ),
        mean("crime whose likeliest code is no leaf", [_no_leaf(case.leading) for case in crimes], data),
        calibration_error("typology ECE", scores, right, data),
        adaptive_error("typology ECE, bins of equal size", scores, right, data),
    ]


def surest(name: str, scores: Sequence[float], right: Sequence[bool], data: str) -> Figure:
    """Return the accuracy over the 70 % of cases the machine is surest of."""
    score, is_right = np.asarray(scores, dtype=np.float64), np.asarray(right, dtype=np.float64)

    def measured(rows: Rows) -> float:
        kept = np.argsort(-score[rows], kind="stable")[: int(np.ceil(SURE * len(rows)))]
        return float(is_right[rows][kept].mean())

    return figure(name, len(score), data, measured)


def _no_leaf(code: str | None) -> bool:
    return not code or code.startswith("X")


def _scopes(codes: Sequence[str]) -> list[str]:
    return ["out" if _no_leaf(code) else "in" for code in codes]


def _beside(cases: Sequence[Case], data: str) -> list[Figure]:
    coded = [case for case in cases if "others" in case.row]
    crimes = [case for case in cases if not _no_leaf(case.row["primary"])]
    return [
        *_facet(cases, Subject.EVENT_KIND, data),
        *_facet(cases, Subject.AI_INVOLVEMENT, data),
        *_facet(cases, Subject.OUTCOME, data),
        _outcome_fits(cases, data),
        overlap_f1(
            "typology all leaves F1",
            [
                {code for code in (case.row["primary"], *case.row["others"]) if not _no_leaf(code)}
                for case in coded
            ],
            [_leaves_given(case) for case in coded],
            data,
        ),
        *([country([case for case in crimes if "countries" in case.row], "countries", data)]),
    ]


def _leaves_given(case: Case) -> set[str]:
    return {
        finding.value
        for finding in case.all(Subject.TYPOLOGY)
        if not finding.near_miss and not _no_leaf(finding.value)
    }


def _facet(cases: Sequence[Case], subject: Subject, data: str) -> list[Figure]:
    told = [case for case in cases if case.row.get(subject.value)]
    truth = [str(case.row[subject.value]) for case in told]
    given = [case.value(subject, "unknown") for case in told]
    name = subject.value.replace("_", " ")
    return [exact(f"{name} exact", truth, given, data), kappa(f"{name} kappa", truth, given, data)]


def _outcome_fits(cases: Sequence[Case], data: str) -> Figure:
    """Return how often the outcome is right where a silent machine means that no action is known."""
    told = [case for case in cases if case.row.get("outcome")]
    given = [_SILENT if not case.all(Subject.OUTCOME) else {case.value(Subject.OUTCOME)} for case in told]
    right = [case.row["outcome"] in values for case, values in zip(told, given, strict=True)]
    return mean("outcome fits", right, data)


def _relevance(cases: Sequence[Case], data: str) -> list[Figure]:
    """Return relevance with what has a leaf as relevant; staged demonstrations count as neither."""
    told = [case for case in cases if case.row.get("event_kind") != "research_or_demonstration"]
    truth = [not _no_leaf(case.row["primary"]) for case in told]
    return relevance([case.score(Subject.RELEVANCE) for case in told], truth, data)


def _families(coded: Sequence[Coded], family_of: Callable[[str], str], data: str) -> list[Figure]:
    truth = [family_of(case.truth) for case in coded]
    given = [family_of(case.leading) if case.leading else "" for case in coded]
    return [
        each
        for family in sorted(Counter(truth))
        for each in precision_recall("family", family, truth, given, f"{data}, family {family}")
        if each.n
    ]
