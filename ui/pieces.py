"""Codes, scores, standings and hits, as every page shows them."""

from collections.abc import Sequence

from collectors.records import STARTER
from enrichment.typology import Typology
from index import wording
from index.records import JudgedFinding, State
from index.search.query import By, Hit
from ui import addresses
from ui.nodes import Node, div, el, link, marked, span
from ui.sentences import coded
from ui.terms import standing
from ui.widgets import count

_WHO = {
    "judged": "A person accepted its code in this library",
    "machine": "A program suggests its code, and nobody has decided yet",
    STARTER: "The authors of the starter library accepted its code; its page tells what was decided here",
}


def badge(judged: bool, starter: bool = False) -> Node:
    """Return the badge that says who decided: a machine, a person, or the authors of the starter library."""
    name = (STARTER if starter else "judged") if judged else "machine"
    word = wording.value("decided" if name == STARTER else "status", name)
    return span(f"badge {name}", word, title=_WHO[name])


def state_badge(judged: JudgedFinding) -> Node:
    """Return who says what a finding says and, where a person decided it, who."""
    look = "plain" if judged.finding.coded else "machine"
    decided = {State.ACCEPTED: "judged", State.REJECTED: "rejected"}
    return span(f"badge {decided.get(judged.state, look)}", standing(judged))


def concept_link(typology: Typology, code: str) -> Node:
    """Return a code and its plain label, linked to its definition."""
    if code not in typology:
        return span("code", code)
    concept = typology.concept(code)
    return link(
        addresses.typology(code),
        span("code", code),
        concept.label,
        title=concept.definition or concept.counts_when,
    )


def meter(score: float) -> Node:
    """Return a score from 0 to 1 as a short bar with its figure."""
    return span(
        "num small", span("meter", span("", share=round(score, 3))), f"{score:.2f}", title="Score from 0 to 1"
    )


def card(hit: Hit, typology: Typology, *, with_reason: bool = True) -> Node:
    """Return one answer of a search as a card; without its reason in a list that nobody searched for."""
    title = marked(hit.title or "Untitled", hit.title_spans)
    return el(
        "article",
        div("top", el("h3", link(_where(hit), *title)), badge(hit.judged, STARTER in hit.sources)),
        div(
            "facts",
            *_known(hit.date, *(wording.country(code) for code in hit.countries[:4])),
            *(_codes(hit.typologies, typology) or [span("", "No typology code")]),
            *_known(
                wording.value("outcome", hit.outcome) if hit.outcome else "",
                wording.money(hit.loss) if hit.loss else "",
                count(hit.reports, "report") if hit.by is By.INCIDENT else "report",
            ),
        ),
        div("quote", *marked(hit.passage.text, hit.passage.spans)) if hit.passage else None,
        div("why", hit.why) if hit.why and with_reason else None,
        cls="card",
    )


def _codes(codes: Sequence[str], typology: Typology) -> list[Node]:
    """Return the first code with its label, and the others short: their labels would fill the card."""
    first = [concept_link(typology, code) for code in codes[:1]]
    return first + [
        link(addresses.typology(code), span("code", code), title=coded(typology, code)) for code in codes[1:]
    ]


def _where(hit: Hit) -> str:
    if hit.by is By.REPORT:
        return addresses.address("incident", {"report": hit.id})
    return addresses.incident(hit.id)


def _known(*words: str) -> list[Node]:
    return [span("num", word) for word in words if word]


def defanged(url: str) -> str:
    """Return an address as text nobody clicks by accident: ``hxxps://example[.]org/path``."""
    scheme, separator, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    if not separator or scheme.lower() not in {"http", "https"}:
        return url.replace(":", "[:]").replace(".", "[.]")
    return f"{scheme.lower().replace('tt', 'xx')}://{host.replace('.', '[.]')}{slash}{path}"
