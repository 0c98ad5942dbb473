"""One loss as two reports state it: exactly, rounded, or in whose dollars nobody says."""

import pytest

from tests.enrichment.grouping.pairs import likeness

EXACT = "A school in Wanaka, New Zealand, lost NZ$61,300 when a cloned voice asked its clerk for money."


@pytest.mark.parametrize(
    ("sum_", "same"),
    [
        ("about $60,000", True),
        ("nearly $62,000", True),
        ("more than $61,000", True),
        ("$61,300", True),
        ("about $95,000", False),
        ("£61,300", False),
        ("$43,700", False),
    ],
)
def test_a_rounded_sum_agrees_with_the_exact_one(sum_: str, same: bool) -> None:
    found = likeness(EXACT, f"Scammers with a computer's voice took {sum_} from a school clerk.")
    assert ("Both state a loss of NZD 61,300" in found.reasons) is same
    assert not (same and any("loss" in said for said in found.contradictions))


@pytest.mark.parametrize(
    ("one", "other", "against"),
    [
        ("A mill lost €48,700 to a cloned voice.", "A mill lost €51,900 to a cloned voice.", True),
        ("A mill lost about €50,000 to a cloned voice.", "A mill lost €55,400 to a cloned voice.", False),
        ("A mill lost about €50,000 to a cloned voice.", "A mill lost €62,000 to a cloned voice.", False),
        ("A mill lost about €50,000 to a cloned voice.", "A mill lost €920,000 to a cloned voice.", True),
    ],
)
def test_a_rough_sum_speaks_against_another_only_where_they_are_far_apart(
    one: str, other: str, against: bool
) -> None:
    assert any("loss" in said for said in likeness(one, other).contradictions) is against


def test_a_sum_that_both_state_contradicts_nothing_where_one_takes_another_for_the_loss() -> None:
    plain = "Orlin Foods lost £716,200 to a cloned voice."
    both = "Orlin Foods lost £52,400 in lawyers' fees after £716,200 went to a cloned voice."
    other = both.replace("716,200", "338,900")
    assert not any("loss" in said for said in likeness(plain, both).contradictions)
    assert any("loss" in said for said in likeness(plain, other).contradictions)
