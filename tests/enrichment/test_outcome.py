import pytest

from enrichment.facts import extract
from enrichment.records import Subject


def outcomes(text: str, title: str = "") -> list[str]:
    return [fact.value for fact in extract(title, text) if fact.subject is Subject.OUTCOME]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("He was arrested in May and jailed for three years.", "convicted_or_sentenced"),
        ("She was charged but has not been convicted.", "arrested_or_charged"),
        ("If convicted he could be jailed. He was detained on Monday.", "arrested_or_charged"),
        ("He was charged with fraud and faces up to 20 years in prison.", "arrested_or_charged"),
        ("The candidate was held in custody; he faced one to four years in prison.", "arrested_or_charged"),
        ("A court gave a man a two-year suspended term.", "convicted_or_sentenced"),
        ("A man was fined £335 at Glasgow Sheriff Court for the images.", "convicted_or_sentenced"),
        ("The man, who cannot be named, was arrested.", "arrested_or_charged"),
        ("A jury found him not guilty; he was acquitted.", "acquitted_or_dropped"),
        ("He was cleared of making the images.", "acquitted_or_dropped"),
        ("The regulator fined the firm. Nobody has been arrested.", "civil_or_regulatory_action"),
        ("A singer filed a lawsuit over the deepfake.", "civil_or_regulatory_action"),
        ("The attempt was foiled by a clerk.", "attempted_or_blocked"),
        ("The cloned voice asked for a transfer; she hung up and no money was lost.", "attempted_or_blocked"),
        ("The company banned the accounts.", "disrupted"),
        ("Police are investigating.", "reported_no_action_known"),
        ("Police are investigating after a woman was tricked into paying.", "succeeded"),
        ("One victim lost £5,000.", "succeeded"),
        ("One victim lost £5,000. No arrests have been made.", "succeeded"),
        ("The caller said his son had been arrested. She lost $9,000.", "succeeded"),
        ("The site charged $20 a month. Victims lost $9,000.", "succeeded"),
        ("A deepfake of the mayor was posted on Monday.", "reported_no_action_known"),
        ("She alleges that a deepfake of her was posted.", "reported_no_action_known"),
        ("A fake clip of the minister with a cloned voice had people guessing.", "reported_no_action_known"),
        (
            "In an unrelated matter another man was jailed. Police are investigating.",
            "reported_no_action_known",
        ),
    ],
)
def test_the_stage_the_report_states_counts(text: str, value: str) -> None:
    assert outcomes(text) == [value]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The market for chatbots grew.",
        "Scammers could use cloned voices, police warned.",
        "It charged a fee for the service.",
    ],
)
def test_a_text_that_tells_of_no_offence_has_no_outcome(text: str) -> None:
    assert outcomes(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "A deepfake shows the president being arrested by soldiers.",
        "The fake report falsely claimed that the singer had been convicted of theft.",
        "The caller told her that he had been arrested; the voice was cloned.",
        "Scammers posed as police and spoke of a digital arrest.",
        "A fake profile said that his accounts were frozen, under the false pretence of a divorce.",
    ],
)
def test_what_a_fake_shows_or_a_liar_says_has_not_happened(text: str) -> None:
    assert outcomes(text) == ["reported_no_action_known"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("The scam site was taken down after a week.", "disrupted"),
        ("Although the scam site was taken down, copies continue to appear.", "reported_no_action_known"),
        ("Prosecutors dropped the case over the deepfake.", "acquitted_or_dropped"),
        (
            "Prosecutors dropped the case over the deepfake, and a court reopened it.",
            "reported_no_action_known",
        ),
        ("The defence in the fraud trial asked for acquittal.", "reported_no_action_known"),
        ("Meta removed 40 fake accounts.", "disrupted"),
        ("Police arrested 12 over the fraud.", "arrested_or_charged"),
        ("Firefighters were sent out by an AI-made picture of a blaze.", "succeeded"),
        ("The shop was fake; several customers had already paid.", "succeeded"),
    ],
)
def test_what_goes_on_after_or_stands_between_counts(text: str, value: str) -> None:
    assert outcomes(text) == [value]


def test_a_title_can_say_that_the_offence_failed() -> None:
    assert outcomes("The caller stole his voice.", "Clerk foils voice fraud") == ["attempted_or_blocked"]


def test_the_quote_is_the_words_it_rests_on() -> None:
    text = "A man was jailed for 18 months, suspended for two years."
    fact = next(fact for fact in extract("", text) if fact.subject is Subject.OUTCOME)
    assert text[fact.start : fact.end] == fact.quote == "was jailed"


@pytest.mark.parametrize(
    ("text", "convicted"),
    [
        ("The man admitted making the images to police.", False),
        ("Police said the student admitted creating the pictures.", False),
        ("Arrested in May, he admitted making the files under questioning.", False),
        ("He admitted making the images at Leeds Crown Court, police said.", True),
        ("He admitted three counts of harassment.", True),
    ],
)
def test_what_is_admitted_to_the_police_convicts_nobody(text: str, convicted: bool) -> None:
    found = {fact.value for fact in extract("", text) if fact.subject is Subject.OUTCOME}
    assert ("convicted_or_sentenced" in found) is convicted
