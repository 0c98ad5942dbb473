"""What judgements teach, on the shipped models and real incidents, and what keeps a bad analyst out."""

import json
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from enrichment.classify import LEARNT, Classifier
from enrichment.judging import linear
from enrichment.judging.reading import Reading
from enrichment.learning import check, fit, poison
from enrichment.learning.check import judge
from enrichment.learning.course import Course
from enrichment.learning.figures import ReleaseFigures
from enrichment.learning.fit import Prepared
from enrichment.learning.lessons import MARGIN, Lesson, hashed, is_kept_apart, kept_apart, listing, weights
from enrichment.learning.poison import JUDGED, Trial
from enrichment.records import Subject
from enrichment.typology import Typology
from tests.enrichment.model_room import CALL, FAILURE, NO_AI, SCHOOL, enricher, shared_data

TYPOLOGY = Typology.load()


def lesson(
    number: int,
    label: str = "FR-01",
    analyst: str = "ada",
    incident: str = "",
    wrong: tuple[str, ...] = (),
    question: Subject = Subject.TYPOLOGY,
) -> Lesson:
    incident = incident or f"inc-{number}"
    return Lesson(f"rep-{number}", incident, analyst, "T", "x", label, wrong, question)


def readings(texts: list[tuple[str, str]]) -> list[Reading]:
    encoder = enricher().embedder
    assert encoder is not None
    vectors = encoder.encode([f"{title}. {text}" for title, text in texts], "passage")
    return [Reading(title, text, vector) for (title, text), vector in zip(texts, vectors, strict=True)]


@cache
def few() -> tuple[list[Reading], Prepared]:
    found = readings([CALL, SCHOOL, NO_AI, FAILURE])
    return found, fit.prepare(linear.load(), TYPOLOGY, found)


def test_an_incident_weighs_one_and_no_analyst_more_than_half() -> None:
    told = [lesson(1), lesson(2), lesson(3, incident="inc-2")]
    assert weights(told).tolist() == [1.0, 0.5, 0.5]
    crowd = [lesson(number) for number in range(8)] + [lesson(9, analyst="ben"), lesson(10, analyst="cy")]
    found = weights(crowd)
    assert found[:8].sum() == pytest.approx(found[8:].sum())
    assert found[8:].tolist() == [1.0, 1.0]


def test_no_weight_moves_nothing_and_the_same_lessons_move_the_same() -> None:
    _, rows = few()
    lessons = [lesson(number, code) for number, code in enumerate(("AT-05", "OC-01", "X-01", "X-02"))]
    wanted = fit.targets(rows, lessons)
    assert not fit.step(rows, wanted, np.zeros(4), 3.0).any()
    assert np.array_equal(fit.step(rows, wanted, np.ones(4), 3.0), fit.step(rows, wanted, np.ones(4), 3.0))


def test_a_label_is_learnt_and_a_rejection_only_lowers_what_was_said() -> None:
    _, rows = few()
    before = rows.leading()
    labels = [lesson(number, code) for number, code in enumerate(("AT-05", "OC-01", "X-03", "X-04"))]
    assert rows.leading(fit.step(rows, fit.targets(rows, labels), np.full(4, 50.0), 3.0)) == [
        "AT-05",
        "OC-01",
        "X-03",
        "X-04",
    ]
    wrong = [lesson(number, "", wrong=(code,)) for number, code in enumerate(before)]
    after = fit.step(rows, fit.targets(rows, wrong), np.full(4, 50.0), 3.0)
    assert all(one != other for one, other in zip(rows.leading(after), before, strict=True))


@pytest.mark.parametrize("dense", [True, False])
def test_the_head_says_in_the_classifier_what_the_step_says_in_training(dense: bool) -> None:
    found, _ = few()
    models = linear.load()
    seen = found if dense else [Reading(each.title, each.text) for each in found]
    rows = fit.prepare(models, TYPOLOGY, seen)
    lessons = [lesson(number, code) for number, code in enumerate(("AT-05", "OC-01", "X-03", "X-04"))]
    step = fit.step(rows, fit.targets(rows, lessons), np.full(4, 5.0), 3.0)
    head = fit.head(models, rows.codes, step, dense=dense)
    taught = replace(models, heads={**models.heads, LEARNT: head, f"{LEARNT}-words": head})
    told = Classifier(taught, TYPOLOGY)
    for place, reading in enumerate(seen):
        said = linear.softmax(rows.prior[place] + (rows.rows[place] @ step).ravel())
        expected = linear.tempered(said, rows.surety)
        given = told.opinion(reading).probabilities
        assert [given[code] for code in rows.codes] == pytest.approx(expected.tolist(), abs=0.01)


