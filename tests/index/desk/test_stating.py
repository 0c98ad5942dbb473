"""What people state of a report: checked as its kind of fact, on words it really says, and kept for good."""

from pathlib import Path

import pytest

from collectors.errors import NotFound, Stale, WrongUse
from enrichment.records import Finding, Subject
from enrichment.typology import Typology
from index.desk import stating
from index.library import Library
from index.records import Decision, JudgedFinding, Judgement, State, Verdict
from index.store import Store
from tests.index.fictional import capture as taken
from tests.index.fictional import finding, report, told
from tests.index.room import Room, furnish
from tests.index.stories import ANALYST, ask, forget, incident_of, judge

TYPOLOGY = Typology.load()
TEXT = "A clerk paid  £20 thousand\nafter a call. The bank’s staff “knew nothing”. A clerk paid again in May."


@pytest.mark.parametrize(
    ("subject", "typed", "kept"),
    [
        (Subject.LOSS, "£20k", "GBP 20000"),
        (Subject.LOSS, "GBP 1,250,000.50", "GBP 1250000.5"),
        (Subject.LOSS, "hk$200M", "HKD 200000000"),
        (Subject.LOSS, "5,800 MYR", "MYR 5800"),
        (Subject.LOSS, "BTC 0.5", "BTC 0.5"),
        (Subject.LOSS, "€1,5 million", "EUR 1500000"),
        (Subject.LOSS, "€1.500", "EUR 1500"),
        (Subject.LOSS, "4 lakh rupees", "INR 400000"),
        (Subject.LOSS, "₹12,34,567", "INR 1234567"),
        (Subject.LOSS, "rm 1.3 mil", "MYR 1300000"),
        (Subject.LOSS, "pgk 2,500", "PGK 2500"),
        (Subject.LOSS, "7 million PGK", "PGK 7000000"),
        (Subject.DATE, "2024-05", "2024-05"),
        (Subject.VICTIMS, "24-99", "24-99"),
        (Subject.VICTIMS, "1,200+", "1200+"),
        (Subject.VICTIMS, "1,200 - 2,400", "1200-2400"),
        (Subject.VICTIMS, "thirty-five", "35"),
        (Subject.VICTIMS, "1.5 million", "1500000"),
        (Subject.SENTENCE, "1 years 6 month", "1 year 6 months"),
        (Subject.SENTENCE, "two years", "2 years"),
        (Subject.SENTENCE, "€500", "EUR 500"),
        (Subject.SENTENCE, "Life", "life"),
        (Subject.ORGANISATION, "  Ashford \n Bank ", "Ashford Bank"),
        (Subject.COUNTRY, "GB-SCT", "GB-SCT"),
        (Subject.OUTCOME, "convicted_or_sentenced", "convicted_or_sentenced"),
        (Subject.TYPOLOGY, "X-01", "X-01"),
    ],
)
def test_a_value_is_kept_in_the_form_of_the_record(subject: Subject, typed: str, kept: str) -> None:
    assert stating.checked(subject, typed, TYPOLOGY) == kept


@pytest.mark.parametrize(
    ("subject", "typed"),
    [
        (Subject.LOSS, "20000"),
        (Subject.LOSS, "XQZ 20"),
        (Subject.LOSS, "a lot"),
        (Subject.LOSS, "£1,2,3"),
        (Subject.LOSS, "£1m to £2m"),
        (Subject.LOSS, "£20k or so"),
        (Subject.LOSS, "GBP 99999999999999999999"),
        (Subject.DATE, "9999-12"),
        (Subject.DATE, "0000"),
        (Subject.DATE, "2024-02-30"),
        (Subject.DATE, "17 May 2024"),
        (Subject.VICTIMS, "99-24"),
        (Subject.VICTIMS, "1,2"),
        (Subject.VICTIMS, "1.5"),
        (Subject.SENTENCE, "99999999999999999999 years"),
        (Subject.SENTENCE, "12,000 years"),
        (Subject.SENTENCE, "0 months"),
        (Subject.SENTENCE, "a while"),
        (Subject.SENTENCE, ""),
        (Subject.TOOL, "…"),
        (Subject.TOOL, "x" * 121),
        (Subject.COUNTRY, "Atlantis"),
        (Subject.OUTCOME, "guilty"),
        (Subject.TYPOLOGY, "FR"),
    ],
)
def test_what_is_no_value_of_the_kind_is_refused(subject: Subject, typed: str) -> None:
    with pytest.raises(WrongUse):
        stating.checked(subject, typed, TYPOLOGY)


def test_every_kind_of_fact_has_values_to_choose_or_a_form_that_is_read() -> None:
    for subject in stating.STATED:
        known = stating.values(subject, TYPOLOGY)
        assert bool(known) != bool(stating.form(subject)), subject
        assert all(stating.checked(subject, value, TYPOLOGY) == value for value in known)


