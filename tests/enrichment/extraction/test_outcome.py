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
        ("The deepfake's maker was given a conditional discharge.", "convicted_or_sentenced"),
        ("Magistrates bound him over to keep the peace for the deepfake.", "convicted_or_sentenced"),
        ("Police have issued a caution to a boy of 16 who made the pictures.", "arrested_or_charged"),
        ("She accepted a conditional caution over the cloned voice.", "arrested_or_charged"),
        ("The maker of the pictures received a community resolution.", "arrested_or_charged"),
        ("The bank issued a caution to customers after a cloned voice was used.", "reported_no_action_known"),
        ("Police have reported a boy of 17 to the procurator fiscal.", "arrested_or_charged"),
        ("A report was sent to the Director of Public Prosecutions.", "arrested_or_charged"),
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
        ("A supplier of fake voices took control panels offline; it shut down the botnet.", "disrupted"),
        ("Detectives are holding three brokers over the fake job offers.", "arrested_or_charged"),
        ("A teacher was put under judicial investigation for the fake clips.", "arrested_or_charged"),
        ("A girl was sent before the juvenile court for the nude pictures.", "arrested_or_charged"),
        ("She denies faking the recording; her trial resumes.", "arrested_or_charged"),
        (
            "Officers took the forger's founder away; they arrested its founder at home.",
            "arrested_or_charged",
        ),
        ("A complaint unsealed on Monday names the man behind the cloned voices.", "arrested_or_charged"),
        ("A judge barred the dealer from showing the forged prints.", "civil_or_regulatory_action"),
        ("We almost approved an impostor with a swapped face.", "attempted_or_blocked"),
        ("Police hold talks with the parents after the fake clip was posted.", "reported_no_action_known"),
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


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Customers got nothing for the fake coats that an AI had drawn.", "succeeded"),
        (
            "The blackmailers got nothing, since the woman from Oslo told police of the fake pictures.",
            "attempted_or_blocked",
        ),
        ("Fans who bought tickets for the AI-made festival were left empty-handed.", "succeeded"),
        ("The fraudsters with the cloned voice went away empty-handed.", "attempted_or_blocked"),
        ("Her complaints about the deepfake came to nothing.", "reported_no_action_known"),
        ("The plot to rob the exchange with a cloned voice came to nothing.", "attempted_or_blocked"),
        (
            "The site that hosted the deepfake did not reply to a request for comment.",
            "reported_no_action_known",
        ),
        (
            "The deputy minister did not reply and told the security service of the fake account.",
            "attempted_or_blocked",
        ),
        ("Recipients did not respond to messages from the cloned account.", "attempted_or_blocked"),
        ("She asked for the fake nudes to be deleted, to no avail.", "reported_no_action_known"),
        ("His efforts to have the deepfake removed were unsuccessful.", "reported_no_action_known"),
        ("An unsuccessful attempt to defraud the shipping line used a cloned voice.", "attempted_or_blocked"),
        ("A family court heard that the recording had been faked with AI.", "reported_no_action_known"),
        (
            "An employment tribunal was told that the payslips were forged with AI.",
            "reported_no_action_known",
        ),
        ("Bristol Crown Court heard that he had cloned the voices of two widows.", "arrested_or_charged"),
        ("Jurors were told that the student sold fake nudes of classmates.", "arrested_or_charged"),
        ("The defendant, a baker, had cloned her voice with an app, the court heard.", "arrested_or_charged"),
        ("The court heard nothing of the forged recording.", "reported_no_action_known"),
        (
            "A conference was held in Lyon on deepfake fraud and the victims spoke.",
            "reported_no_action_known",
        ),
        (
            "Police held a press conference about the deepfake that was posted on Sunday.",
            "reported_no_action_known",
        ),
        ("Two men held over AI pictures of pupils", "arrested_or_charged"),
        ("A suspect was held in custody after the deepfake was posted.", "arrested_or_charged"),
        ("The mayor appeared before the cameras and said the clip was fake.", "reported_no_action_known"),
        ("The forger appeared before a judge in Turin over the deepfake.", "arrested_or_charged"),
        ("The view counts of the deepfake reached a million.", "reported_no_action_known"),
        ("He faces eleven counts of making deepfakes of colleagues.", "arrested_or_charged"),
        (
            "A parcel of cash was handed to the courier who had the cloned voice call her.",
            "reported_no_action_known",
        ),
        ("He was handed a term of nine months over the deepfake of his manager.", "convicted_or_sentenced"),
        ("Her account was locked up after the deepfake was posted.", "reported_no_action_known"),
        ("After the couple broke up he posted deepfakes of her.", "reported_no_action_known"),
        ("Police broke up a ring that cloned the voices of bankers.", "disrupted"),
        ("Ransomware has shut down the pumps of a water firm.", "reported_no_action_known"),
        ("Regulators shut down the scam site.", "disrupted"),
        (
            "Researchers obtained access to the criminals' phishing tool and posted what they saw.",
            "reported_no_action_known",
        ),
        ("Journalists bypassed the face check with a deepfake.", "reported_no_action_known"),
        ("Researchers said that hackers bypassed the face check with a deepfake.", "succeeded"),
        ("Hackers gained access to the payroll with a cloned voice.", "succeeded"),
        ("A reporter was tricked into paying by a cloned voice.", "succeeded"),
        ("Victims agreed to pay after the deepfake call.", "reported_no_action_known"),
        ("The firm agreed to pay a penalty over its fake AI claims.", "civil_or_regulatory_action"),
        (
            "The fake AI model was discontinued in June after it was abused to make nudes.",
            "reported_no_action_known",
        ),
        (
            "A WIRED story showed how deepfake adverts were posted by the thousand.",
            "reported_no_action_known",
        ),
        ("The clerk wired €40,000 to the man with the cloned voice.", "succeeded"),
    ],
)
def test_a_phrase_counts_in_the_sense_that_its_neighbours_give_it(text: str, value: str) -> None:
    assert outcomes(text) == [value]


