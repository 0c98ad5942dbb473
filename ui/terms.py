"""Our own words: what the pages say of themselves, and what nodes and edges of the graph are called."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from enrichment.network.records import Edge, Node
from index import wording

_KINDS = {"Platform": "channel_platform", "Party": "victim_type", "Actor": "actor_type"}


@cache
def own_words() -> dict[str, Any]:
    """Return what ``words.toml`` has the pages say."""
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))


@cache
def graph_words() -> dict[str, Any]:
    """Return what ``graph_words.toml`` has edges and nodes of the graph be called."""
    return tomllib.loads(Path(__file__).with_name("graph_words.toml").read_text("utf-8"))


def named(node: Node) -> str:
    """Return what a node is called."""
    if node.type == "Location":
        return wording.country(node.label)
    if node.type == "Capability":
        return wording.value("ai_capability", node.id.partition(":")[2])
    _, is_kind, value = node.id.partition(":kind:")
    return wording.value(_KINDS.get(node.type, ""), value) if is_kind else node.label or "Untitled"


def kind(node: Node) -> str:
    """Return the type of a node in plain words."""
    return str(graph_words()["type"].get(node.type, node.type))


def verb(edge: Edge, near: str) -> str:
    """Return what an edge says, read from the node with the id ``near``."""
    said = graph_words()["edge"].get(edge.type, {})
    way = "there" if edge.source.id == near else "back"
    return str(said.get(way, edge.type.replace("_", " ")))
