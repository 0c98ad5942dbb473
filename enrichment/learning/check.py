"""Whether a release may be accepted: what it changes on frozen data and on unseen judgements, and by whom."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from enrichment.evaluation.calibration import calibration_error
from enrichment.evaluation.figure import Figure, figure
from enrichment.judging.linear import softmax, tempered
from enrichment.learning.course import Course
from enrichment.learning.figures import AnalystPart, Compared, ReleaseFigures, Taught
from enrichment.learning.fit import Floats, Prepared
from enrichment.learning.lessons import MARGIN
from enrichment.records import Subject

ODDS = 0.1
"""An analyst's labels are at odds where they agree less than others' by this much and by three deviations."""


@dataclass(frozen=True)
class Guard:
    """Texts with known answers that no release learns from, and what the models in use say of them."""

    name: str
    rows: Prepared
    truth: tuple[str, ...]
    present: tuple[str, ...]
    """The likeliest answers by the models in use."""


def judge(
    course: Course,
    present: Sequence[str],
    guards: Sequence[Guard],
    margin: float = MARGIN,
) -> ReleaseFigures:
    """Return what a step learnt from all lessons changes; ``present`` are answers by the models in use."""
    whole, question = course.step(), course.lessons[0].question
    compared = tuple(_compare(guard, whole, question) for guard in guards)
    analysts = sorted({each.analyst for each in course.lessons})
    parts = tuple(_part(name, course, guards, whole) for name in analysts)
    refused = [reason for each in compared for reason in _losses(each, margin)]
    refused += [
        f"the lessons of {part.analyst} alone cost {-part.gain:.3f} on frozen data, more than {margin:g}"
        for part in parts
        if part.gain < -margin - 1e-9
    ]
    refused += _at_odds(parts)
    about = "" if question is Subject.TYPOLOGY else f"{question.replace('_', ' ')}: "
    unseen = _unseen(course, present)
    return ReleaseFigures(
        guards=compared,
        unseen=() if unseen is None else (unseen,),
        parts=parts,
        refused=tuple(f"{about}{reason}" for reason in refused),
        taught=(Taught(question=question, lessons=len(course.lessons), strength=course.strength),),
    )


def _losses(compared: Compared, margin: float) -> Iterator[str]:
    """Yield what a release loses against the models in use, and what all releases together have lost."""
    if compared.change < -margin - 1e-9:
        yield (
            f"on {compared.name} the share of right answers falls by {-compared.change:.3f}, "
            f"more than {margin:g}"
        )
    if compared.shipped is not None and compared.after < compared.shipped - margin - 1e-9:
        yield (
            f"on {compared.name} the share of right answers is {compared.shipped - compared.after:.3f} below "
            f"that of the shipped models, more than {margin:g}"
        )


def _at_odds(parts: Sequence[AnalystPart]) -> list[str]:
    """Say whose labels agree far less with what is learnt without them than other analysts' labels do."""
    found = []
    for part in parts:
        others = [each for each in parts if each is not part and each.agreement is not None]
        told = sum(each.lessons for each in others)
        if part.agreement is None or not told:
            continue
        usual = sum(each.lessons * (each.agreement or 0.0) for each in others) / told
        spread = max(ODDS, 3 * float(np.sqrt(usual * (1 - usual) / part.lessons)))
        if part.agreement < usual - spread:
            found.append(
                f"the labels of {part.analyst} agree with the rest in {part.agreement:.0%}, "
                f"others' in {usual:.0%}: look at them first"
            )
    return found


def _compare(guard: Guard, whole: Floats, question: Subject) -> Compared:
    before, after = (_right(guard.truth, given) for given in (guard.present, guard.rows.leading(whole)))
    said = softmax(guard.rows.prior + guard.rows.rows @ whole)
    surest = tempered(said, guard.rows.surety).max(axis=1)
    error = calibration_error("", surest.tolist(), [bool(each) for each in after], guard.name)
    shipped = _right(guard.truth, guard.rows.leading())
    compared = _compared(guard.name, before, after, question)
    return compared.model_copy(update={"error": error.value, "shipped": float(shipped.mean())})


def _compared(
    name: str, before: NDArray[np.float64], after: NDArray[np.float64], question: Subject
) -> Compared:
    gained = after - before
    change: Figure = figure("", len(gained), name, lambda rows: float(gained[rows].mean()))
    return Compared(
        name=name,
        n=len(gained),
        before=float(before.mean()),
        after=float(after.mean()),
        change=change.value,
        low=change.low,
        high=change.high,
        question=question,
    )


def _right(truth: Sequence[str], given: Sequence[str]) -> NDArray[np.float64]:
    return np.array([one == other for one, other in zip(truth, given, strict=True)], dtype=np.float64)


def _unseen(course: Course, present: Sequence[str]) -> Compared | None:
    """Compare on the judgements, each incident by a release that has not seen it."""
    folds = course.folds
    labelled = np.array([bool(each.label) for each in course.lessons])
    if not labelled.any() or len(set(folds.tolist())) == 1:
        return None
    given = np.array(present, dtype=object)
    for fold in sorted(set(folds.tolist())):
        inside = np.flatnonzero(folds == fold)
        given[inside] = course.rows.some(inside).leading(course.step(np.flatnonzero(folds != fold)))
    truth = [each.label for each in course.lessons if each.label]
    before, after = (
        _right(truth, np.array(codes, dtype=object)[labelled].tolist()) for codes in (present, given)
    )
    return _compared("judgements, each unseen", before, after, course.lessons[0].question)


def _part(name: str, course: Course, guards: Sequence[Guard], whole: Floats) -> AnalystPart:
    lessons = course.lessons
    own = np.array([each.analyst == name for each in lessons])
    without = course.step(np.flatnonzero(~own))
    given = course.rows.leading(without)
    agreed = _right([each.label or code for each, code in zip(lessons, given, strict=True)], given)
    labelled = np.array([bool(each.label) for each in lessons])
    costs = [
        float(
            (
                _right(guard.truth, guard.rows.leading(whole))
                - _right(guard.truth, guard.rows.leading(without))
            ).mean()
        )
        for guard in guards
    ]
    return AnalystPart(
        analyst=name,
        lessons=int(own.sum()),
        agreement=_mean(agreed[own & labelled]),
        others=_mean(agreed[~own & labelled]),
        gain=min(costs, default=0.0),
        question=course.lessons[0].question,
    )


def _mean(values: NDArray[np.float64]) -> float | None:
    return float(values.mean()) if len(values) else None
