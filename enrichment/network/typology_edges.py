"""The edges that the typology itself draws around the techniques of a graph."""

from collections.abc import Sequence

import networkx as nx

from enrichment.network.drawing import Basis, add_edge, add_node, from_list, node_key
from enrichment.records import Concept
from enrichment.typology import Typology


def is_technique(key: str) -> bool:
    """Return whether this is the key of a technique."""
    return key.startswith("technique:")


def add_typology(graph: nx.MultiDiGraph, techniques: Sequence[str], typology: Typology) -> None:
    """Add to each technique its family, law, countermeasures, signs, crosswalk and confusable techniques.

    ``techniques`` are keys of nodes that are drawn elsewhere.
    """
    said = from_list(graph)
    for key in techniques:
        leaf = key.partition(":")[2]
        family = typology.family_of(leaf)
        add_edge(graph, (key, add_node(graph, "Family", family, typology.label(family)), "child_of"), said)
        for offence in typology.offences(leaf):
            target = add_node(graph, "Offence", offence.id, offence.label)
            add_edge(graph, (key, target, "may_constitute"), from_list(graph, "a pointer, not a finding"))
        for measure in typology.countermeasures(leaf):
            source = add_node(graph, "Countermeasure", measure.id, measure.label)
            add_edge(graph, (source, key, "mitigates"), said)
        for other in typology.siblings(leaf):
            if leaf < other and node_key("Technique", other) in techniques:
                add_edge(graph, (key, node_key("Technique", other), "confusable_with"), said)
        _add_words(graph, key, typology.concept(leaf), said)


def _add_words(graph: nx.MultiDiGraph, key: str, concept: Concept, said: Basis) -> None:
    for sign in concept.indicators:
        add_edge(graph, (add_node(graph, "Indicator", sign, sign), key, "indicates"), said)
    for scheme, items in sorted(concept.maps.items()):
        for item in items:
            target = add_node(graph, "ExternalConcept", f"{scheme}:{item}", f"{scheme} {item}")
            add_edge(graph, (key, target, "maps_to"), said)
