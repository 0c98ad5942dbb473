"""Codes and facts of an incident, each with the words it rests on."""

from collections import defaultdict
from collections.abc import Sequence

from collectors.records import STARTER
from enrichment.records import Code, Subject
from enrichment.typology import Typology
from index import wording
from index.records import IncidentView, JudgedFinding, State, settled_by
from ui import addresses, session
from ui.nodes import Node, div, el, link, span
from ui.pieces import badge, concept_link, meter, state_badge
from ui.terms import place
from ui.widgets import count, section, table

WORTH_SHOWING = 0.05
"""The least score of a near miss that is shown."""


def codes(view: IncidentView, typology: Typology) -> Node:
    """Return the incident's typology codes with score, who decided, and the best quote for each."""
    by_id = {judged.finding.id: judged for judged in view.findings}
    standing = [code for code in view.incident.codes if not code.near_miss]
    near = [code for code in view.incident.codes if code.near_miss and code.score >= WORTH_SHOWING]
    if not standing:
        said = el(
            "p", "The machine found no code it is sure enough of, and nobody has decided yet.", cls="soft"
        )
    return section(
        "Typology",
        *([_code(code, by_id, typology, view.incident.id) for code in standing] or [said]),
        _near(near, typology) if near else None,
        note=count(len(standing), "code"),
    )


def _code(code: Code, by_id: dict[str, JudgedFinding], typology: Typology, incident: str) -> Node:
    concept = typology.concept(code.concept) if code.concept in typology else None
    found = [by_id[id] for id in code.findings if id in by_id]
    who = badge(code.judged, settled_by(code, found) == STARTER)
    quoted = [judged for judged in found if judged.finding.quote]
    others = _by_report(quoted[1:], quoted[0].finding.report) if quoted else []
    return div(
        "coded",
        div(
            "row",
            el("strong", concept_link(typology, code.concept)),
            _role(code),
        ),
        div("row", meter(code.score), who, decide(found[0], incident) if found else None),
        div("wide small soft", concept.definition) if concept and concept.definition else None,
        div("wide", quote(quoted[0], incident))
        if quoted
        else div("wide small soft", "No sentence of a report is given for it."),
        _also(others, incident) if others else None,
    )


def _by_report(found: Sequence[JudgedFinding], apart: str) -> list[JudgedFinding]:
    """Return the first finding of each report, those of one report left out."""
    first: dict[str, JudgedFinding] = {}
    for judged in found:
        first.setdefault(judged.finding.report, judged)
    return [judged for report, judged in first.items() if report != apart]


def _also(found: Sequence[JudgedFinding], incident: str) -> Node:
    return el(
        "details",
        el("summary", f"The same in {count(len(found), 'other report')}", cls="small"),
        *(quote(judged, incident) for judged in found),
        cls="wide",
    )


def _near(near: Sequence[Code], typology: Typology) -> Node:
    links: list[Node] = []
    for code in near:
        links += [
            span("", concept_link(typology, code.concept), span("soft num small", f" {code.score:.2f}"))
        ]
    return div("row small", span("soft", "Near misses:"), *links)


def quote(judged: JudgedFinding, incident: str) -> Node:
    """Return a finding's words, linked to where they stand in the report."""
    finding = judged.finding
    to = addresses.incident(incident, tab="reports", report=finding.report, at=finding.id)
    return el("blockquote", finding.quote, " ", link(to, "in the report", cls="small"), cls="untrusted")


def decide(judged: JudgedFinding, incident: str) -> Node | None:
    """Return the link to where a person accepts, rejects or corrects a claim; None for who may not."""
    if not session.may("judge"):
        return None
    to = addresses.address("review", {"incident": incident, "at": judged.finding.id})
    return link(to, "Decide", cls="small", label=f"Decide: {wording.subject(judged.finding.subject)}")


def facts(view: IncidentView) -> Node:
    """Return a table of everything else claimed, one row a value, with its best quote."""
    groups: dict[tuple[str, str], list[JudgedFinding]] = defaultdict(list)
    for judged in view.findings:
        if judged.finding.subject is not Subject.TYPOLOGY:
            groups[(judged.finding.subject, judged.finding.value)].append(judged)
    rows = sorted(groups.items(), key=lambda item: (place(item[0][0]), item[0][1]))
    if not rows:
        said = el("p", "The reports state none that could be read.", cls="soft")
        return section("Facts", said, _add(view.incident.id))
    return section(
        "Facts",
        table(
            ("What", "Value", "In the words of the report", "Standing"),
            _rows(rows, view.incident.id),
            looks={0: "key", 2: "said", 3: ""},
            stacks=True,
        ),
        _add(view.incident.id),
        note=count(len(rows), "fact"),
    )


def _add(incident: str) -> Node | None:
    return link(addresses.adding(incident), "Add a fact", cls="small") if session.may("judge") else None


def _rows(facts: list[tuple[tuple[str, str], list[JudgedFinding]]], incident: str) -> list[list[Node]]:
    before = ["", *(subject for (subject, _), _ in facts)]
    return [
        _row(subject, value, found, incident, again=subject == last)
        for last, ((subject, value), found) in zip(before, facts, strict=False)
    ]


def _row(subject: str, value: str, found: list[JudgedFinding], incident: str, *, again: bool) -> list[Node]:
    best = max(
        found,
        key=lambda judged: (
            judged.state is not State.REJECTED,
            bool(judged.finding.quote),
            judged.finding.score,
        ),
    )
    reports = len({judged.finding.report for judged in found})
    role = wording.value("role", best.finding.role) if best.finding.role else ""
    return [
        span("same" if again else "soft", wording.subject(subject)),
        span(
            "",
            wording.value(subject, value),
            span("soft small", f" {role}") if role else None,
        ),
        div(
            "",
            quote(best, incident) if best.finding.quote else span("soft small", _unquoted(best)),
            span("soft small", count(reports, "report")) if reports > 1 else None,
        ),
        div("", state_badge(best), " ", decide(best, incident)),
    ]


def _unquoted(judged: JudgedFinding) -> str:
    if judged.finding.origin.startswith("person:"):
        return f"stated by {judged.by}, without words of a report"
    if judged.finding.coded:
        return f"coded by the source ({judged.finding.origin})"
    return "no words of a report are given"


def _role(code: Code) -> Node:
    return span("soft small", wording.value("role", code.role))
