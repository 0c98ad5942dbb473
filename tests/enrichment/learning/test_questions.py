"""What answers about crime, AI use and the kind of event teach, beside codes."""

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse  # type: ignore[import-untyped]  # it publishes no types

from enrichment.judging import linear
from enrichment.judging.judge import Judge
from enrichment.judging.reading import Reading
from enrichment.learning import fit
from enrichment.learning.course import Course
from enrichment.learning.lessons import LEARNT_HEADS, Lesson, ruled_out
from enrichment.records import Subject
from enrichment.typology import Typology
from tests.enrichment.model_room import CALL, FAILURE, NO_AI, SCHOOL, enricher

TYPOLOGY = Typology.load()


def readings() -> list[Reading]:
    encoder, texts = enricher().embedder, (CALL, SCHOOL, NO_AI, FAILURE)
    assert encoder is not None
    vectors = encoder.encode([f"{title}. {text}" for title, text in texts], "passage")
    return [Reading(*text, vector) for text, vector in zip(texts, vectors, strict=True)]


@pytest.mark.parametrize("question", LEARNT_HEADS)
@pytest.mark.parametrize("dense", [True, False])
def test_a_head_with_a_step_added_says_what_the_step_says(question: Subject, dense: bool) -> None:
    models, found = linear.load(), readings()
    seen = found if dense else [Reading(each.title, each.text) for each in found]
    rows = fit.prepare(models, TYPOLOGY, seen, question)
    others = [rows.codes[(rows.codes.index(said) + 1) % len(rows.codes)] for said in rows.leading()]
    lessons = [Lesson(str(at), str(at), "ada", "", "", each) for at, each in enumerate(others)]
    step = fit.step(rows, fit.targets(rows, lessons), np.full(4, 5.0), 3.0)
    learnt = fit.head(models, rows.codes, step * fit.heat(models, question, seen[0]), dense=dense)
    name = f"{question}{'' if dense else '-words'}"
    taught = replace(models, heads={**models.heads, name: fit.added(models.heads[name], learnt)})
    after = fit.prepare(taught, TYPOLOGY, seen, question).prior
    assert linear.softmax(after) == pytest.approx(linear.softmax(rows.prior + rows.rows @ step), abs=0.02)
    assert not np.allclose(after, rows.prior, atol=0.1)


def test_a_taught_kind_of_event_is_what_the_judge_answers() -> None:
    models, found = linear.load(), readings()
    rows = fit.prepare(models, TYPOLOGY, found, Subject.EVENT_KIND)
    lessons = [Lesson(str(at), str(at), "ada", "", "", "attempted") for at in range(2)]
    few = rows.some(np.arange(2))
    step = fit.step(few, fit.targets(few, lessons), np.full(2, 50.0), 3.0)
    learnt = fit.head(models, rows.codes, step * fit.heat(models, Subject.EVENT_KIND, found[0]), dense=True)
    heads = {**models.heads, "event_kind": fit.added(models.heads["event_kind"], learnt)}
    judge = Judge(replace(models, heads=heads), TYPOLOGY)
    answers = {fact.value for _, fact in judge.facts(found[0]) if fact.subject is Subject.EVENT_KIND}
    assert answers == {"attempted"}


def test_an_answer_leaves_no_room_for_the_codes_that_contradict_it() -> None:
    codes, leaves = TYPOLOGY.codes(), {leaf.id for leaf in TYPOLOGY.leaves()}
    assert ruled_out(Subject.RELEVANCE, "not-relevant", codes) == leaves
    assert ruled_out(Subject.RELEVANCE, "relevant", codes) == {"X-01", "X-02", "X-03", "X-04"}
    assert "X-01" not in ruled_out(Subject.AI_INVOLVEMENT, "absent", codes)
    assert ruled_out(Subject.AI_INVOLVEMENT, "inferred", codes) == {"X-01"}
    assert not ruled_out(Subject.AI_INVOLVEMENT, "doubtful", codes)
    assert not ruled_out(Subject.EVENT_KIND, "attempted", codes)


def test_a_report_held_not_relevant_moves_from_leaves_to_scope_codes() -> None:
    rows = fit.prepare(linear.load(), TYPOLOGY, readings())
    wrong = tuple(sorted(ruled_out(Subject.RELEVANCE, "not-relevant", rows.codes)))
    lessons = [Lesson("0", "0", "ada", "", "", wrong=wrong)]
    first = rows.some(np.arange(1))
    assert not first.leading()[0].startswith("X")
    step = fit.step(first, fit.targets(first, lessons), np.full(1, 50.0), 3.0)
    assert first.leading(step)[0].startswith("X")


def test_judgements_that_make_probabilities_better_count_though_no_leading_code_turns() -> None:
    """Every leader is right already, but not sure enough: only a proper score sees what is learnt."""
    sides = np.repeat([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]], 40, axis=0)
    prior = np.log(np.repeat([[0.55, 0.45], [0.45, 0.55]], 40, axis=0))
    rows = fit.Prepared(scipy.sparse.csr_matrix(sides), prior, ("a", "b"))
    lessons = [Lesson(str(at), str(at), "ada", "", "", "a" if at < 40 else "b") for at in range(80)]
    assert Course(rows, lessons).strength > 0
    assert rows.leading() == [each.label for each in lessons]