def test_what_is_kept_for_measuring_is_listed_by_digest_alone() -> None:
    gold = shared_data() / "typology-gold"
    numbers = {line.strip() for line in (gold / "holdout-ids.txt").read_text("utf-8").splitlines() if line}
    rows = (gold / "dev.jsonl").read_text("utf-8").splitlines()
    numbers |= {json.loads(line)["incident_id"] for line in rows}
    assert all(is_kept_apart([f"aiid:{number}"]) for number in numbers)
    trained = (shared_data() / "typology-train" / "train.jsonl").read_text("utf-8").splitlines()
    assert not any(is_kept_apart([f"aiid:{json.loads(line)['incident_id']}"]) for line in trained)
    assert is_kept_apart(["aiid:1"], {"aiid:1"})
    assert hashed("aiid:7") in listing(["aiid:7"])
    assert all(len(each) == 16 for each in kept_apart())


class Room(Trial):
    """Real incidents to judge and to guard, as the shipped models see them."""

    def __init__(self) -> None:
        data, encoder = shared_data(), enricher().embedder
        assert encoder is not None
        guard = poison.guarded(data / "typology-gold" / "dev.jsonl")
        super().__init__(linear.load(), TYPOLOGY, encoder, poison.judged(data), guard, "gold")

    def verdict(self, lessons: list[Lesson]) -> ReleaseFigures:
        return judge(Course(self.rows, lessons), self.rows.leading(), [self.guard])


@pytest.fixture(scope="module")
def room() -> Room:
    return Room()


@pytest.mark.parametrize("code", ["", "X-02"])
def test_a_tenth_of_labels_turned_by_one_analyst_costs_two_points_at_most_or_is_refused(
    room: Room, code: str
) -> None:
    clean, turned = (np.mean(room.right(room.lessons(share, code))) for share in (0, 0.1))
    assert clean - turned <= 0.02 or room.verdict(room.lessons(0.1, code)).refused


def test_a_release_that_costs_more_than_the_margin_is_refused_and_says_who_did_it(room: Room) -> None:
    bad = [replace(each, analyst="mal", label="OC-03") for each in room.lessons(0)]
    verdict = room.verdict(bad)
    [compared] = verdict.guards
    assert compared.change < -MARGIN
    assert any("gold" in reason for reason in verdict.refused)
    assert any("mal" in reason for reason in verdict.refused)
    [unseen] = verdict.unseen
    assert unseen.n == JUDGED


def test_an_analyst_who_turns_labels_agrees_less_than_the_others(room: Room) -> None:
    verdict = room.verdict(room.lessons(0.1))
    first, *others = verdict.parts
    assert first.lessons == JUDGED // 5
    assert first.agreement is not None
    assert all(each.agreement is not None and first.agreement < each.agreement - 0.1 for each in others)


def test_an_analyst_who_turns_labels_is_found_without_any_gold(room: Room) -> None:
    for turned, named in ((0.0, []), (0.1, ["analyst 0"])):
        lessons = room.lessons(turned, "X-02")
        verdict = judge(Course(room.rows, lessons), room.rows.leading(), [])
        assert [name for name in named if any(name in reason for reason in verdict.refused)] == named
        assert len(verdict.refused) == len(named)


def test_small_losses_of_several_releases_add_up_against_the_shipped_models(room: Room) -> None:
    course = Course(room.rows, [replace(each, label="OC-03") for each in room.lessons(0)])
    lost_before = replace(room.guard, present=tuple(room.guard.rows.leading(course.step())))
    verdict = judge(course, room.rows.leading(), [lost_before])
    [compared] = verdict.guards
    assert compared.change == 0 and compared.shipped is not None
    assert compared.after < compared.shipped - MARGIN
    assert any("shipped models" in reason for reason in verdict.refused)


def test_too_few_lessons_have_no_unseen_figure() -> None:
    _, rows = few()
    one = Prepared(rows.rows[[0]], rows.prior[[0]], rows.codes)
    verdict = check.judge(Course(one, [lesson(0)]), ["FR-01"], [])
    assert not verdict.unseen and not verdict.refused


def test_lessons_count_only_as_strongly_as_unseen_ones_bear_out(room: Room) -> None:
    generator, codes = np.random.default_rng(3), list(TYPOLOGY.codes())
    said = room.rows.leading()
    chance = [
        replace(each, label=codes[int(generator.integers(len(codes)))] if place % 4 == 0 else code)
        for place, (each, code) in enumerate(zip(room.lessons(0), said, strict=True))
    ]
    assert Course(room.rows, chance).strength == 0
    assert not Course(room.rows, chance).step().any()
    new = [replace(each, label="OC-03" if each.label == "X-02" else each.label) for each in room.lessons(0)]
    assert Course(room.rows, new).strength > 0
