"""One loss as two reports state it: exactly, rounded, or in whose dollars nobody says."""

from dataclasses import replace

import pytest

from enrichment.grouping.likeness import Corpus
from enrichment.grouping.profile import Groupable
from enrichment.records import Fact, Subject, as_finding
from tests.enrichment.grouping.pairs import account, likeness

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


def losing(report: str, text: str, quote: str) -> Groupable:
    """Return an account that takes the sum in this quote for the loss, whatever its words say."""
    start = text.index(quote)
    value = f"GBP {quote[1:].replace(',', '')}"
    loss = Fact(
        subject=Subject.LOSS,
        value=value,
        role="loss",
        score=0.9,
        start=start,
        end=start + len(quote),
        quote=quote,
    )
    others = (each for each in account(report, text).findings if each.subject is not Subject.LOSS)
    return replace(account(report, text), findings=(*others, as_finding(loss, report, "v1", "facts@1")))


@pytest.mark.parametrize(("stolen", "against"), [("£716,200", False), ("£338,900", True)])
def test_a_sum_that_both_state_contradicts_nothing_where_one_takes_another_for_the_loss(
    stolen: str, against: bool
) -> None:
    plain = losing("a", "Orlin Foods lost £716,200 to a cloned voice.", "£716,200")
    text = f"Orlin Foods spent £52,400 on lawyers after {stolen} went to a cloned voice."
    found = Corpus([plain, losing("b", text, "£52,400")]).likeness(0, 1)
    assert any("loss" in said for said in found.contradictions) is against
