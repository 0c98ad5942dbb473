"""One concept of the typology: what it means, what it borders on, what to do, and its incidents."""

from enrichment.records import Concept, ConceptKind
from enrichment.typology import Typology
from index.records import ConceptCount
from index.search.query import Results, Sort
from ui import addresses, session
from ui.addresses import Search
from ui.nodes import Node, div, el, link, span
from ui.pieces import card, concept_link
from ui.terms import own_words
from ui.views.months import histogram
from ui.widgets import bars, count, draw, head, page_title, pairs, section

NEWEST = 10
_FACETS = {ConceptKind.FAMILY: "family", ConceptKind.LEAF: "typology", ConceptKind.SCOPE: "typology"}


def show(concept: Concept, tree: tuple[ConceptCount, ...]) -> None:
    """Draw a concept; ``tree`` says how many incidents its leaves have."""
    typology = session.library().typology
    page_title(f"{concept.id} {concept.label}")
    facet = _FACETS.get(concept.kind)
    everything = Search(filters={facet: (concept.id,)}).address() if facet else ""
    crumbs: list[Node] = [link("/typology", "Typology")]
    if concept.parent:
        crumbs.append(link(addresses.typology(concept.parent), typology.label(concept.parent)))
    head(
        el("span", span("code", concept.id), concept.label),
        div("sub", concept.definition or concept.counts_when),
        el("a", "Its incidents", cls="small", to=everything, top=True) if everything else None,
        crumbs=crumbs,
    )
    draw(
        div(
            "stack wide",
            _boundary(concept),
            _members(concept, tree),
            _siblings(typology, concept),
            _law(typology, concept),
            _counter(typology, concept),
        ),
        key="concept",
    )
    if facet is not None:
        _incidents(concept, facet, everything)
    draw(_crosswalk(concept), key="crosswalk")


def _incidents(concept: Concept, facet: str, everything: str) -> None:
    """Draw the newest incidents of a concept, by month and as cards; ``everything`` searches them all."""
    library = session.library()
    query = library.parse("").model_copy(
        update={"filters": {facet: (concept.id,)}, "sort": Sort.NEWEST, "limit": NEWEST, "facets": ("year",)}
    )
    results = library.search(query, actor=session.actor())
    cards = [card(hit, library.typology, with_reason=False) for hit in results.hits]
    none = (
        "No incident in the library has this code. That is a gap in what is collected, not proof of absence."
    )
    every = link(everything, f"Search all {count(results.total, 'incident')}")
    draw(_by_month(results, facet, concept), key="months")
    draw(
        section(
            "Incidents",
            div("cards", *cards) if cards else el("p", none, cls="soft"),
            el("p", every) if results.total > NEWEST else None,
            note=f"{results.total:,}",
        ),
        key="incidents",
    )


def _by_month(results: Results, facet: str, concept: Concept) -> Node | None:
    """Return the incidents a month, as links that search them, and the way to what ties them together."""
    bars_ = histogram(results.months, Search(filters={facet: (concept.id,)}))
    ties = link(addresses.address("graph", {"node": f"technique:{concept.id}"}), "What these incidents share")
    if bars_ is None:
        return None
    return section(
        "By month",
        bars_,
        el(
            "p",
            "Counts of what is collected; a busier source lifts them. ",
            link("/graph?part=new", "Which kinds rise, each source against its own past"),
            cls="small soft",
        ),
        el("p", ties, cls="small") if concept.kind is ConceptKind.LEAF else None,
    )


def _boundary(concept: Concept) -> Node | None:
    rows = (
        ("Counts when", concept.counts_when or None),
        ("Does not count when", concept.not_when or None),
        ("Signs in a report", "; ".join(concept.indicators) or None),
        ("Seen so far", concept.maturity or None),
    )
    return section("When the code is used", pairs(rows)) if any(words for _, words in rows) else None


def _members(concept: Concept, tree: tuple[ConceptCount, ...]) -> Node | None:
    node = next((node for node in tree if node.concept.id == concept.id and node.children), None)
    if node is None:
        return None
    rows = [
        (leaf.concept.id, leaf.concept.label, leaf.incidents, addresses.typology(leaf.concept.id))
        for leaf in node.children
    ]
    return section("Kinds of crime in this family", bars(rows))


def _siblings(typology: Typology, concept: Concept) -> Node | None:
    if not concept.confusable:
        return None
    entries = [
        div("entry", concept_link(typology, other), div("small soft", typology.concept(other).definition))
        for other in concept.confusable
        if other in typology
    ]
    return section("Easily mistaken for", *entries)


def _law(typology: Typology, concept: Concept) -> Node | None:
    if not concept.offences:
        return None
    entries = [
        el("li", offence.label, span("soft small", f" {offence.definition}"))
        for offence in typology.offences(concept.id)
    ]
    return section("Offences to consider", el("ul", *entries), note="a pointer, not legal advice")


def _counter(typology: Typology, concept: Concept) -> Node | None:
    if not concept.countermeasures:
        return None
    entries = [
        el("li", measure.label, span("soft small", f" {measure.definition}"))
        for measure in typology.countermeasures(concept.id)
    ]
    return section("Countermeasures", el("ul", *entries))


def _crosswalk(concept: Concept) -> Node | None:
    names = own_words()["scheme"]
    rows = [(names.get(scheme, scheme), ", ".join(items)) for scheme, items in concept.maps.items() if items]
    return section("In other schemes", pairs(rows)) if rows else None
