"""Whether a release may be accepted: what it changes on frozen data and on unseen judgements, and by whom."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from enrichment.evaluation.calibration import calibration_error
from enrichment.evaluation.figure import Figure, figure
from enrichment.judging.linear import softmax, tempered
from enrichment.learning.course import Course
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


@dataclass(frozen=True)
class Compared:
    """The share of right answers before and after, and the change with its 95 % interval."""

    name: str
    n: int
    before: float
    after: float
    change: float
    low: float
    high: float
    error: float | None
    """Expected calibration error after; None where the scores are of several models."""
    shipped: float | None = None
    """Share of right answers by the shipped models; None where it was not measured."""
    question: Subject = Subject.TYPOLOGY


@dataclass(frozen=True)
class Part:
    """One analyst's part in a release."""

    analyst: str
    lessons: int
    agreement: float | None
    """Share of the analyst's labels that a release learnt without them would give; None without labels."""
    others: float | None
    """The same over all other analysts' labels, which that release has learnt."""
    gain: float
    """Worst change of any guard that the analyst's lessons bring."""
    question: Subject = Subject.TYPOLOGY


@dataclass(frozen=True)
class Taught:
    """How much there is to learn about one question, and how much of it others bear out."""

    question: Subject
    lessons: int
    strength: float
    """What the lessons count against the shipped models; 0 where they teach nothing that others bear out."""


@dataclass(frozen=True)
class Verdict:
    """All that is known of a release before a person accepts it."""

    guards: tuple[Compared, ...] = ()
    unseen: tuple[Compared, ...] = ()
    """On the judgements themselves, each by a release that has not seen its incident."""
    parts: tuple[Part, ...] = ()
    refused: tuple[str, ...] = ()
    """Why it may not be accepted; empty where it may."""
    taught: tuple[Taught, ...] = ()

    def __add__(self, other: "Verdict") -> "Verdict":
        """Return what is known of a release that learns about two questions."""
        return Verdict(
            self.guards + other.guards,
            self.unseen + other.unseen,
            self.parts + other.parts,
            self.refused + other.refused,
            self.taught + other.taught,
        )


def judge(
    course: Course,
    present: Sequence[str],
    guards: Sequence[Guard],
    margin: float = MARGIN,
) -> Verdict:
    """Return what a step learnt from all lessons changes; ``present`` are answers by the models in use."""
    whole, question = course.step(), course.lessons[0].question
    compared = tuple(replace(_compare(guard, whole), question=question) for guard in guards)
    analysts = sorted({each.analyst for each in course.lessons})
    parts = tuple(replace(_part(name, course, guards, whole), question=question) for name in analysts)
    refused = [reason for each in compared for reason in _losses(each, margin)]
    refused += [
        f"the lessons of {part.analyst} alone cost {-part.gain:.3f} on frozen data, more than {margin:g}"
        for part in parts
        if part.gain < -margin - 1e-9
    ]
    refused += _at_odds(parts)
    about = "" if question is Subject.TYPOLOGY else f"{question.replace('_', ' ')}: "
    unseen = _unseen(course, present)
    return Verdict(
        compared,
        () if unseen is None else (replace(unseen, question=question),),
        parts,
        tuple(f"{about}{reason}" for reason in refused),
        (Taught(question, len(course.lessons), course.strength),),
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


def _at_odds(parts: Sequence[Part]) -> list[str]:
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


def _compare(guard: Guard, whole: Floats) -> Compared:
    before, after = (_right(guard.truth, given) for given in (guard.present, guard.rows.leading(whole)))
    said = softmax(guard.rows.prior + guard.rows.rows @ whole)
    surest = tempered(said, guard.rows.surety).max(axis=1)
    error = calibration_error("", surest.tolist(), [bool(each) for each in after], guard.name)
    shipped = _right(guard.truth, guard.rows.leading())
    return replace(_compared(guard.name, before, after, error.value), shipped=float(shipped.mean()))


def _compared(
    name: str, before: NDArray[np.float64], after: NDArray[np.float64], error: float | None
) -> Compared:
    gained = after - before
    change: Figure = figure("", len(gained), name, lambda rows: float(gained[rows].mean()))
    means = float(before.mean()), float(after.mean())
    return Compared(name, len(gained), *means, change.value, change.low, change.high, error)


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
    return _compared("judgements, each unseen", before, after, None)


def _part(name: str, course: Course, guards: Sequence[Guard], whole: Floats) -> Part:
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
    return Part(
        name,
        int(own.sum()),
        _mean(agreed[own & labelled]),
        _mean(agreed[~own & labelled]),
        min(costs, default=0.0),
    )


def _mean(values: NDArray[np.float64]) -> float | None:
    return float(values.mean()) if len(values) else None
