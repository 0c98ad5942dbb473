"""The façade over the starter cases: what people do all day, and what may go wrong meanwhile."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest
from filelock import FileLock
from sqlalchemy import select, update

from collectors.errors import LibraryBusy, NotFound, NotPermitted, Stale, WrongUse
from collectors.records import Report
from enrichment.records import Subject
from index import stages
from index.access import PERMITTED
from index.library import Library
from index.records import Actor, Decision, JudgedFinding, Judgement, Role, State, Verdict
from index.search.query import By, Results
from index.store import Store
from index.tables import audit, enriched, reports
from tests.e2e.commands import ROOT, answer
from tests.index.hardship import LEAD, all_reports, settings

ANALYST = Actor(name="ada", role=Role.ANALYST)
TRAINER = Actor(name="tom", role=Role.TRAINER)
INVESTIGATOR = Actor(name="ivo", role=Role.INVESTIGATOR)
TEXT = "fake video call finance worker Hong Kong"
STORIES = {  # fictional
    "Ashford": (
        "Cloned voice of a director robs a firm in Ashford",
        "Police in Ashford said that criminals cloned the voice of a director with artificial "
        "intelligence. A clerk paid £200,000 after the call. A man was arrested on suspicion of fraud "
        "by false representation.",
    ),
    "Bexley": (
        "Chatbot wrote phishing mails to parents in Bexley",
        "A court in Bexley heard how a student had a chatbot write thousands of phishing e-mails "
        "about school meals. Parents typed their bank details into a copied page. He was jailed for "
        "two years in May 2025.",
    ),
    "Corby": (
        "Deepfake advert for a coin costs pensioners in Corby their savings",
        "An advert with a deepfake of a well-known presenter led forty pensioners in Corby to a false "
        "trading site for a digital coin. They lost £1.3 million. The regulator closed the site and "
        "warned the public.",
    ),
    "Dorking": (
        "Generated passports opened bank accounts in Dorking",
        "A bank in Dorking found accounts opened with passports drawn by an image generator. Face "
        "checks were passed with a virtual camera. The accounts moved stolen money abroad, and two "
        "men were charged.",
    ),
    "Epsom": (
        "Swapped faces kept a false romance alive in Epsom",
        "A widow from Epsom met a false engineer on a dating app. Live face swapping made the video "
        "calls look real for months, and she sent him £90,000 for a ship that did not exist. "
        "Detectives traced a gang.",
    ),
    "Frome": (
        "Language model helped write ransomware that stopped a clinic in Frome",
        "A clinic in Frome could not open its files for a week. The ransomware was written with the "
        "help of a language model, the attacker told a forum. The clinic did not pay, and no patient "
        "came to harm.",
    ),
    "Guildford": (
        "Cloned landlord collects deposits in Guildford",
        "Tenants in Guildford paid deposits to a caller who used a synthetic voice of their landlord. "
        "The letting agent noticed the calls after nine payments, and officers are looking for the "
        "caller.",
    ),
}
LATE = "Guildford"
"""A story that only comes in while a test goes on."""


def keep(folder: Path, town: str) -> Path:
    path = folder / f"{town}.txt"
    path.write_text("\n\n".join(STORIES[town]), "utf-8")
    return path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a library of the starter cases and of six reports that only machines have coded."""
    home, notes = tmp_path_factory.mktemp("built"), tmp_path_factory.mktemp("notes")
    for town in set(STORIES) - {LATE}:
        keep(notes, town)
    with Library.open(settings(home)) as library:
        library.collect(["starter"], actor=LEAD)
        library.collect(paths=[notes], actor=LEAD)
        library.enrich(actor=LEAD)
        library.refresh(actor=LEAD)
    return home


