"""An incident's codes weigh its reports by how sure each is."""

import pytest

from enrichment.judging.pooling import SURENESS, pooled_scores
from enrichment.records import Fact, Finding, Subject, as_finding

CODES = 66


def said(report: str, **scores: float) -> list[Finding]:
    return [
        as_finding(
            Fact(subject=Subject.TYPOLOGY, value=code.replace("_", "-"), role="sibling", score=score),
            report,
            "v1",
            "classify@x",
        )
        for code, score in scores.items()
    ]


def pooled(*told: list[Finding], sureness: float = SURENESS) -> dict[str, float]:
    by_code: dict[str, list[Finding]] = {}
    for finding in (each for findings in told for each in findings):
        by_code.setdefault(finding.value, []).append(finding)
    return pooled_scores(by_code, CODES, (), sureness)


def test_a_report_that_hardly_says_what_happened_leaves_the_word_to_one_that_does() -> None:
    plain, vague = said("r1", FR_01=0.8, CY_02=0.05), said("r2", CY_02=0.3, FR_01=0.02)
    alike, weighed = pooled(plain, vague, sureness=0), pooled(plain, vague)
    assert alike["FR-01"] < alike["CY-02"] + 0.1
    assert weighed["FR-01"] > weighed["CY-02"] + 0.3
    assert pooled(plain)["FR-01"] > weighed["FR-01"]


def test_reports_that_are_as_sure_weigh_the_same() -> None:
    one, other = said("r1", FR_01=0.6, CY_02=0.2), said("r2", CY_02=0.6, FR_01=0.3)
    assert pooled(one, other) == pytest.approx(pooled(one, other, sureness=0))
    assert pooled(one, other) == pytest.approx(pooled(other, one))


def test_scores_are_probabilities_whatever_the_reports_say() -> None:
    for told in ([], [said("r1", FR_01=0.0)], [said(f"r{each}", FR_01=each / 9) for each in range(10)]):
        scores = pooled(*told)
        assert all(0 <= score <= 1 for score in scores.values())
        assert sum(scores.values()) <= 1 + 1e-9
