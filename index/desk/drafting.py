"""What every decision has in common: the judgement it becomes, and what it must bring."""

from dataclasses import dataclass
from datetime import UTC, datetime

from collectors.errors import Stale, WrongUse
from enrichment.records import Finding
from index.records import Actor, Decision, Judgement

Recorded = str | float | tuple[str, ...] | Finding | None
"""What a judgement records beside the decision."""


@dataclass(frozen=True)
class Decided:
    """A judgement with the incidents whose derived fields it changes, and their state before it."""

    judgement: Judgement
    incidents: tuple[str, ...]
    before: str
    regroups: bool = False
    """Whether it takes back what was decided on which reports tell an incident."""


def drafted(decision: Decision, actor: Actor, **recorded: Recorded) -> Judgement:
    """Return the judgement that a decision becomes, not yet in the log."""
    said = {**decision.model_dump(), **recorded}
    now = datetime.now(UTC)
    return Judgement.model_validate(
        {**said, "id": "", "seq": 0, "by": actor.name, "role": actor.role, "at": now}
    )


def check_reason(decision: Decision) -> None:
    """Raise ``WrongUse`` where the person gave no reason."""
    if not decision.reason.strip():
        raise WrongUse(f"a {decision.verdict} needs a reason")


def check_seen(decision: Decision, now: int) -> None:
    """Raise ``Stale`` where there are more judgements now than the person had seen."""
    if decision.expected is not None and now > decision.expected:
        raise Stale(f"{decision.target} was decided, or a decision on it undone, after it was shown")
