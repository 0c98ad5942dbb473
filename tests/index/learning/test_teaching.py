"""A library learns from judgements as a release: kept, compared, accepted by a lead, and taken back."""

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from collectors.errors import LibraryBusy, NotFound, NotPermitted, ReleaseDamaged, ReleaseOutdated, WrongUse
from enrichment.judging import linear
from enrichment.learning.figures import Taught
from enrichment.records import Subject
from enrichment.typology import Typology
from index.learning import gathering, lecture
from index.learning.release import Pointer
from index.learning.releases import RECORD, Releases
from index.library import Library
from index.records import Actor, Decision, Role, Verdict
from index.store import Store
from tests.index.fictional import capture, outcome, report
from tests.index.hardship import LEAD, settings
from tests.index.stories import ANALYST, entries, sound

EXAMPLES = [
    (leaf.id, f"{leaf.examples[0]} Police said that AI was used.")
    for leaf in Typology.load().leaves()
    if leaf.examples
][:24]
"""The typology's own invented examples, each of another leaf."""


def fill(library: Library) -> None:
    """Give a library two dozen fictional reports that machines have read, and one that a gold set holds."""
    taken = capture()
    made = [
        report(number, taken, text=text, title=f"Story {number}") for number, (_, text) in enumerate(EXAMPLES)
    ]
    made.append(report(99, taken, text="A bank's cloned voice robbed a widow.", refs=("aiid:999999",)))
    with closing(Store(library.settings.database_url)) as store:
        store.save(taken, LEAD)
        store.save(outcome(taken, made), LEAD)
    library.enrich(actor=LEAD)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a closed library that was filled."""
    home = tmp_path_factory.mktemp("filled") / "home"
    with Library.open(settings(home)) as library:
        fill(library)
    return home


@pytest.fixture(scope="module")
def taught(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a closed library in which every report was judged, and that learnt from it once."""
    home = copied(filled, tmp_path_factory.mktemp("taught"))
    with Library.open(settings(home)) as library:
        teach(library)
        library.learning.retrain(actor=LEAD)
    return home


@pytest.fixture
def school(filled: Path, tmp_path: Path) -> Iterator[Library]:
    """A library of two dozen fictional reports and one more, judged by machines alone."""
    with Library.open(settings(copied(filled, tmp_path))) as library:
        yield library


@pytest.fixture
def graduate(taught: Path, tmp_path: Path) -> Iterator[Library]:
    """The same library, judged by a person too, with one release that nobody has accepted."""
    with Library.open(settings(copied(taught, tmp_path))) as library:
        yield library


def copied(home: Path, folder: Path) -> Path:
    """Copy a closed library into a folder and return where it is then."""
    return Path(shutil.copytree(home, folder / "home"))


def release_of(library: Library) -> str:
    """Return the version of the only release."""
    [made] = library.learning.releases(actor=LEAD)
    return made.version


def teach(library: Library, always: str = "", analyst: Actor = ANALYST) -> int:
    """Give every report its own code, or always the same, and return how many were judged."""
    with closing(Store(library.settings.database_url)) as store:
        texts = {each.id: each.text for each in store.all_reports()}
        found = store.findings(list(texts))
    own = {text: code for code, text in EXAMPLES}
    judged = 0
    for key, text in texts.items():
        codes = [each.finding for each in found[key] if each.finding.subject is Subject.TYPOLOGY]
        best = max(codes, key=lambda code: (code.role == "primary", code.score))
        right = always or own.get(text, "FR-03")
        verdict = Verdict.ACCEPT if best.value == right else Verdict.RELABEL
        said = "" if verdict is Verdict.ACCEPT else right
        library.judge(Decision(verdict=verdict, target=best.id, value=said, reason="read"), actor=analyst)
        judged += 1
    return judged


def a_gold_folder(tmp_path: Path) -> Path:
    rows = [
        {"incident_id": f"99999{number}", "title": f"Case {number}", "description": text, "primary": code}
        for number, (code, text) in enumerate(EXAMPLES)
    ] + [{"incident_id": "999999", "title": "Case", "description": "It was said.", "primary": "FR-03"}]
    folder = tmp_path / "gold" / "typology-gold"
    folder.mkdir(parents=True)
    (folder / "half.jsonl").write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    return tmp_path / "gold"


