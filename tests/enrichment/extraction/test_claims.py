import pytest

from collectors.records import Claim
from enrichment.extraction.claims import findings_of
from enrichment.records import Subject
from tests.enrichment.model_room import CALL, told


def test_a_curated_case_keeps_its_codes_with_full_score() -> None:
    report = told(
        CALL,
        source="starter",
        claims=(
            Claim(subject="typology", value="FR-01", role="primary"),
            Claim(subject="typology", value="CY-02", role="other"),
            Claim(subject="outcome", value="succeeded"),
            Claim(subject="country", value="HK"),
            Claim(subject="country", value="INTL"),
            Claim(subject="loss", value="HKD 200000000", role="about HK$200m"),
            Claim(subject="occurred", value="2024-01", role="from"),
            Claim(subject="lesson", value="Call back on a known number."),
        ),
    )
    found = findings_of(report)
    assert [(finding.subject, finding.value, finding.role) for finding in found] == [
        (Subject.TYPOLOGY, "FR-01", "primary"),
        (Subject.TYPOLOGY, "CY-02", "other"),
        (Subject.OUTCOME, "succeeded", ""),
        (Subject.COUNTRY, "HK", ""),
        (Subject.LOSS, "HKD 200000000", "loss"),
        (Subject.DATE, "2024-01", "occurred"),
    ]
    assert {(finding.origin, finding.score, finding.version) for finding in found} == {
        ("starter", 1.0, report.version)
    }
    assert all(finding.start is None and finding.quote == "" for finding in found)


def test_only_known_organisations_are_taken_over() -> None:
    report = told(
        CALL,
        source="aiid",
        claims=(
            Claim(subject="organisation", value="openai", role="developer"),
            Claim(subject="organisation", value="jane-q-nobody", role="harmed"),
        ),
    )
    (finding,) = findings_of(report)
    assert (finding.value, finding.role, finding.origin) == ("OpenAI", "developer", "aiid")


@pytest.mark.parametrize("value", ["", "soon", "2024-13-01", "2024-02-31"])
def test_a_date_that_is_none_is_left_out(value: str) -> None:
    assert findings_of(told(CALL, claims=(Claim(subject="occurred", value=value),))) == []


def test_the_same_claim_twice_is_one_finding() -> None:
    claim = Claim(subject="country", value="GB")
    assert len(findings_of(told(CALL, claims=(claim, claim)))) == 1


def test_facets_of_victim_offender_and_channel_are_taken_over_where_they_are_known() -> None:
    stated = (("victim_type", "child"), ("actor_type", "unknown"), ("channel_platform", "video_call"))
    claims = tuple(Claim(subject=subject, value=value) for subject, value in stated)
    found = findings_of(told(CALL, source="starter", claims=claims))
    assert [(finding.subject, finding.value) for finding in found] == [
        (Subject.VICTIM_TYPE, "child"),
        (Subject.CHANNEL, "video_call"),
    ]
