"""Where people decide: what waits for them, the claims of one incident, what reports belong together."""

from collections.abc import Sequence

from index.desk.decisions import QueueItem, alternatives
from index.records import IncidentView
from ui import addresses, session
from ui.nodes import div, el, link
from ui.terms import place
from ui.views import adding, claims, decisions, desk, grouping, learning, review_state, several
from ui.widgets import choices, draw, empty, head, page_title, tabs

WHYS = {
    "": "All",
    "unsure": "Unsure",
    "sample": "Random check",
    "disagreement": "Disagreement",
    "round-up": "Round-up",
}
PARTS = {
    "": "Suggestions",
    "grouping": "Merge and split",
    "decisions": "Decisions",
    "learning": "Learning",
}
OF_INCIDENT = ("add", "several")
"""Parts that are about the claims of one incident."""
BATCH = 100


def show() -> None:
    """Draw the queue, the claims of the incident the address names, or the grouping desk."""
    if not session.may("judge"):
        _not_permitted()
        return
    part, why, of = session.param("part"), session.param("why"), session.param("incident")
    part, why = part if part in (*PARTS, *OF_INCIDENT) else "", why if why in WHYS else ""
    if of and part in ("", *OF_INCIDENT):
        view = session.library().incident(of, actor=session.actor())
        page_title(f"Review: {view.incident.title or 'Untitled incident'}")
        if part == "add":
            adding.show(view)
        elif part == "several":
            several.show(view, session.param("kind"))
        else:
            _claims(view, session.param("at"))
        return
    page_title(f"Review: {PARTS[part]}" if part else "Review")
    head(
        "Review",
        div(
            "sub",
            "A machine suggests, a person decides. Each decision keeps who, when and why, and can be undone.",
        ),
    )
    draw(tabs("Parts of the review", addresses.each("review", "part", PARTS, part)), key="parts")
    if part == "grouping":
        grouping.show(of, session.param("into"))
    elif part == "decisions":
        decisions.show()
    elif part == "learning":
        learning.show(session.actor())
    else:
        _waiting(why)


def _not_permitted() -> None:
    head("Review")
    role = session.actor().role
    who = f"You act as {role}. To decide on suggestions needs the role {session.roles('judge')}."
    draw(empty("Deciding is for other roles", el("p", who)), key="not-permitted")


def _waiting(why: str) -> None:
    """Draw the suggestions that most need a person, for one reason or for any."""
    draw(choices("Why in the queue", addresses.each("review", "why", WHYS, why)), key="whys")

    def fetch() -> tuple[Sequence[QueueItem], int]:
        library, actor = session.library(), session.actor()
        found = library.queue(actor=actor, why=why or None, limit=BATCH)
        every = len(found) == BATCH and not why
        return found, library.status(actor=actor).queue if every else len(found)

    said = el("p", "New suggestions appear after the next run. ", link("/search", "Search"), " meanwhile.")
    desk.show(("queue", why), fetch, empty("Nothing waits here", said))


def _claims(view: IncidentView, at: str) -> None:
    """Draw the claims of an incident that nobody has decided, the one the address names first of all."""
    incident = view.incident
    back = addresses.incident(incident.id)
    several_of = several.kinds_of(claims.undecided(view.findings))
    alike = (" or ", link(addresses.several(incident.id), "decide several at once")) if several_of else ()
    head(
        incident.title or "Untitled incident",
        div(
            "sub",
            "What is claimed of this incident and not yet decided; each decision can be undone. ",
            link(addresses.adding(incident.id), "Add what is missing"),
            *alike,
            ".",
        ),
        crumbs=(link("/review", "Review"), link(back, "Incident")),
    )

    def fetch() -> tuple[Sequence[QueueItem], int]:
        now = session.library().incident(incident.id, actor=session.actor())
        found = of_incident(now, at, review_state.decided())
        return found, len(found)

    said = el("p", "Every claim is decided. ", link(back, "Back to the incident"), ".")
    desk.show(("incident", incident.id, at), fetch, empty("Nothing is left to decide here", said))


def of_incident(view: IncidentView, at: str, done: set[str]) -> list[QueueItem]:
    """Return the undecided claims of an incident as items for the desk, and ``at`` first, decided or not."""
    reports = {shown.report.id: shown.report for shown in view.reports}
    named = [judged for judged in view.findings if judged.finding.id == at]
    open_ = [judged for judged in claims.undecided(view.findings) if judged.finding.id != at]
    asked = [judged for judged in (*named, *open_) if judged.finding.id not in done]
    asked.sort(key=lambda judged: (judged.finding.id != at, place(judged.finding.subject)))
    return [
        QueueItem(
            finding=judged,
            report=reports[judged.finding.report],
            incident=view.incident.id,
            siblings=alternatives(view.findings, judged.finding),
        )
        for judged in asked
    ]
