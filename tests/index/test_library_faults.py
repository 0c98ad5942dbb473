"""What may go wrong beside and beneath a library, and that the next call mends it."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest
from filelock import FileLock

from collectors import catalogue
from collectors.errors import LibraryBusy
from index.library import Library
from index.records import State, Verdict
from index.store import Store
from tests.e2e.commands import ROOT, answer
from tests.index.hardship import LEAD, all_reports, settings
from tests.index.stories import (
    ANALYST,
    CALLS,
    LATE,
    STORIES,
    answers,
    ask,
    cards,
    codes,
    counted,
    forget,
    history,
    incident_of,
    judge,
    keep,
)


def remove(index: Path) -> None:
    shutil.rmtree(index)


def garble(index: Path) -> None:
    for path in index.rglob("*"):
        if path.is_file():
            path.write_bytes(b"\xff" * max(1, path.stat().st_size))


def truncate(index: Path) -> None:
    for path in index.rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def hollow(index: Path) -> None:
    for path in index.rglob("*"):
        if path.is_file() and path.name != "current":
            path.unlink()


def point_nowhere(index: Path) -> None:
    current = json.loads((index / "current").read_text())
    (index / "current").write_text(json.dumps({**current, "generation": 99}))


@pytest.mark.parametrize("damage", [remove, garble, truncate, hollow, point_nowhere])
def test_a_damaged_index_is_built_again_and_answers_the_same(
    home: Path, damage: Callable[[Path], None]
) -> None:
    with Library.open(settings(home)) as library:
        before = answers(library)
    damage(home / "index")
    with Library.open(settings(home)) as library:
        assert answers(library) == before
        assert library.status(actor=ANALYST).indexed == sum(cards(library))


def test_an_index_lost_while_the_library_is_open_is_built_again(library: Library, home: Path) -> None:
    before = answers(library)
    shutil.rmtree(home / "index")
    assert answers(library) == before
    shutil.rmtree(home / "index")
    CALLS["judge"](library, ANALYST)
    assert ask(library, "", filters={"status": ("judged",)}).total == 1
    [judgement] = [each for key in STORIES if key != LATE for each in history(library, key)]
    judge(library, Verdict.UNDO, judgement.id)
    library.rebuild(actor=LEAD)
    assert answers(library) == before


def test_two_libraries_on_one_home_see_each_other(home: Path) -> None:
    with Library.open(settings(home)) as app, Library.open(settings(home)) as beside:
        incident = incident_of(app, "Ashford")
        primary = app.incident(incident, actor=ANALYST).incident.codes[0].concept
        totals = counted(app, primary), counted(beside, primary)
        judge(beside, Verdict.REJECT, codes(beside, incident)[primary].finding.id)
        assert counted(app, primary) == counted(beside, primary) == totals[0] - 1
        assert codes(app, incident)[primary].state is State.REJECTED
        beside.rebuild(actor=LEAD)
        beside.rebuild(actor=LEAD)
        assert answers(app) == answers(beside)


def test_the_command_line_beside_the_app_sees_what_it_judges_and_is_seen(home: Path, tmp_path: Path) -> None:
    note = keep(tmp_path, LATE)
    with Library.open(settings(home)) as app:
        assert not any(LATE in hit.title for hit in ask(app, LATE).hits)
        subprocess.run(
            [sys.executable, "-m", "ui.cli", "--home", str(home), "add", str(note)],
            check=True,
            cwd=ROOT,
            capture_output=True,
        )
        app.enrich(actor=LEAD)
        app.refresh(actor=LEAD)
        hits = answer(home, "search", LATE, "--json")
        assert LATE in hits[0]["title"]
        assert ask(app, LATE).hits[0].id == hits[0]["id"]


def test_a_run_waits_its_turn_and_then_says_who_is_in_the_way(library: Library, home: Path) -> None:
    with FileLock(home / "run.lock"):
        with pytest.raises(LibraryBusy, match="another run"):
            CALLS["enrich"](library, LEAD)
        assert CALLS["search"](library, LEAD)
        CALLS["judge"](library, LEAD)
    CALLS["enrich"](library, LEAD)


class Interrupted(RuntimeError):
    """Stands for a crash."""


class Crash:
    """Progress that crashes the run at a stage."""

    def __init__(self, stage: str) -> None:
        self._stage = stage

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        if stage == self._stage:
            raise Interrupted

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        return kind is Interrupted


GROUPING = "grouping into incidents"


def test_grouping_that_was_interrupted_is_done_by_the_next_run(tmp_path: Path) -> None:
    notes = [keep(tmp_path, town) for town in STORIES]
    seen: list[str] = []
    with Library.open(settings(tmp_path / "home")) as library:
        library.add(notes, actor=LEAD)
        with Crash(GROUPING) as crash:
            library.enrich(actor=LEAD, progress=crash)
        assert library.status(actor=LEAD).incidents == 0
        assert library.status(actor=LEAD).unenriched == 0
    with Library.open(settings(tmp_path / "home")) as library:
        assert library.enrich(actor=LEAD, progress=lambda stage, _, __: seen.append(stage)) == 0
        assert seen == [GROUPING]
        library.refresh(actor=LEAD)
        status = library.status(actor=LEAD)
        assert (status.incidents, status.indexed) == (len(notes), 2 * len(notes))
        library.enrich(actor=LEAD, progress=lambda stage, _, __: seen.append(stage))
        assert seen == [GROUPING]


def test_grouping_again_that_was_interrupted_is_done_by_the_next_run(library: Library) -> None:
    before = answers(library)
    forget(library)
    with Crash(GROUPING) as crash:
        library.enrich(actor=LEAD, progress=crash)
    with closing(Store(library.settings.database_url)) as store:
        assert store.ungrouped() == len(STORIES) - 1
    assert CALLS["incident"](library, LEAD)
    seen: list[str] = []
    assert library.enrich(actor=LEAD, progress=lambda stage, _, __: seen.append(stage)) == 0
    assert seen == [GROUPING]
    library.rebuild(actor=LEAD)
    assert answers(library) == before


def test_enriching_that_was_interrupted_goes_on_where_it_was(tmp_path: Path) -> None:
    with Library.open(settings(tmp_path)) as library:
        library.collect(["starter"], actor=LEAD)
        with Crash("enriching reports") as crash:
            library.enrich(actor=LEAD, progress=crash)
        left = library.status(actor=LEAD).unenriched
        assert 0 < left < 95
        assert library.enrich(actor=LEAD) == left


def test_collecting_that_was_interrupted_is_finished_from_the_evidence(tmp_path: Path) -> None:
    note = keep(tmp_path, LATE)
    with Library.open(settings(tmp_path / "home")) as library:
        with Crash("adding files") as crash:
            library.add([note], actor=LEAD, progress=crash)
        assert library.status(actor=LEAD).pending == 1
        note.unlink()
        library.collect(["starter"], actor=LEAD)
        assert library.status(actor=LEAD).pending == 0
        assert any(LATE in report.title for report in all_reports(library))


def test_a_source_cut_off_by_a_time_limit_is_due_at_once(library: Library) -> None:
    starter = next(source for source in catalogue.load().values() if source.key == "starter")
    with closing(Store(library.settings.database_url)) as store:
        assert not store.due(starter, datetime.now(UTC))
        tally = library.collect(["starter"], actor=LEAD, time_limit=0)
        assert tally.sources == 1
        assert store.due(starter, datetime.now(UTC))
        library.collect(["starter"], actor=LEAD)
        assert not store.due(starter, datetime.now(UTC))


def test_a_library_without_a_model_says_so_and_goes_by_words(home: Path) -> None:
    absent = settings(home).model_copy(update={"embedder": str(home / "no-such-model")})
    with Library.open(absent) as library:
        status = library.status(actor=LEAD)
        assert status.embedder == "none" and "could not be loaded" in status.notice
        results = ask(library)
        assert results.total
        assert "case:case-0002" in results.hits[0].refs
        assert results.notes


def test_many_who_meet_a_lost_index_at_once_are_all_answered_by_one_rebuild(home: Path) -> None:
    with Library.open(settings(home)) as app, Library.open(settings(home)) as beside:
        expected = [hit.id for hit in ask(app).hits]
        assert [hit.id for hit in ask(beside).hits] == expected
        shutil.rmtree(home / "index")
        with ThreadPoolExecutor(8) as threads:
            found = list(threads.map(lambda library: ask(library), [app, beside] * 4))
        assert [[hit.id for hit in results.hits] for results in found] == [expected] * 8
        assert {results.stamp.generation for results in found} == {1}


def test_a_decision_stands_where_the_index_cannot_follow(
    home: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.search.embedded.generations.PATIENCE_SECONDS", 0)
    with Library.open(settings(home)) as library:
        incident = incident_of(library, "Ashford")
        finding = next(iter(codes(library, incident).values())).finding
        with FileLock(home / "index" / "write.lock"):
            judge(library, Verdict.REJECT, finding.id)
        assert "does not hold the last decision yet" in caplog.text
        assert codes(library, incident)[finding.value].state is State.REJECTED
        assert library.status(actor=ANALYST).outbox > 0
        library.refresh(actor=LEAD)
        assert library.status(actor=ANALYST).outbox == 0


def test_a_rebuild_tells_how_far_it_is(library: Library) -> None:
    heard: list[tuple[str, int, int | None]] = []
    stamp = library.rebuild(actor=LEAD, progress=lambda *told: heard.append(told))
    assert heard[0] == ("rebuilding the index", 0, stamp.cards)
    assert heard[-1] == ("rebuilding the index", stamp.cards, stamp.cards)