def test_retrain_refuses_too_few_lessons(school: Library) -> None:
    with pytest.raises(WrongUse, match="0 judged reports"):
        school.learning.retrain(actor=LEAD)
    assert school.learning.releases(actor=LEAD) == []


def test_release_is_compared_and_judges_only_once_accepted(school: Library, tmp_path: Path) -> None:
    judged = teach(school)
    before = school.holdings.enricher.fingerprint
    made = school.learning.retrain(actor=LEAD, gold=a_gold_folder(tmp_path))
    assert (made.lessons, made.left_out) == (judged - 1, {"kept for measuring": 1})
    assert {each.name for each in made.guards} == {lecture.FROZEN, "typology-gold/half"}
    assert [each.analyst for each in made.parts] == [ANALYST.name]
    assert made.unseen[0].n == made.lessons
    assert not made.refused
    assert school.learning.releases(actor=LEAD) == [made]
    assert school.holdings.enricher.fingerprint == before
    assert school.status(actor=LEAD).release == ""

    assert school.learning.accept_release(made.version, actor=LEAD) == ""
    assert school.holdings.enricher.fingerprint != before
    status = school.status(actor=LEAD)
    assert (status.release, status.unenriched) == (made.version, judged)
    with pytest.raises(WrongUse, match="already"):  # the way back would be lost
        school.learning.accept_release(made.version, actor=LEAD)
    assert school.enrich(actor=LEAD) == judged
    again = school.learning.retrain(actor=LEAD)
    assert again.version != "" and again.compared_with != made.compared_with

    assert school.learning.roll_back_release(actor=LEAD) == ""
    assert school.holdings.enricher.fingerprint == before
    with pytest.raises(NotFound):
        school.learning.roll_back_release(actor=LEAD)
    told = [entry["action"] for entry in entries(school)]
    assert {"retrain", "release", "accept_release", "roll_back_release", "models"} <= set(told)
    sound(school)


def test_answers_beside_codes_teach_their_questions_and_what_codes_cannot_be(school: Library) -> None:
    with closing(Store(school.settings.database_url)) as store:
        found = store.findings([each.id for each in store.all_reports()])
        for stands in list(found.values())[:12]:
            said = {each.finding.subject: each.finding for each in stands}
            for subject, value in ((Subject.EVENT_KIND, "attempted"), (Subject.RELEVANCE, "not-relevant")):
                same = said[subject].value == value
                verdict = Verdict.ACCEPT if same else Verdict.RELABEL
                target, value = said[subject].id, "" if same else value
                made = Decision(verdict=verdict, target=target, value=value, reason="read")
                school.judge(made, actor=ANALYST)
        lessons, left_out = gathering.gather(store, Typology.load())
    assert not left_out
    by_question = Counter(each.question for each in lessons)
    assert by_question == {Subject.EVENT_KIND: 12, Subject.TYPOLOGY: 12}
    for each in lessons:
        if each.question is Subject.TYPOLOGY:
            assert not each.label and "FR-01" in each.wrong and "X-02" not in each.wrong
        else:
            assert each.label == "attempted"
    release = school.learning.retrain(actor=LEAD)
    assert release.lessons == 12 == release.rejections
    assert {each.question for each in release.guards} == {"typology", "event_kind"}
    heads = linear.load(Releases(school.settings.home).folder(release.version)).heads
    taught = {each.question: each.strength for each in release.taught}
    strengths = {"event_kind": taught[Subject.EVENT_KIND], "crime": 0.0}
    for name, strength in strengths.items():
        changed = not np.array_equal(heads[name].words, linear.load().heads[name].words)
        assert changed == (strength > 0)


