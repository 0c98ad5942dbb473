"""How near a report lies to texts whose code is known."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from enrichment.judging import linear
from enrichment.judging.linear import Models
from enrichment.judging.nearness import CERTAIN, OWN_WEIGHT, SHARPNESS, Nearness
from enrichment.judging.reading import Reading

CODES = ("FR-01", "FR-02", "X-02")


def models(prototypes: dict[str, list[float]], cases: dict[str, list[float]]) -> Models:
    """Return models that know just these texts, by code and unit vector."""
    return replace(
        linear.load(),
        prototypes=np.array(list(prototypes.values()) or np.zeros((0, 3)), np.float16),
        cases=np.array(list(cases.values()) or np.zeros((0, 3)), np.float16),
        centre=np.zeros(3, np.float32),
        settings={"codes": CODES, "prototypes": list(prototypes), "cases": list(cases)},
    )


def near(known: Models, vector: list[float] | None) -> Nearness:
    own: NDArray[np.float32] | None = None if vector is None else np.array(vector, np.float32)
    return Nearness(known, Reading("", "", own))


def test_nearest_of_a_codes_own_words_counts_and_no_case_does() -> None:
    known = models({"FR-01": [1, 0, 0], "FR-02": [0, 1, 0]}, {"X-02": [0.6, 0.8, 0]})
    assert near(known, [0.6, 0.8, 0]).nearest() == pytest.approx([0.6, 0.8, 0.0], abs=1e-3)


def test_shares_fall_with_distance_and_cases_weigh_more() -> None:
    known = models({"FR-01": [1, 0, 0]}, {"FR-02": [1, 0, 0], "X-02": [0.8, 0.6, 0]})
    say = np.array([OWN_WEIGHT, 1.0, np.exp(-SHARPNESS * 0.2)])
    expected = np.log(CERTAIN * say / say.sum() + (1 - CERTAIN) / 3)
    assert near(known, [1, 0, 0]).neighbours() == pytest.approx(expected, abs=1e-2)


@pytest.mark.parametrize("vector", [None, [1.0, 0.0, 0.0]])
def test_without_a_vector_or_without_texts_every_code_is_alike(vector: list[float] | None) -> None:
    known = models({}, {}) if vector else models({"FR-01": [1, 0, 0]}, {})
    assert not near(known, vector).nearest().any()
    assert not near(known, vector).neighbours().any()