@pytest.mark.parametrize(
    ("text", "act"),
    [
        (
            "A deepfake of the mayor was allegedly posted by a rival.",
            "A deepfake of the mayor was allegedly posted by a rival.",
        ),
        (
            "The town has 900 people. Pupils reportedly made fake nudes of a teacher.  It is autumn.",
            "Pupils reportedly made fake nudes of a teacher.",
        ),
        (
            "A falsely labelled clip was said to be a deepfake.",
            "A falsely labelled clip was said to be a deepfake.",
        ),
    ],
)
def test_that_a_matter_is_reported_rests_on_the_sentence_of_the_act(text: str, act: str) -> None:
    found = [fact for fact in extract("", text) if fact.subject is Subject.OUTCOME]
    assert [(fact.value, fact.quote) for fact in found] == [("reported_no_action_known", act)]


@pytest.mark.parametrize(
    ("title", "value"),
    [
        ("Detectives in Cork arrest woman over deepfake of priest", "arrested_or_charged"),
        ("NCA charges two with deepfake sextortion", "arrested_or_charged"),
        ("Interpol detains deepfake swindler in Lagos", "arrested_or_charged"),
        ("Man faces trial over deepfake of teacher", "arrested_or_charged"),
        ("Jurors clear consultant of deepfake robocall", "acquitted_or_dropped"),
        ("Court hands man six years for deepfake fraud", "convicted_or_sentenced"),
        ("Judge jails three for deepfake romance fraud", "convicted_or_sentenced"),
        ("Deepfake tutor gets four years", "convicted_or_sentenced"),
    ],
)
def test_a_headline_in_the_present_tense_states_the_stage(title: str, value: str) -> None:
    assert outcomes("The deepfake was shared by hundreds.", title) == [value]


@pytest.mark.parametrize(
    "title",
    [
        "Police hold meeting on deepfakes",
        "Agents charge fee to remove deepfakes",
        "Court denies deepfake ban",
    ],
)
def test_a_headline_without_a_suspect_pursues_nobody(title: str) -> None:
    assert outcomes("The deepfake was shared by hundreds.", title) == ["reported_no_action_known"]
