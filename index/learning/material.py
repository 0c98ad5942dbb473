"""The lessons a release learns and the texts that guard it: judgements, gold files and bundled cases."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from sqlalchemy import select

from collectors.records import Report
from collectors.sets.starter_cases import bundled
from enrichment.classify import LEARNT
from enrichment.embedder import Embedder
from enrichment.evaluation import gold as golds
from enrichment.evaluation.gold import Skipped
from enrichment.examples import Example, near_misses
from enrichment.judging.linear import Head, Models
from enrichment.judging.reading import Reading
from enrichment.learning import check, fit
from enrichment.learning.check import Guard, Verdict
from enrichment.learning.corpus import starter
from enrichment.learning.course import Course
from enrichment.learning.fit import Prepared
from enrichment.learning.frozen import ALIKE, Case, cases
from enrichment.learning.lessons import LEARNT_HEADS, NEEDED, QUESTIONS, Lesson, is_kept_apart, ruled_out
from enrichment.records import Subject
from enrichment.run import passages
from enrichment.typology import Typology
from index.desk.judgements import SETTLED
from index.grouping import members
from index.records import JudgedFinding, State
from index.rows import reading
from index.store import Store
from index.tables import judged

STEPS = 5
"""Steps of learning a release, the reading of the judgements among them."""
FROZEN = "bundled cases, each by models that have not seen it"
"""The guard that every release has."""
OPPOSITE = {"relevant": "not-relevant", "not-relevant": "relevant", "yes": "no", "no": "yes"}
"""The answer that is right where the other of two is not."""


@dataclass(frozen=True)
class Text:
    """A text with a known primary code."""

    title: str
    text: str
    code: str = ""


def gather(store: Store, typology: Typology, gold: Path | None = None) -> tuple[list[Lesson], Counter[str]]:
    """Return the lessons of every report on which a person decided, and why others teach nothing."""
    apart = _of_gold(gold)
    left_out: Counter[str] = Counter()
    found: list[Lesson] = []
    with store.reading() as connection:
        ids = sorted(connection.execute(select(judged.c.report).distinct()).scalars())
        reports = reading.reports_by_id(connection, ids)
        stands = reading.judged_findings(connection, list(reports))
        told = members.of_reports(connection, list(reports))
    for key, report in reports.items():
        lessons = list(_lessons(report, stands[key], (told.get(key) or [key])[0], typology))
        if report.source == SETTLED:
            left_out["starter cases are held against"] += 1
        elif is_kept_apart((*report.refs, report.url or ""), apart):
            left_out["kept for measuring"] += 1
        elif not lessons:
            left_out["nothing that can be learnt was decided"] += 1
        else:
            found += lessons
    return found, left_out


def _lessons(
    report: Report, stands: Sequence[JudgedFinding], incident: str, typology: Typology
) -> Iterator[Lesson]:
    """Yield what people's decisions on one report teach about each question."""
    decided = [each for each in stands if each.by not in ("", SETTLED) and each.state is not State.SUGGESTED]
    about = Lesson(report.id, incident, "", report.title, report.text)
    for question in LEARNT_HEADS:
        answers = [each for each in decided if each.finding.subject is question]
        right = [each for each in answers if _answer(each)]
        for each in (right or answers)[:1]:
            label, own = _answer(each), replace(about, analyst=each.by, question=question)
            yield replace(own, label=label) if label else replace(own, wrong=(each.finding.value,))
    codes = [each for each in decided if each.finding.subject is Subject.TYPOLOGY]
    right = [each for each in codes if each.state is State.ACCEPTED and each.finding.role == "primary"]
    if right and right[0].finding.value in typology:
        yield replace(about, analyst=right[0].by, label=right[0].finding.value)
    elif not right and (wrong := _wrong_codes(decided, typology)):
        yield replace(about, analyst=decided[0].by, wrong=wrong)


def _answer(decided: JudgedFinding) -> str:
    """Return the answer a decision leaves; empty where it only says what is wrong."""
    value = decided.finding.value
    return value if decided.state is State.ACCEPTED else OPPOSITE.get(value, "")


