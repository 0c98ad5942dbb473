from collections.abc import Sequence

import pytest

from collectors.records import Report
from enrichment.records import Finding, Subject
from enrichment.typology import Typology
from index.deriving import derive
from index.records import JudgedFinding, State

Said = tuple[str, str]
"""The name of a report and a date it gives for the event."""


def happened(said: Sequence[Said], state: State = State.SUGGESTED, accepted: str = "") -> str | None:
    reports = {
        name: Report(id=name, version="v", source="fictional", capture="c", title="A theft", text="A theft.")
        for name, _ in said
    }
    findings = []
    for place, (name, value) in enumerate(said):
        decided = State.ACCEPTED if value == accepted else state
        findings.append(JudgedFinding(finding=_finding(place, name, value), state=decided))
    derived = derive(list(reports.values()), findings, {}, Typology.load(), lambda *_: ())
    return derived.occurred.value if derived.occurred else None


def _finding(place: int, report: str, value: str) -> Finding:
    return Finding(
        id=f"f{place}", report=report, version="v", origin="facts@1", subject=Subject.DATE, value=value,
        role="occurred", score=0.9, field="text", start=0, end=1, quote="A",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("said", "date"),
    [
        ([("a", "2009"), ("a", "2024-03-02")], "2024-03-02"),
        ([("a", "2009"), ("b", "2024-03")], "2024-03"),
        ([("a", "2019-05-01"), ("a", "2024-03-02"), ("b", "2024-03-02")], "2024-03-02"),
        ([("a", "2023-01"), ("a", "2024-03-02"), ("b", "2024-03")], "2024-03-02"),
        ([("a", "2024-03-04"), ("a", "2024-03-02")], "2024-03-02"),
        ([("a", "2021"), ("a", "2023")], "2021"),
    ],
)
def test_date_is_what_most_reports_give_and_no_year_where_one_is_more_precise(
    said: list[Said], date: str
) -> None:
    assert happened(said) == date


def test_accepted_date_is_kept_against_those_of_more_reports() -> None:
    said = [("a", "2024-03-02"), ("b", "2024-03-02"), ("c", "2024-02-28")]
    assert happened(said, accepted="2024-02-28") == "2024-02-28"


def test_rejected_dates_do_not_count() -> None:
    assert happened([("a", "2024-03-02")], state=State.REJECTED) is None
