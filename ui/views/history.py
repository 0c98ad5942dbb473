"""Who decided what about an incident, when and why, with a way back."""

from collectors.records import STARTER
from enrichment.records import Subject, report_of
from index.records import IncidentView, Judgement, Verdict
from ui import addresses, session
from ui.nodes import Node, div, el, link, span
from ui.sentences import became, claim, done_by
from ui.views import claims, undoing
from ui.widgets import draw, empty


def show(view: IncidentView) -> None:
    """Draw the decisions on an incident, newest first, each with Undo where it still stands."""
    if not view.judgements:
        draw(_none(view), key="no-history")
        return
    undoing.problem()
    names = _names(view)
    for judgement in view.judgements:
        undoing.row(judgement, _entry(judgement, names, view.incident.id))


def _none(view: IncidentView) -> Node:
    bundled = any(judged.by == STARTER for judged in view.findings)
    return empty(
        "Nobody has decided anything about this incident yet",
        el("p", "What is marked accepted was accepted by the authors of the starter library.")
        if bundled
        else None,
        el(
            "p",
            link(addresses.address("review", {"incident": view.incident.id}), "Decide its claims"),
            "; the decisions then appear here, each with who, when and why.",
        )
        if session.may("judge")
        else None,
    )


def _names(view: IncidentView) -> dict[str, str]:
    """Map each id that a decision can name to plain words: a claim, a report's title, an undone decision."""
    told = {
        judged.finding.id: claims.named(judged)
        for judged in (*view.findings, *(found for shown in view.reports for found in shown.findings))
    }
    told |= {shown.report.id: shown.report.title or "Untitled report" for shown in view.reports}
    typology = session.library().typology
    told |= {
        stated.id: claim(typology, stated.subject, stated.value)
        for stated in (judgement.stated for judgement in view.judgements)
        if stated is not None
    }
    undone = {
        judgement.id: f"“{done_by(judgement)} {told.get(judgement.about, judgement.target)}”"
        for judgement in view.judgements
    }
    return told | undone


def _entry(judgement: Judgement, names: dict[str, str], here: str) -> Node:
    """Return one decision as a sentence; ``here`` is the incident it is read at."""
    return div(
        "entry undone" if judgement.undone else "entry",
        span("num soft", f"{judgement.at:%Y-%m-%d %H:%M} UTC  "),
        el("strong", judgement.by),
        f" ({judgement.role}) {done_by(judgement)} ",
        span("untrusted", names.get(judgement.about, judgement.target)),
        _whereto(judgement, here),
        div("small soft untrusted", f"Reason: {judgement.reason}") if judgement.reason else None,
        _moved(judgement, names),
    )


def _whereto(judgement: Judgement, here: str) -> str:
    """Return the outcome of a decision for its target: the right code, or the incident it went into."""
    if judgement.verdict is Verdict.MERGE:
        return f" into {'this incident' if judgement.value == here else judgement.value}"
    subject = judgement.stated.subject if judgement.stated else Subject.TYPOLOGY
    return became(judgement, subject, session.library().typology)


def _moved(judgement: Judgement, names: dict[str, str]) -> Node | None:
    """Return the titles of the reports that a merge or split moved, as far as they are still here."""
    reports = dict.fromkeys(report_of(unit) for unit in judgement.members)
    titles = [names[report] for report in reports if report in names]
    return div("small soft untrusted", f"Moved: {'; '.join(titles)}") if titles else None