@pytest.mark.parametrize(
    ("words", "quote"),
    [
        ("paid £20 thousand after", "paid  £20 thousand\nafter"),
        ('The bank\'s staff "knew nothing"', "The bank’s staff “knew nothing”"),
        ("a CLERK paid", "A clerk paid"),
    ],
)
def test_words_are_found_however_they_were_copied(words: str, quote: str) -> None:
    of = report(1, taken(), TEXT)
    found = stating.located(of, words)
    assert (found["quote"], found["field"]) == (quote, "text")
    assert of.text[found["start"] : found["end"]] == quote


def test_of_words_said_twice_the_nearer_count_and_the_title_is_words_too() -> None:
    of = report(1, taken(), TEXT)
    assert stating.located(of, "A clerk paid", near=70)["start"] == TEXT.rindex("A clerk paid")
    assert stating.located(of, of.title)["field"] == "title"
    assert stating.located(of, " ") == {}
    for words in ("paid £30 thousand", "x" * 1001):
        with pytest.raises(WrongUse):
            stating.located(of, words)


@pytest.fixture
def room(store: Store) -> Room:
    """Reports that each lose 20,000 pounds, which is misread, besides their code."""
    room = furnish(store)
    again(room, "two")
    return room


def again(room: Room, fingerprint: str, *, loss: str = "GBP 20") -> None:
    batch = [told(each, finding(each, "FR-01"), lost(each, loss)) for each in room.reports]
    room.store.save_enriched(batch, fingerprint, ANALYST)
    room.incidents.regroup([], [], ANALYST)


def lost(of: object, value: str) -> Finding:
    return finding(of, value, Subject.LOSS, role="loss", score=0.9)  # type: ignore[arg-type]  # a report


def stands(room: Room) -> dict[str, State]:
    key = room.reports[0].id
    return {each.finding.value: each.state for each in room.store.findings([key])[key]}


def test_a_corrected_fact_is_a_persons_and_outlives_the_machines(room: Room) -> None:
    wrong = room.state("GBP 20")
    made = room.judge(Verdict.RELABEL, wrong.finding.id, value="£20k", expected=wrong.judgements)
    right = room.state("GBP 20000")
    assert (right.state, right.by, right.judgements) == (State.ACCEPTED, "ada", 1)
    assert (right.finding.quote, right.finding.role) == (wrong.finding.quote, "loss")
    assert (right.finding.origin, made.value) == ("person:ada", "GBP 20000")
    for number, loss in enumerate(("GBP 20", "GBP 30", "GBP 20000")):
        again(room, f"run {number}", loss=loss)
        assert (stands(room)["GBP 20000"], stands(room)["GBP 20"]) == (State.ACCEPTED, State.REJECTED)
    room.judge(Verdict.UNDO, made.id)
    assert stands(room)["GBP 20"] is State.SUGGESTED
    assert stands(room).get("GBP 20000") is State.SUGGESTED  # the machine says it by now


def test_a_correction_may_rest_on_other_words_or_on_a_reason_alone(room: Room) -> None:
    target = room.state("GBP 20").finding.id
    words = room.reports[0].text[20:40].strip()
    room.judge(Verdict.RELABEL, target, value="GBP 21", words=words)
    said = room.state("GBP 21").finding
    assert room.reports[0].text[said.start : said.end] == said.quote == words
    with pytest.raises(WrongUse, match="reason"):
        room.judge(Verdict.RELABEL, room.state("GBP 20", 1).finding.id, value="GBP 5", words="", reason=" ")
    room.judge(Verdict.RELABEL, room.state("GBP 20", 1).finding.id, value="GBP 5", words="")
    assert room.state("GBP 5", 1).finding.quote == ""
    with pytest.raises(WrongUse, match="does not say"):
        room.judge(Verdict.RELABEL, room.state("GBP 20", 2).finding.id, value="GBP 5", words="never said")


def test_the_same_value_on_better_words_is_a_correction_too(room: Room) -> None:
    target = room.state("GBP 20").finding.id
    with pytest.raises(WrongUse, match="already says"):
        room.judge(Verdict.RELABEL, target, value="GBP 20")
    made = room.judge(Verdict.RELABEL, target, value="GBP 20", words=room.reports[0].text[10:20])
    now = room.state("GBP 20")
    assert (now.state, now.finding.start, now.judgements) == (State.ACCEPTED, 10, 1)
    room.judge(Verdict.UNDO, made.id)
    assert (room.state("GBP 20").state, room.state("GBP 20").finding.start) == (State.SUGGESTED, 0)


