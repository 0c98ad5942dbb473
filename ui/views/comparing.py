"""Two incidents side by side: their accounts, and on each kind of fact whether they agree."""

from collections.abc import Iterable, Sequence

from enrichment.records import Subject
from index import wording
from index.records import IncidentView, JudgedFinding, ReportView, State
from ui import addresses
from ui.nodes import Node, div, el, link, span
from ui.terms import near_miss, place
from ui.views import claims
from ui.widgets import section, table

HEADS = ("What", "First incident", "Second incident", "Compared")
SUMMARY_CHARACTERS = 600
"""How much of its leading report's text is shown for an incident without a summary."""
UNCOMPARED = (Subject.RELEVANCE, Subject.CRIME, Subject.AI_INVOLVEMENT, Subject.EVENTS)
"""Kinds of claim that do not tell one event from another."""
WITH_ROLE = (Subject.LOSS, Subject.OFFENCE, Subject.SENTENCE)
"""Kinds of fact that differ where their roles do: a sum taken is not a sum demanded."""
Pair = tuple[IncidentView, IncidentView]


def comparison(pair: Pair, reasons: Sequence[str] = ()) -> Node:
    """Return what is known of two incidents in two columns, below the ``reasons`` to take them for one."""
    listed = el("ul", *(el("li", reason, cls="untrusted") for reason in reasons)) if reasons else None
    rows = [*_account(pair), *_facts(pair)]
    looks = {0: "key", 1: "said", 2: "said", 3: ""}
    return section("Side by side", listed, table(HEADS, rows, (1, 2), looks, stacks=True))


def agreement(first: Iterable[str], second: Iterable[str]) -> str:
    """Return in words how two sets of values compare; empty where both are."""
    left, right = set(first), set(second)
    if not left or not right:
        return f"Only the {'first' if left else 'second'}" if left or right else ""
    if left == right:
        return "The same"
    return "Partly the same" if left & right else "Different"


def date_text(view: IncidentView) -> str:
    """Return when an incident happened or was first reported; empty where neither is known."""
    incident = view.incident
    if incident.occurred:
        return f"Happened {incident.occurred.value}"
    return f"First reported {incident.first_published.value}" if incident.first_published else ""


def _account(pair: Pair) -> list[list[Node]]:
    """Return the rows of what cannot be compared value by value."""
    return [
        ["Title", *map(_title, pair), ""],
        ["Summary", *(span("untrusted", _summary(view)) for view in pair), ""],
        ["When", *(date_text(view) or "Not known" for view in pair), ""],
        ["Outside ids", *(", ".join(sorted(view.incident.refs)) or "–" for view in pair), ""],
        ["Reports", *(div("", *map(report_line, view.reports)) for view in pair), ""],
    ]


def _title(view: IncidentView) -> Node:
    title = view.incident.title or "Untitled incident"
    return el("strong", link(addresses.incident(view.incident.id), title, cls="untrusted"))


def _summary(view: IncidentView) -> str:
    if view.incident.summary or view.lead is None:
        return view.incident.summary
    text = view.lead.report.text
    return text if len(text) <= SUMMARY_CHARACTERS else f"{text[:SUMMARY_CHARACTERS].rstrip()} …"


def report_line(shown: ReportView) -> Node:
    """Return a report's title, date and publisher in a line; its incident may have a date it lacks."""
    published = shown.report.published.value if shown.report.published else ""
    return div(
        "small",
        span("untrusted", shown.report.title or "Untitled report"),
        span("soft untrusted", f" {' · '.join(filter(None, (published, shown.publisher)))}"),
    )


def _facts(pair: Pair) -> list[list[Node]]:
    """Return a row for each kind of fact that either states."""
    known = [(name, [values(view, subject) for view in pair]) for subject, name in _subjects(pair)]
    return [
        [name, _listed(first, second), _listed(second, first), el("strong", agreement(first, second))]
        for name, (first, second) in known
        if first or second
    ]


def _subjects(pair: Pair) -> list[tuple[Subject, str]]:
    subjects = {judged.finding.subject for view in pair for judged in view.findings} - {*UNCOMPARED}
    return [(subject, wording.subject(subject)) for subject in sorted(subjects, key=place)]


def values(view: IncidentView, subject: Subject) -> list[str]:
    """Return the different values of one kind that are claimed of an incident and not rejected, in words."""
    found = (judged for judged in view.findings if judged.finding.subject is subject and _stands(judged))
    return sorted({_value(judged) for judged in found})


def _stands(judged: JudgedFinding) -> bool:
    return judged.state is not State.REJECTED and not near_miss(judged)


def _value(judged: JudgedFinding) -> str:
    """Return a value in words, with its role where one of another role is another value."""
    finding = judged.finding
    role = wording.value("role", finding.role) if finding.role and finding.subject in WITH_ROLE else ""
    return " ".join(filter(None, (claims.said(judged), role)))


def _listed(own: Sequence[str], others: Sequence[str]) -> Node:
    """Return values below each other, those that both incidents have in bold."""
    if not own:
        return span("soft", "–")
    return div("", *(div("", el("strong", value) if value in others else value) for value in own))
