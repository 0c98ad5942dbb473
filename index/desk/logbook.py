"""What was decided across the library, newest first, each decision with what it is about."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, select

from collectors.records import Report
from enrichment.records import Subject, finding_id, report_of
from index.deriving import Derived
from index.desk import judgements
from index.desk.decisions import DecidedKind, DecisionLog, LoggedDecision
from index.grouping import members
from index.records import Judgement, Verdict
from index.rows import reading
from index.rows.outbox import chunks
from index.tables import findings, incidents


class _Claim(NamedTuple):
    """As much of a finding as a decision on it needs to be understood."""

    report: str
    subject: str
    value: str


def list_decisions(
    connection: Connection,
    *,
    by: str = "",
    kind: DecidedKind | None = None,
    verdict: Verdict | None = None,
    since: date | None = None,
    limit: int = 50,
    offset: int = 0,
) -> DecisionLog:
    """Return the decisions that meet every condition given, newest first; ``since`` is a day in UTC.

    An undo is listed under its own author, date and verdict, and the kind of the decision it reverts.
    """
    log = judgements.everything(connection)
    claims, made = _claims(connection, log), {judgement.id: judgement for judgement in log}

    def met(judgement: Judgement) -> bool:
        return (
            by in ("", judgement.by)
            and verdict in (None, judgement.verdict)
            and (since is None or judgement.at.date() >= since)
            and (kind is None or kind is _kind(_meant(judgement, made), claims))
        )

    found = [judgement for judgement in reversed(log) if met(judgement)]
    people = sorted({judgement.by for judgement in log})
    page = found[offset : offset + limit]
    return DecisionLog(
        items=_described(connection, page, made, claims), total=len(found), people=tuple(people)
    )


def _meant(judgement: Judgement, made: Mapping[str, Judgement]) -> Judgement:
    """Return the judgement that an undo took back, or the judgement itself."""
    return made[judgement.target] if judgement.verdict is Verdict.UNDO else judgement


def _kind(judgement: Judgement, claims: Mapping[str, _Claim]) -> DecidedKind:
    claim = claims.get(judgement.about)
    if claim is None or claim.subject == Subject.EVENTS:
        return DecidedKind.GROUPING
    return DecidedKind.CODE if claim.subject == Subject.TYPOLOGY else DecidedKind.FACT


def _claims(connection: Connection, log: Sequence[Judgement]) -> dict[str, _Claim]:
    """Return every claim decided on, by its id; those of people are in the log alone."""
    found: dict[str, _Claim] = {}
    columns = (findings.c.id, findings.c.report, findings.c.subject, findings.c.value)
    for part in chunks({judgement.target for judgement in log}):
        rows = connection.execute(select(*columns).where(findings.c.id.in_(part)))
        found.update((key, _Claim(*claim)) for key, *claim in rows)
    for judgement in log:
        wrong = found.get(judgement.target)
        if judgement.stated is not None:
            stated = judgement.stated
            found.setdefault(stated.id, _Claim(stated.report, stated.subject, stated.value))
        if judgement.verdict is Verdict.RELABEL and wrong is not None:
            key = finding_id(wrong.report, wrong.subject, judgement.value)
            found.setdefault(key, wrong._replace(value=judgement.value))
    return found


def _described(
    connection: Connection,
    page: Sequence[Judgement],
    made: Mapping[str, Judgement],
    claims: Mapping[str, _Claim],
) -> tuple[LoggedDecision, ...]:
    meant = {judgement.id: _meant(judgement, made) for judgement in page}
    about = {each.id: _report(each, claims) for each in meant.values()}
    texts = reading.reports_by_id(connection, set(about.values()))
    where = _where(connection, meant.values(), about)
    titles = _titles(connection, set(where.values()))
    items = []
    for judgement in page:
        what = meant[judgement.id]
        claim, report = claims.get(what.about), texts.get(about[what.id])
        incident = where.get(what.id)
        items.append(
            LoggedDecision(
                judgement=judgement,
                taken_back=what if what is not judgement else None,
                subject=claim.subject if claim else "",
                value=claim.value if claim else "",
                report=report.id if report else None,
                report_title=_title(report),
                incident=incident,
                incident_title=titles.get(incident or "", ""),
            )
        )
    return tuple(items)


def _report(judgement: Judgement, claims: Mapping[str, _Claim]) -> str:
    """Return the report a judgement is about, or the first one it moved; empty without one."""
    claim = claims.get(judgement.about)
    return claim.report if claim else report_of(next(iter(judgement.members), ""))


def _title(report: Report | None) -> str:
    return report.title if report else ""


def _where(connection: Connection, meant: Iterable[Judgement], about: Mapping[str, str]) -> dict[str, str]:
    """Return where to look at what each judgement decided: the incident as it is today, if there is one."""
    found: dict[str, str] = {}
    told = members.of_reports(connection, set(about.values()))
    for judgement in meant:
        if judgement.verdict is Verdict.MERGE:
            found[judgement.id] = members.resolve(connection, judgement.value)
        elif incidents_told := told.get(about[judgement.id]):
            found[judgement.id] = incidents_told[0]
    return found


def _titles(connection: Connection, ids: set[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in chunks(ids):
        rows = connection.execute(select(incidents.c.id, incidents.c.body).where(incidents.c.id.in_(part)))
        found.update((key, Derived.model_validate_json(body).title) for key, body in rows if body)
    return found
