from pathlib import Path

import pytest

from enrichment.classify import Classifier
from enrichment.examples import near_misses
from enrichment.judging import linear
from enrichment.judging.features import Lexicon
from enrichment.judging.reading import Reading
from enrichment.records import Fact, Subject
from enrichment.relevance import Relevance, reason
from enrichment.typology import Typology
from tests.enrichment.model_room import CALL, FAILURE, NO_AI, SCHOOL, enricher, told

MODELS = linear.load()
RELEVANCE = Relevance(MODELS, Classifier(MODELS, Typology.load()))


def read(wording: tuple[str, str], *, vector: bool = True) -> Reading:
    encoder = enricher().embedder
    assert encoder is not None
    title, text = wording
    return Reading(title, text, encoder.encode([f"{title}. {text}"], "passage")[0] if vector else None)


def facts(wording: tuple[str, str]) -> dict[Subject, Fact]:
    return {fact.subject: fact for fact in RELEVANCE.facts(read(wording))}


@pytest.mark.parametrize("vector", [True, False])
@pytest.mark.parametrize(
    ("wording", "relevant"), [(CALL, True), (SCHOOL, True), (NO_AI, False), (FAILURE, False)]
)
def test_crime_with_ai_is_relevant_and_its_neighbours_are_not(
    wording: tuple[str, str], relevant: bool, vector: bool
) -> None:
    assert (RELEVANCE.probability(read(wording, vector=vector)) >= 0.5) is relevant


def test_crime_without_ai_is_crime_all_the_same() -> None:
    found = facts(NO_AI)
    assert found[Subject.CRIME].value == "yes"
    assert found[Subject.AI_INVOLVEMENT].value == "absent"
    assert found[Subject.RELEVANCE].value == "not-relevant"
    assert found[Subject.RELEVANCE].score < 0.2
    assert found[Subject.RELEVANCE].quote == ""


def test_ai_against_crime_is_not_relevant() -> None:
    wording = (
        "Bank's new software spots scam calls",
        "The bank said its machine learning system to detect fraud has been trained on old cases and will be "
        "switched on for all customers in June.",
    )
    assert RELEVANCE.probability(read(wording)) < 0.5


def test_a_warning_is_relevant_without_an_event() -> None:
    found = facts(
        (
            "Police warn of cloned voices",
            "Officers warn that scams with AI voices have doubled this year.",
        )
    )
    assert found[Subject.RELEVANCE].value == "relevant"
    assert found[Subject.EVENT_KIND].value == "trend_or_warning"


def test_relevance_shows_the_words_it_rests_on() -> None:
    fact = facts(CALL)[Subject.RELEVANCE]
    assert fact.start is not None
    assert (CALL[1] if fact.field == "text" else CALL[0])[fact.start : fact.end] == fact.quote


def test_the_evidence_of_relevance_is_no_sentence_about_nothing() -> None:
    wording = (CALL[0], CALL[1] + " No arrests had been reported by the police in the deepfake fraud case.")
    assert "No arrests" not in facts(wording)[Subject.RELEVANCE].quote


@pytest.mark.parametrize(
    ("wording", "start"),
    [
        (NO_AI, "No AI is named"),
        (FAILURE, "AI did harm or failed"),
        (
            (
                "Parliament debates bill on deepfakes",
                "Ministers say that the draft law on synthetic media makes creators mark generated pictures. "
                "The consultation closes in March and lawmakers will vote in May.",
            ),
            "Law or policy",
        ),
    ],
)
def test_what_is_no_ai_crime_has_its_reason(wording: tuple[str, str], start: str) -> None:
    assert reason(next(enricher().enrich([told(wording)])).findings).startswith(start)


def test_a_crime_with_ai_needs_no_such_reason() -> None:
    assert reason(next(enricher().enrich([told(CALL)])).findings) == ""


def test_every_kind_of_near_miss_says_what_it_is() -> None:
    kinds = {example.id.split(":")[1]: example.relevant for example in near_misses()}
    assert kinds["ai-against-crime"] == kinds["crime-without-ai"] == kinds["law-reform"] == "no"
    assert kinds["warning"] == kinds["event"] == "yes"


def test_rules_need_their_groups_near_each_other(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(
        "groups: {cat: [cat*], dog: [big dog], bird: [bird]}\n"
        "rules: {PET: [{all: [cat, dog], not: [bird], weight: 2}]}\n",
        "utf-8",
    )
    lexicon = Lexicon.load(path)
    near, far = "Cats met a big-dog.", "A cat." + " word" * 200 + " A big dog."
    assert lexicon.matches(lexicon.hits(near))["PET"].spans == ((0, 4), (11, 18))
    assert lexicon.matches(lexicon.hits(far)) == {}
    assert lexicon.matches(lexicon.hits(near + " Then a bird came.")) == {}


def test_what_is_crime_with_ai_is_crime() -> None:
    for wording in (CALL, SCHOOL, NO_AI, FAILURE):
        found = facts(wording)
        if found[Subject.RELEVANCE].value == "relevant":
            assert found[Subject.CRIME].value == "yes"
        assert found[Subject.CRIME].score >= found[Subject.RELEVANCE].score


LAW = (
    "New law bans sexual deepfakes",
    "Parliament passed a bill that makes creating sexually explicit deepfakes an offence.",
)


def test_a_code_at_odds_with_the_answers_is_left_to_a_person() -> None:
    [found] = enricher().enrich([told(LAW)])
    kinds = {each.value for each in found.findings if each.subject is Subject.EVENT_KIND}
    assert kinds == {"policy_or_law"}
    leaves = [each for each in found.findings if each.role in ("primary", "other")]
    assert {each.value for each in leaves if each.role == "primary"} <= {"X-05"}
