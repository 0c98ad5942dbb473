import pytest

from enrichment.records import Subject
from enrichment.typology import Typology
from index import wording
from index.search.query import FACETS


def test_every_subject_and_facet_has_a_heading() -> None:
    words = wording._words()
    assert set(words["subject"]) == set(Subject)
    assert set(words["facet"]) == set(FACETS)


@pytest.mark.parametrize("facet", ["event_kind", "ai_involvement", "outcome", "modality"])
def test_the_words_cover_the_typology_s_values(facet: str) -> None:
    assert set(wording._words()[facet]) >= set(Typology.load().facet_values(facet)) - {"policy_or_law"}


@pytest.mark.parametrize(
    ("subject", "code", "said"),
    [
        ("country", "GB-SCT", "Scotland"),
        ("country", "HK", "Hong Kong"),
        ("country", "ZZ-1", "ZZ-1"),
        ("loss", "BTC 0.5", "BTC 0.5"),
        ("loss", "HKD 200000000", "HKD 200,000,000"),
        ("loss", "unknown", "unknown"),
        ("outcome", "disrupted", "Disrupted"),
        ("ai_capability", "voice_cloning", "Voice cloning"),
        ("ai_capability", "not_yet_worded", "not yet worded"),
    ],
)
def test_values_are_said_plainly(subject: str, code: str, said: str) -> None:
    assert wording.value(subject, code) == said