def test_report_of_an_earlier_release_is_read_with_what_it_lacks(graduate: Library) -> None:
    home = graduate.settings.home
    [made] = graduate.learning.releases(actor=LEAD)
    one = {name: value for name, value in made.plain()["unseen"][0].items() if name != "question"}
    earlier = {name: value for name, value in made.plain().items() if name != "taught"}
    path = Releases(home).folder(made.version) / RECORD
    path.write_text(json.dumps({**earlier, "unseen": one, "strength": 0.3}), "utf-8")
    read = Releases(home).get(made.version)
    assert read.unseen == made.unseen
    assert read.taught == (Taught(question=Subject.TYPOLOGY, lessons=made.lessons, strength=0.3),)


@pytest.mark.parametrize(
    "damaged", [b"{}", b"[]", b"\xff", b'{"version": "rel-1"}', b'{"taught": []}', b'{"lessons": "many"}']
)
def test_damaged_record_of_a_release_says_so_and_what_next(tmp_path: Path, damaged: bytes) -> None:
    releases = Releases(tmp_path)
    releases.folder("rel-1").mkdir(parents=True)
    (releases.folder("rel-1") / RECORD).write_bytes(damaged)
    for call in (releases.get, releases.check, releases.activate, releases.lift):
        with pytest.raises(ReleaseDamaged, match=r"release\.json of release rel-1 is damaged") as told:
            call("rel-1")
    assert "moriarty retrain" in told.value.advice


def test_damaged_pointer_leaves_the_shipped_models_and_says_why(tmp_path: Path) -> None:
    releases = Releases(tmp_path)
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "active.json").write_text('{"version": ')
    assert releases.in_use()[0] == linear.FOLDER
    assert "active.json is damaged" in releases.described()
    assert releases.roll_back() == ("", "")
    assert releases.described() == ""


def test_release_of_the_same_judgements_is_the_same_byte_for_byte(graduate: Library) -> None:
    home = graduate.settings.home
    version = release_of(graduate)
    first = {path.name: path.read_bytes() for path in Releases(home).folder(version).iterdir()}
    assert graduate.learning.retrain(actor=LEAD).version == version
    assert {path.name: path.read_bytes() for path in Releases(home).folder(version).iterdir()} == first


def test_release_with_a_changed_file_is_not_used_and_status_says_so(graduate: Library) -> None:
    home, before = graduate.settings.home, graduate.holdings.enricher.fingerprint
    version = release_of(graduate)
    graduate.learning.accept_release(version, actor=LEAD)
    (Releases(home).folder(version) / "learnt.bias.npy").write_bytes(b"changed")
    with Library.open(graduate.settings) as anew:
        assert anew.holdings.enricher.fingerprint == before
        assert "not in use" in anew.status(actor=LEAD).release
    assert Releases(home).in_use()[0] == linear.FOLDER


def test_release_learnt_on_other_models_is_refused(graduate: Library) -> None:
    home = graduate.settings.home
    version = release_of(graduate)
    path = Releases(home).folder(version) / RECORD
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), "base": "older"}), "utf-8")
    with pytest.raises(ReleaseOutdated, match="learnt anew"):
        graduate.learning.accept_release(version, actor=LEAD)


def test_release_that_loses_is_kept_but_cannot_be_accepted(school: Library, tmp_path: Path) -> None:
    teach(school, always="OC-03")
    made = school.learning.retrain(actor=LEAD, gold=a_gold_folder(tmp_path))
    assert any("typology-gold/half" in reason for reason in made.refused)
    assert any(ANALYST.name in reason for reason in made.refused)
    with pytest.raises(WrongUse, match="may not be accepted"):
        school.learning.accept_release(made.version, actor=LEAD)
    assert Releases(school.settings.home).active() == Pointer()


def test_learnable_counts_lessons_without_learning_them(school: Library) -> None:
    assert school.learning.learnable(actor=ANALYST).lessons == 0
    judged = teach(school)
    known = school.learning.learnable(actor=ANALYST)
    assert (known.lessons, known.release, known.in_use, known.before) == (judged, "", "", "")
    stages: list[str] = []
    made = school.learning.retrain(actor=LEAD, progress=lambda stage, done, total: stages.append(stage))
    assert school.learning.learnable(actor=ANALYST).release == made.version
    assert len(stages) == lecture.STEPS
    school.learning.accept_release(made.version, actor=LEAD)
    assert school.learning.learnable(actor=ANALYST).in_use == made.version


