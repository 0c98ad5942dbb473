"""Statistics of counts against published and worked figures."""

import math
from itertools import product

import pytest

from enrichment.network.exact import Stratum, adjusted, binomial_below, odds_ratio, rate_ratio, upper_tail


def test_one_table_is_fishers_exact_test() -> None:
    tea = Stratum(of=3, all=4, other_of=1, other_all=4)  # Fisher's lady: 3 of 4 cups right
    assert upper_tail([tea]) == pytest.approx(17 / 70)
    assert upper_tail([Stratum(4, 4, 0, 4)]) == pytest.approx(1 / 70)
    assert upper_tail([Stratum(0, 4, 4, 4)]) == pytest.approx(1.0)


def test_several_tables_are_the_sum_over_all_outcomes() -> None:
    tables = [Stratum(3, 5, 1, 9), Stratum(2, 4, 2, 6)]

    def chance(table: Stratum, count: int) -> float:
        marked, total = table.of + table.other_of, table.all + table.other_all
        ways = math.comb(table.all, count) * math.comb(total - table.all, marked - count)
        return ways / math.comb(total, marked)

    expected = sum(
        chance(tables[0], first) * chance(tables[1], second)
        for first, second in product(range(5), range(5))
        if first + second >= 5
    )
    assert upper_tail(tables) == pytest.approx(expected)


def test_a_table_without_margins_tells_nothing() -> None:
    assert upper_tail([]) == 1.0
    assert upper_tail([Stratum(0, 10, 0, 10)]) == pytest.approx(1.0)
    told = Stratum(5, 10, 1, 20)
    assert upper_tail([told, Stratum(7, 7, 0, 0)]) == pytest.approx(upper_tail([told]))


def test_the_ratio_of_one_table_is_the_ratio_of_shares() -> None:
    ratio, low, high = rate_ratio([Stratum(30, 100, 20, 200)])
    assert ratio == pytest.approx(3.0)
    spread = math.sqrt(1 / 30 - 1 / 100 + 1 / 20 - 1 / 200)  # Katz 1978, which one stratum reduces to
    assert (low, high) == pytest.approx(
        (3 * math.exp(-1.959964 * spread), 3 * math.exp(1.959964 * spread)), rel=1e-6
    )


def test_a_confounder_is_held_apart() -> None:
    # The share is the same within both sources; lumped together it would look three times as high.
    same = [Stratum(90, 100, 9, 10), Stratum(1, 10, 10, 100)]
    assert rate_ratio(same)[0] == pytest.approx(1.0)
    lumped = Stratum(91, 110, 19, 110)
    assert rate_ratio([lumped])[0] > 3


def test_none_before_gives_a_finite_interval_and_no_data_an_open_one() -> None:
    ratio, low, high = rate_ratio([Stratum(5, 50, 0, 100)])
    assert 1 < low < ratio < high < math.inf
    assert rate_ratio([Stratum(0, 3, 4, 600)])[0] < 3  # three incidents without one say nearly nothing
    assert rate_ratio([Stratum(0, 300, 4, 600)])[0] < 1
    assert rate_ratio([]) == (1.0, 0.0, math.inf)


def test_an_odds_ratio_has_half_a_case_in_each_cell() -> None:
    ratio, low, high = odds_ratio(Stratum(9, 10, 5, 20))
    assert ratio == pytest.approx(9.5 * 15.5 / (1.5 * 5.5))
    assert low < ratio < high
    assert low * high == pytest.approx(ratio**2)


def test_chances_are_corrected_for_how_many_were_looked_at() -> None:
    # The example of Benjamini and Hochberg 1995, table of 15: the first four are called at 0.05.
    chances = [.0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344, .0459, .3240, .4262, .5719, .6528, .7590, 1.0]  # fmt: skip  # noqa: E501 (as printed)
    corrected = adjusted(chances)
    assert [chance <= 0.05 for chance in corrected] == [True] * 4 + [False] * 11
    assert corrected[0] == pytest.approx(0.0015)
    assert adjusted([]) == []
    assert adjusted([0.5, 0.01]) == pytest.approx([0.5, 0.02])


def test_a_binomial_tail_is_the_sum_of_its_terms_however_large() -> None:
    terms = [math.comb(12, count) * 0.3**count * 0.7 ** (12 - count) for count in range(5)]
    assert binomial_below(5, 12, 0.3) == pytest.approx(sum(terms))
    assert binomial_below(300, 100_000, 0.003) == pytest.approx(0.49, abs=0.02)
    assert [binomial_below(3, 5, share) for share in (0.0, 1.0)] == [1.0, 0.0]
    assert binomial_below(0, 5, 0.5) == 0.0
    assert binomial_below(9, 5, 0.5) == pytest.approx(1.0)
