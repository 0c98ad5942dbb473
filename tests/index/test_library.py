"""The façade over a real library: what people do with it all day."""

import io
import zipfile
from collections.abc import Callable

import pytest

from collectors.errors import NotFound, Stale, WrongUse
from collectors.records import Report
from index import stages
from index.export import formats
from index.library import Library
from index.records import State, Verdict
from tests.index.exportables import read
from tests.index.hardship import LEAD, all_reports
from tests.index.stories import (
    ANALYST,
    STORIES,
    TRAINER,
    ask,
    codes,
    counted,
    incident_of,
    judge,
    reenrich,
    sound,
)

pytestmark = pytest.mark.databases("sqlite", "postgresql")


def test_from_a_search_to_the_words_it_rests_on(library: Library) -> None:
    hit = ask(library).hits[0]
    assert "case:case-0002" in hit.refs
    view = library.incident(hit.id, actor=ANALYST)
    assert view.incident.codes[0].concept == hit.typologies[0] == "FR-01"
    assert library.incident("case:case-0002", actor=ANALYST).incident.id == hit.id
    report = library.report(view.reports[0].report.id, actor=ANALYST)
    assert hit.id in report.incidents
    spans = [each.finding for each in report.findings if each.finding.quote]
    assert spans
    for finding in spans:
        source = report.report.title if finding.field == "title" else report.report.text
        assert source[finding.start : finding.end] == finding.quote
    alike = library.similar(hit.id, actor=ANALYST, limit=5)
    assert len(alike) == 5
    assert hit.id not in {each.id for each in alike}
    like_report = library.similar(report.report.id, actor=ANALYST)
    assert report.report.id not in {each.id for each in like_report}


def test_the_beginning_of_an_id_leads_to_the_one_that_begins_so(library: Library) -> None:
    hit = ask(library).hits[0]
    view = library.incident(hit.id[:12], actor=ANALYST)
    assert view.incident.id == hit.id
    report = view.reports[0].report.id
    assert library.report(report[:14], actor=ANALYST).report.id == report
    for typed in (hit.id[:12], hit.id[:12].upper(), f"id:{hit.id[:14]}", report[:14]):
        [found] = library.search(library.parse(typed), actor=ANALYST).hits
        assert found.id in (hit.id, report), typed
    unknown = library.parse("inc-00000000")
    assert unknown.ids == ("inc-00000000",)
    assert library.search(unknown, actor=ANALYST).total == 0
    with pytest.raises(NotFound):
        library.incident("inc-", actor=ANALYST)


def test_the_tree_the_graph_and_the_search_count_alike(library: Library) -> None:
    leaves = {leaf.concept.id: leaf.incidents for top in library.tree(actor=ANALYST) for leaf in top.children}
    assert sum(leaves.values()) > 95
    for code in ("FR-01", "FR-02", "CS-02"):
        assert counted(library, code) == leaves[code] > 0
    graph = library.analysis.graph(actor=ANALYST)
    assert graph.number_of_nodes() > len(leaves)


def test_unknown_things_are_not_found(library: Library) -> None:
    calls: list[Callable[[], object]] = [
        lambda: library.incident("inc-00000000000000000000", actor=ANALYST),
        lambda: library.incident("case:none", actor=ANALYST),
        lambda: library.incident("'; drop table reports; --", actor=ANALYST),
        lambda: library.report("rep-0", actor=ANALYST),
        lambda: library.similar("inc-0", actor=ANALYST),
        lambda: library.similar("rep-0", actor=ANALYST),
        lambda: library.export(["inc-0"], "json", actor=ANALYST),
        lambda: judge(library, Verdict.ACCEPT, "fin-0"),
        lambda: judge(library, Verdict.MERGE, "inc-0", value="inc-1"),
        lambda: judge(library, Verdict.UNDO, "jud-0"),
    ]
    for call in calls:
        with pytest.raises(NotFound):
            call()
    with pytest.raises(WrongUse):
        library.collect(["nobody"], actor=LEAD)
    sound(library)


def test_collecting_from_an_empty_list_asks_no_source(library: Library) -> None:
    tally = library.collect([], actor=LEAD)
    assert (tally.sources, tally.captured, tally.issues) == (0, 0, ())


def test_the_queue_offers_what_machines_said_and_a_judgement_takes_it_out(library: Library) -> None:
    queue = library.queue(actor=ANALYST)
    assert queue
    assert library.status(actor=ANALYST).queue == len(queue)
    item = queue[0]
    assert item.finding.state is State.SUGGESTED
    judge(library, Verdict.ACCEPT, item.finding.finding.id)
    left = {each.report.id for each in library.queue(actor=ANALYST)}
    assert item.report.id not in left
    assert len(left) == len(queue) - 1


