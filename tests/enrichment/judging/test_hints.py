"""Reports in which no word names AI, but some hint at it."""

import pytest

from enrichment.classify import Classifier
from enrichment.judging import linear
from enrichment.judging.reading import Reading
from enrichment.relevance import Relevance
from enrichment.typology import Typology
from tests.enrichment.model_room import enricher

MODELS = linear.load()
RELEVANCE = Relevance(MODELS, Classifier(MODELS, Typology.load()))

HINTED = [
    (
        "Lecturer cleared after recording is found to be manufactured",
        "A recording in which the lecturer appeared to offer marks for money was assembled by a machine "
        "from her online lessons, the police laboratory found. A former student was charged with "
        "malicious communications.",
    ),
    (
        "Malware author let a model do the work",
        "The accused had no training. A conversation with a model, prosecutors said, produced the code "
        "with which 31 firms were locked out of their files. He pleaded guilty.",
    ),
    (
        "Actor's advert was not his",
        "An advert in which the actor recommends an investment platform cost viewers more than 2 million "
        "dollars. He never filmed it. His mouth had been made to move to another text. The regulator has "
        "warned the public and police are investigating.",
    ),
]
WITHOUT_AI = [
    (
        "Software salesman jailed for fraud",
        "A salesman who sold licences for accounting software that did not exist to 40 firms was jailed "
        "for three years. The court heard that he had forged the supplier's letterhead on an office "
        "machine.",
    ),
    (
        "Vending machine gang convicted",
        "Four men who emptied automated ticket machines with a copied key were convicted at the crown "
        "court. The loss was 88,000 pounds.",
    ),
    (
        "Model agency owner charged with fraud",
        "The owner of a model agency took fees from 120 young people for pictures that were never taken. "
        "She was charged with fraud by false representation.",
    ),
    (
        "Estate agent and assistant stole deposits",
        "An estate agent and her assistant took deposits for flats that did not exist. Both were "
        "sentenced to two years.",
    ),
    (
        "Software pirate sentenced",
        "A man who copied design software and sold it on discs was sentenced to eight months. The maker "
        "puts its loss at 600,000 euros.",
    ),
]


def read(wording: tuple[str, str]) -> Reading:
    encoder = enricher().embedder
    assert encoder is not None
    title, text = wording
    return Reading(title, text, encoder.encode([f"{title}. {text}"], "passage")[0])


@pytest.mark.parametrize("wording", HINTED)
def test_a_crime_told_with_what_ai_did_is_relevant_though_nothing_names_ai(wording: tuple[str, str]) -> None:
    reading = read(wording)
    assert not reading.ai_named
    assert reading.ai_hints
    assert RELEVANCE.probability(reading) >= 0.5


@pytest.mark.parametrize("wording", WITHOUT_AI)
def test_hints_alone_make_no_crime_one_with_ai(wording: tuple[str, str]) -> None:
    reading = read(wording)
    assert not reading.ai_named
    assert reading.ai_hints
    assert RELEVANCE.probability(reading) < 0.5
