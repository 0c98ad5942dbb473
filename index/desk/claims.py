"""Carrying out what a person decides of a claim; every function is part of its caller's transaction."""

from sqlalchemy import Connection, select

from collectors.errors import NotFound, WrongUse
from enrichment.records import Finding, Subject, finding_id
from enrichment.typology import Typology
from index.desk import judgements, stating, weighing
from index.desk.drafting import Decided, Recorded, check_reason, check_seen, drafted
from index.grouping import members, parts
from index.records import Actor, Decision, JudgedFinding, State, Verdict
from index.rows import reading
from index.tables import findings, judged


def decide(connection: Connection, decision: Decision, actor: Actor, typology: Typology) -> Decided:
    """Accept, reject or correct a claim, or divide the report of one that says it tells several incidents."""
    report = _report_of(connection, decision.target)
    stands = {each.finding.id: each for each in reading.judged_findings(connection, [report])[report]}
    if decision.target not in stands:
        raise NotFound(f"no finding {decision.target}")
    target = stands[decision.target]
    check_seen(decision, judgements.count(connection, decision.target))
    objects = {decision.target: report}
    if target.finding.subject is Subject.EVENTS:
        return _divide(connection, decision, actor, target, objects)
    said: dict[str, Recorded] = {"origin": target.finding.origin}
    if decision.verdict is Verdict.RELABEL:
        if target.state is State.ACCEPTED:
            check_reason(decision)
        said |= _right(connection, decision, actor, target.finding, typology)
        objects[finding_id(report, target.finding.subject, str(said["value"]))] = report
    if weighing.leading(list(stands.values())) == decision.target:
        said["score"] = target.finding.score
    judgement = judgements.append(connection, drafted(decision, actor, **said), objects)
    touched = members.of_reports(connection, [report])[report]
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
        check_reason(decision)
    return {"value": value, "stated": stated}


def add(connection: Connection, decision: Decision, actor: Actor, typology: Typology) -> Decided:
    """Let a person state what no machine found in a report."""
    report = reading.reports_by_id(connection, [decision.target]).get(decision.target)
    if report is None:
        raise NotFound(f"no report {decision.target}")
    if decision.subject not in stating.STATED:
        raise WrongUse("say what kind of fact it is")
    value = stating.checked(decision.subject, decision.value, typology)
    stated = stating.stated(report, decision.subject, value, decision.words, actor.name)
    if not stated.quote:
        check_reason(decision)
    _check_missed(stated, reading.judged_findings(connection, [report.id])[report.id])
    draft = drafted(decision, actor, value=value, stated=stated)
    judgement = judgements.append(connection, draft, {stated.id: report.id})
    touched = members.of_reports(connection, [report.id])[report.id]
    return Decided(judgement, tuple(touched), "")


def _divide(
    connection: Connection, decision: Decision, actor: Actor, target: JudgedFinding, objects: dict[str, str]
) -> Decided:
    """Let the passages of a report tell incidents of their own, or keep it whole."""
    before, report = f"{target.state} {target.finding.value}", target.finding.report
    if target.state is State.ACCEPTED or decision.verdict is Verdict.RELABEL:
        raise WrongUse("a report that is divided is put together by taking that judgement back")
    if decision.verdict is Verdict.REJECT:
        judgement = judgements.append(connection, drafted(decision, actor), objects)
        return Decided(judgement, tuple(members.of_reports(connection, [report])[report]), before)
    homes, home, beside = parts.divide(connection, target.finding)
    draft = drafted(decision, actor, value=home, members=tuple(homes), rest=beside)
    judgement = judgements.append(
        connection, draft, {**objects, report: report, **dict.fromkeys(homes, report)}
    )
    return Decided(judgement, tuple(dict.fromkeys([home, *homes.values()])), before)


def _report_of(connection: Connection, finding: str) -> str:
    stored = connection.execute(select(findings.c.report).where(findings.c.id == finding)).scalar()
    if stored is None:  # a person's own code is in the log only
        stored = connection.execute(select(judged.c.report).where(judged.c.object == finding)).scalar()
    if stored is None:
        raise NotFound(f"no finding {finding}")
    return str(stored)


def _check_missed(stated: Finding, stands: list[JudgedFinding]) -> None:
    """Raise ``WrongUse`` where a report is already said to state this, or what only one value can be of."""
    for each in stands:
        if each.finding.subject is not stated.subject or each.state is State.REJECTED:
            continue
        if each.finding.id == stated.id and not each.finding.near_miss:
            raise WrongUse("this is claimed of the report already; accept or correct that claim")
        if stated.subject in stating.SINGLE:
            raise WrongUse("the report has a claim of this kind, and can have one only; correct that claim")
