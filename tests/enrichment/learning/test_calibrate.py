"""A confidence says how often it is right."""

import numpy as np

from enrichment.judging.linear import lead, tempered
from enrichment.learning.calibrate import platt, shares, surety

CODES = ("FR-01", "FR-02", "X-02")


def test_a_surety_changes_how_sure_a_code_is_and_no_ranking() -> None:
    chances = np.random.default_rng(4).dirichlet([0.4, 0.4, 0.4, 0.4], size=500)
    for settings in ((0.7, 0.0, 0.08), (1.3, 0.1, 0.2), (0.6, 0.4, -1.0), (0.0, 0.0, -9.0)):
        told = tempered(chances, settings)
        assert np.allclose(told.sum(axis=1), 1)
        assert (told.argsort(axis=1) == chances.argsort(axis=1)).all()
    assert np.allclose(tempered(chances, (1.0, 0.0, 0.0)), chances)


def test_one_rival_is_another_doubt_than_many() -> None:
    one, many = lead(np.array([[0.5, 0.5, 0.0, 0.0], [0.5, 0.2, 0.2, 0.1]]))
    assert one[0] == many[0] == 0
    assert one[1] == 0
    assert many[1] > 0


def test_codes_weigh_more_evenly_than_they_come() -> None:
    weights = shares(["X-02"] * 16 + ["FR-01"])
    assert np.isclose(weights.sum(), 1)
    assert np.isclose(weights[-1] / weights[:-1].sum(), 1 / 4)


def test_a_model_that_is_too_sure_learns_to_say_less() -> None:
    random = np.random.default_rng(5)
    said = random.uniform(0.5, 0.999, size=4000)
    right = random.uniform(size=4000) < 0.5 + (said - 0.5) / 2  # half as sure as it says
    chances = np.stack([said, (1 - said) * 0.6, (1 - said) * 0.4], axis=1)
    truth = np.where(right, "FR-01", "X-02").tolist()
    assert tempered(chances, surety(chances, truth, CODES)).max(axis=1).mean() < said.mean()


def test_an_expected_weight_stands_without_data_and_gives_way_to_much_of_it() -> None:
    random = np.random.default_rng(7)
    odds, sign = random.normal(0, 3, 4000), (random.random(4000) < 0.5).astype(float)
    yes = random.random(4000) < 1 / (1 + np.exp(-(odds + 2 * sign)))
    truth = ["yes" if each else "no" for each in yes]
    inputs = np.stack([odds, sign, np.zeros(4000)], axis=1)
    own, found, unseen, _ = platt(inputs, truth, {1: -3.0, 2: -3.0})
    assert 0.9 < own < 1.1
    assert found > 1.2
    assert np.isclose(unseen, -3.0)
    few = platt(inputs[:20], truth[:20], {1: -3.0, 2: -3.0})
    assert few[1] < -1.5
