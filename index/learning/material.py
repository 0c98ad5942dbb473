"""The lessons a release learns and the texts that guard it: judgements, gold files and starter cases."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import select

from collectors.records import Report
from collectors.sets.starter_cases import bundled
from enrichment.classify import LEARNT
from enrichment.embedder import Embedder
from enrichment.evaluation import gold as golds
from enrichment.evaluation.gold import Skipped
from enrichment.judging.linear import Models
from enrichment.judging.reading import Reading
from enrichment.learning import check, fit
from enrichment.learning.check import Guard, Verdict
from enrichment.learning.course import Course
from enrichment.learning.fit import Prepared
from enrichment.learning.lessons import Lesson, is_kept_apart
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
STARTER = "starter cases (the shipped models know them: only a fall tells)"
"""The one guard where no gold sets are given: it shows what is unlearnt, not how new cases fare."""


@dataclass(frozen=True)
class Text:
    """A text with a known primary code."""

    title: str
    text: str
    code: str


def gather(store: Store, gold: Path | None) -> tuple[list[Lesson], Counter[str]]:
    """Return a lesson for every report whose primary code a person decided, and why others teach nothing."""
    apart = _of_gold(gold)
    left_out: Counter[str] = Counter()
    found = []
    with store.reading() as connection:
        ids = sorted(connection.execute(select(judged.c.report).distinct()).scalars())
        reports = reading.reports_by_id(connection, ids)
        stands = reading.judged_findings(connection, list(reports))
        told = members.of_reports(connection, list(reports))
    for key, report in reports.items():
        lesson = _lesson(report, stands[key], (told.get(key) or [key])[0])
        if report.source == SETTLED:
            left_out["starter cases are held against"] += 1
        elif is_kept_apart((*report.refs, report.url or ""), apart):
            left_out["kept for measuring"] += 1
        elif lesson is None:
            left_out["no primary code was decided"] += 1
        else:
            found.append(lesson)
    return found, left_out


def _lesson(report: Report, stands: Sequence[JudgedFinding], incident: str) -> Lesson | None:
    codes = [
        each for each in stands if each.finding.subject is Subject.TYPOLOGY and each.by not in ("", SETTLED)
    ]
    right = [each for each in codes if each.state is State.ACCEPTED and each.finding.role == "primary"]
    wrong = [each for each in codes if each.state is State.REJECTED and each.finding.role == "primary"]
    for each in [*right, *wrong][:1]:
        label, refused = (each.finding.value, "") if right else ("", each.finding.value)
        return Lesson(report.id, incident, each.by, report.title, report.text, label, refused)
    return None


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
    """Return the guarding texts by name of their set: the starter cases, and a folder's gold incidents."""
    found = {STARTER: list(_starters())}
    for path in golds.files(gold, golds.TYPOLOGY) if gold else ():
        rows = golds.rows(path, ("title", "description", "primary"))
        if not isinstance(rows, Skipped):
            texts = [Text(row["title"], row["description"], row["primary"]) for row in rows]
            found[golds.label(path)] = [each for each in texts if each.code in typology]
    return found


def _starters() -> Iterator[Text]:
    for line in bundled().decode().splitlines():
        case = json.loads(line)
        yield Text(case["title"], case["summary"], case["typologies"]["primary"])


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
        readings = self._readings([Text(each.title, each.text, each.label) for each in lessons])
        rows = self._prepared(readings)
        present = self._leading(readings, rows)
        course = Course(rows, lessons)
        progress(f"step 3 of {STEPS}: reading the frozen cases", 2, None)
        guards = [self._guard(name, texts) for name, texts in against.items()]
        progress(f"step 4 of {STEPS}: learning, and comparing with the models in use", 3, None)
        verdict = check.judge(course, present, guards, margin)
        progress(f"step 5 of {STEPS}: making the release", 4, None)
        plain = Course(self._prepared([Reading(each.title, each.text) for each in readings]), lessons)
        heads = {
            LEARNT: fit.head(self._base, rows.codes, course.step(), dense=True),
            f"{LEARNT}-words": fit.head(self._base, rows.codes, plain.step(), dense=False),
        }
        return replace(self._base, heads={**self._base.heads, **heads}, fingerprint=""), verdict

    def _guard(self, name: str, texts: Sequence[Text]) -> Guard:
        readings = self._readings(texts)
        rows, truth = self._prepared(readings), tuple(each.code for each in texts)
        return Guard(name, rows, truth, tuple(self._leading(readings, rows)))

    def _readings(self, texts: Sequence[Text]) -> list[Reading]:
        leads = [(each, passages(each.text)[0]) for each in texts]
        wordings = [f"{each.title}. {each.text[start:end]}" for each, (start, end) in leads]
        vectors = self._encoder.encode(wordings, "passage")
        return [Reading(each.title, each.text, row) for each, row in zip(texts, vectors, strict=True)]

    def _prepared(self, readings: Sequence[Reading]) -> Prepared:
        return fit.prepare(self._base, self._typology, readings)

    def _leading(self, readings: Sequence[Reading], rows: Prepared) -> list[str]:
        """Return the likeliest codes by the models in use."""
        if self._present.fingerprint == self._base.fingerprint:
            return rows.leading()
        return fit.prepare(self._present, self._typology, readings).leading()
