"""A lecture learns a candidate release from lessons, and compares it on texts that guard it."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from collectors.sets.starter_cases import bundled
from enrichment.classify import LEARNT
from enrichment.embedder import Embedder
from enrichment.evaluation import gold as golds
from enrichment.evaluation.gold import Skipped
from enrichment.examples import Example, near_misses
from enrichment.judging.linear import Head, Models
from enrichment.judging.reading import Reading
from enrichment.learning import check, fit
from enrichment.learning.check import Guard
from enrichment.learning.corpus import starter
from enrichment.learning.course import Course
from enrichment.learning.figures import ReleaseFigures
from enrichment.learning.fit import Prepared
from enrichment.learning.frozen import ALIKE, Case, cases
from enrichment.learning.lessons import NEEDED, QUESTIONS, Lesson
from enrichment.passages import passages
from enrichment.records import Subject
from enrichment.typology import Typology

STEPS = 5
"""Steps of learning a release, the reading of the judgements among them."""
FROZEN = "bundled cases, each by models that have not seen it"
"""The guard that every release has."""


@dataclass(frozen=True)
class Text:
    """A text with a known primary code."""

    title: str
    text: str
    code: str = ""


def guard_texts(gold: Path | None, typology: Typology) -> dict[str, list[Text]]:
    """Return a folder's gold incidents by name of their set."""
    guards = {}
    for path in golds.files(gold, golds.TYPOLOGY) if gold else ():
        rows = golds.rows(path, ("title", "description", "primary"))
        if not isinstance(rows, Skipped):
            texts = [Text(row["title"], row["description"], row["primary"]) for row in rows]
            guards[golds.label(path)] = [text for text in texts if text.code in typology]
    return guards


def bundled_cases() -> list[Case]:
    """Return the bundled cases with what models say that have not seen them."""
    starters = [starter(json.loads(line)) for line in bundled().decode().splitlines()]
    return cases([*starters, *near_misses()])


class Lecture:
    """Learns one candidate: the shipped models, the models in use, and what texts look like to them."""

    def __init__(self, base: Models, present: Models, typology: Typology, encoder: Embedder) -> None:
        self._base, self._present, self._typology, self._encoder = base, present, typology, encoder

    def learn(
        self,
        lessons: Sequence[Lesson],
        against: dict[str, list[Text]],
        margin: float,
        progress: Callable[[str, int, int | None], None],
    ) -> tuple[Models, ReleaseFigures]:
        """Return the shipped models with what the lessons add, and what that changes."""
        progress(f"step 2 of {STEPS}: reading the judged reports", 1, None)
        read = dict(zip((lesson.report for lesson in lessons), self._readings(lessons), strict=True))
        progress(f"step 3 of {STEPS}: reading the frozen cases", 2, None)
        frozen = self._unlike(bundled_cases(), list(read.values()))
        golds = {name: (texts, self._readings(texts)) for name, texts in against.items()}
        progress(f"step 4 of {STEPS}: learning, and comparing with the models in use", 3, None)
        figures, heads = ReleaseFigures(), dict(self._base.heads)
        for question in QUESTIONS:
            own = [lesson for lesson in lessons if lesson.question is question]
            if len(own) >= NEEDED:
                guards = [self._frozen(question, frozen)]
                if question is Subject.TYPOLOGY:
                    guards += [self._guard(name, *gold) for name, gold in golds.items()]
                readings = [read[lesson.report] for lesson in own]
                figures = figures.joined(self._taught(own, readings, guards, margin, heads))
        progress(f"step 5 of {STEPS}: making the release", 4, None)
        return replace(self._base, heads=heads, fingerprint=""), figures

    def _taught(
        self,
        lessons: Sequence[Lesson],
        readings: Sequence[Reading],
        guards: Sequence[Guard],
        margin: float,
        heads: dict[str, Head],
    ) -> ReleaseFigures:
        """Put what lessons on one question add among the heads, and return what that changes."""
        question = lessons[0].question
        rows = self._prepared(readings, question)
        course = Course(rows, lessons)
        heads |= self._heads(course, readings)
        plain = [Reading(reading.title, reading.text) for reading in readings]
        heads |= self._heads(Course(self._prepared(plain, question), lessons), plain)
        return check.judge(course, self._leading(readings, rows, question), guards, margin)

    def _heads(self, course: Course, readings: Sequence[Reading]) -> dict[str, Head]:
        """Return the heads of a release that a course changes, with or without vectors as it was read."""
        question, dense = course.lessons[0].question, readings[0].vector is not None
        ending, step = "" if dense else "-words", course.step()
        if question is Subject.TYPOLOGY:
            return {f"{LEARNT}{ending}": fit.head(self._base, course.rows.codes, step, dense=dense)}
        name, heat = f"{question}{ending}", fit.heat(self._base, question, readings[0])
        learnt = fit.head(self._base, course.rows.codes, step * heat, dense=dense)
        return {name: fit.added(self._base.heads[name], learnt)}

    def _unlike(self, cases: Sequence[Case], read: Sequence[Reading]) -> list[tuple[Case, Reading]]:
        """Return the cases with their readings but those that a judged report may tell of, too."""
        readings = self._readings([case.example for case in cases])
        judged = np.array([reading.vector for reading in read])
        near = np.array([reading.vector for reading in readings]) @ judged.T
        alike = near.max(axis=1) > ALIKE
        return [pair for pair, told in zip(zip(cases, readings, strict=True), alike, strict=True) if not told]

    def _frozen(self, question: Subject, frozen: Sequence[tuple[Case, Reading]]) -> Guard:
        """Return the bundled cases as a guard: to what unseen models say a release adds what it adds."""
        known = [(case, reading) for case, reading in frozen if case.right(question) is not None]
        readings = [reading for _, reading in known]
        rows = self._prepared(readings, question)
        unseen = replace(rows, prior=np.array([case.said[question] for case, _ in known]))
        learnt = fit.prepare(self._present, self._typology, readings, question).prior - rows.prior
        present = replace(unseen, prior=unseen.prior + learnt).leading()
        return Guard(FROZEN, unseen, tuple(str(case.right(question)) for case, _ in known), tuple(present))

    def _guard(self, name: str, texts: Sequence[Text], readings: Sequence[Reading]) -> Guard:
        rows, truth = self._prepared(readings, Subject.TYPOLOGY), tuple(text.code for text in texts)
        return Guard(name, rows, truth, tuple(self._leading(readings, rows, Subject.TYPOLOGY)))

    def _readings(self, texts: Sequence[Text | Lesson | Example]) -> list[Reading]:
        leads = [(text, passages(text.text)[0]) for text in texts]
        wordings = [f"{text.title}. {text.text[start:end]}" for text, (start, end) in leads]
        vectors = self._encoder.encode(wordings, "passage")
        return [Reading(text.title, text.text, row) for text, row in zip(texts, vectors, strict=True)]

    def _prepared(self, readings: Sequence[Reading], question: Subject) -> Prepared:
        return fit.prepare(self._base, self._typology, readings, question)

    def _leading(self, readings: Sequence[Reading], rows: Prepared, question: Subject) -> list[str]:
        """Return the likeliest answers by the models in use."""
        if self._present.fingerprint == self._base.fingerprint:
            return rows.leading()
        return fit.prepare(self._present, self._typology, readings, question).leading()
