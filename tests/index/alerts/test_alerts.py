"""Saved searches and alerts over a real library: once per incident, never missed, never twice."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, select, update

from collectors.errors import NotFound, NotPermitted, WrongUse
from index import care
from index.alerts import digests
from index.alerts.due import Match
from index.alerts.record import Alerts
from index.library import Library
from index.records import Actor, Alert, SavedSearch, Verdict
from index.search.query import By, Mode
from index.store import Store
from index.tables import alerts, outbox, saved_searches
from tests.index.hardship import LEAD
from tests.index.stories import (
    ANALYST,
    INVESTIGATOR,
    LATE,
    STORIES,
    TRAINER,
    codes,
    entries,
    incident_of,
    judge,
    keep,
    reenrich,
    sound,
)

SECOND = (  # fictional
    "Guildford tenants warned of cloned landlord\n\nPolice in Guildford warned tenants of calls with a "
    "synthetic voice of their landlord that ask for deposits. The letting agent counted nine payments."
)

SENSITIVE = (  # fictional
    "Man shared synthetic intimate images of a councillor in Hythe\n\nA man admitted at Hythe court that he "
    "shared intimate deepfake images of a councillor without her consent. The images were made with "
    "artificial intelligence from pictures of a campaign. He was given a suspended sentence in May 2025."
)


EVERYWHERE = pytest.mark.databases("sqlite", "postgresql")


def save(library: Library, name: str, text: str, actor: Actor = ANALYST, **options: bool) -> SavedSearch:
    return library.subscriptions.save_search(name, library.parse(text), actor=actor, **options)


def told(library: Library, name: str = "", actor: Actor = ANALYST, **options: Any) -> tuple[Alert, ...]:  # noqa: ANN401  # each option has a type of its own
    return library.subscriptions.alerts(name, actor=actor, **options)


def arrive(library: Library, folder: Path, town: str = LATE, text: str = "") -> None:
    path = keep(folder, town)
    if text:
        path = folder / "another.txt"
        path.write_text(text, "utf-8")
    library.add([path], actor=LEAD)
    library.enrich(actor=LEAD)
    library.refresh(actor=LEAD)


@pytest.fixture
def waiting(library: Library) -> Iterator[Library]:
    """A library with saved searches and nothing new yet."""
    save(library, "Voices", "synthetic voice landlord")
    save(library, "Towns", "Guildford")
    save(library, "Clinics", "clinic ransomware")
    yield library
    sound(library)


def test_alerts_leave_out_what_matched_when_the_search_was_saved(waiting: Library) -> None:
    waiting.rebuild(actor=LEAD)
    reenrich(waiting)
    waiting.refresh(actor=LEAD)
    assert told(waiting) == ()


@EVERYWHERE
def test_alert_of_a_new_incident_is_raised_once_a_search_with_its_reason(
    waiting: Library, tmp_path: Path
) -> None:
    before = datetime.now(UTC)
    arrive(waiting, tmp_path)
    found = {alert.search: alert for alert in told(waiting)}
    assert set(found) == {"Voices", "Towns"}
    one = found["Voices"]
    assert one.incident == incident_of(waiting, LATE)
    assert one.title == STORIES[LATE][0]
    assert "words: synthetic, voice, landlord" in one.reason
    assert before <= one.at <= datetime.now(UTC)
    assert one.new and not one.changed
    assert len({alert.id for alert in found.values()}) == 2


def test_alert_is_not_repeated_for_another_report_of_the_incident(waiting: Library, tmp_path: Path) -> None:
    save(waiting, "All of it", "Guildford", changes=True)
    arrive(waiting, tmp_path)
    first = incident_of(waiting, LATE)
    arrive(waiting, tmp_path, text=SECOND)
    assert {one.incident for one in told(waiting)} == {first}, "the machine put both reports together"
    by_search = {
        name: [alert for alert in told(waiting, name) if alert.incident == first]
        for name in ("Towns", "All of it")
    }
    before = {name: len(found) for name, found in by_search.items()}
    target = codes(waiting, first)
    judge(waiting, Verdict.ACCEPT, next(iter(target.values())).finding.id)
    after = {name: len([one for one in told(waiting, name) if one.incident == first]) for name in by_search}
    assert after["Towns"] == before["Towns"]
    assert after["All of it"] == before["All of it"] + 1
    assert told(waiting, "All of it")[0].changed


def test_alerts_are_not_repeated_by_refreshing_and_rebuilding(waiting: Library, tmp_path: Path) -> None:
    save(waiting, "Changes", "Guildford", changes=True)
    arrive(waiting, tmp_path)
    before = told(waiting)
    waiting.refresh(actor=LEAD)
    waiting.rebuild(actor=LEAD)
    reenrich(waiting)
    waiting.refresh(actor=LEAD)
    assert told(waiting) == before


@EVERYWHERE
def test_alert_of_a_merged_incident_names_the_other_and_comes_once(waiting: Library, tmp_path: Path) -> None:
    arrive(waiting, tmp_path)
    late, clinic = incident_of(waiting, LATE), incident_of(waiting, "Frome")
    judge(waiting, Verdict.MERGE, late, value=clinic)
    waiting.refresh(actor=LEAD)
    found = told(waiting, "Towns")
    assert [alert.incident for alert in found] == [waiting.incident(clinic, actor=ANALYST).incident.id]


@contextmanager
def once_before(statement: str, do: Callable[[], None]) -> Iterator[None]:
    """Do something once, before the record is first asked to execute a statement that begins so."""
    waiting = [do]

    def asked(_connection: Connection, _cursor: object, text: str, *_rest: object) -> None:
        if text.startswith(statement) and waiting:
            waiting.pop()()

    event.listen(Engine, "before_cursor_execute", asked)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", asked)
    assert not waiting


@pytest.mark.parametrize("how", ["refresh", "rebuild"])
@EVERYWHERE
def test_alerts_survive_a_crash_between_index_and_record(waiting: Library, tmp_path: Path, how: str) -> None:
    def fall() -> None:
        raise RuntimeError("the plug was pulled")

    with once_before("INSERT INTO alerts", fall), pytest.raises(RuntimeError, match="pulled"):
        arrive(waiting, tmp_path)
    assert told(waiting) == ()
    getattr(waiting, how)(actor=LEAD)
    assert {alert.search for alert in told(waiting)} == {"Voices", "Towns"}
    with closing(Store(waiting.settings.database_url)) as store, store.reading() as connection:
        assert connection.execute(select(outbox)).all() == []


@pytest.mark.parametrize("changes", [False, True])
def test_alerts_include_what_is_indexed_while_the_search_is_saved(
    waiting: Library, tmp_path: Path, changes: bool
) -> None:
    with (
        closing(Library.open(waiting.settings)) as other,
        once_before("BEGIN IMMEDIATE", lambda: arrive(other, tmp_path)),
    ):
        save(waiting, "Landlords", "landlord", changes=changes)
    assert [alert.incident for alert in told(waiting, "Landlords")] == [incident_of(waiting, LATE)]
    waiting.rebuild(actor=LEAD)
    assert len(told(waiting, "Landlords")) == 1


def test_alerts_that_waited_are_written_when_a_lost_index_is_rebuilt(
    waiting: Library, tmp_path: Path
) -> None:
    waiting.add([keep(tmp_path, LATE)], actor=LEAD)
    waiting.enrich(actor=LEAD)
    for path in sorted(waiting.settings.index.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    waiting.search(waiting.parse("voice"), actor=ANALYST)
    assert {alert.search for alert in told(waiting)} == {"Voices", "Towns"}


@EVERYWHERE
def test_alert_is_written_once_by_several_writers(waiting: Library) -> None:
    with closing(Store(waiting.settings.database_url)) as store:
        record = Alerts(store)
        found = [Match(1, f"inc-{number:020x}", "s") for number in range(3)]
        assert record.settle(found, 0) == 3
        assert record.settle(found, 0) == 0
        assert record.settle([Match(99, "inc-1", "s")], 0) == 0, "no such search"


def test_alert_reason_names_the_filters(library: Library, tmp_path: Path) -> None:
    save(library, "Here", "landlord source:drop-folder")
    save(library, "Undated", "landlord after:2020")
    save(library, "Elsewhere", "landlord country:JP")
    save(library, "All", "")
    arrive(library, tmp_path)
    reasons = {alert.search: alert.reason for alert in told(library)}
    assert set(reasons) == {"Here", "All"}
    assert reasons["All"] == "everything that comes in"
    assert reasons["Here"] == "words: landlord; Source: drop-folder"


def test_saved_search_belongs_to_its_owner_and_is_seen_if_shared(library: Library, tmp_path: Path) -> None:
    save(library, "Mine", "Guildford")
    save(library, "Ours", "Guildford", shared=True)
    save(library, "Ours", "clinic", INVESTIGATOR, shared=True)
    assert [one.name for one in library.subscriptions.saved_searches(actor=ANALYST)] == [
        "Mine",
        "Ours",
        "Ours",
    ]
    assert [(one.owner, one.name) for one in library.subscriptions.saved_searches(actor=TRAINER)] == [
        (ANALYST.name, "Ours"),
        (INVESTIGATOR.name, "Ours"),
    ]
    arrive(library, tmp_path)
    assert {alert.search for alert in told(library, actor=TRAINER)} == {"Ours"}
    assert len(told(library, f"{ANALYST.name}/Ours", TRAINER)) == 1
    with pytest.raises(WrongUse, match="owner/name"):
        told(library, "Ours", TRAINER)
    with pytest.raises(NotFound):
        told(library, "Mine", TRAINER)
    with pytest.raises(NotPermitted, match=f"only {ANALYST.name}"):
        library.subscriptions.forget_search(f"{ANALYST.name}/Ours", actor=TRAINER)


def test_forgotten_search_raises_no_alert_and_stays_in_the_record(library: Library, tmp_path: Path) -> None:
    save(library, "Towns", "Guildford")
    library.subscriptions.forget_search("Towns", actor=ANALYST)
    with pytest.raises(NotFound):
        library.subscriptions.forget_search("Towns", actor=ANALYST)
    arrive(library, tmp_path)
    assert told(library) == ()
    save(library, "Towns", "Guildford")
    with closing(Store(library.settings.database_url)) as store, store.reading() as connection:
        assert len(connection.execute(select(saved_searches)).all()) == 2
        assert {row.kind for row in connection.execute(select(alerts))} == {"known"}
    done = [(entry["action"], entry["object"]) for entry in entries(library)]
    assert [one for one in done if one[1] == "Towns" and one[0].endswith("_search")] == [
        ("save_search", "Towns"),
        ("forget_search", "Towns"),
        ("save_search", "Towns"),
    ]
    sound(library)


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "a/b", "two\nlines", "turned \u202e", "broken \ud800"])
def test_saved_search_needs_a_printable_name(library: Library, name: str) -> None:
    with pytest.raises(WrongUse, match="printable"):
        save(library, name, "voice")


def test_saved_search_names_are_unique_to_a_person(library: Library) -> None:
    save(library, "Voices", "voice")
    with pytest.raises(WrongUse, match="already"):
        save(library, "Voices", "clinic")
    assert save(library, "Voices", "clinic", TRAINER).owner == TRAINER.name


def test_alert_is_new_until_the_person_opens_it(waiting: Library, tmp_path: Path) -> None:
    save(waiting, "Ours", "landlord", shared=True)
    arrive(waiting, tmp_path)

    def new(actor: Actor) -> dict[str, int]:
        return {one.name: one.new for one in waiting.subscriptions.saved_searches(actor=actor)}

    assert new(ANALYST) == {"Voices": 1, "Towns": 1, "Ours": 1, "Clinics": 0}
    assert len(told(waiting, "Ours", seen=True)) == 1
    assert new(ANALYST) == {"Voices": 1, "Towns": 1, "Ours": 0, "Clinics": 0}
    assert new(TRAINER) == {"Ours": 1}
    assert {alert.search for alert in told(waiting, new=True)} == {"Voices", "Towns"}
    [again] = told(waiting, "Ours")
    assert not again.new
    assert told(waiting, seen=True) and told(waiting, new=True) == ()


def test_alerts_beyond_the_limit_stay_new(library: Library, tmp_path: Path) -> None:
    save(library, "Either", "Guildford OR Hythe")
    arrive(library, tmp_path)
    arrive(library, tmp_path, text=SENSITIVE)
    newest, oldest = [alert.id for alert in told(library, "Either")]
    assert [alert.id for alert in told(library, seen=True, limit=1)] == [newest]
    assert len(told(library, new=True)) == 2, "an older one was not shown"
    with pytest.raises(WrongUse, match="atom"):
        library.subscriptions.digest("pdf", actor=ANALYST, new=True, seen=True)
    assert [alert.id for alert in told(library, new=True, seen=True, limit=1)] == [oldest]
    assert [alert.id for alert in told(library, new=True, seen=True, limit=1)] == [newest]
    assert told(library, new=True) == ()


def test_alerts_since_a_moment(waiting: Library, tmp_path: Path) -> None:
    arrive(waiting, tmp_path)
    now = datetime.now(UTC)
    assert len(waiting.subscriptions.alerts(actor=ANALYST, since=now - timedelta(hours=1))) == 2
    assert waiting.subscriptions.alerts(actor=ANALYST, since=now + timedelta(hours=1)) == ()
    assert len(waiting.subscriptions.alerts(actor=ANALYST, limit=1)) == 1


def test_saved_search_of_reports_alerts_to_incidents(library: Library, tmp_path: Path) -> None:
    query = library.parse("Guildford", by=By.REPORT, mode=Mode.SEMANTIC, offset=50)
    assert library.subscriptions.save_search("Towns", query, actor=ANALYST).query.by is By.INCIDENT
    arrive(library, tmp_path)
    [alert] = told(library)
    assert alert.incident == incident_of(library, LATE)


def test_digest_holds_the_alerts_and_marks_none_seen(waiting: Library, tmp_path: Path) -> None:
    arrive(waiting, tmp_path)
    rows = json.loads(waiting.subscriptions.digest("json", actor=ANALYST))
    assert [row["id"] for row in rows] == [alert.id for alert in told(waiting)]
    text = waiting.subscriptions.digest("text", actor=ANALYST, name="Voices").decode()
    assert STORIES[LATE][0] in text and "Towns" not in text
    assert len(told(waiting, new=True)) == 2
    with pytest.raises(WrongUse, match="atom"):
        waiting.subscriptions.digest("pdf", actor=ANALYST)


def test_digest_names_nobody_of_a_sexual_offence(library: Library, tmp_path: Path) -> None:
    save(library, "Hythe", "Hythe")
    arrive(library, tmp_path, text=SENSITIVE)
    [alert] = told(library)
    assert care.sensitive(library.incident(alert.incident, actor=ANALYST).incident.codes)
    for kind in digests.FORMATS:
        said = library.subscriptions.digest(kind, actor=ANALYST).decode()
        assert alert.incident in said and care.WITHHELD in said
        assert "councillor" not in said and alert.reason not in said


def test_saved_search_that_cannot_be_matched_stops_no_other(waiting: Library, tmp_path: Path) -> None:
    with closing(Store(waiting.settings.database_url)) as store, store.writing() as connection:
        body = '{"filters": {"moon": ["full"]}}'
        connection.execute(update(saved_searches).where(saved_searches.c.name == "Clinics").values(body=body))
    arrive(waiting, tmp_path)
    assert {alert.search for alert in told(waiting)} == {"Voices", "Towns"}
