"""MITRE ATLAS gives a report for each case study, or says which one has another form."""

from collections import Counter

import pytest

from collectors.errors import Malformed, TooLarge
from collectors.records import Claim
from collectors.sets import atlas
from tests.collectors.sample import capture_of, shared

CAPTURE = capture_of("atlas", source="mitre-atlas")

SAMPLE = b"""
id: ATLAS
matrices: []
case-studies:
- id: AML.CS0901
  name: A fictional exercise
  case-study-type: exercise
  incident-date: 2025-03-01
  incident-date-granularity: MONTH
  summary: A team studied [a model](https://model.example/a).
  procedure:
  - {technique: AML.T0001, description: "<div>First step.</div>"}
  - {technique: AML.T0001, description: Second step.}
  references: [{title: Write-up, url: 'https://team.example/x'}, {title: Odd, url: 'javascript:void'}]
- {id: AML.CS0902, name: Without a date, case-study-type: incident, summary: Text.}
- {id: ../../etc, name: Bad id, case-study-type: incident, summary: Text.}
- just a word
"""


def test_every_real_case_study_is_a_report() -> None:
    outcome = atlas.parse(shared("atlas/ATLAS.yaml").read_bytes(), CAPTURE)
    assert outcome.issues == ()
    assert len(outcome.reports) == 57
    kinds = Counter(c.value for r in outcome.reports for c in r.claims if c.subject == "event_kind")
    assert kinds == {"research_or_demonstration": 40, "criminal_incident": 17}
    assert all(any(c.subject == "technique" for c in r.claims) for r in outcome.reports)


def test_a_case_study_is_plain_text_with_its_techniques() -> None:
    outcome = atlas.parse(SAMPLE, CAPTURE)
    (report,) = outcome.reports
    assert report.text == "A team studied a model.\nFirst step.\nSecond step."
    assert report.url == "https://atlas.mitre.org/studies/AML.CS0901"
    assert report.refs == ("atlas:AML.CS0901",)
    assert report.published is None
    assert report.claims == (
        Claim(subject="event_kind", value="research_or_demonstration"),
        Claim(subject="occurred", value="2025-03"),
        Claim(subject="technique", value="AML.T0001"),
    )
    assert [reference.url for reference in report.references] == ["https://team.example/x", None]


def test_a_case_study_of_another_form_is_an_issue() -> None:
    issues = atlas.parse(SAMPLE, CAPTURE).issues
    assert [issue.item for issue in issues] == ["AML.CS0902", "../../etc", "case study 4"]
    assert {issue.code for issue in issues} == {"malformed"}


@pytest.mark.parametrize(
    "payload",
    [b"", b"[1, 2]", b"a: [", b"case-studies: none", b"\xff\xfe\x00", b"!!python/object/apply:os.getcwd []"],
)
def test_what_is_not_atlas_is_refused(payload: bytes) -> None:
    with pytest.raises(Malformed):
        atlas.parse(payload, CAPTURE)


def test_too_much_yaml_is_refused_unread() -> None:
    with pytest.raises(TooLarge):
        atlas.parse(b"#" * (atlas.MATRIX_BYTES + 1), CAPTURE)
