import pytest

from enrichment.classify import pool
from enrichment.judging import linear
from enrichment.judging.judge import Judge
from enrichment.judging.reading import Reading
from enrichment.records import CodeRole, Fact, Finding, Subject, as_finding
from enrichment.typology import Typology
from tests.enrichment.model_room import CALL, FAILURE, NO_AI, SCHOOL, enricher

TYPOLOGY = Typology.load()


def coded(wording: tuple[str, str], *, vector: bool = True) -> list[Fact]:
    encoder = enricher().embedder
    assert encoder is not None
    title, text = wording
    row = encoder.encode([f"{title}. {text}"], "passage")[0] if vector else None
    made = Judge(linear.load(), TYPOLOGY).facts(Reading(title, text, row))
    return [fact for _, fact in made if fact.subject is Subject.TYPOLOGY]


def primary(facts: list[Fact]) -> str | None:
    return next((fact.value for fact in facts if fact.role == "primary"), None)


@pytest.mark.parametrize("vector", [True, False])
@pytest.mark.parametrize(
    ("wording", "code"), [(CALL, "FR-01"), (SCHOOL, "CS-02"), (NO_AI, "X-01"), (FAILURE, "X-02")]
)
def test_plain_cases_get_their_code_with_and_without_vectors(
    wording: tuple[str, str], code: str, vector: bool
) -> None:
    assert primary(coded(wording, vector=vector)) == code


def test_a_sexual_matter_with_minors_is_never_primary_adult_abuse() -> None:
    facts = coded(("Deepfake porn of 15 year old girl", "A nudify app was used on a photo of a pupil."))
    assert (primary(facts) or "").startswith("CS")


def test_every_span_is_verbatim_and_short() -> None:
    for title, text in (CALL, SCHOOL, FAILURE):
        for fact in coded((title, text)):
            if fact.start is not None and fact.end is not None:
                whole = text if fact.field == "text" else title
                assert whole[fact.start : fact.end] == fact.quote
                assert 0 < len(fact.quote) <= 200


def test_the_evidence_of_the_primary_is_the_sentence_that_says_it() -> None:
    fact = next(fact for fact in coded(CALL) if fact.role == "primary")
    assert "deepfake" in fact.quote or "transfer" in fact.quote


def test_an_unclear_report_is_left_to_a_person_but_scored() -> None:
    said = (
        "Two people were arrested in Hythe after an offence with artificial intelligence, police said. They "
        "had a false voice, a false picture and a false letter. How they meant to gain by it is not known."
    )
    for vector in (True, False):
        facts = coded(("Arrests in Hythe", said), vector=vector)
        assert primary(facts) is None
        assert {fact.role for fact in facts} == {"sibling"}
        assert all(0 < fact.score < 1 for fact in facts)


def test_an_empty_report_is_no_error() -> None:
    assert all(fact.quote == "" for fact in coded(("", "")))


def finding(report: str, code: str, role: str, score: float, origin: str = "classify@x") -> Finding:
    fact = Fact(subject=Subject.TYPOLOGY, value=code, role=role, score=score)
    return as_finding(fact, report, "v1", origin)


def test_pooling_takes_the_primary_that_the_reports_agree_on_best() -> None:
    codes = pool(
        [
            finding("r1", "FR-01", "primary", 0.6),
            finding("r2", "FR-01", "primary", 0.5),
            finding("r3", "FR-01", "sibling", 0.3),
            finding("r3", "CY-02", "primary", 0.6),
            finding("r1", "CY-02", "sibling", 0.2),
        ],
        TYPOLOGY,
    )
    assert [(code.concept, code.role) for code in codes] == [("FR-01", "primary"), ("CY-02", "other")]
    assert codes[0].findings[0] == finding("r1", "FR-01", "primary", 0.6).id
    assert len(codes[0].findings) == 3 and not codes[0].judged
    assert 0 < codes[1].score < codes[0].score <= 1


