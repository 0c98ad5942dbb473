"""AI that a text names only to deny its use counts for nothing, and the denial is quoted."""

import pytest

from enrichment.judging.reading import Reading
from enrichment.records import Subject
from tests.enrichment.model_room import enricher, told

CRIME = (  # fictional
    "A man of 44 was charged with fraud in Harrowmere after a caller who posed as her nephew talked a widow "
    "out of £31,000. "
)
DENIED = (
    "Detectives found no sign of artificial intelligence.",
    "Her family feared a cloned voice; the police said that there was no evidence of that.",
    "Her family wondered whether a deepfake had been used. Detectives ruled that out.",
    "No AI was used, the court heard.",
    "Deepfakes played no part in it, a detective said.",
    "The prosecutor ruled out any deepfake.",
    "There was no indication that the call had been made with AI.",
    "Rumours spoke of a chatbot, but that was not the case.",
    "The recording was not a deepfake.",
)
AFFIRMED = (
    "He had cloned the nephew's voice with AI. There was no sign of remorse.",
    "She suspected nothing; the deepfake showed no sign of a join.",
    "He used a deepfake. Police found no evidence of accomplices and ruled that out.",
    "The AI-generated call was not traced. No arrest was made before.",
    "Detectives found no sign of AI in the first call, but the second was a deepfake made by him.",
)


@pytest.mark.parametrize("sentence", DENIED)
def test_ai_that_is_only_denied_is_no_ai_crime(sentence: str) -> None:
    assert Reading("Widow loses savings", CRIME + sentence).denies_ai
    findings = enriched(CRIME + sentence)
    assert findings[Subject.RELEVANCE][0] == "not-relevant"
    answer, quote = findings[Subject.AI_INVOLVEMENT]
    assert answer == "doubtful" and quote in CRIME + sentence and quote.split(".")[0] in sentence


@pytest.mark.parametrize("sentence", AFFIRMED)
def test_ai_that_is_affirmed_too_counts(sentence: str) -> None:
    assert not Reading("Widow loses savings", CRIME + sentence).denies_ai


def test_a_text_that_names_no_ai_denies_none() -> None:
    assert not Reading("Widow loses savings", CRIME + "There was no sign of that.").denies_ai


def enriched(text: str) -> dict[str, tuple[str, str]]:
    """Return value and quote of each finding about one report, by subject."""
    (result,) = enricher().enrich([told(("Widow loses savings", text))])
    return {finding.subject: (finding.value, finding.quote) for finding in result.findings}