@pytest.fixture
def home(built: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may change."""
    shutil.copytree(built, tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def library(home: Path) -> Iterator[Library]:
    with Library.open(settings(home)) as opened:
        yield opened


def ask(library: Library, text: str = TEXT, **fields: Any) -> Results:  # noqa: ANN401  # the fields of a Query
    return library.search(library.parse(text, **fields), actor=ANALYST)


def incident_of(library: Library, town: str) -> str:
    [told] = [report for report in all_reports(library) if town in report.title]
    return library.report(told.id, actor=ANALYST).incidents[0]


def codes(library: Library, incident: str) -> dict[str, JudgedFinding]:
    found = library.incident(incident, actor=ANALYST).findings
    return {each.finding.value: each for each in found if each.finding.subject is Subject.TYPOLOGY}


def judge(library: Library, verdict: Verdict, target: str, **said: object) -> Judgement:
    return library.judge(
        Decision.model_validate({"verdict": verdict, "target": target, "reason": "so it is", **said}),
        actor=ANALYST,
    )


def counted(library: Library, code: str) -> int:
    facets = ask(library, "", facets=("typology",)).facets["typology"]
    return next((each.count for each in facets if each.value == code), 0)


def entries(library: Library) -> list[dict[str, Any]]:
    with closing(Store(library.settings.database_url)) as store, store.reading() as connection:
        return [json.loads(row.entry) for row in connection.execute(audit.select().order_by(audit.c.seq))]


def sound(library: Library) -> None:
    with closing(Store(library.settings.database_url)) as store:
        assert store.audit_fault() is None


def cards(library: Library) -> tuple[int, int]:
    status = library.status(actor=LEAD)
    return status.reports, status.incidents


def answers(library: Library) -> list[Any]:
    """Return what must not depend on which index answers."""
    found: list[Any] = []
    for text in (TEXT, "cloned voice", "", '"artificial intelligence"'):
        for by in By:
            results = ask(library, text, by=by, limit=200, facets=("family", "country", "source"))
            found.append((results.total, [hit.id for hit in results.hits], results.facets, results.months))
    return found


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


def test_the_tree_the_graph_and_the_search_count_alike(library: Library) -> None:
    leaves = {leaf.concept.id: leaf.incidents for top in library.tree(actor=ANALYST) for leaf in top.children}
    assert sum(leaves.values()) > 95
    for code in ("FR-01", "FR-02", "EX-01"):
        assert counted(library, code) == leaves.get(code, 0)
    graph = library.graph(actor=ANALYST)
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


def reenrich(library: Library) -> int:
    """Judge the stories anew, as after a change of models, and return how many were."""
    forget(library)
    return library.enrich(actor=LEAD)


def forget(library: Library) -> None:
    """Make the record believe that another model judged the stories."""
    ours = select(reports.c.id).where(reports.c.source == "drop-folder")
    with closing(Store(library.settings.database_url)) as store, store.writing() as connection:
        connection.execute(update(enriched).where(enriched.c.report.in_(ours)).values(fingerprint="other"))


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


@pytest.mark.parametrize("format_name", ["json", "csv", "graphml", "md", "docx"])
def test_export_shows_what_was_judged(library: Library, format_name: str) -> None:
    incident = incident_of(library, "Ashford")
    primary = library.incident(incident, actor=ANALYST).incident.codes[0].concept
    judge(library, Verdict.RELABEL, codes(library, incident)[primary].finding.id, value="MK-02")
    written = library.export([incident, "case:case-0002", incident], format_name, actor=TRAINER)
    assert len(written) > 500
    if format_name == "json":
        assert b"MK-02" in written


CALLS: dict[str, Callable[[Library, Actor], object]] = {
    "collect": lambda library, actor: library.collect(["starter"], actor=actor),
    "enrich": lambda library, actor: library.enrich(actor=actor),
    "refresh": lambda library, actor: library.refresh(actor=actor),
    "rebuild": lambda library, actor: library.rebuild(actor=actor),
    "search": lambda library, actor: library.search(library.parse("voice"), actor=actor),
    "incident": lambda library, actor: library.incident("case:case-0002", actor=actor),
    "report": lambda library, actor: library.report(all_reports(library)[0].id, actor=actor),
    "similar": lambda library, actor: library.similar("case:case-0002", actor=actor),
    "graph": lambda library, actor: library.graph(actor=actor),
    "tree": lambda library, actor: library.tree(actor=actor),
    "status": lambda library, actor: library.status(actor=actor),
    "queue": lambda library, actor: library.queue(actor=actor),
    "judge": lambda library, actor: library.judge(
        Decision(verdict=Verdict.ACCEPT, target=suggestion(library).finding.id), actor=actor
    ),
    "export": lambda library, actor: library.export(["case:case-0002"], "json", actor=actor),
}
COUNTS_ONLY = {"tree", "status", "refresh"}
"""Calls that show or change nothing of what is kept, and so leave no entry."""


def suggestion(library: Library) -> JudgedFinding:
    with closing(Store(library.settings.database_url)) as store:
        ids = [report.id for report in store.all_reports() if report.source == "drop-folder"]
        found = store.findings(ids)
    return next(each for key in ids for each in found[key] if each.finding.subject is Subject.TYPOLOGY)


def test_every_call_is_tried_by_every_role() -> None:
    assert set(CALLS) == set(PERMITTED)


@pytest.mark.parametrize("role", Role)
def test_a_role_may_do_what_is_listed_and_every_call_names_who_made_it(library: Library, role: Role) -> None:
    actor = Actor(name=f"the {role}", role=role)
    for name, call in CALLS.items():
        before = len(entries(library))
        if role in PERMITTED[name]:
            call(library, actor)
        else:
            with pytest.raises(NotPermitted, match=name):
                call(library, actor)
        new = entries(library)[before:]
        assert all(entry["actor"] == actor.name and entry["role"] == role for entry in new), name
        assert new or name in COUNTS_ONLY, name
        if role not in PERMITTED[name]:
            assert [entry["action"] for entry in new] == ["refused"]
    sound(library)


def test_an_investigator_may_look_and_not_judge(library: Library) -> None:
    with pytest.raises(NotPermitted):
        CALLS["judge"](library, INVESTIGATOR)
    assert CALLS["search"](library, INVESTIGATOR)
    assert suggestion(library).judgements == 0


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
    assert ask(library, "", filters={"status": ("judged",)}).total == 96
    [judgement] = [each for key in STORIES if key != LATE for each in history(library, key)]
    judge(library, Verdict.UNDO, judgement.id)
    library.rebuild(actor=LEAD)
    assert answers(library) == before


def history(library: Library, town: str) -> tuple[Judgement, ...]:
    return library.incident(incident_of(library, town), actor=ANALYST).judgements


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
        library.collect(paths=notes, actor=LEAD)
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
        with Crash("judging reports") as crash:
            library.enrich(actor=LEAD, progress=crash)
        left = library.status(actor=LEAD).unenriched
        assert 0 < left < 95
        assert library.enrich(actor=LEAD) == left


def test_collecting_that_was_interrupted_is_finished_from_the_evidence(tmp_path: Path) -> None:
    note = keep(tmp_path, LATE)
    with Library.open(settings(tmp_path / "home")) as library:
        with Crash("adding files") as crash:
            library.collect(paths=[note], actor=LEAD, progress=crash)
        assert library.status(actor=LEAD).pending == 1
        note.unlink()
        library.collect(["starter"], actor=LEAD)
        assert library.status(actor=LEAD).pending == 0
        assert any(LATE in report.title for report in all_reports(library))


def test_a_time_limit_leaves_the_rest_for_the_next_run(library: Library, home: Path) -> None:
    tally = library.collect(["starter"], actor=LEAD, time_limit=0)
    assert tally.sources == 1
    health = {source.key: source for source in library.status(actor=LEAD).sources}
    assert health["starter"].next_due is not None


def test_a_library_without_a_model_says_so_and_goes_by_words(home: Path) -> None:
    absent = settings(home).model_copy(update={"embedder": str(home / "no-such-model")})
    with Library.open(absent) as library:
        assert library.status(actor=LEAD).embedder == "none"
        results = ask(library)
        assert results.total
        assert "case:case-0002" in results.hits[0].refs
        assert results.notes


def test_reports_are_read_as_they_were_kept(library: Library) -> None:
    told = [report for report in all_reports(library) if report.source == "drop-folder"]
    assert len(told) == len(STORIES) - 1
    for report in told:
        assert isinstance(report, Report)
        assert library.report(report.id, actor=ANALYST).report == report
    assert stages.load_embedder(None) is not None
