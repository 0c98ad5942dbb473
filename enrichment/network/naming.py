"""Finding nodes by what they are called."""

import re
import unicodedata

import networkx as nx

from enrichment.network.measures import as_node
from enrichment.network.paths import SHARED_TYPES
from enrichment.network.records import Node

ALIKE = 6
"""Names offered in place of one that the graph does not have."""


def find(graph: nx.MultiDiGraph, words: str, limit: int = 20) -> tuple[Node, ...]:
    """Return the nodes whose key or label holds all the words, the exactest and then the busiest first.

    Case and accents make no difference. An incident is also found by its id.
    """
    wanted = _fold(words).split()
    if not wanted:
        return ()
    held = []
    for key, attributes in graph.nodes(data=True):
        if attributes["type"] in SHARED_TYPES:
            continue
        label = _fold(attributes["label"])
        name = _fold(key.partition(":")[2])
        if all(word in label or word in name or word == _fold(key) for word in wanted):
            exact = " ".join(wanted) in (label, name, _fold(key))
            order = (not exact, attributes["type"] == "Incident", -attributes["incidents"], key)
            held.append((order, key))
    return tuple(as_node(graph, key) for _, key in sorted(held)[:limit])


def alike(graph: nx.MultiDiGraph, name: str, limit: int = ALIKE) -> tuple[Node, ...]:
    """Return the nodes that hold all words of a name, then those that hold one of them."""
    spoken = dict.fromkeys((name, *name.split()))
    found = [node for words in spoken for node in find(graph, words, limit)]
    return tuple({node.id: node for node in found}.values())[:limit]


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return re.sub(r"\s+", " ", "".join(one for one in plain if not unicodedata.combining(one))).strip()
