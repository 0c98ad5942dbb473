"""The typology: every kind of AI crime with what it means, what to do, and who was hit."""

import streamlit as st

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
from ui.widgets import bars, count, draw, empty, folding, head, pairs, section

NEWEST = 10


def show() -> None:
    """Draw the tree and, beside it, the concept its address names."""
    library, wanted = session.library(), session.param("id")
    tree = library.tree(actor=session.actor())
    side, main = st.columns([1, 2.3], gap="large")
    with side:
        draw(folding("tree", "All typologies", _tree(tree, wanted)), key="tree")
    with main:
        if not wanted:
            _whole(tree, library.typology)
        elif wanted not in library.typology:
            draw(
                empty(
                    "There is no such concept",
                    el("p", f"The typology has no {wanted[:40]}. Choose one on the left."),
                ),
                key="unknown",
            )
        else:
            _concept(library.typology.concept(wanted), tree)


def _tree(tree: tuple[ConceptCount, ...], wanted: str) -> Node:
    families = [node for node in tree if node.concept.kind is ConceptKind.FAMILY]
    scopes = [node for node in tree if node.concept.kind is ConceptKind.SCOPE]
    return div(
        "tree",
        *(_branch(node, wanted) for node in families),
        el("h2", "Not AI crime"),
        div("values", *(_leaf(node, wanted) for node in scopes)),
    )


def _branch(node: ConceptCount, wanted: str) -> Node:
    held = wanted == node.concept.id or any(leaf.concept.id == wanted for leaf in node.children)
    return el(
        "details",
        el(
            "summary",
            span("code", node.concept.id),
            node.concept.label,
            span("soft num small", f"  {node.incidents:,}"),
        ),
        div(
            "values",
            _leaf(node, wanted, "The whole family"),
            *(_leaf(leaf, wanted) for leaf in node.children),
        ),
        name=node.concept.id,
        open=held,
    )


def _leaf(node: ConceptCount, wanted: str, label: str = "") -> Node:
    return link(
        addresses.typology(node.concept.id),
        span("", span("code", node.concept.id), label or node.concept.label),
        span("n", f"{node.incidents:,}"),
        cls="value",
        current="true" if node.concept.id == wanted else None,
        title=node.concept.definition,
        top=True,
    )


def _whole(tree: tuple[ConceptCount, ...], typology: Typology) -> None:
    families = [node for node in tree if node.concept.kind is ConceptKind.FAMILY]
    head(
        "Typology of AI-enabled crime",
        div(
            "sub",
            f"Version {typology.version}: {len(families)} families, {len(typology.leaves())} leaves. "
            "A leaf names the criminal conduct and its purpose; how AI was used is recorded beside it.",
        ),
    )
    rows = [
        (node.concept.id, node.concept.label, node.incidents, addresses.typology(node.concept.id))
        for node in families
    ]
    draw(
        section(
            "Incidents by family",
            bars(rows),
            el("p", "Counts of what is collected, not of crime.", cls="small soft"),
        ),
        key="families",
    )


def _concept(concept: Concept, tree: tuple[ConceptCount, ...]) -> None:
    library, typology = session.library(), session.library().typology
    st.set_page_config(page_title=f"{concept.id} {concept.label} · Moriarty")
    crumbs: list[Node] = [link("/typology", "Typology")]
    if concept.parent:
        crumbs.append(link(addresses.typology(concept.parent), typology.label(concept.parent)))
    head(
        el("span", span("code", concept.id), concept.label),
        div("sub", concept.definition or concept.counts_when),
        crumbs=crumbs,
    )
    facet = {ConceptKind.FAMILY: "family", ConceptKind.LEAF: "typology", ConceptKind.SCOPE: "typology"}.get(
        concept.kind
    )
    draw(
        div(
            "stack wide",
            _boundary(concept),
            _members(concept, tree),
            _siblings(typology, concept),
            _law(typology, concept),
            _counter(typology, concept),
            _crosswalk(concept),
        ),
        key="concept",
    )
    if facet is None:
        return
    query = library.parse("").model_copy(
        update={"filters": {facet: (concept.id,)}, "sort": Sort.NEWEST, "limit": NEWEST, "facets": ("year",)}
    )
    results = library.search(query, actor=session.actor())
    everything = Search(filters={facet: (concept.id,)}).address()
    cards = [card(hit, typology) for hit in results.hits]
    none = el(
        "p",
        "No incident in the library has this code. That is a gap in what is collected, not proof of absence.",
        cls="soft",
    )
    draw(_by_month(results, facet, concept), key="months")
    draw(
        section(
            "Incidents",
            div("cards", *cards) if cards else none,
            el("p", link(everything, f"Search all {count(results.total, 'incident')}"))
            if results.total > NEWEST
            else None,
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
    return section("Leaves of this family", bars(rows))


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
