"""Carrying out which reports tell one incident; every function is part of its caller's transaction."""

from sqlalchemy import Connection

from collectors.errors import Stale, WrongUse
from enrichment.records import report_of
from index.desk import judgements
from index.desk.drafting import Decided, check_reason, check_seen, drafted
from index.grouping import clusters, members, parts
from index.records import Actor, Decision, Judgement, Verdict


def history(connection: Connection, incident: str) -> list[Judgement]:
    """Return every judgement about a live incident, its reports or their findings, oldest first."""
    return judgements.of_reports(connection, members.members(connection, [incident])[incident])


def merge(connection: Connection, decision: Decision, actor: Actor) -> Decided:
    """Let all reports of one incident tell another, to which its id then leads."""
    target, into = _live(connection, decision.target), _live(connection, decision.value)
    if target == into:
        raise WrongUse("an incident cannot be merged into itself")
    check_reason(decision)
    check_seen(decision, len(history(connection, target)))
    held = members.units(connection, [target, into])
    whole = dict.fromkeys([*held[into], *held[target]])
    members.retire(connection, target, into)
    members.place(connection, {into: whole})
    draft = drafted(decision, actor, members=tuple(held[target]), rest=tuple(held[into]))
    judgement = judgements.append(connection, draft, {unit: report_of(unit) for unit in whole})
    return Decided(judgement, (into, target), f"{len(held[target])} and {len(held[into])} reports")


def split(connection: Connection, decision: Decision, actor: Actor) -> Decided:
    """Let some reports of an incident tell one of their own."""
    target = _live(connection, decision.target)
    check_reason(decision)
    held = members.units(connection, [target])[target]
    leaving = [unit for unit in held if unit in decision.members or report_of(unit) in decision.members]
    if not {*leaving, *map(report_of, leaving)}.issuperset(decision.members):
        raise Stale("some of these reports are no longer in the incident")
    if not leaving or len(leaving) == len(held):
        raise WrongUse("a split takes some of an incident's reports, not none and not all")
    check_seen(decision, len(history(connection, target)))
    new = clusters.name(members.live(connection), leaving)
    rest = [unit for unit in held if unit not in leaving]
    members.place(connection, {target: rest, new: leaving})
    draft = drafted(decision, actor, value=new, members=tuple(leaving), rest=tuple(rest))
    judgement = judgements.append(connection, draft, {unit: report_of(unit) for unit in held})
    return Decided(judgement, (target, new), f"{len(held)} reports")


def is_grouping(judgement: Judgement) -> bool:
    """Whether a judgement decided which reports tell an incident: a merge, a split or a division."""
    return judgement.verdict in (Verdict.MERGE, Verdict.SPLIT) or parts.is_division(judgement)


def put_back(connection: Connection, judgement: Judgement) -> tuple[str, ...]:
    """Undo a merge, split or division, keeping what machines added since; return the incidents it changed."""
    if judgement.verdict is Verdict.MERGE:
        host = members.resolve(connection, judgement.value)
        back = judgement.target
        held = members.units(connection, [host, back])
        brought = set(judgement.members) - set(judgement.rest)
        kept = [report for report in held[host] if report not in brought]
        members.place(connection, {host: kept, back: dict.fromkeys([*judgement.members, *held[back]])})
        return host, back
    if parts.is_division(judgement):
        return parts.rejoin(connection, judgement)
    if judgement.verdict is Verdict.SPLIT:
        host, new = (members.resolve(connection, key) for key in (judgement.target, judgement.value))
        if host == new:
            return (host,)
        held = members.units(connection, [host, new])
        members.retire(connection, new, host)
        members.place(connection, {host: dict.fromkeys([*held[host], *held[new]])})
        return host, new
    return ()


def _live(connection: Connection, incident: str) -> str:
    current = members.resolve(connection, incident)
    if current != incident:
        raise Stale(f"incident {incident} was merged into {current}")
    return current
