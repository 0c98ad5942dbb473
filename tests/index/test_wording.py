import pytest

from enrichment.records import Code, CodeRole, Subject
from enrichment.typology import Typology
from index import wording
from index.records import JudgedFinding, State, settled_by
from index.search.query import FACETS
from tests.index.fictional import capture, finding, report


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


@pytest.mark.parametrize(
    ("by", "settled"), [({"starter"}, "starter"), ({"starter", "Ada"}, "Ada"), ({"Ada"}, "Ada"), (set(), "")]
)
def test_a_code_is_settled_by_the_people_here_before_those_of_the_starter_library(
    by: set[str], settled: str
) -> None:
    taken = capture()
    found = [
        JudgedFinding(finding=finding(report(number, taken), "FR-01"), state=State.ACCEPTED, by=who)
        for number, who in enumerate(sorted(by))
    ]
    rejected = JudgedFinding(finding=finding(report(8, taken), "FR-01"), state=State.REJECTED, by="Bo")
    ids = tuple(one.finding.id for one in (*found, rejected))
    code = Code(concept="FR-01", role=CodeRole.PRIMARY, score=1.0, findings=ids)
    assert settled_by(code, [*found, rejected]) == settled
