"""What must not be shown or leave, over a real library: what its reports of sexual offences cite."""

from collections.abc import Callable
from contextlib import closing

import pytest

from collectors.records import Report
from enrichment.typology import Typology
from index import care
from index.export import formats
from index.library import Library
from index.search.query import By
from index.store import Store
from index.tables import membership
from tests.index.exportables import read
from tests.index.hardship import all_reports
from tests.index.stories import ANALYST, ask, incident_of

Seen = Callable[[Library, Report, str], str]


def searched(by: By) -> Seen:
    return lambda library, report, _: ask(library, f'"{report.title}"', by=by, limit=9).model_dump_json()


def exported(name: str) -> Seen:
    return lambda library, _, incident: read(name, library.export([incident], name, actor=ANALYST))


WAYS: dict[str, Seen] = {
    "incident": lambda library, _, incident: library.incident(incident, actor=ANALYST).model_dump_json(),
    "report": lambda library, report, _: library.report(report.id, actor=ANALYST).model_dump_json(),
    **{f"search by {by}": searched(by) for by in By},
    **{f"export {name}": exported(name) for name in formats.READY},
}


def test_sexual_offences_and_codes_nobody_listed_are_guarded() -> None:
    typology = Typology.load()
    guarded = {leaf.id for leaf in typology.leaves() if care.is_guarded(leaf.id)}
    assert guarded == {"AB-01", "AB-02", "AB-03", "CS-01", "CS-02", "CS-03", "CS-04", "CS-05"}
    assert care.is_guarded("ZZ-01")
    assert not any(care.is_guarded(scope.id) for scope in typology.scopes())


@pytest.mark.parametrize("way", WAYS)
def test_what_reports_of_sexual_offences_cite_stays_inside(library: Library, way: str) -> None:
    kept = {report.id: report for report in all_reports(library)}
    found = ask(library, "", filters={"family": ("CS",)}, limit=5).hits
    assert len(found) == 5
    for hit in found:
        view = library.incident(hit.id, actor=ANALYST)
        assert care.sensitive(view.incident.codes) and view.references
        [report] = [kept[key] for key in view.incident.reports]
        said = WAYS[way](library, report, hit.id).replace("\\", "").replace(report.title, "")
        for cited in report.references:
            assert cited.title not in said
            assert not cited.url or cited.url not in said


def test_what_other_reports_cite_is_shown(library: Library) -> None:
    incident = ask(library, "", filters={"family": ("FR",)}, limit=1).hits[0].id
    view = library.incident(incident, actor=ANALYST)
    [item] = view.reports
    assert item.report in all_reports(library)
    assert view.references == item.report.references != ()
    assert library.report(item.report.id, actor=ANALYST).report == item.report


def test_a_report_that_also_tells_of_a_sexual_offence_is_guarded_in_every_incident(library: Library) -> None:
    fraud, sexual = incident_of(library, "Ashford"), ask(library, "", filters={"family": ("CS",)}).hits[0].id
    [told] = library.incident(fraud, actor=ANALYST).reports
    assert told.report.title in library.export([fraud], "csv", actor=ANALYST).decode()
    with closing(Store(library.settings.database_url)) as store, store.writing() as connection:
        connection.execute(membership.insert().values(incident=sexual, report=told.report.id, part=""))
    for name in ("json", "csv"):
        written = library.export([fraud], name, actor=ANALYST).decode()
        assert fraud in written and told.report.title not in written