def test_release_that_a_lead_refuses_stays_refused_until_a_lead_lifts_it(graduate: Library) -> None:
    version = release_of(graduate)
    with pytest.raises(NotPermitted):
        graduate.learning.refuse_release(version, "one person judged alone", actor=ANALYST)
    with pytest.raises(WrongUse, match="reason"):
        graduate.learning.refuse_release(version, " ", actor=LEAD)
    graduate.learning.refuse_release(version, "one person judged alone", actor=LEAD)
    assert graduate.learning.releases(actor=LEAD)[0].refused == (f"{LEAD.name}: one person judged alone",)
    with pytest.raises(WrongUse, match="judged alone"):
        graduate.learning.accept_release(version, actor=LEAD)
    again = graduate.learning.retrain(actor=LEAD)
    assert again.version == version
    assert again.refused == (f"{LEAD.name}: one person judged alone",)
    with pytest.raises(WrongUse, match="judged alone"):
        graduate.learning.accept_release(version, actor=LEAD)
    with pytest.raises(NotPermitted):
        graduate.learning.lift_refusal(version, actor=ANALYST)
    graduate.learning.lift_refusal(version, actor=LEAD)
    with pytest.raises(WrongUse, match="nobody"):
        graduate.learning.lift_refusal(version, actor=LEAD)
    assert graduate.learning.retrain(actor=LEAD).refused == ()
    graduate.learning.accept_release(version, actor=LEAD)
    with pytest.raises(WrongUse, match="roll it back"):
        graduate.learning.refuse_release(version, "too late", actor=LEAD)


def test_release_whose_refusal_is_lifted_stays_refused_by_its_figures(
    school: Library, tmp_path: Path
) -> None:
    teach(school, always="OC-03")
    made = school.learning.retrain(actor=LEAD, gold=a_gold_folder(tmp_path))
    school.learning.refuse_release(made.version, "all of one code", actor=LEAD)
    school.learning.lift_refusal(made.version, actor=LEAD)
    [kept] = school.learning.releases(actor=LEAD)
    assert kept == made and kept.refused


def test_accepted_release_judges_in_every_open_library_at_once(graduate: Library) -> None:
    judged = len(EXAMPLES) + 1
    with Library.open(graduate.settings) as other:
        before = other.holdings.enricher.fingerprint
        assert other.holdings.enricher is other.holdings.enricher, "models are loaded once"
        graduate.learning.accept_release(release_of(graduate), actor=LEAD)
        status = other.status(actor=LEAD)
        assert status.model == graduate.holdings.enricher.fingerprint != before
        assert status.unenriched == judged
        assert other.enrich(actor=LEAD) == judged
        assert graduate.enrich(actor=LEAD) == 0
        other.learning.roll_back_release(actor=LEAD)
        assert graduate.holdings.enricher.fingerprint == before


@pytest.mark.parametrize("call", ["accept_release", "refuse_release", "lift_refusal", "roll_back_release"])
def test_release_does_not_change_while_a_run_goes_on(graduate: Library, call: str) -> None:
    version = release_of(graduate)
    said = {"accept_release": [version], "refuse_release": [version, "no"], "lift_refusal": [version]}
    with (
        FileLock(graduate.settings.home / "run.lock"),
        Library.open(graduate.settings) as other,
        pytest.raises(LibraryBusy),
    ):
        getattr(other.learning, call)(*said.get(call, []), actor=LEAD)
    assert Releases(graduate.settings.home).active() == Pointer()
    assert graduate.learning.releases(actor=LEAD)[0].refused == ()


def test_release_is_accepted_only_by_a_lead_and_only_inside_the_home(school: Library) -> None:
    with pytest.raises(NotPermitted):
        school.learning.accept_release("rel-1", actor=ANALYST)
    with pytest.raises(NotPermitted):
        school.learning.retrain(actor=Actor(name="tom", role=Role.TRAINER))
    for name in ("../../etc", "", ".hidden", "rel-1"):
        with pytest.raises(NotFound):
            school.learning.accept_release(name, actor=LEAD)