def test_accept_reject_and_undo_reach_the_search(library: Library) -> None:
    incident = incident_of(library, "Ashford")
    before = codes(library, incident)
    primary = library.incident(incident, actor=ANALYST).incident.codes[0].concept
    total = counted(library, primary)
    accepted = judge(library, Verdict.ACCEPT, before[primary].finding.id)
    assert ask(library, "Ashford", filters={"status": ("judged",)}).hits[0].id == incident
    judge(library, Verdict.UNDO, accepted.id)
    assert ask(library, "Ashford", filters={"status": ("judged",)}).total == 0
    rejected = judge(library, Verdict.REJECT, before[primary].finding.id)
    assert counted(library, primary) == total - 1
    judge(library, Verdict.UNDO, rejected.id)
    assert counted(library, primary) == total
    assert codes(library, incident)[primary].state is State.SUGGESTED


def test_a_relabel_moves_the_incident_and_outlives_other_models(library: Library) -> None:
    incident = incident_of(library, "Bexley")
    primary = library.incident(incident, actor=ANALYST).incident.codes[0].concept
    counts = counted(library, primary), counted(library, "MK-02")
    judge(library, Verdict.RELABEL, codes(library, incident)[primary].finding.id, value="MK-02")
    assert (counted(library, primary), counted(library, "MK-02")) == (counts[0] - 1, counts[1] + 1)
    assert reenrich(library) == len(STORIES) - 1
    library.refresh(actor=LEAD)
    after = codes(library, incident)
    assert after[primary].state is State.REJECTED
    assert (after["MK-02"].state, after["MK-02"].by) == (State.ACCEPTED, "ada")
    assert library.incident(incident, actor=ANALYST).incident.codes[0].concept == "MK-02"
    assert (counted(library, primary), counted(library, "MK-02")) == (counts[0] - 1, counts[1] + 1)


def test_a_merge_redirects_a_split_parts_and_both_outlive_regrouping(library: Library) -> None:
    one, other = incident_of(library, "Corby"), incident_of(library, "Dorking")
    assert one != other
    total = ask(library, "", limit=1).total
    merged = judge(library, Verdict.MERGE, one, value=other)
    assert library.incident(one, actor=ANALYST).redirected_from == one
    view = library.incident(other, actor=ANALYST)
    assert len(view.reports) == 2
    assert ask(library, "", limit=1).total == total - 1
    assert one not in {hit.id for hit in ask(library, "Corby", limit=100).hits}
    assert library.similar(one, actor=ANALYST)[0].id != other
    reenrich(library)
    library.refresh(actor=LEAD)
    assert incident_of(library, "Corby") == incident_of(library, "Dorking") == other
    with pytest.raises(Stale):
        judge(library, Verdict.MERGE, one, value=incident_of(library, "Epsom"))
    judge(library, Verdict.UNDO, merged.id)
    assert incident_of(library, "Corby") == one
    assert ask(library, "", limit=1).total == total


def test_a_split_parts_what_a_merge_joined_and_holds(library: Library) -> None:
    one, other = incident_of(library, "Epsom"), incident_of(library, "Frome")
    judge(library, Verdict.MERGE, one, value=other)
    leaving = [
        view.report.id
        for view in library.incident(other, actor=ANALYST).reports
        if "Epsom" in view.report.title
    ]
    split = judge(library, Verdict.SPLIT, other, members=leaving)
    reenrich(library)
    library.refresh(actor=LEAD)
    assert incident_of(library, "Epsom") != incident_of(library, "Frome") == other
    assert ask(library, "Epsom dating app", limit=1).hits[0].id == incident_of(library, "Epsom")
    judge(library, Verdict.UNDO, split.id)
    assert incident_of(library, "Epsom") == incident_of(library, "Frome") == other


def test_two_people_deciding_on_the_same_are_told(library: Library) -> None:
    finding = next(iter(codes(library, incident_of(library, "Ashford")).values()))
    judge(library, Verdict.ACCEPT, finding.finding.id, expected=finding.judgements)
    with pytest.raises(Stale):
        judge(library, Verdict.REJECT, finding.finding.id, expected=finding.judgements)


def exported(library: Library, incident: str, format_name: str) -> str:
    written = library.export([incident, "case:case-0002", incident], format_name, actor=TRAINER)
    if format_name not in formats.CASE_STUDY:
        return written.decode("utf-8-sig")
    with zipfile.ZipFile(io.BytesIO(written)) as archive:
        assert len(archive.namelist()) == 2
        return read(format_name, archive.read(f"{incident}.{format_name}"))


@pytest.mark.parametrize("format_name", formats.READY)
def test_export_shows_what_was_judged(library: Library, format_name: str) -> None:
    incident = incident_of(library, "Ashford")
    primary = library.incident(incident, actor=ANALYST).incident.codes[0].concept
    before = exported(library, incident, format_name)
    judge(library, Verdict.RELABEL, codes(library, incident)[primary].finding.id, value="MK-02")
    after = exported(library, incident, format_name)
    assert "MK-02" not in before and "MK-02" in after
    assert before.count(primary) > after.count(primary)


def test_reports_are_read_as_they_were_kept(library: Library) -> None:
    told = [report for report in all_reports(library) if report.source == "drop-folder"]
    assert len(told) == len(STORIES) - 1
    for report in told:
        assert isinstance(report, Report)
        assert library.report(report.id, actor=ANALYST).report == report
    assert stages.load_embedder(None) is not None
