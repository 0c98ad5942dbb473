"""The bundled cases that guard releases: frozen with what models say that have not seen them."""

import json

import numpy as np

from collectors.sets.starter_cases import bundled
from enrichment.examples import near_misses
from enrichment.judging import linear
from enrichment.judging.reading import Reading
from enrichment.learning import fit
from enrichment.learning.corpus import starter
from enrichment.learning.frozen import cases
from enrichment.learning.lessons import QUESTIONS
from enrichment.records import Subject
from enrichment.typology import Typology
from tests.enrichment.model_room import enricher

TYPOLOGY = Typology.load()
EXAMPLES = [*(starter(json.loads(line)) for line in bundled().decode().splitlines()), *near_misses()]


def test_nearly_every_bundled_case_is_frozen_with_an_answer_to_every_question() -> None:
    frozen, models = cases(EXAMPLES), linear.load()
    assert len(frozen) >= 0.9 * len(EXAMPLES)
    for question in QUESTIONS:
        head = models.heads.get(question)
        classes = models.settings["codes"] if head is None else head.classes
        assert {len(case.said[question]) for case in frozen} == {len(classes)}
        known = {case.right(question) for case in frozen} - {None}
        assert len(known) > 1 and known <= set(classes)


def test_a_case_in_other_words_is_not_the_frozen_one() -> None:
    first = EXAMPLES[0]
    changed = type(first)(**{**vars(first), "text": f"{first.text} It was later said."})
    assert cases([first]) and not cases([changed])


def test_what_is_frozen_is_not_what_models_say_that_learnt_the_case() -> None:
    """Models that saw the cases are right on more of them, else the guard would be one of known texts."""
    frozen = [case for case in cases(EXAMPLES) if case.example.kind == "starter"]
    encoder = enricher().embedder
    assert encoder is not None
    texts = [(case.example.title, case.example.text) for case in frozen]
    vectors = encoder.encode([f"{title}. {text}" for title, text in texts], "passage")
    rows = fit.prepare(
        linear.load(),
        TYPOLOGY,
        [Reading(title, text, vector) for (title, text), vector in zip(texts, vectors, strict=True)],
    )
    truth = [case.right(Subject.TYPOLOGY) for case in frozen]
    unseen = [rows.codes[int(np.argmax(case.said[Subject.TYPOLOGY]))] for case in frozen]
    seen, held_out = (
        sum(one == other for one, other in zip(truth, said, strict=True)) for said in (rows.leading(), unseen)
    )
    assert len(truth) * 0.5 < held_out < seen
