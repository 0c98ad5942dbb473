"""Whether two reports tell of the same accused."""

import pytest

from tests.enrichment.grouping.pairs import likeness

JAILED = "Iwan Prosser, 44, was jailed for 20 months at Swansea Crown Court for AI nudes of a singer."


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (
            "Gethin Rowe, 31, was jailed for 26 months at Swansea Crown Court for AI nudes of a novelist.",
            "They tell of people of other names and ages and terms of 20 months and of 26 months",
        ),
        ("A man of 31 was charged in Swansea with making AI nudes.", "They tell of people of other ages"),
        (
            "A man was jailed for 26 months at Swansea Crown Court for AI nudes.",
            "They tell of terms of 20 months and of 26 months",
        ),
        ("A man of 44 was charged in Swansea with making AI nudes.", ""),
        ("Police arrested Prosser, of Swansea, over AI nudes of a singer.", ""),
        ("A singer, 29, found AI nudes of herself online. Nobody has been caught.", ""),
        ("Sian Howell, 29, a singer, told how a man of 44 was jailed for AI nudes of her.", ""),
    ],
)
def test_other_names_ages_and_terms_speak_against_one_event(other: str, said: str) -> None:
    found = [each for each in likeness(JAILED, other).contradictions if each.startswith("They tell of")]
    assert found == ([said] if said else [])


@pytest.mark.parametrize(("published", "same"), [("2026-02-20", True), ("2029-02-20", False)])
def test_people_grow_older_between_reports(published: str, same: bool) -> None:
    charged = "A woman of 50 was charged in Leith with cloning the voice of a notary."
    later = charged.replace("50", "52").replace("charged", "jailed")
    found = likeness(charged, later.replace("52", "51") if same else later, published)
    assert not any("ages" in said for said in found.contradictions)


def test_an_age_apart_at_one_time_is_another_person() -> None:
    charged = "A woman of 50 was charged in Leith with cloning the voice of a notary."
    found = likeness(charged, charged.replace("50", "58"))
    assert "They tell of people of other ages" in found.contradictions
