import json
import math
from pathlib import Path
from typing import Any

import pytest

from enrichment.evaluation import gold, poisoning, tables
from enrichment.evaluation.agreement import kappa, macro_f1, overlap_f1, precision_recall
from enrichment.evaluation.calibration import adaptive_error, calibration_error, reliability
from enrichment.evaluation.coding import Coded, surest, typology
from enrichment.evaluation.figure import Figure, as_json, exact, mean
from enrichment.evaluation.grouping import grouping
from enrichment.evaluation.publish import FIGURES, PAGES, pages, publish
from enrichment.evaluation.ranking import ndcg, recall
from enrichment.evaluation.relevance import relevance
from enrichment.evaluation.scorecard import Scorecard, measure
from enrichment.judging import linear
from enrichment.learning import poison
from enrichment.typology import Typology
from tests.enrichment.model_room import enricher, shared_data

DOCS = Path(__file__).resolve().parents[3] / "docs"


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
    assert found["typology top-1 at 70 % coverage"] == pytest.approx(2 / 3)
    assert found["crime without a leaf: abstained or out of scope"] == pytest.approx(1 / 3)


def test_the_surest_cases_are_the_ones_with_the_highest_scores() -> None:
    scores = [0.1, 0.9, 0.8, 0.2, 0.7, 0.6, 0.5, 0.95, 0.3, 0.4]
    assert surest("sure", scores, [score >= 0.4 for score in scores], "hand").value == 1.0


def test_agreement_figures_by_hand() -> None:
    truth, given = ["a", "a", "b", "b"], ["a", "b", "b", "b"]
    assert kappa("kappa", truth, given, "hand").value == pytest.approx((0.75 - 0.5) / (1 - 0.5))
    codes = ["FR-01", "FR-01", "FR-01", "CY-01", "X-02"]
    macro = macro_f1("macro", codes, ["FR-01", "FR-01", "CY-01", "CY-01", "FR-01"], "hand", 3)
    assert (macro.name, macro.n) == ("macro (1 leaves)", 3)
    assert macro.value == pytest.approx(4 / 6)
    precision, found = precision_recall("family", "b", truth, given, "hand")
    assert precision.value == pytest.approx(2 / 3)
    assert precision.n == 3
    assert (found.value, found.n) == (1.0, 2)
    assert overlap_f1("f1", [{"a", "b"}, set()], [{"a"}, {"c"}], "hand").value == pytest.approx(2 / 4)


def test_calibration_figures_by_hand() -> None:
    scores, right = [0.95, 0.95, 0.15, 0.15], [True, False, False, False]
    assert calibration_error("ece", scores, right, "hand").value == pytest.approx((0.9 + 0.3) / 4)
    assert adaptive_error("ece", scores, right, "hand").value > 0
    low, high = reliability(scores, right)
    assert (low.n, low.right, high.n, high.right) == (2, 0.0, 2, 0.5)


def test_grouping_figures_by_hand() -> None:
    found = by_name(grouping(["a", "a", "b", "c"], [1, 1, 1, 2], "hand"))
    assert found["grouping B-cubed precision"] == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1) / 4)
    assert found["grouping B-cubed recall"] == 1.0
    assert found["grouping pairwise precision"] == pytest.approx(1 / 3)
    assert found["grouping pairwise recall"] == 1.0
    assert found["grouping pairwise F1"] == pytest.approx(0.5)


def test_ranking_figures_by_hand() -> None:
    grades = {"a": 2, "b": 1}
    best = 2 / math.log2(2) + 1 / math.log2(3)
    assert ndcg(["a", "b"], grades) == 1.0
    assert ndcg(["x", "a", "a", "b"], grades) == pytest.approx((2 / math.log2(3) + 1 / math.log2(4)) / best)
    assert ndcg([*"qrstuvwxyz", "a"], grades) == 0.0
    assert recall(["x", "a"], grades) == 0.5
    assert recall(["x", "a"], grades, depth=1) == 0.0


def test_intervals_hold_the_value_and_are_the_same_again() -> None:
    first, second = (mean("share", [1, 0, 1, 1, 0, 1, 1, 0], "hand") for _ in range(2))
    assert first == second
    assert 0 <= first.low < first.value < first.high <= 1
    assert first.n == 8


def test_rows_of_one_incident_are_no_more_evidence_than_one() -> None:
    values, incidents = [1, 0, 1, 1, 0, 1, 1, 0] * 10, list(range(8)) * 10
    alone, together = mean("share", values, "hand"), mean("share", values, "hand", incidents)
    assert alone.value == together.value
    assert together.high - together.low > 2 * (alone.high - alone.low)


def test_an_interval_without_a_single_miss_is_the_exact_one() -> None:
    # The rule of Clopper and Pearson: 114 of 114 leave room for .0318, one of one for .975.
    sound = mean("share", [1] * 114, "hand")
    assert (round(sound.low, 4), sound.high) == (0.9682, 1.0)
    never = mean("share", [0] * 114, "hand")
    assert (never.low, round(never.high, 4)) == (0.0, 0.0318)
    assert round(mean("share", [1], "hand").low, 4) == 0.025
    assert mean("share", [1] * 20, "hand", ["one incident"] * 20).low == mean("share", [1], "hand").low


def test_no_cases_give_no_number() -> None:
    assert math.isnan(mean("nothing", [], "none").value)
    assert math.isnan(exact("nothing", [], [], "none").value)


