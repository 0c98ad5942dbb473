"""Whatever lies in a drop folder, adding it comes back, says what was wrong and keeps the rest."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from collectors.errors import WrongUse
from collectors.records import Report
from index.library import Library
from index.store import Store
from index.tables import captures
from tests.collectors.crafted import STORY, pdf
from tests.index.bad_files import FILES, ODD_NAMES, OTHERS, write
from tests.index.hardship import LEAD, Ran, all_reports, check_books, check_listed, settings


def address(store: Store, key: str) -> str:
    """Return the address that a capture is of."""
    with store.reading() as connection:
        query = select(captures.c.requested_url).where(captures.c.id == key)
        return str(connection.execute(query).scalar_one())


@dataclass
class Runs:
    """The same folder added twice."""

    folder: Path
    first: Ran
    again: Ran


def add(library: Library, folder: Path) -> Ran:
    def tell(stage: str, done: int, _: int | None) -> None:
        if stage == "adding files" and done:
            (folder / "zz-vanishing.txt").unlink(missing_ok=True)

    tally = library.add([folder], actor=LEAD, progress=tell)
    return Ran(library, tally)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    folder = write(tmp_path_factory.mktemp("files") / "drop")
    with Library.open(settings(tmp_path_factory.mktemp("library"))) as library:
        first = add(library, folder)
        assert first.status
        assert first.reports
        yield Runs(folder, first, add(library, folder))


def reports_of(ran: Ran, name: str) -> list[Report]:
    """Return the reports that were read out of one file."""
    with closing(Store(ran.library.settings.database_url)) as store:
        return [
            report
            for report in ran.reports
            if address(store, report.capture).endswith((f"/{name}", f":{name}"))
        ]


@pytest.mark.parametrize("name", [name for name in FILES if name != "deep.eml"])
def test_a_bad_file_ends_in_its_own_issue(runs: Runs, name: str) -> None:
    bad = FILES[name]
    with closing(Store(runs.first.library.settings.database_url)) as store:
        said = {
            issue.code
            for issue in runs.first.tally.issues
            if issue.capture and address(store, issue.capture).endswith((f"/{name}", f":{name}"))
        }
    assert said == {bad.expected} - {""}
    assert len(reports_of(runs.first, name)) == bad.reports


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_no_readable_file_is_named_and_never_waited_for(runs: Runs, name: str) -> None:
    [issue] = [issue for issue in runs.first.tally.issues if issue.item.endswith(name)]
    assert (issue.code, issue.capture) == (OTHERS[name], None)


def test_everything_is_listed_with_advice_and_the_books_balance(runs: Runs) -> None:
    check_listed(runs.first)
    check_books(runs.first.status)


def test_the_good_ones_are_kept(runs: Runs) -> None:
    texts = [report.text for report in runs.first.reports]
    assert any("a folder called like a PDF" in text for text in texts)
    assert sum(text.startswith("A note called") for text in texts) == len(ODD_NAMES)
    assert [report.refs for report in runs.first.reports if report.source == "mitre-atlas"] == [
        ("atlas:AML.CS0901",)
    ]
    assert not any("root:" in text for text in texts)


def test_names_are_shown_safely(runs: Runs) -> None:
    with closing(Store(runs.first.library.settings.database_url)) as store:
        urls = {address(store, report.capture) for report in runs.first.reports}
    assert {f"file:{shown}" for shown in ODD_NAMES.values()} <= urls
    assert not any(str(runs.folder.parent) in url for url in urls)


def test_a_second_time_changes_nothing(runs: Runs) -> None:
    assert (runs.again.tally.new_reports, runs.again.tally.changed_reports) == (0, 0)
    assert len(all_reports(runs.again.library)) == len(runs.first.reports)
    check_books(runs.again.library.status(actor=LEAD))
    assert runs.again.tally.quarantined == runs.first.tally.quarantined


def test_what_was_mended_loses_its_issue(runs: Runs) -> None:
    (runs.folder / "half.pdf").write_bytes(pdf(STORY))
    tally = runs.again.library.add([runs.folder], actor=LEAD)
    assert tally.new_reports == 1
    open_issues = runs.again.library.status(actor=LEAD).issues
    assert not [issue for issue in open_issues if issue.item.endswith("half.pdf")]


def test_a_path_that_is_not_there_is_wrong_use(runs: Runs) -> None:
    with pytest.raises(WrongUse, match="no such file"):
        runs.again.library.add([runs.folder / "missing"], actor=LEAD)
    (runs.folder / "dangling").symlink_to(runs.folder / "missing")
    with pytest.raises(WrongUse, match="no such file"):
        runs.again.library.add([runs.folder / "dangling"], actor=LEAD)
    with pytest.raises(WrongUse, match="no source"):
        runs.again.library.add([runs.folder], source_key="nobody", actor=LEAD)