def test_copies_raise_no_score_and_outvote_nobody() -> None:
    one = [finding("r1", "FR-01", "primary", 0.6), finding("r1", "CY-02", "sibling", 0.3)]
    other = [finding("r2", "CY-02", "primary", 0.8), finding("r2", "FR-01", "sibling", 0.1)]
    copies = [finding(f"c{place}", each.value, each.role, each.score) for place in range(9) for each in one]
    plain, copied = pool(one, TYPOLOGY), pool(one + copies, TYPOLOGY)
    assert [(code.concept, code.score) for code in plain] == [(code.concept, code.score) for code in copied]
    assert (
        pool(one + copies + other, TYPOLOGY)[0].concept == pool(one + other, TYPOLOGY)[0].concept == "CY-02"
    )
    near = [finding("n1", "FR-01", "primary", 0.7), finding("n1", "CY-02", "sibling", 0.2)]
    named = pool(one + near, TYPOLOGY, copies=[{"r1", "n1"}])
    assert [code.score for code in named] == [code.score for code in pool(near, TYPOLOGY)]


def test_one_report_keeps_its_own_scores() -> None:
    codes = pool([finding("r1", "FR-01", "primary", 0.6), finding("r1", "CY-02", "sibling", 0.3)], TYPOLOGY)
    assert [code.score for code in codes] == pytest.approx([0.6, 0.3], abs=0.001)


def test_agreement_of_different_reports_keeps_the_score_between_theirs() -> None:
    (code,) = pool([finding("r1", "FR-01", "primary", 0.9), finding("r2", "FR-01", "primary", 0.7)], TYPOLOGY)
    assert 0.7 <= code.score <= 0.95


def test_what_a_person_accepted_wins_and_is_marked() -> None:
    accepted = finding("r9", "AB-05", "primary", 0.2, origin="person:ana")
    codes = pool([finding("r1", "IN-01", "primary", 0.99), accepted], TYPOLOGY, judged=[accepted.id])
    assert (codes[0].concept, codes[0].role, codes[0].judged) == ("AB-05", "primary", True)
    assert [code.role for code in codes].count(CodeRole.PRIMARY) == 1


def test_a_curated_primary_wins_over_machines() -> None:
    codes = pool(
        [finding("r1", "IN-01", "primary", 0.9), finding("r2", "IN-04", "primary", 1.0, origin="starter")],
        TYPOLOGY,
    )
    assert codes[0].concept == "IN-04"


def test_pooling_nothing_or_strange_codes_gives_nothing() -> None:
    assert pool([], TYPOLOGY) == ()
    assert pool([finding("r1", "ZZ-99", "primary", 0.9)], TYPOLOGY) == ()
    assert pool([finding("r1", "FR-01", "sibling", 0.3)], TYPOLOGY)[0].role == "sibling"


def test_a_word_is_too_little_for_a_code_or_for_crime() -> None:
    made = Judge(linear.load(), TYPOLOGY).facts(Reading("x", "hello"))
    assert primary([fact for _, fact in made]) is None
    answers = {fact.subject: fact.value for _, fact in made}
    assert (answers[Subject.CRIME], answers[Subject.RELEVANCE]) == ("no", "not-relevant")


def test_a_further_code_of_hardly_any_weight_in_all_reports_is_none() -> None:
    found = [finding("r1", "FR-01", "primary", 0.9), finding("r1", "ID-04", "other", 0.02)]
    assert [code.role for code in pool(found, TYPOLOGY)] == ["primary", "sibling"]


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (
            "Woman loses savings to dating site fraudster",
            "A widow sent £70,000 to a man she met on a dating site who said he worked on an oil rig.",
        ),
        (
            "Hoax bomb threats close schools",
            "Pupils were sent home after e-mails threatened six schools with bombs. A boy was arrested.",
        ),
    ],
)
def test_an_ordinary_crime_that_looks_like_a_leaf_is_left_to_a_person(title: str, text: str) -> None:
    facts = coded((title, text))
    assert TYPOLOGY.is_leaf(max(facts, key=lambda fact: fact.score).value)
    assert primary(facts) is None
