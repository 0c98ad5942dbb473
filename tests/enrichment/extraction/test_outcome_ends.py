"""How a matter ended, in words that are not the usual ones."""

import pytest

from enrichment.facts import extract
from enrichment.records import Subject


def outcomes(text: str) -> list[str]:
    return [fact.value for fact in extract("", text) if fact.subject is Subject.OUTCOME]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Four suspects were taken in over the cloned voices, detectives said.", "arrested_or_charged"),
        ("Two brokers were picked up at the airport over the deepfake fraud.", "arrested_or_charged"),
        ("A pair have been declared suspects in the face-swap loan fraud.", "arrested_or_charged"),
        ("Investigators named three tellers as suspects in the deepfake fraud.", "arrested_or_charged"),
        ("Nine students in digital design were arrested over the fake romance den.", "arrested_or_charged"),
        ("Pensioners were taken in by a deepfake of the minister and lost £4,000.", "succeeded"),
        (
            "A court granted freezing orders against the makers of the fake robot.",
            "civil_or_regulatory_action",
        ),
        ("The tribunal issued a banning order over the cloned voices.", "civil_or_regulatory_action"),
        ("A singer reached a settlement with the makers of the deepfake.", "civil_or_regulatory_action"),
        ("A suit brought by the state closed the fake clinic.", "civil_or_regulatory_action"),
        ("The studio amended its complaint over the forged clips.", "civil_or_regulatory_action"),
        (
            "A judge threw out the tenant's case because the video was a deepfake.",
            "civil_or_regulatory_action",
        ),
        (
            "The court dismissed the defamation case: the recording was forged with AI.",
            "civil_or_regulatory_action",
        ),
        ("A judge threw out the case against the man accused of the deepfake.", "acquitted_or_dropped"),
        ("Sixty workers were freed from the scam compound by soldiers.", "disrupted"),
        ("Police rescued 30 captives who wrote the AI love letters of the scam.", "disrupted"),
        ("The poisoned packages were removed within hours of the attack.", "disrupted"),
        ("The search firm took down several examples; she lost $900 to the scam.", "succeeded"),
        ("The regulator has opened a probe into the deepfake of the banker.", "reported_no_action_known"),
        (
            "He was jailed for the deepfake fraud in 2023. In 2025 the appeal court quashed his conviction.",
            "acquitted_or_dropped",
        ),
        (
            "She was sentenced to four years for the forged clips; her conviction has been overturned.",
            "acquitted_or_dropped",
        ),
        ("Jailed for the AI fraud, he was acquitted on appeal on Monday.", "acquitted_or_dropped"),
        (
            "He was convicted of the deepfake fraud. Judges refused to quash the conviction.",
            "convicted_or_sentenced",
        ),
        (
            "He was convicted of the deepfake fraud and wants the conviction overturned.",
            "convicted_or_sentenced",
        ),
    ],
)
def test_the_end_of_a_matter_is_read_in_unusual_words(text: str, value: str) -> None:
    assert outcomes(text) == [value]
