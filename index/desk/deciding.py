"""Carrying out what a person decides; every function is part of its caller's transaction."""

from collections.abc import Sequence

from sqlalchemy import Connection

from collectors.errors import NotFound, Stale, WrongUse
from enrichment.typology import Typology
from index.desk import claims, judgements, merging
from index.desk.drafting import Decided, drafted
from index.grouping import members
from index.records import Actor, Decision, Judgement, Verdict

MOST = 25
"""Claims that may be decided in one go: as many as a person can look through."""


def decide(connection: Connection, decision: Decision, actor: Actor, typology: Typology) -> Decided:
    """Carry out a decision and add it to the log.

    Raises ``NotFound`` for an unknown target, ``Stale`` where somebody decided after what the person had
    seen, and ``WrongUse`` where the decision lacks something or makes no sense.
    """
    match decision.verdict:
        case Verdict.MERGE:
            return merging.merge(connection, decision, actor)
        case Verdict.SPLIT:
            return merging.split(connection, decision, actor)
        case Verdict.UNDO:
            return _undo(connection, decision, actor)
        case Verdict.ADD:
            return claims.add(connection, decision, actor, typology)
        case _:
            return claims.decide(connection, decision, actor, typology)


def check_alike(decisions: Sequence[Decision]) -> None:
    """Raise ``WrongUse`` unless these may be decided in one go: a few claims accepted, rejected or undone."""
    if not 0 < len(decisions) <= MOST:
        raise WrongUse(f"one to {MOST} claims are decided in one go; these are {len(decisions)}")
    verdicts = {decision.verdict for decision in decisions}
    if len(verdicts) > 1 or not verdicts <= {Verdict.ACCEPT, Verdict.REJECT, Verdict.UNDO}:
        raise WrongUse("in one go claims are all accepted, all rejected or all taken back")


def _undo(connection: Connection, decision: Decision, actor: Actor) -> Decided:
    taken_back = judgements.by_id(connection, decision.target)
    if taken_back is None:
        raise NotFound(f"no judgement {decision.target}")
    if taken_back.verdict is Verdict.UNDO:
        raise WrongUse("an undo is not undone; decide again instead")
    objects = judgements.objects(connection, taken_back.seq)
    _check_newest(judgements.touching(connection, objects), taken_back)
    touched = merging.put_back(connection, taken_back)
    if not touched:
        told = members.of_reports(connection, set(objects.values())).values()
        touched = tuple(dict.fromkeys(incident for incidents in told for incident in incidents))
    judgement = judgements.append(connection, drafted(decision, actor), objects)
    before = f"{taken_back.verdict} by {taken_back.by}"
    return Decided(judgement, touched, before, regroups=merging.is_grouping(taken_back))


def _check_newest(log: list[Judgement], judgement: Judgement) -> None:
    marked = {each.id: each for each in log}
    if marked[judgement.id].undone:
        raise Stale("this judgement was already taken back")
    later = [each for each in judgements.standing_judgements(log) if each.seq > judgement.seq]
    if later:
        newest = later[-1]
        raise Stale(
            f"{newest.by} later decided {newest.verdict} on the same; take judgement {newest.id} back first"
        )