def _wrong_codes(decided: Sequence[JudgedFinding], typology: Typology) -> tuple[str, ...]:
    """Return the codes that people rejected or that their answers leave no room for; not all of them."""
    wrong = {
        each.finding.value
        for each in decided
        if each.finding.subject is Subject.TYPOLOGY and each.state is State.REJECTED
    }
    for each in decided:
        wrong |= ruled_out(each.finding.subject, _answer(each), typology.codes())
    known = [code for code in typology.codes() if code in wrong]
    return tuple(known) if len(known) < len(typology.codes()) else ()


def _of_gold(gold: Path | None) -> set[str]:
    """Return the ids and addresses of every row in the gold files of a folder."""
    found: set[str] = set()
    for kind in (golds.REPORTS, golds.TYPOLOGY) if gold else ():
        for path in golds.files(gold, kind) if gold else ():
            rows = golds.rows(path, ())
            for row in () if isinstance(rows, Skipped) else rows:
                found |= {f"aiid:{row.get('incident_id')}", str(row.get("url"))}
    return found


def guard_texts(gold: Path | None, typology: Typology) -> dict[str, list[Text]]:
    """Return a folder's gold incidents by name of their set."""
    found = {}
    for path in golds.files(gold, golds.TYPOLOGY) if gold else ():
        rows = golds.rows(path, ("title", "description", "primary"))
        if not isinstance(rows, Skipped):
            texts = [Text(row["title"], row["description"], row["primary"]) for row in rows]
            found[golds.label(path)] = [each for each in texts if each.code in typology]
    return found


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
    ) -> tuple[Models, Verdict]:
        """Return the shipped models with what the lessons add, and what that changes."""
        progress(f"step 2 of {STEPS}: reading the judged reports", 1, None)
        read = dict(zip((each.report for each in lessons), self._readings(lessons), strict=True))
        progress(f"step 3 of {STEPS}: reading the frozen cases", 2, None)
        frozen = self._unlike(bundled_cases(), list(read.values()))
        golds = {name: (texts, self._readings(texts)) for name, texts in against.items()}
        progress(f"step 4 of {STEPS}: learning, and comparing with the models in use", 3, None)
        verdict, heads = Verdict(), dict(self._base.heads)
        for question in QUESTIONS:
            own = [each for each in lessons if each.question is question]
            if len(own) >= NEEDED:
                guards = [self._frozen(question, frozen)]
                if question is Subject.TYPOLOGY:
                    guards += [self._guard(name, *gold) for name, gold in golds.items()]
                verdict += self._taught(own, [read[each.report] for each in own], guards, margin, heads)
        progress(f"step 5 of {STEPS}: making the release", 4, None)
        return replace(self._base, heads=heads, fingerprint=""), verdict

    def _taught(
        self,
        lessons: Sequence[Lesson],
        readings: Sequence[Reading],
        guards: Sequence[Guard],
        margin: float,
        heads: dict[str, Head],
    ) -> Verdict:
        """Put what lessons on one question add among the heads, and return what that changes."""
        question = lessons[0].question
        rows = self._prepared(readings, question)
        course = Course(rows, lessons)
        heads |= self._heads(course, readings)
        plain = [Reading(each.title, each.text) for each in readings]
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
        readings = self._readings([each.example for each in cases])
        judged = np.array([each.vector for each in read])
        near = np.array([each.vector for each in readings]) @ judged.T
        alike = near.max(axis=1) > ALIKE
        return [pair for pair, one in zip(zip(cases, readings, strict=True), alike, strict=True) if not one]

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
        rows, truth = self._prepared(readings, Subject.TYPOLOGY), tuple(each.code for each in texts)
        return Guard(name, rows, truth, tuple(self._leading(readings, rows, Subject.TYPOLOGY)))

    def _readings(self, texts: Sequence[Text | Lesson | Example]) -> list[Reading]:
        leads = [(each, passages(each.text)[0]) for each in texts]
        wordings = [f"{each.title}. {each.text[start:end]}" for each, (start, end) in leads]
        vectors = self._encoder.encode(wordings, "passage")
        return [Reading(each.title, each.text, row) for each, row in zip(texts, vectors, strict=True)]

    def _prepared(self, readings: Sequence[Reading], question: Subject) -> Prepared:
        return fit.prepare(self._base, self._typology, readings, question)

    def _leading(self, readings: Sequence[Reading], rows: Prepared, question: Subject) -> list[str]:
        """Return the likeliest answers by the models in use."""
        if self._present.fingerprint == self._base.fingerprint:
            return rows.leading()
        return fit.prepare(self._present, self._typology, readings, question).leading()
