"""The typology: its tree with counts, and beside it all families or one concept."""

import streamlit as st

from enrichment.records import ConceptKind
from enrichment.typology import Typology
from index.records import ConceptCount
from ui import addresses, session
from ui.nodes import Node, div, el, link, span
from ui.terms import own_words
from ui.views import concept
from ui.widgets import bars, draw, empty, folding, head, section


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
            concept.show(library.typology.concept(wanted), tree)


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
            el("p", own_words()["counted"], cls="small soft"),
        ),
        key="families",
    )
