"""The bundled cases give what they state and nothing else."""

import json
import re
from collections import Counter

from collectors.records import Claim, Disposition
from collectors.sets import starter_cases
from tests.collectors.sample import capture_of

CAPTURE = capture_of("starter", source="starter")


def fictional_case(**changes: object) -> bytes:
    case = {
        "id": "case-9001",
        "title": "Bakery pays after a cloned voice rings",
        "summary": "A fictional bakery in a fictional town paid an invoice after a call in a copied voice.",
        "occurred": {"from": "2025", "to": "2025-03", "precision": "year"},
        "countries": ["GB-ENG", "IE"],
        "typologies": {"primary": "FR-01", "others": ["ID-02"]},
        "facets": {"event_kind": "criminal_incident", "modality": ["audio", "text"]},
        "loss": {"amount": 8091.64, "currency": "GBP", "as_stated": "about £8,000"},
        "tools": ["VoiceKit"],
        "organisations": ["Fictional Police"],
        "timeline": [{"date": "2025-02", "event": "Call to the bakery"}],
        "lessons": ["Ring back on a known number."],
        "sources": [
            {"url": None, "publisher": "Town News", "title": "Bakery loses money", "published": "2025-03",
             "kind": "news", "supports": "amount"},
            {"url": "https://police.example/1", "publisher": "Fictional Police", "title": "Appeal",
             "published": "2025-03-09", "kind": "police", "supports": "method"},
        ],
        "verified": "two-sources",
        "note": "A doubt that is not shown.",
    }  # fmt: skip
    return json.dumps(case | changes).encode() + b"\n"


def test_every_bundled_case_is_a_report() -> None:
    payload = starter_cases.bundled()
    outcome = starter_cases.parse(payload, CAPTURE)
    assert outcome.issues == ()
    assert outcome.disposition is Disposition.PARSED
    assert len(outcome.reports) == len(payload.splitlines()) == 95
    assert len({report.id for report in outcome.reports}) == 95
    sources = [reference for report in outcome.reports for reference in report.references]
    assert Counter(reference.url is None for reference in sources) == {True: 110, False: 138}
    assert all(sum(claim.role == "primary" for claim in report.claims) == 1 for report in outcome.reports)


def test_a_case_keeps_what_it_states_and_nothing_else() -> None:
    (report,) = starter_cases.parse(fictional_case(), CAPTURE).reports
    assert report.refs == ("case:case-9001",)
    assert report.url is None
    assert report.published is not None
    assert (report.published.value, report.published.origin) == ("2025-03-09", "dataset")
    assert report.text.startswith("A fictional bakery")
    assert "doubt" not in report.model_dump_json()
    assert set(report.claims) == {
        Claim(subject="typology", value="FR-01", role="primary"),
        Claim(subject="typology", value="ID-02", role="other"),
        Claim(subject="event_kind", value="criminal_incident"),
        Claim(subject="modality", value="audio"),
        Claim(subject="modality", value="text"),
        Claim(subject="country", value="GB-ENG"),
        Claim(subject="country", value="IE"),
        Claim(subject="tool", value="VoiceKit"),
        Claim(subject="organisation", value="Fictional Police"),
        Claim(subject="lesson", value="Ring back on a known number."),
        Claim(subject="occurred", value="2025", role="from"),
        Claim(subject="occurred", value="2025-03", role="to"),
        Claim(subject="timeline", value="Call to the bakery", role="2025-02"),
        Claim(subject="loss", value="GBP 8091.64", role="about £8,000"),
        Claim(subject="verified", value="two-sources"),
    }


def test_a_bundled_loss_is_no_penalty_demand_or_takings() -> None:
    reports = starter_cases.parse(starter_cases.bundled(), CAPTURE).reports
    stated = {
        report.refs[0]: claim for report in reports for claim in report.claims if claim.subject == "loss"
    }
    assert stated["case:case-0002"].value == "HKD 200000000"
    assert not {"case:case-0094", "case:case-0025", "case:case-0001"} & stated.keys()
    told = re.compile(r"penalt|forfeiture|proceeds|demand|earned|earnings|not paid")
    assert [claim for claim in stated.values() if told.search(claim.role)] == []


def test_a_broken_line_is_an_issue_and_the_rest_is_read() -> None:
    payload = b"{torn\n" + fictional_case() + fictional_case(summary=" ") + b'{"id": 5}\n["list"]\n'
    outcome = starter_cases.parse(payload, CAPTURE)
    assert len(outcome.reports) == 1
    assert [issue.code for issue in outcome.issues] == ["malformed", "empty", "malformed", "malformed"]
    assert outcome.issues[0].item == "cases.jsonl line 1"
    assert outcome.issues[0].at == CAPTURE.finished


def test_parsing_again_says_exactly_the_same() -> None:
    payload = starter_cases.bundled() + b"{torn\n"
    assert starter_cases.parse(payload, CAPTURE) == starter_cases.parse(payload, CAPTURE)


def test_an_issue_says_what_is_wrong_with_its_line() -> None:
    lines = (
        fictional_case(sources=[{"publisher": "Town News"}]),
        b'{"id": "case-9002", "title": "T", "summary": "S"}\n',
        b'["list"]\n',
    )
    issues = starter_cases.parse(b"".join(lines), CAPTURE).issues
    assert [issue.detail.partition(" does not have the expected form: ")[2] for issue in issues] == [
        "field title: Field required",
        "it lacks 'sources'",
        "list indices must be integers or slices, not str",
    ]
