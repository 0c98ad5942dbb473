"""Carrying out what a person decides; every function is part of its caller's transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, select

from collectors.errors import NotFound, Stale, WrongUse
from enrichment.records import Finding, Subject, finding_id, report_of
from enrichment.typology import Typology
from index import clusters, grouping, judgements, parts, reading, review, stating
from index.records import Actor, Decision, JudgedFinding, Judgement, State, Verdict
from index.tables import findings, judged

MOST = 25
"""Claims that may be decided in one go: as many as a person can look through."""
Recorded = str | float | tuple[str, ...] | Finding | None
"""What a judgement records beside the decision."""


@dataclass(frozen=True)
class Decided:
    """A judgement with the incidents whose derived fields it changes, and their state before it."""

    judgement: Judgement
    incidents: tuple[str, ...]
    before: str


def decide(connection: Connection, decision: Decision, actor: Actor, typology: Typology) -> Decided:
    """Carry out a decision and add it to the log.

    Raises ``NotFound`` for an unknown target, ``Stale`` where somebody decided after what the person had
    seen, and ``WrongUse`` where the decision lacks something or makes no sense.
    """
    kinds: dict[Verdict, Callable[[Connection, Decision, Actor], Decided]] = {
        Verdict.MERGE: _merge,
        Verdict.SPLIT: _split,
        Verdict.UNDO: _undo,
    }
    if decision.verdict in kinds:
        return kinds[decision.verdict](connection, decision, actor)
    if decision.verdict is Verdict.ADD:
        return _add(connection, decision, actor, typology)
    return _about_finding(connection, decision, actor, typology)


def check_alike(decisions: Sequence[Decision]) -> None:
    """Raise ``WrongUse`` unless these may be decided in one go: a few claims accepted, rejected or undone."""
    if not 0 < len(decisions) <= MOST:
        raise WrongUse(f"one to {MOST} claims are decided in one go; these are {len(decisions)}")
    verdicts = {decision.verdict for decision in decisions}
    if len(verdicts) > 1 or not verdicts <= {Verdict.ACCEPT, Verdict.REJECT, Verdict.UNDO}:
        raise WrongUse("in one go claims are all accepted, all rejected or all taken back")


def history(connection: Connection, incident: str) -> list[Judgement]:
    """Return every judgement about a live incident, its reports or their findings, oldest first."""
    return judgements.of_reports(connection, grouping.members(connection, [incident])[incident])


def _about_finding(connection: Connection, decision: Decision, actor: Actor, typology: Typology) -> Decided:
    report = _report_of(connection, decision.target)
    stands = {each.finding.id: each for each in reading.judged_findings(connection, [report])[report]}
    if decision.target not in stands:
        raise NotFound(f"no finding {decision.target}")
    target = stands[decision.target]
    _check_seen(decision, judgements.count(connection, decision.target))
    objects = {decision.target: report}
    if target.finding.subject is Subject.EVENTS:
        return _divide(connection, decision, actor, target, objects)
    said: dict[str, Recorded] = {"origin": target.finding.origin}
    if decision.verdict is Verdict.RELABEL:
        if target.state is State.ACCEPTED:
            _check_reason(decision)
        said |= _right(connection, decision, actor, target.finding, typology)
        objects[finding_id(report, target.finding.subject, str(said["value"]))] = report
    if review.leading(list(stands.values())) == decision.target:
        said["score"] = target.finding.score
    judgement = judgements.append(connection, _drafted(decision, actor, **said), objects)
    touched = grouping.of_reports(connection, [report])[report]
    return Decided(judgement, tuple(touched), f"{target.state} {target.finding.value}")


def _right(
    connection: Connection, decision: Decision, actor: Actor, wrong: Finding, typology: Typology
) -> dict[str, Recorded]:
    """Return the right value of a finding and, of a fact or a code on other words, the finding it makes."""
    value = stating.checked(wrong.subject, decision.value, typology)
    if value == wrong.value and decision.words is None:
        raise WrongUse("the finding already says this")
    if wrong.subject is Subject.TYPOLOGY and decision.words is None:
        return {"value": value}
    report = reading.reports_by_id(connection, [wrong.report])[wrong.report]
    stated = stating.stated(report, wrong.subject, value, decision.words, actor.name, wrong)
    if not stated.quote:
        _check_reason(decision)
    return {"value": value, "stated": stated}


def _add(connection: Connection, decision: Decision, actor: Actor, typology: Typology) -> Decided:
    """Let a person state what no machine found in a report."""
    report = reading.reports_by_id(connection, [decision.target]).get(decision.target)
    if report is None:
        raise NotFound(f"no report {decision.target}")
    if decision.subject not in stating.STATED:
        raise WrongUse("say what kind of fact it is")
    value = stating.checked(decision.subject, decision.value, typology)
    stated = stating.stated(report, decision.subject, value, decision.words, actor.name)
    if not stated.quote:
        _check_reason(decision)
    _check_missed(stated, reading.judged_findings(connection, [report.id])[report.id])
    draft = _drafted(decision, actor, value=value, stated=stated)
    judgement = judgements.append(connection, draft, {stated.id: report.id})
    touched = grouping.of_reports(connection, [report.id])[report.id]
    return Decided(judgement, tuple(touched), "")


def _divide(
    connection: Connection, decision: Decision, actor: Actor, target: JudgedFinding, objects: dict[str, str]
) -> Decided:
    """Let the passages of a report tell incidents of their own, or keep it whole."""
    before, report = f"{target.state} {target.finding.value}", target.finding.report
    if target.state is State.ACCEPTED or decision.verdict is Verdict.RELABEL:
        raise WrongUse("a report that is divided is put together by taking that judgement back")
    if decision.verdict is Verdict.REJECT:
        judgement = judgements.append(connection, _drafted(decision, actor), objects)
        return Decided(judgement, tuple(grouping.of_reports(connection, [report])[report]), before)
    homes, home, beside = parts.divide(connection, target.finding)
    draft = _drafted(decision, actor, value=home, members=tuple(homes), rest=beside)
    judgement = judgements.append(
        connection, draft, {**objects, report: report, **dict.fromkeys(homes, report)}
    )
    return Decided(judgement, tuple(dict.fromkeys([home, *homes.values()])), before)


def _merge(connection: Connection, decision: Decision, actor: Actor) -> Decided:
    target, into = _live(connection, decision.target), _live(connection, decision.value)
    if target == into:
        raise WrongUse("an incident cannot be merged into itself")
    _check_reason(decision)
    _check_seen(decision, len(history(connection, target)))
    held = grouping.units(connection, [target, into])
    whole = dict.fromkeys([*held[into], *held[target]])
    grouping.retire(connection, target, into)
    grouping.place(connection, {into: whole})
    draft = _drafted(decision, actor, members=tuple(held[target]), rest=tuple(held[into]))
    judgement = judgements.append(connection, draft, {unit: report_of(unit) for unit in whole})
    return Decided(judgement, (into, target), f"{len(held[target])} and {len(held[into])} reports")


def _split(connection: Connection, decision: Decision, actor: Actor) -> Decided:
    target = _live(connection, decision.target)
    _check_reason(decision)
    held = grouping.units(connection, [target])[target]
    leaving = [unit for unit in held if unit in decision.members or report_of(unit) in decision.members]
    if not {*leaving, *map(report_of, leaving)}.issuperset(decision.members):
        raise Stale("some of these reports are no longer in the incident")
    if not leaving or len(leaving) == len(held):
        raise WrongUse("a split takes some of an incident's reports, not none and not all")
    _check_seen(decision, len(history(connection, target)))
    new = clusters.name(grouping.live(connection), leaving)
    rest = [unit for unit in held if unit not in leaving]
    grouping.place(connection, {target: rest, new: leaving})
    draft = _drafted(decision, actor, value=new, members=tuple(leaving), rest=tuple(rest))
    judgement = judgements.append(connection, draft, {unit: report_of(unit) for unit in held})
    return Decided(judgement, (target, new), f"{len(held)} reports")


def _undo(connection: Connection, decision: Decision, actor: Actor) -> Decided:
    taken_back = judgements.by_id(connection, decision.target)
    if taken_back is None:
        raise NotFound(f"no judgement {decision.target}")
    if taken_back.verdict is Verdict.UNDO:
        raise WrongUse("an undo is not undone; decide again instead")
    objects = judgements.objects(connection, taken_back.seq)
    _check_newest(judgements.touching(connection, objects), taken_back)
    touched = _put_back(connection, taken_back)
    if not touched:
        told = grouping.of_reports(connection, set(objects.values())).values()
        touched = tuple(dict.fromkeys(incident for incidents in told for incident in incidents))
    judgement = judgements.append(connection, _drafted(decision, actor), objects)
    return Decided(judgement, touched, f"{taken_back.verdict} by {taken_back.by}")


def _put_back(connection: Connection, judgement: Judgement) -> tuple[str, ...]:
    """Undo a merge, split or division, keeping what machines added since; return the incidents it changed."""
    if judgement.verdict is Verdict.MERGE:
        host = grouping.resolve(connection, judgement.value)
        back = judgement.target
        held = grouping.units(connection, [host, back])
        brought = set(judgement.members) - set(judgement.rest)
        kept = [report for report in held[host] if report not in brought]
        grouping.place(connection, {host: kept, back: dict.fromkeys([*judgement.members, *held[back]])})
        return host, back
    if parts.is_division(judgement):
        return parts.rejoin(connection, judgement)
    if judgement.verdict is Verdict.SPLIT:
        host, new = (grouping.resolve(connection, key) for key in (judgement.target, judgement.value))
        if host == new:
            return (host,)
        held = grouping.units(connection, [host, new])
        grouping.retire(connection, new, host)
        grouping.place(connection, {host: dict.fromkeys([*held[host], *held[new]])})
        return host, new
    return ()


def _drafted(decision: Decision, actor: Actor, **recorded: Recorded) -> Judgement:
    said = {**decision.model_dump(), **recorded}
    now = datetime.now(UTC)
    return Judgement.model_validate(
        {**said, "id": "", "seq": 0, "by": actor.name, "role": actor.role, "at": now}
    )


def _report_of(connection: Connection, finding: str) -> str:
    stored = connection.execute(select(findings.c.report).where(findings.c.id == finding)).scalar()
    if stored is None:  # a person's own code is in the log only
        stored = connection.execute(select(judged.c.report).where(judged.c.object == finding)).scalar()
    if stored is None:
        raise NotFound(f"no finding {finding}")
    return str(stored)


def _live(connection: Connection, incident: str) -> str:
    current = grouping.resolve(connection, incident)
    if current != incident:
        raise Stale(f"incident {incident} was merged into {current}")
    return current


def _check_missed(stated: Finding, stands: list[JudgedFinding]) -> None:
    """Raise ``WrongUse`` where a report is already said to state this, or what only one value can be of."""
    for each in stands:
        if each.finding.subject is not stated.subject or each.state is State.REJECTED:
            continue
        if each.finding.id == stated.id and each.finding.role != "sibling":
            raise WrongUse("this is claimed of the report already; accept or correct that claim")
        if stated.subject in stating.SINGLE:
            raise WrongUse("the report has a claim of this kind, and can have one only; correct that claim")


def _check_reason(decision: Decision) -> None:
    if not decision.reason.strip():
        raise WrongUse(f"a {decision.verdict} needs a reason")


def _check_seen(decision: Decision, now: int) -> None:
    if decision.expected is not None and now > decision.expected:
        raise Stale(f"{now - decision.expected} judgements were made on {decision.target} since it was shown")


def _check_newest(log: list[Judgement], judgement: Judgement) -> None:
    marked = {each.id: each for each in log}
    if marked[judgement.id].undone:
        raise Stale("this judgement was already taken back")
    later = [each for each in judgements.standing(log) if each.seq > judgement.seq]
    if later:
        newest = later[-1]
        raise Stale(
            f"{newest.by} later decided {newest.verdict} on the same; take judgement {newest.id} back first"
        )
