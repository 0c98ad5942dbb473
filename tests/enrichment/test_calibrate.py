"""A confidence says how often it is right."""

import numpy as np

from enrichment.calibrate import surety
from enrichment.linear import tempered

CODES = ("FR-01", "FR-02", "X-02")


def test_a_surety_changes_how_sure_a_code_is_and_no_ranking() -> None:
    chances = np.random.default_rng(4).dirichlet([0.4, 0.4, 0.4, 0.4], size=500)
    for slope, shift in ((0.7, 0.08), (1.3, 0.2), (0.6, 0.0)):
        told = tempered(chances, (slope, shift))
        assert np.allclose(told.sum(axis=1), 1)
        assert (told.argmax(axis=1) == chances.argmax(axis=1)).all()
    assert np.allclose(tempered(chances, (1.0, 0.0)), chances)


def test_a_model_that_is_too_sure_learns_to_say_less() -> None:
    random = np.random.default_rng(5)
    said = random.uniform(0.5, 0.999, size=4000)
    right = random.uniform(size=4000) < 0.5 + (said - 0.5) / 2  # half as sure as it says
    chances = np.stack([said, (1 - said) * 0.6, (1 - said) * 0.4], axis=1)
    truth = np.where(right, "FR-01", "X-02").tolist()
    slope, shift = surety(chances, truth, CODES)
    assert slope < 1
    assert tempered(chances, (slope, shift)).max(axis=1).mean() < said.mean()
