"""What turned labels cost once the check of a release has spoken."""

from collections.abc import Sequence
from dataclasses import replace

from enrichment.evaluation.figure import Figure, mean
from enrichment.learning.check import judge
from enrichment.learning.course import Course
from enrichment.learning.lessons import Lesson
from enrichment.learning.poison import Trial

TURNED = 0.1
"""The share of all labels that one analyst turns."""
ATTACKS = {"a tenth turned by chance": "", "a tenth turned to X-02": "X-02"}
"""What each attack turns labels to; empty for any code by lot."""


def measure(trial: Trial) -> list[Figure]:
    """Return what judgements change, what each attack costs, whether it is refused, and what is left.

    A refused release never judges a report, so it costs nothing. The check is given no gold incident: it sees
    what it would see where there are none. That clean judgements pass it stands beside.
    """
    data = trial.guard.name
    found = trial.figures()
    costs = {each.name: each for each in found}
    clean = _refused(trial, trial.lessons(0))
    found.append(mean("poisoning: clean release refused", [clean], data))
    for name, code in ATTACKS.items():
        refused = _refused(trial, trial.lessons(TURNED, code))
        cost = costs[f"poisoning cost, {name}"]
        left = replace(cost, value=0.0, low=0.0, high=0.0) if refused else cost
        found.append(mean(f"poisoning: release refused, {name}", [refused], data))
        found.append(replace(left, name=f"poisoning cost let through, {name}"))
    return found


def _refused(trial: Trial, lessons: Sequence[Lesson]) -> bool:
    return bool(judge(Course(trial.rows, lessons), trial.rows.leading(), []).refused)
