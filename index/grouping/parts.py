"""Passages of a report that are incidents of their own, and the division of a report by people."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, select

from collectors.errors import WrongUse
from collectors.records import Report
from enrichment.records import Finding, Link, Subject, of_passage, report_of, span_of, unit_id
from index.grouping import clusters, members
from index.records import JudgedFinding, Judgement, Verdict
from index.rows.outbox import chunks
from index.tables import links


def units_of(finding: Finding) -> tuple[str, ...]:
    """Return the passages that a finding of several events names."""
    spans = (part.split("-") for part in finding.value.split())
    return tuple(unit_id(finding.report, int(start), int(end)) for start, end in spans)


def is_division(judgement: Judgement) -> bool:
    """Whether a judgement divides a report: it accepts passages as incidents of their own."""
    return judgement.verdict is Verdict.ACCEPT and bool(judgement.members)


def divided(standing: Iterable[Judgement]) -> dict[str, tuple[str, ...]]:
    """Return the passages of each report that people divided."""
    return {report_of(each.members[0]): each.members for each in standing if is_division(each)}


def as_divided(found: Iterable[Iterable[str]], passages: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Replace each divided report in the clusters by its passages."""
    known = {unit for units in passages.values() for unit in units}
    return [
        list(
            dict.fromkeys(
                unit if unit in known else report_of(unit)
                for unit in cluster
                if unit in known or report_of(unit) not in passages
            )
        )
        for cluster in found
    ]


def told_by(unit: str, report: Report) -> Report:
    """Return the part of a report that a unit names: the whole, or one passage without a title."""
    span = span_of(unit)
    if span is None:
        return report
    return report.model_copy(update={"title": "", "text": report.text[slice(*span)], "claims": ()})


def within(unit: str, findings: Sequence[JudgedFinding]) -> list[JudgedFinding]:
    """Return the findings that rest on words of a passage, or on none; all of them for a whole report."""
    span = span_of(unit)
    if span is None:
        return list(findings)
    return [
        each.model_copy(update={"finding": of_passage(each.finding)})
        for each in findings
        if _inside(each.finding, span)
    ]


def pooled(told: Sequence[str], judged: Mapping[str, Sequence[JudgedFinding]]) -> list[JudgedFinding]:
    """Return the findings of these reports and passages, from those of each report."""
    return [each for unit in told for each in within(unit, judged[report_of(unit)])]


def by_text(told: Sequence[str], leaders: Mapping[str, str]) -> list[set[str]]:
    """Return the reports among these units that print one text together, those that stand alone left out."""
    found: dict[str, set[str]] = {}
    for report in map(report_of, told):
        found.setdefault(leaders.get(report, report), set()).add(report)
    return [reports for reports in found.values() if len(reports) > 1]


def divide(connection: Connection, finding: Finding) -> tuple[dict[str, str], str, tuple[str, ...]]:
    """Let each passage of a report tell an incident of its own.

    A passage goes to the incident of the report it is linked with, each incident taking one; one passage is
    left in the incident that the report was in; new incidents tell the rest.

    Returns each passage's incident, the report's former incident, and each passage's neighbour: the oldest
    unit of the incident it joins, the report for the passage that stays, an empty string for a new incident.

    Raises ``WrongUse`` where the report is in several incidents or in none.
    """
    told = members.of_reports(connection, [finding.report]).get(finding.report, [])
    if len(told) != 1:
        raise WrongUse("only a report of one incident can be divided")
    home, units = told[0], units_of(finding)
    held = {home: members.units(connection, told)[home]}
    if held[home].count(finding.report) != 1:
        raise WrongUse("this report was divided already")
    held[home].remove(finding.report)
    homes = _homes(connection, units, home)
    held |= members.units(connection, [key for key in homes.values() if key != home])
    beside = tuple(_beside(finding.report, held.get(homes[unit], []), homes[unit] == home) for unit in units)
    members.place(connection, _placed(held, homes))
    if not held[home] and home not in homes.values():
        members.retire(connection, home, homes[units[0]])
    return homes, home, beside


def _beside(report: str, told: Sequence[str], stays: bool) -> str:
    return report if stays else next(iter(told), "")


def _placed(held: Mapping[str, Sequence[str]], homes: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the units of each incident after every passage is placed, without empty incidents."""
    wanted = {key: list(told) for key, told in held.items()}
    for unit, key in homes.items():
        wanted.setdefault(key, []).append(unit)
    return {key: told for key, told in wanted.items() if told}


def rejoin(connection: Connection, judgement: Judgement) -> tuple[str, ...]:
    """Put a divided report together again where it was; return the incidents that changed."""
    report = report_of(judgement.members[0])
    home = members.resolve(connection, judgement.value)
    touched = list(dict.fromkeys([home, *members.of_reports(connection, [report])[report]]))
    held = members.units(connection, touched)
    left = {key: [unit for unit in told if report_of(unit) != report] for key, told in held.items()}
    left[home].append(report)
    for key in touched:
        if not left[key]:
            members.retire(connection, key, home)
    members.place(connection, {key: told for key, told in left.items() if told})
    return tuple(touched)


def _homes(connection: Connection, units: Sequence[str], home: str) -> dict[str, str]:
    """Return the incident of each passage, no two in one: known ones by their links, else new ones."""
    homes: dict[str, str] = {}
    for link in sorted(links_from(connection, units), key=lambda link: (-link.weight, link.id)):
        for incident in members.of_reports(connection, [report_of(link.right)])[report_of(link.right)]:
            if link.left not in homes and incident not in homes.values():
                homes[link.left] = incident
    if home not in homes.values() and (rest := [unit for unit in units if unit not in homes]):
        homes[rest[0]] = home
    taken = {*members.live(connection), *homes.values()}
    for unit in units:
        if unit not in homes:
            homes[unit] = clusters.name(taken, [unit])
            taken.add(homes[unit])
    return {unit: homes[unit] for unit in units}


def links_from(connection: Connection, units: Sequence[str]) -> list[Link]:
    """Return the links of these passages to reports that seem to be about the same."""
    found = []
    for part in chunks(units):
        bodies = connection.execute(select(links.c.body).where(links.c.left.in_(part))).scalars()
        found += [Link.model_validate_json(body) for body in bodies]
    return [link for link in found if link.kind == "passage"]


def _inside(finding: Finding, span: tuple[int, int]) -> bool:
    if finding.subject is Subject.EVENTS:
        return False
    if finding.start is None or finding.end is None:
        return True
    return finding.field == "text" and span[0] <= finding.start and finding.end <= span[1]