def add(room: Room, subject: Subject, value: str, **said: object) -> Judgement:
    return room.judge(Verdict.ADD, room.reports[0].id, subject=subject, value=value, **said)


def test_a_fact_that_was_missed_is_added_decided_on_and_taken_back(room: Room) -> None:
    made = add(room, Subject.COUNTRY, "FR", words=room.reports[0].text[:7])
    added = room.state("FR")
    assert (added.state, added.by, added.finding.role) == (State.ACCEPTED, "ada", "where")
    again(room, "three")
    assert stands(room)["FR"] is State.ACCEPTED
    with pytest.raises(WrongUse, match="already"):
        add(room, Subject.COUNTRY, "FR")
    rejected = room.judge(Verdict.REJECT, added.finding.id)
    assert stands(room)["FR"] is State.REJECTED
    with pytest.raises(Stale, match=rejected.id):
        room.judge(Verdict.UNDO, made.id)
    room.judge(Verdict.UNDO, rejected.id)
    room.judge(Verdict.UNDO, made.id)
    assert "FR" not in stands(room)
    with pytest.raises(NotFound):
        room.judge(Verdict.ACCEPT, added.finding.id)


def test_an_added_code_leads_where_none_does(room: Room) -> None:
    add(room, Subject.TYPOLOGY, "MK-02")
    assert room.state("MK-02").finding.role == "other"
    room.judge(Verdict.REJECT, room.state("FR-01").finding.id)
    assert room.incidents.incident(room.incident()).primary == "MK-02"


def test_what_makes_no_sense_is_not_added(room: Room) -> None:
    with pytest.raises(WrongUse, match="what kind"):
        room.judge(Verdict.ADD, room.reports[0].id, value="FR")
    with pytest.raises(WrongUse, match="what kind"):
        add(room, Subject.EVENTS, "0-5 5-9")
    with pytest.raises(WrongUse, match="reason"):
        add(room, Subject.COUNTRY, "FR", reason="")
    with pytest.raises(NotFound):
        room.judge(Verdict.ADD, "rep-none", subject=Subject.COUNTRY, value="FR")
    add(room, Subject.OUTCOME, "succeeded")
    with pytest.raises(WrongUse, match="one only"):
        add(room, Subject.OUTCOME, "disrupted")


def test_a_no_has_the_score_of_a_no_and_a_name_with_an_at_is_no_machine(room: Room) -> None:
    add(room, Subject.CRIME, "no")
    assert room.state("no").finding.score == 0.0
    mail = ANALYST.model_copy(update={"name": "ada@force.example"})
    said = {"verdict": Verdict.ADD, "target": room.reports[1].id, "subject": "country", "value": "FR"}
    room.incidents.judge(Decision.model_validate({**said, "reason": "so it is"}), mail)
    assert room.state("FR", 1).finding.coded


def loss_of(library: Library, incident: str) -> JudgedFinding:
    found = library.incident(incident, actor=ANALYST).findings
    return next(
        each for each in found if each.finding.subject is Subject.LOSS and each.finding.role == "loss"
    )


def test_a_correction_reaches_hits_facets_exports_and_outlives_other_models(library: Library) -> None:
    incident = incident_of(library, "Ashford")
    wrong = loss_of(library, incident).finding
    assert wrong.value == "GBP 200000"
    words = "A clerk paid £200,000 after the call"
    made = judge(library, Verdict.RELABEL, wrong.id, value="£2.5m", words=words)
    for again in (False, True):
        if again:
            forget(library)
            library.enrich(actor=ANALYST)
            library.refresh(actor=ANALYST)
        results = ask(library, "loss>2000000 Ashford", facets=("loss_band",))
        assert [(hit.id, hit.loss) for hit in results.hits] == [(incident, "GBP 2500000")]
        assert [each.value for each in results.facets["loss_band"]] == ["1m_10m"]
        assert not ask(library, "loss<1000000 Ashford").hits
        exported = library.export([incident], "json", actor=ANALYST).decode()
        assert "GBP 2500000" in exported and "person:ada" in exported
    judge(library, Verdict.UNDO, made.id)
    assert [hit.loss for hit in ask(library, "Ashford").hits if hit.id == incident] == ["GBP 200000"]


def test_a_country_that_was_missed_is_found_by_it(library: Library, tmp_path: Path) -> None:
    incident = incident_of(library, "Bexley")
    told_by = library.incident(incident, actor=ANALYST).incident.reports[0]
    assert incident not in {hit.id for hit in ask(library, "country:is").hits}
    said = {"subject": Subject.COUNTRY, "value": "IS"}
    judge(library, Verdict.ADD, told_by, **said)
    assert incident in {hit.id for hit in ask(library, "country:is").hits}
