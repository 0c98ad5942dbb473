"""What plain English leaves out is offered with a minus, and never left out unasked."""

import pytest

from index.search.language.parser import parse


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("ransom but not hospitals", "ransom -hospitals"),
        ("ransom not about a hospital", "ransom -hospital"),
        ("ransom w/o hospitals", "ransom -hospitals"),
        ("ransom without drones in Leeds", "ransom -drones in Leeds"),
        ("ransom excluding drones or hospitals", "ransom -drones -hospitals"),
        ("ransom except for hospital drones", 'ransom -"hospital drones"'),
        ('ransom other than "video calls"', 'ransom -"video calls"'),
        ("ransom not country:ie", "ransom -country:ie"),
        ("ransom without drones in 2021", "ransom -drones date:2021"),
        ("ransom without drones since 2021", "ransom -drones date:2021.."),
    ],
)
def test_exclusion_in_plain_words_is_offered_with_a_minus(typed: str, offered: str) -> None:
    query = parse(typed)
    assert query.offered == offered
    assert not any(term.negated for term in query.terms)
    assert any("leaves nothing out" in note for note in query.notes)


@pytest.mark.parametrize(
    "typed",
    [
        "ransom not only drones",
        "whether or not ransom",
        '"ransom not drones"',
        "ransom -not",
        "not",
        "without",
        "nothing",
    ],
)
def test_words_that_leave_nothing_out_are_not_offered(typed: str) -> None:
    assert (parse(typed).offered, parse(typed).notes) == ("", ())


@pytest.mark.parametrize(
    "typed", ["ransom nobody paid", "ransom was not paid", "No one paid", "he never paid"]
)
def test_denied_fact_is_noted_and_no_form_offered(typed: str) -> None:
    query = parse(typed)
    assert query.offered == ""
    assert "words are found whatever is said of them" in query.notes[0]
