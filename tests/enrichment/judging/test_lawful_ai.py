"""AI that only serves those who act against crime makes no crime one with AI."""

import pytest

from enrichment.judging.reading import Reading
from enrichment.records import Subject
from tests.enrichment.model_room import enricher, told

TITLE = "Ring broken up"
CRIME = "Eleven people were charged with a fraud of 80 million euros on the tax office. "
LAWFUL = (
    "Investigators used an AI tool to sort two million e-mails.",
    "The court heard that analysts had used AI translation to read their messages.",
    "Machine learning had flagged 40,000 of their payments.",
    "One of them was traced by facial recognition.",
    "The agency added that it is training its staff in artificial intelligence.",
    "Detectives will attend a course on deepfakes in March.",
    "The bank's AI uncovered the accounts, and there was no sign of deepfakes.",
    "The insurer's new AI spots such claims within a second.",
    "Prosecutors praised the artificial intelligence.",
    "Machine learning that looks at how money moves helped police find them.",
    "An AI tool that compares tax returns had led to the first of them.",
    "Cameras that tell faces apart with artificial intelligence alerted officers.",
    "The unit buys software with AI for the detection of fraud.",
)
OFFENDERS = (
    "Police said that they used AI to write the invoices.",
    "They used deepfakes to open accounts, and police traced them with facial recognition.",
    "Investigators used an AI tool to find who had written the invoices with a chatbot.",
    "They had evaded facial recognition with printed faces.",
    "Their AI-generated passports deceived the officers of the bank.",
    "Cloned voices were traced to a call centre.",
    "Their AI tool identified accounts without a password.",
    "Police used AI to forge evidence, the court heard.",
    "Officers of the bank used AI to fabricate the statements.",
    "Staff used AI to write the invoices.",
    "Detectives examined pictures that were made with AI.",
    "Inspectors read letters written using AI.",
    "He sold a course on deepfakes to others.",
    "Thieves poisoned the algorithm that detects fraud.",
    "The bank's AI was tricked by a recording.",
    "Women were traced through facial recognition by one of them.",
    "Police said AI agents carried out the transfers.",
    "Police in Denmark said that an impostor with an AI face had opened the accounts.",
    "AI helped them find victims.",
    "AI helped them open accounts in a hundred names.",
    "An AI that reads faces helped them choose whom to rob.",
    "An AI tool that checks stolen accounts was on the laptop.",
    "They used AI to match claims with names of the dead.",
    "The network's AI matches faces with stolen papers.",
    "They bought AI for the recognition of picture puzzles.",
    "Burglars put up cameras that recognise number plates with artificial intelligence.",
)


@pytest.mark.parametrize("sentence", LAWFUL)
def test_ai_of_those_who_act_against_crime_makes_no_ai_crime(sentence: str) -> None:
    assert Reading(TITLE, CRIME + sentence).only_lawful_ai
    (result,) = enricher().enrich([told((TITLE, CRIME + sentence))])
    answers = {finding.subject: finding.value for finding in result.findings}
    assert answers[Subject.RELEVANCE] == "not-relevant"
    assert answers[Subject.CRIME] == "yes"
    assert not [
        finding.value
        for finding in result.findings
        if finding.role == "primary" and not finding.value.startswith("X-")
    ]


@pytest.mark.parametrize("sentence", OFFENDERS)
def test_ai_of_offenders_counts_beside_it(sentence: str) -> None:
    assert not Reading(TITLE, CRIME + sentence).only_lawful_ai
