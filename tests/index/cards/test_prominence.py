"""How widely an incident is reported counts each report once, near copies left out."""

import csv
import json

from collectors.records import Claim, Reference, Report
from index.cards.prominence import PRESS_REPORTS, events, report_count
from tests.shared import shared


def report(number: int, *cited: str, press: int = 0) -> Report:
    return Report(
        id=f"rep-{number}",
        version="v",
        source="paper",
        capture="cap",
        url=f"https://paper.example/{number}",
        title="T",
        text="Text",
        references=tuple(Reference(publisher="P", title="T", url=url) for url in cited),
        claims=(Claim(subject=PRESS_REPORTS, value=str(press)),) if press else (),
    )


def test_one_report_is_one() -> None:
    assert report_count([report(1)]) == 1
    assert report_count([]) == 1


def test_reports_and_what_they_cite_count_once_each() -> None:
    cites = report(1, "https://paper.example/2", "https://other.example/")
    assert report_count([cites, report(2)]) == 3


def test_references_without_an_address_count_by_publisher_and_title() -> None:
    unknown = Reference(publisher="P", title="T")
    other = Reference(publisher="P", title="U")
    cites = report(1).model_copy(update={"references": (unknown, unknown, other)})
    assert report_count([cites]) == 3


def test_copies_of_another_report_do_not_count() -> None:
    assert report_count([report(1), report(2, press=9), report(3)], {"rep-2"}) == 2


def test_a_source_that_counts_press_reports_is_believed_where_it_says_more() -> None:
    assert report_count([report(1, press=30), report(2)]) == 30
    assert report_count([report(1, press=1), report(2), report(3)]) == 3


def test_what_is_known_of_an_events_press_counts_once_whoever_counts_it() -> None:
    bundled = report(1).model_copy(update={"refs": ("case:case-0002",)})
    assert report_count([bundled]) == events()["case:case-0002"][1] > 20
    assert report_count([bundled, report(2, press=30)]) == report_count([bundled])
    assert report_count([bundled, report(2, press=50)]) == 50
    assert report_count([report(1).model_copy(update={"refs": ("case:case-none",)})]) == 1


def test_the_known_numbers_are_those_of_the_database() -> None:
    with (shared("aiid") / "incidents.csv").open(encoding="utf-8", newline="") as file:
        listed = {
            f"aiid:{row['incident_id']}": len(json.loads(row["reports"])) for row in csv.DictReader(file)
        }
    assert dict(events().values()).items() <= listed.items()
