"""Data sets are recognised wherever they lie, and read as whole and as often as any other source."""

import bz2
from pathlib import Path

import pytest

from collectors import run
from collectors.base import Context
from collectors.catalogue import load
from collectors.errors import WrongUse
from collectors.records import Disposition
from collectors.sandbox.pool import Sandbox
from collectors.sets import aiid
from tests.collectors.hostile import HostileServer, reply
from tests.collectors.running import TEXT, Ledger, source_of
from tests.collectors.sample import shared


def test_the_starter_library_is_read_once(context: Context, ledger: Ledger) -> None:
    starter = load()["starter"]
    ledger.take(run.collect(starter, context))
    ledger.take(run.collect(starter, context))
    first, second = ledger.outcomes.values()
    assert len(first.reports) == 95
    assert {report.source for report in first.reports} == {"starter"}
    assert second.disposition is Disposition.UNCHANGED


def test_atlas_is_fetched_as_one_file(server: HostileServer, context: Context, ledger: Ledger) -> None:
    body = shared("atlas/ATLAS.yaml").read_bytes()
    server.routes["/ATLAS.yaml"] = reply(body, content_type="text/plain")
    ledger.take(run.collect(source_of(server, "atlas", "/ATLAS.yaml"), context))
    (outcome,) = ledger.outcomes.values()
    assert len(outcome.reports) == 57


def test_a_source_filled_by_path_is_not_fetched(context: Context) -> None:
    with pytest.raises(WrongUse, match="aiid"):
        list(run.collect(load()["aiid"], context))


def test_added_data_sets_are_recognised_and_the_rest_are_files(
    tmp_path: Path, context: Context, ledger: Ledger
) -> None:
    note = tmp_path / "note.txt"
    note.write_text("A note on a fictional scam.\n" + TEXT, encoding="utf-8")
    paths = [note, shared("atlas"), shared("aiid")]
    ledger.take(run.collect_paths(paths, None, context))
    found = {ledger.captures[key].parser: outcome for key, outcome in ledger.outcomes.items()}
    assert {kind: len(outcome.reports) for kind, outcome in found.items()} == {
        "document": 1,
        "atlas": 57,
        "aiid": 1367,
    }
    assert {report.source for outcome in found.values() for report in outcome.reports} == {
        "drop-folder",
        "mitre-atlas",
        "aiid",
    }


def test_a_weekly_archive_parses_again_from_the_evidence(
    tmp_path: Path, context: Context, ledger: Ledger, sandbox: Sandbox
) -> None:
    weekly = tmp_path / "backup-20260202000000.tar.bz2"
    weekly.write_bytes(bz2.compress(aiid.bundle(shared("aiid"))))
    ledger.take(run.collect_paths([weekly], None, context))
    ledger.take(run.collect_paths([weekly], None, context))
    first, second = ledger.captures.values()
    payload = context.archive.payload(first)
    assert payload == weekly.read_bytes()
    assert run.parse(first, payload, load()["aiid"], sandbox) == ledger.outcomes[first.id]
    assert ledger.outcomes[second.id].disposition is Disposition.UNCHANGED


def test_data_sets_inside_an_added_folder_are_found(tmp_path: Path, context: Context, ledger: Ledger) -> None:
    (tmp_path / "drop" / "sets" / "aiid").mkdir(parents=True)
    for name, text in (("note.txt", TEXT), ("sets/other.txt", TEXT * 2), ("sets/.hidden.txt", TEXT)):
        (tmp_path / "drop" / name).write_text(text)
    (tmp_path / "drop/sets/aiid/incidents.csv").write_bytes((shared("aiid") / "incidents.csv").read_bytes())
    ledger.take(run.collect_paths([tmp_path / "drop"], None, context))
    found = sorted((capture.parser, capture.requested_url) for capture in ledger.captures.values())
    assert found == [("aiid", "file:aiid.tar"), ("document", "file:note.txt"), ("document", "file:other.txt")]


def test_files_belong_to_the_source_named(tmp_path: Path, context: Context, ledger: Ledger) -> None:
    note = tmp_path / "note.txt"
    note.write_text("A note on a fictional scam.\n" + TEXT, encoding="utf-8")
    ledger.take(run.collect_paths([note], "europol", context))
    (outcome,) = ledger.outcomes.values()
    assert [report.source for report in outcome.reports] == ["europol"]


def test_a_wrong_request_is_refused_before_anything_is_read(
    tmp_path: Path, context: Context, ledger: Ledger
) -> None:
    note = tmp_path / "note.txt"
    note.write_text(TEXT)
    with pytest.raises(WrongUse, match="absent"):
        ledger.take(run.collect_paths([note, tmp_path / "absent"], None, context))
    with pytest.raises(WrongUse, match="nobody"):
        ledger.take(run.collect_paths([note], "nobody", context))
    assert ledger.captures == {}


def test_a_linked_snapshot_is_an_issue_and_the_run_goes_on(
    tmp_path: Path, context: Context, ledger: Ledger
) -> None:
    folder, note = tmp_path / "snapshot", tmp_path / "note.txt"
    folder.mkdir()
    (tmp_path / "real.csv").write_text("incident_id,title\n")
    (folder / "incidents.csv").symlink_to(tmp_path / "real.csv")
    note.write_text(TEXT)
    ledger.take(run.collect_paths([folder, note], None, context))
    assert [(issue.item, issue.code) for issue in ledger.issues] == [("snapshot", "unsafe-archive")]
    assert len(ledger.outcomes) == 1