def test_goals_belong_to_whole_sets_and_know_ceilings() -> None:
    whole = tables.held_to(Figure("typology ECE", 0.04, 0, 1, 9, "typology-gold/held-out"))
    assert (whole.goal, whole.at_most, whole.met) == (0.05, True, True)
    part = tables.held_to(Figure("loss exact", 0.1, 0, 1, 9, "reports-gold/dev, source news"))
    assert (part.goal, part.met) == (None, None)
    assert tables.held_to(Figure("loss exact", 0.1, 0, 1, 9, "reports-gold/x")).met is False


@pytest.mark.parametrize(
    ("host", "kind"),
    [
        ("news.met.police.uk", "police, court or public body"),
        ("www.justice.gov", "police, court or public body"),
        ("cybernews.com", "security vendor or trade press"),
        ("independent.co.uk", "news"),
        ("example.org", "other"),
        ("", "other"),
    ],
)
def test_hosts_are_sorted_into_kinds_of_sources(host: str, kind: str) -> None:
    assert tables.kind_of_site(host) == kind


def measured(folder: Path) -> Scorecard:
    card = Scorecard({})
    measure(folder, enricher(), card)
    return card.held_to_goals()


def test_what_is_missing_or_broken_is_skipped_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / gold.TYPOLOGY).mkdir()
    (tmp_path / gold.TYPOLOGY / "broken.jsonl").write_text('{"incident_id": "1"}\n', "utf-8")
    (tmp_path / gold.TYPOLOGY / "cut.jsonl").write_text('{"incident_id": ', "utf-8")
    (tmp_path / gold.TYPOLOGY / "empty.jsonl").touch()
    card = measured(tmp_path)
    assert not card.figures
    told = {each.what: each.why for each in card.skipped}
    assert set(told) == {f"{gold.TYPOLOGY}/{name}" for name in ("broken", "cut", "empty")} | {gold.REPORTS}
    assert "title" in told[f"{gold.TYPOLOGY}/broken"]


def test_every_file_of_a_set_is_measured_under_its_own_name(tmp_path: Path) -> None:
    rows = (shared_data() / "typology-gold/dev.jsonl").read_text("utf-8").splitlines()
    (tmp_path / gold.TYPOLOGY).mkdir()
    for name, part in (("first", rows[:12]), ("second-half", rows[12:20])):
        (tmp_path / gold.TYPOLOGY / f"{name}.jsonl").write_text("\n".join(part), "utf-8")
    card = measured(tmp_path)
    assert card.files == {"typology-gold/first": 12, "typology-gold/second-half": 8}
    [first] = [each for each in card.figures if each.name == "typology top-1" and each.data.endswith("first")]
    assert (first.n, first.goal, first.human) == (12, 0.75, "95.5 %")


def test_figures_on_the_gold_sets_stay_where_they_are() -> None:
    card = measured(shared_data())
    whole = {(each.name, each.data): each.value for each in card.figures}
    reports, incidents = "reports-gold/dev", "typology-gold/dev"
    assert whole["relevance average precision", reports] >= 0.93
    assert whole["relevance F1", reports] >= 0.9
    assert whole["typology top-1", incidents] >= 0.7
    assert whole["typology top-3", incidents] >= 0.85
    assert whole["typology family", incidents] >= 0.8
    assert whole["grouping B-cubed F1", reports] >= 0.85
    assert whole["evidence verbatim", reports] == whole["evidence verbatim", incidents] == 1.0
    assert card.reliability[incidents]
    assert json.loads(as_json(card.value()))["figures"][0]["met"] in (True, False)


def a_card() -> Scorecard:
    figures = [mean("typology top-1", [1, 0, 1], "typology-gold/x"), mean("nothing", [], "none | of it")]
    names = ("version", "models", "release", "enrichment", "embedder", "typology", "trained_on")
    return Scorecard(dict.fromkeys(names, "one"), {"typology-gold/x": 3}, figures).held_to_goals()


def test_pages_are_made_from_the_figures_and_are_the_same_again(tmp_path: Path) -> None:
    paths = publish(a_card(), tmp_path / "docs")
    assert {path.name for path in paths} == {FIGURES, *PAGES}
    first = {path.name: path.read_bytes() for path in paths}
    value: dict[str, Any] = json.loads(first[FIGURES])
    assert {name: text.encode() for name, text in pages(value).items()} == {
        name: first[name] for name in PAGES
    }
    for name in PAGES:
        assert "| typology top-1 | 0.667 |" in first[name].decode()
        assert "$" not in first[name].decode()
    assert publish(a_card(), tmp_path / "again")[0].read_bytes() == first[FIGURES]


def test_the_published_pages_belong_to_the_published_figures() -> None:
    value = json.loads((DOCS / FIGURES).read_text("utf-8"))
    for name, text in pages(value).items():
        assert (DOCS / name).read_text("utf-8") == text, "run moriarty evaluate --publish docs again"


def test_the_published_figures_belong_to_the_shipped_models() -> None:
    value = json.loads((DOCS / FIGURES).read_text("utf-8"))
    assert value["models"]["models"] == linear.load().fingerprint, (
        "run moriarty evaluate --publish docs again"
    )
    assert not value["models"]["release"]


def test_turned_labels_cost_little_or_their_release_is_refused_and_the_page_says_which() -> None:
    data, encoder = shared_data(), enricher().embedder
    assert encoder is not None
    guard = poison.guarded(data / "typology-gold" / "dev.jsonl")
    trial = poison.Trial(linear.load(), Typology.load(), encoder, poison.judged(data), guard, "gold")
    found = {each.name: tables.held_to(each) for each in poisoning.measure(trial)}
    assert found["poisoning: clean release refused"].met
    for name in poisoning.ATTACKS:
        cost, left = found[f"poisoning cost, {name}"], found[f"poisoning cost let through, {name}"]
        assert cost.goal is None and left.met
        assert left.value == (0 if found[f"poisoning: release refused, {name}"].value else cost.value)
