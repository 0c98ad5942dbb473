"""What a search hands out: the incidents that are its hits, or that the reports among them tell."""

import json

import pytest

from index.export import formats
from index.library import Library
from index.search.query import By, Hit
from tests.ui.conftest import ANALYST, Shown
from ui.views import download


def found(library: Library, text: str, by: By = By.INCIDENT) -> tuple[Hit, ...]:
    return library.search(library.parse(text, by=by, limit=50), actor=ANALYST).hits


def test_the_incidents_of_reports_are_those_they_tell(library: Library) -> None:
    hits = found(library, "Ashford", By.REPORT)
    told = [library.report(hit.id, actor=ANALYST).incidents for hit in hits]
    assert download.incidents(hits) == list(dict.fromkeys(key for keys in told for key in keys))
    assert len(download.incidents(hits)) < len(hits)


def test_the_incidents_of_incidents_are_these(library: Library) -> None:
    hits = found(library, "cloned voice")
    assert download.incidents(hits) == [hit.id for hit in hits]


@pytest.mark.parametrize("by", By)
def test_a_search_for_a_report_by_its_id_hands_out_what_it_tells(library: Library, by: By) -> None:
    report = found(library, "cloned voice", By.REPORT)[0]
    hits = found(library, f"id:{report.id}", by)
    assert {hit.by for hit in hits} == {By.REPORT}
    rows = json.loads(library.export(download.incidents(hits), "json", actor=ANALYST))
    assert [row["id"] for row in rows] == list(report.incidents)


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"q": "cloned voice"}, "incidents of this search."),
        ({"q": "cloned voice", "by": "report"}, "reports of this search."),
    ],
)
def test_the_page_says_what_the_file_holds(shown: Shown, params: dict[str, str], said: str) -> None:
    app, _ = shown("search", **params)
    [told] = [text.value for text in app.text if "of this search" in text.value]
    assert told.endswith(said)
    assert told.startswith("The incidents told by the" if "by" in params else "The ")


def test_the_page_of_an_incident_offers_each_format_by_its_name(shown: Shown, library: Library) -> None:
    app, _ = shown("incident", id=found(library, "cloned voice")[0].id)
    offered = [button.proto.label for button in app.get("download_button")]
    assert offered[0] == "Case study (Word)"
    assert {"Case study (PDF)", "Case study (slides)", "Everything (JSON)", "For MISP"} <= set(offered)


def test_pages_offer_every_format_that_is_of_incidents_alone(shown: Shown, library: Library) -> None:
    offered = {kind for kind, *_ in (*download.DATA, *download.CASE_STUDIES)}
    assert offered == {*formats.READY} - {"graphml"}
