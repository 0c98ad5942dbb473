"""Plain text: what is read in it lies where the original has it."""

import pytest

from enrichment.facts import extract
from enrichment.plain import Plain
from enrichment.records import Subject


@pytest.mark.parametrize("blank", ["  ", "\r\n", "\n   ", "\t\t", " \r\n ", "\t"])
def test_a_sum_broken_by_blanks_is_read_whole_and_quoted_as_written(blank: str) -> None:
    original = f"Thieves stole £2.4{blank}million with a cloned voice."
    plain = Plain.of(original)
    (loss,) = [plain.placed(fact) for fact in extract("", plain.text) if fact.subject is Subject.LOSS]
    assert loss.value == "GBP 2400000"
    assert loss.quote == original[loss.start : loss.end] == f"£2.4{blank}million"


def test_paragraphs_stay_apart() -> None:
    assert Plain.of("One.\r\n\r\nTwo  three. \n\n  Four.").text == "One.\n\nTwo three.\n\nFour."
