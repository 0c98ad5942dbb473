import math
from pathlib import Path

import pytest

from enrichment.evaluate import evaluate_enrichment
from enrichment.figures import Coded, Figure, exact, grouping, mean, ndcg, relevance, typology
from tests.enrichment.model_room import enricher, shared_data


def by_name(figures: list[Figure]) -> dict[str, float]:
    return {figure.name: figure.value for figure in figures}


def test_relevance_figures_by_hand() -> None:
    found = by_name(relevance([0.9, 0.8, 0.7, 0.2, 0.1], [True, False, True, True, False], "hand"))
    assert found["relevance average precision"] == pytest.approx((1 + 2 / 3 + 3 / 4) / 3)
    assert found["relevance precision"] == pytest.approx(2 / 3)
    assert found["relevance recall"] == pytest.approx(2 / 3)
    assert found["relevance F1"] == pytest.approx(2 / 3)
    assert found["relevance specificity"] == pytest.approx(1 / 2)


def test_equal_scores_give_no_credit_for_their_order() -> None:
    for truth in ([True, False], [False, True]):
        assert by_name(relevance([0.5, 0.5], truth, "ties"))["relevance average precision"] == 0.5


def test_typology_figures_by_hand() -> None:
    coded = [
        Coded("FR-01", ("FR-01", "FR-02"), "FR-01", 0.9),
        Coded("FR-02", ("FR-01", "CY-01", "FR-02"), "FR-01", 0.6),
        Coded("AB-01", ("X-02", "X-03", "X-04"), None, 0.3),
        Coded("X-02", ("X-02",), "X-02", 1.0),
    ]
    found = by_name(typology(coded, lambda code: code[:2].rstrip("-"), "hand"))
    assert found["typology top-1"] == 0.5
    assert found["typology top-3"] == 0.75
    assert found["typology family"] == 0.75
    assert found["typology coverage"] == 0.75
    assert found["typology accuracy where decided"] == pytest.approx(2 / 3)
    assert found["typology ECE"] == pytest.approx((0.1 + 0.6 + 0.3) / 4)


def test_grouping_figures_by_hand() -> None:
    found = by_name(grouping(["a", "a", "b", "c"], [1, 1, 1, 2], "hand"))
    assert found["grouping B-cubed precision"] == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1) / 4)
    assert found["grouping B-cubed recall"] == 1.0
    assert found["grouping pairwise precision"] == pytest.approx(1 / 3)
    assert found["grouping pairwise recall"] == 1.0
    assert found["grouping pairwise F1"] == pytest.approx(0.5)


def test_ndcg_by_hand() -> None:
    grades = {"a": 2, "b": 1}
    best = 2 / math.log2(2) + 1 / math.log2(3)
    assert ndcg(["a", "b"], grades) == 1.0
    assert ndcg(["x", "a", "a", "b"], grades) == pytest.approx((2 / math.log2(3) + 1 / math.log2(4)) / best)
    assert ndcg([*"qrstuvwxyz", "a"], grades) == 0.0


def test_intervals_hold_the_value_and_are_the_same_again() -> None:
    first, second = (mean("share", [1, 0, 1, 1, 0, 1, 1, 0], "hand") for _ in range(2))
    assert first == second
    assert 0 <= first.low < first.value < first.high <= 1
    assert first.n == 8


def test_no_cases_give_no_number() -> None:
    assert math.isnan(mean("nothing", [], "none").value)
    assert math.isnan(exact("nothing", [], [], "none").value)


def test_a_folder_without_gold_gives_no_figures(tmp_path: Path) -> None:
    assert evaluate_enrichment(tmp_path, enricher()) == []


def test_figures_on_the_gold_sets_stay_where_they_are() -> None:
    figures = evaluate_enrichment(shared_data(), enricher())
    whole = by_name([figure for figure in figures if "boundary" not in figure.data])
    assert whole["relevance average precision"] >= 0.93
    assert whole["relevance F1"] >= 0.9
    assert whole["typology top-1"] >= 0.7
    assert whole["typology top-3"] >= 0.85
    assert whole["typology family"] >= 0.8
    assert whole["grouping B-cubed F1"] >= 0.85
