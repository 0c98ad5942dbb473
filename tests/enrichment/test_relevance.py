from pathlib import Path

import pytest

from enrichment.classify import Classifier
from enrichment.examples import near_misses
from enrichment.judging import linear
from enrichment.judging.features import Lexicon
from enrichment.judging.reading import Reading, group_names
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
        (NO_AI, "The text tells of no use of AI"),
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


NEWS = [
    (
        "Lower house bans nudifying software",
        "Lawmakers voted 88 to 12 for an act that outlaws apps which undress people in photographs. The new "
        "offence covers sexual deepfakes of adults and of children and takes effect in April.",
    ),
    (
        "Ministers to punish AI child abuse images",
        "Under draft legislation it becomes a crime to make sexual pictures of children with artificial "
        "intelligence. The bill goes to the senate next week.",
    ),
    (
        "Deepfake detector closes series B round",
        "Facecheck, whose software spots deepfakes in bank calls, has raised 40 million from investors.",
    ),
    (
        "Insurer agreed to buy maker of scam filter",
        "The acquisition of Callguard, whose machine learning stops fraud by telephone, costs 90 million.",
    ),
    (
        "Schoolboy wins prize for shield against AI voice scams",
        "His box tells a cloned voice from a real one. The jury of the science fair gave him 2,000 francs.",
    ),
    (
        "Detectives use an AI tool to sort seized telephones",
        "The software groups pictures and chats, and helps detectives to look first at what matters.",
    ),
]
EVENTS = [
    (
        "First sentence under law on nudifying apps",
        "A man of 29 was sentenced to ten months for making sexual deepfakes of his colleagues with an app. "
        "Lawmakers had passed a law against it in March, and new rules for platforms take effect in May.",
    ),
    (
        "Bank that lost 3 million to deepfake buys detector",
        "The finance chief was imitated in a video call and a clerk transferred the money to fraudsters. The "
        "bank has agreed to buy the maker of a deepfake detector.",
    ),
    (
        "Winner of science fair blackmailed with AI nudes",
        "A man who was arrested on Friday had used an app to undress her in the picture of the ceremony, "
        "police said, and demanded 4,000 dollars.",
    ),
    (
        "Police use face recognition to find maker of deepfakes",
        "Officers arrested a man of 33 who had sold pornographic deepfakes of singers on Telegram.",
    ),
]
THEFT = (
    "Computers stolen from AI start-up",
    "Two men broke into the store of an artificial intelligence company and took forty laptops. They were "
    "jailed for eighteen months.",
)
OFFENCES = ("criminal_incident", "attempted", "suspected_under_investigation")


@pytest.mark.parametrize("wording", NEWS)
def test_news_without_an_event_is_no_crime(wording: tuple[str, str]) -> None:
    found = facts(wording)
    assert found[Subject.RELEVANCE].value == "not-relevant"
    assert found[Subject.CRIME].value == "no"
    assert found[Subject.EVENT_KIND].value not in OFFENCES


@pytest.mark.parametrize("wording", EVENTS)
def test_an_event_beside_such_news_is_crime(wording: tuple[str, str]) -> None:
    found = facts(wording)
    assert found[Subject.RELEVANCE].value == "relevant"
    assert found[Subject.EVENT_KIND].value in OFFENCES


@pytest.mark.parametrize("wording", [NEWS[0], NEWS[1]])
def test_news_of_law_is_policy_at_any_relevance(wording: tuple[str, str]) -> None:
    assert facts(wording)[Subject.EVENT_KIND].value == "policy_or_law"


@pytest.mark.parametrize(
    "wording",
    [
        FAILURE,
        (
            "Car steers into barrier",
            "It was driving on Autopilot near Reno. The driver had let go of the wheel.",
        ),
        ("Wrong translation leads to arrest", "Google Translate turned a greeting into a threat by mistake."),
    ],
)
def test_ai_that_failed_is_not_absent(wording: tuple[str, str]) -> None:
    assert facts(wording)[Subject.AI_INVOLVEMENT].value != "absent"


def test_ai_that_only_names_the_victim_is_not_confirmed() -> None:
    found = facts(THEFT)
    assert found[Subject.AI_INVOLVEMENT].value in ("absent", "doubtful")
    assert found[Subject.RELEVANCE].value == "not-relevant"


def test_a_recording_found_genuine_makes_ai_doubtful() -> None:
    found = facts(
        (
            "Bribe recording is genuine, experts say",
            "The mayor had called it a deepfake. A laboratory found no sign of manipulation, and he was "
            "charged with corruption.",
        )
    )
    assert found[Subject.AI_INVOLVEMENT].value == "doubtful"


def test_the_evidence_of_ai_involvement_names_ai() -> None:
    title, text = CALL
    found = facts((title, f"{text} The police of two countries worked together and recovered the full sum."))
    assert "deepfake" in found[Subject.AI_INVOLVEMENT].quote or "fake" in found[Subject.AI_INVOLVEMENT].quote


def test_a_registered_case_is_a_crime() -> None:
    found = facts(
        (
            "Teacher in Nashik duped of Rs 12 lakh",
            "An FIR was registered after she put her savings into a scheme that an AI-made video of a "
            "minister recommended.",
        )
    )
    assert (found[Subject.RELEVANCE].value, found[Subject.CRIME].value) == ("relevant", "yes")


@pytest.mark.parametrize("wording", [CALL, SCHOOL, NO_AI, FAILURE, LAW, THEFT, *NEWS, *EVENTS])
def test_the_answers_fit_each_other(wording: tuple[str, str]) -> None:
    found = facts(wording)
    kind, crime = found[Subject.EVENT_KIND].value, found[Subject.CRIME].value
    assert kind not in (OFFENCES if crime == "no" else ("not_applicable", "policy_or_law"))
    if found[Subject.AI_INVOLVEMENT].value == "absent":
        assert found[Subject.RELEVANCE].value == "not-relevant"


def test_no_two_lexicons_have_a_word_group_of_one_name() -> None:
    assert len(set(group_names())) == len(group_names())
